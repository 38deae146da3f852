"""Statements that each connection of the database plans once, for the few that a crowd repeats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection

_PARAMETER = re.compile(r"%\((\w+)\)s")
# What each connection of this process has prepared.
_known: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Prepared:
    """A statement with named parameters, as `%(role)s`, and the type of each in SQL.

    Planning a join of eight tables takes longer than running it. Where connections do not last (`CONN_MAX_AGE=0`, as
    behind a pooler that gives each transaction another one) the statement is sent whole each time.
    """

    name: str
    sql: str
    types: Mapping[str, str]

    @cached_property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(_PARAMETER.findall(self.sql)))

    @cached_property
    def _prepare(self) -> str:
        place = {name: f"${number}" for number, name in enumerate(self._names, 1)}
        types = ", ".join(self.types[name] for name in self._names)
        body = _PARAMETER.sub(lambda found: place[found[1]], self.sql).replace("%%", "%")
        return f"PREPARE {self.name} ({types}) AS {body}"

    @cached_property
    def _execute(self) -> str:
        return f"EXECUTE {self.name} ({', '.join(f'%({name})s' for name in self._names)})"

    def one(self, params: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it and return its first row."""
        with connection.cursor() as cursor:
            cursor.execute(self._text(), params)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def _text(self) -> str:
        if not settings.PREPARE_STATEMENTS:
            return self.sql
        raw = connection.connection
        known = _known.setdefault(raw, set())
        if self.name not in known:
            with raw.cursor() as cursor:
                cursor.execute(self._prepare)
            known.add(self.name)
        return self._execute
