"""Takes the foreign keys, unique and exclusion constraints and indexes off tables for one load, and puts them back.

What stands there is read from the catalogue, so nothing here knows a name. Put back, every constraint is checked
against every row. Checks of single rows and primary keys stay on all the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, models

CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype::text FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x') ORDER BY contype = 'f' DESC, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
ORDER BY 1
"""


@dataclass(frozen=True)
class Taken:
    """What was taken off; each of `back` is one statement that puts a part back."""

    back: list[str]


NOTHING = Taken([])


def take_off(tables: Sequence[type[models.Model]]) -> Taken:
    """Strip the tables. Only inside the transaction of the load: a failure puts everything back by itself."""
    names = [f'"{model._meta.db_table}"' for model in tables]
    with connection.cursor() as cursor:
        # What this transaction wrote before is checked now: a table with checks to come cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(CONSTRAINTS, [names])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [names])
        indexes = cursor.fetchall()
        for table, name, _, _ in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    # Foreign keys last: they look things up by the indexes.
    return Taken(
        [definition for _, definition in indexes]
        + [
            f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
            for table, name, definition, _ in reversed(constraints)
        ]
    )


def put_back(taken: Taken, tick: Callable[[int], None] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for statement in taken.back:
            cursor.execute(statement)
            if tick:
                tick(1)


def analyse(tables: Sequence[type[models.Model]]) -> None:
    """Tell the planner what is there now."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
