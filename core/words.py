"""Finding words inside texts by an index, in languages that put no blanks between them.

The database cuts a text into pairs of neighbouring characters and, of scripts without an alphabet, single ones: two
characters of Chinese are a word already, and a trigram index knows none that short.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.db.models import Expression, F, Func, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

# From here on a character of Unicode is a syllable or a word by itself.
FIRST_IDEOGRAPH = "\u2e80"
# More words narrow nothing further.
MOST_WORDS = 6


class WordText(Func):
    """Some fields as one text, without differences of case and width."""

    function = "word_text"
    arg_joiner = " || ' ' || "
    output_field = TextField()


class WordGrams(WordText):
    """What an index keeps of some fields."""

    function = "word_grams"
    output_field: Any = ArrayField(TextField())


def words_of(typed: str) -> list[str]:
    """The words that somebody typed, at most `MOST_WORDS`."""
    return typed.split()[:MOST_WORDS]


def holding(word: str, *fields: str) -> Q:
    """Whether the fields together hold a word; an index over `WordGrams` of the same fields serves it."""
    return Q(*_conditions(word, fields))


def _conditions(word: str, fields: tuple[str, ...]) -> Iterator[Expression]:
    # A single letter of an alphabet stands in nearly every text: no index narrows it.
    if len(word) > 1 or word >= FIRST_IDEOGRAPH:
        yield ArrayContains(WordGrams(*map(F, fields)), WordGrams(Value(word)))
    # The pairs may stand apart.
    yield GreaterThan(StrIndex(WordText(*map(F, fields)), WordText(Value(word))), 0)
