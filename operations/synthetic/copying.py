"""Writes rows by COPY: columns of arrays in, a stream of text out. A field that nobody names gets its model's default."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

CHUNK = 20_000
NULL = r"\N"
NO_DAY = -1_000_000
# What COPY's text format reads as something else.
SPECIAL = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
Tick = Callable[[int], None]


class FieldMissing(Exception):
    """A field without a fixed default was not given."""


@dataclass(frozen=True)
class Between:
    """A range of moments, as seconds since 1970, the end not included."""

    start: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class Moments:
    """Moments as seconds since 1970; below 0 is none."""

    seconds: np.ndarray


@dataclass(frozen=True)
class Days:
    """Dates as days since 1970, before it below 0; `NO_DAY` is none."""

    days: np.ndarray


def escape(text: str) -> str:
    return text.translate(SPECIAL)


def copy(model: type[models.Model], count: int, given: Mapping[str, Any], tick: Tick | None = None) -> int:
    """Write `count` rows. `given`: by attribute name (`county_id`, not `county`) one value for all, or a column.

    A column is an array, a list of words, `Moments`, `Days` or `Between`; in a masked array the masked are none.
    """
    fields = model._meta.concrete_fields
    unknown = set(given) - {field.attname for field in fields}
    if unknown:
        raise FieldMissing(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    pairs = [(field.column, given.get(field.attname, _default(field, given))) for field in fields]
    pairs = [(column, value) for column, value in pairs if value is not NOT_PROVIDED]
    names = ", ".join(f'"{column}"' for column, _ in pairs)
    text = _Text([value for _, value in pairs], count, tick)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', text, size=1 << 18)
    return count


def _default(field: models.Field, given: Mapping[str, Any]) -> Any:
    if field.attname in given or field.primary_key or field.has_db_default():
        return NOT_PROVIDED
    if field.default is not NOT_PROVIDED and not callable(field.default):
        return field.default
    if field.null:
        return None
    if field.empty_strings_allowed and field.blank:
        return ""
    if field.default is dict:
        return "{}"
    raise FieldMissing(f"{field.model.__name__}.{field.name} needs a value")


class _Text:
    """The file that COPY reads: rows are written when they are asked for."""

    def __init__(self, values: Sequence[Any], count: int, tick: Tick | None) -> None:
        self._pieces = self._rows(values, count, tick)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            self._left = next(self._pieces, b"")
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def _rows(self, values: Sequence[Any], count: int, tick: Tick | None) -> Iterator[bytes]:
        for start in range(0, count, CHUNK):
            end = min(start + CHUNK, count)
            columns = [_words(value, start, end) for value in values]
            yield ("\n".join(map("\t".join, zip(*columns, strict=False))) + "\n").encode()
            if tick:
                tick(end - start)


def _words(value: Any, start: int, end: int) -> Any:
    """The words of a column between two rows, or one word for ever."""
    match value:
        case None:
            return repeat(NULL, end - start)
        case bool():
            return repeat("t" if value else "f", end - start)
        case str():
            return repeat(escape(value), end - start)
        case int() | float():
            return repeat(str(value), end - start)
        case Moments():
            return _moments(value.seconds[start:end])
        case Days():
            days = value.days[start:end]
            return _unless(days == NO_DAY, np.datetime_as_string(days.astype("datetime64[D]")).tolist())
        case Between():
            pairs = zip(_moments(value.start[start:end]), _moments(value.end[start:end]), strict=True)
            return [f'["{a}","{b}")' for a, b in pairs]
        case np.ma.MaskedArray():
            part = value[start:end]
            return _unless(np.ma.getmaskarray(part), _words(part.filled(0), 0, len(part)))
        case np.ndarray():
            return _of_array(value[start:end])
    words = list(value[start:end])
    return list(map(escape, words)) if _has_special("".join(words)) else words


def _has_special(text: str) -> bool:
    return any(chr(letter) in text for letter in SPECIAL)


def _of_array(part: np.ndarray) -> list[str]:
    if part.dtype == bool:
        return np.where(part, "t", "f").tolist()
    if part.dtype.kind in "US":
        return part.astype("U").tolist()
    if part.dtype.kind == "f":
        return [f"{number:.5f}" for number in part.tolist()]
    return list(map(str, part.tolist()))


def _moments(seconds: np.ndarray) -> list[str]:
    words = np.char.add(np.datetime_as_string(seconds.astype("datetime64[s]")), "+00").tolist()
    return _unless(seconds < 0, words)


def _unless(none: np.ndarray, words: Any) -> list[str]:
    if not none.any():
        return list(words)
    return [NULL if missing else word for missing, word in zip(none.tolist(), words, strict=True)]


def next_id(model: type[models.Model]) -> int:
    newest: int | None = model._default_manager.aggregate(newest=models.Max("pk"))["newest"]
    return (newest or 0) + 1


def fix_sequences(tables: Sequence[type[models.Model]]) -> None:
    """Let the next row of each table come after those that were written with their ids."""
    with connection.cursor() as cursor:
        for model in tables:
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT COALESCE(max("  # noqa: S608  our own names
                f'"{column}"), 0) + 1 FROM "{table}"), false)',
                [f'"{table}"', column],
            )
