"""A database and a broker of a benchmark's own, thrown away afterwards."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from operations.bench.progress import say
from operations.launcher import places
from operations.launcher.postgres import Postgres
from operations.launcher.valkey import Valkey


@dataclass(frozen=True)
class Ground:
    """Where a benchmark works. `folder` goes away with it."""

    database_url: str
    redis_url: str
    folder: Path


@contextlib.contextmanager
def own_ground() -> Iterator[Ground]:
    """A prepared, empty database beside the one that DATABASE_URL names, or on an embedded server of its own, and an
    embedded broker. Django's connections of this process point at it until the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="manyhands-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        redis_url = stack.enter_context(_broker(folder))
        url, where = stack.enter_context(_database(folder))
        stack.enter_context(_connected(where))
        # What this process rings is heard by nobody but the benchmark's own workers.
        stack.callback(setattr, settings, "CELERY_BROKER_URL", settings.CELERY_BROKER_URL)
        settings.CELERY_BROKER_URL = redis_url
        say("migrating a database of its own")
        call_command("prepare", verbosity=0)
        yield Ground(url, redis_url, folder)


@contextlib.contextmanager
def broker_alone(database_url: str) -> Iterator[Ground]:
    """A broker of its own beside a database that is there already."""
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="manyhands-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield Ground(database_url, stack.enter_context(_broker(folder)), folder)


@contextlib.contextmanager
def _broker(folder: Path) -> Iterator[str]:
    valkey = Valkey(folder / "valkey", places.sockets(folder), folder / "valkey.log")
    valkey.start()
    try:
        yield valkey.url()
    finally:
        valkey.stop()


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """An empty database: its address, and what differs in Django's settings."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if not given:
        # With fsync, as a deployment has it: what a commit costs is part of the measure.
        postgres = Postgres(folder / "postgres", places.sockets(folder), folder / "postgres.log")
        postgres.start()
        try:
            yield postgres.url(), {"NAME": places.DATABASE, "HOST": str(places.sockets(folder))}
        finally:
            connections.close_all()
            postgres.stop()
        return
    name = f"bench_{uuid4().hex[:12]}"
    _beside(given, f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(given)._replace(path="/" + quote(name))), {"NAME": name}
    finally:
        connections.close_all()
        _beside(given, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _beside(url: str, statement: str) -> None:
    link = psycopg2.connect(url)
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
    finally:
        link.close()


@contextlib.contextmanager
def _connected(where: dict[str, str]) -> Iterator[None]:
    connection = connections["default"]
    connection.close()
    before = {name: connection.settings_dict[name] for name in where}
    connection.settings_dict.update(where)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(before)
