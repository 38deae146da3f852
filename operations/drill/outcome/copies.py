"""Databases of a comparison, on the server of DATABASE_URL: one place that is prepared, and a copy of it for each play.

All are named `drill_copy_…`. Whatever a killed comparison left behind is dropped by the next one. Two comparisons on
one server do not go together: the first holds a lock there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from psycopg2.extensions import connection as Link
from psycopg2.extensions import quote_ident

from core.errors import DomainError
from operations.drill.stages.ground import maintenance

PREFIX = "drill_copy_"
BASE = f"{PREFIX}base"
LOCK = 720_622
# A copy that is lost with the machine is played again: nothing in it waits for the disk.
FASTER = ("synchronous_commit = off",)


class ComparisonGoesOn(DomainError):
    code = "comparison-goes-on"
    text = "Another comparison is under way on this database server"


class Copies:
    """What the holder of the lock may do: make a database, copy it, drop it."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def make(self, name: str, *, like: str = "template0") -> str:
        """A new database, as `like` is; returns its address."""
        self._do(f"CREATE DATABASE {self._named(name)} TEMPLATE {self._named(like)}")
        for setting in FASTER:
            self._do(f"ALTER DATABASE {self._named(name)} SET {setting}")
        return address_of(name)

    def drop(self, name: str) -> None:
        self._do(f"DROP DATABASE IF EXISTS {self._named(name)} WITH (FORCE)")

    def left(self) -> list[str]:
        """Names of the databases of comparisons that are there."""
        with self._link.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [PREFIX]
            )
            return [name for (name,) in cursor.fetchall()]

    def drop_all(self) -> list[str]:
        names = self.left()
        for name in names:
            self.drop(name)
        return names

    def _named(self, name: str) -> str:
        return str(quote_ident(name, self._link))

    def _do(self, statement: str) -> None:
        with self._link.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def held() -> Iterator[Copies]:
    """The server's copies, for one comparison alone; none is left at the end. Raises ComparisonGoesOn."""
    link = psycopg2.connect(**maintenance())
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            (is_ours,) = cursor.fetchone() or (False,)
        if not is_ours:
            raise ComparisonGoesOn
        copies = Copies(link)
        copies.drop_all()
        try:
            yield copies
        finally:
            copies.drop_all()
    finally:
        link.close()


def name_of(policy: str, seed: int) -> str:
    return f"{PREFIX}{policy}_{seed}"


def address_of(name: str) -> str:
    """DATABASE_URL with another database."""
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/" + quote(name)))
