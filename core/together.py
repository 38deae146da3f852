"""Rows of several tables written by one statement: one round trip, and one look at each table's index."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class IdOf:
    """Stands in a row for the id that another row of the same statement is given."""

    row: models.Model


@dataclass(frozen=True)
class _Table:
    """How the rows of a model are written: its columns without the id, and how each value is made ready."""

    name: str
    columns: str
    fields: tuple[tuple[str, Callable[[Any], Any] | None], ...]


# Their values go to the database as they are in Python.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.DateTimeField,
    models.DateField,
    models.ForeignKey,
)


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return _Table(
        f'"{model._meta.db_table}"',
        ", ".join(f'"{field.column}"' for field in fields),
        tuple((field.attname, None if isinstance(field, _PLAIN) else _ready(field)) for field in fields),
    )


def _ready(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def insert(first: models.Model, *others: models.Model, once: Sequence[models.Model] = ()) -> None:
    """Write new rows, whatever their tables; each of `once` only where no unique key stands against it.

    The first one gets its id, and others may hold it as `IdOf(first)`. Raises IntegrityError as a single insert does:
    then nothing is written.
    """
    params: list[Any] = []
    text = f"WITH made AS ({_insert([first], first, params)} RETURNING id)"
    for number, (rows, tail) in enumerate(
        [*_by_table(others, ""), *_by_table(once, " ON CONFLICT DO NOTHING")]
    ):
        text += f", more{number} AS ({_insert(rows, first, params)}{tail})"
    with connection.cursor() as cursor:
        cursor.execute(text + " SELECT id FROM made", params)  # noqa: S608  names are the models' own
        first.pk = cursor.fetchone()[0]
    for row in (first, *others):
        row._state.adding = False
        row._state.db = connection.alias


def _by_table(rows: Iterable[models.Model], tail: str) -> list[tuple[list[models.Model], str]]:
    found: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return [(same, tail) for same in found.values()]


def _insert(rows: Sequence[models.Model], first: models.Model, params: list[Any]) -> str:
    table = _table(type(rows[0]))
    lines = []
    for row in rows:
        marks = []
        for name, ready in table.fields:
            value = row.__dict__[name]
            if isinstance(value, IdOf):
                assert value.row is first
                marks.append("(SELECT id FROM made)")
            else:
                params.append(value if ready is None or value is None else ready(value))
                marks.append("%s")
        lines.append(f"({', '.join(marks)})")
    return f"INSERT INTO {table.name} ({table.columns}) VALUES {', '.join(lines)}"  # noqa: S608
