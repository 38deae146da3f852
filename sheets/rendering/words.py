"""Sentences for codes, in the reader's language: what is wrong with a file, a line or a cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sheets.files.columns import COLUMNS
from sheets.models import Sheet

# Said beside a line that is taken over all the same.
WARNINGS = frozenset({"unknown-skill"})
# A domain's own refusal, kept in both languages.
BOTH = "words"

REASONS: Mapping[str, str | Promise] = {
    "missing": _("This cell is empty. Every line needs it"),
    "formula": _("This cell holds a formula without a value. Paste the value itself"),
    "merged": _("Cells are merged here. Part them, and give each line its own value"),
    "too-long": _("%(count)s characters; %(most)s are the most"),
    "number-shortened": _(
        "The spreadsheet shortened this number to %(value)s, and digits are lost. "
        "Format the column as text and write the number again"
    ),
    "no-number": _("“%(value)s” is no whole number"),
    "no-day": _("“%(value)s” is no day. Write it like 2020-02-06"),
    "no-year": _("“%(value)s” names no year. Write it like 2020-02-06"),
    "no-hour": _("“%(value)s” is no time. Write it like 18:30"),
    "no-time": _("Write day, start and end, or a deadline, or “open” as the deadline of work without one"),
    "time-and-deadline": _("Work with a fixed time has no deadline. Leave out one of them"),
    "other-than-line": _(
        "Line %(line)s says something else of the same shift. Write the same, or only there"
    ),
    "other-than-posted": _("The same shift is posted already, and says something else here"),
    "no-contact": _("There is neither a mobile number nor an e-mail address"),
    "same-as-line": _("The same as line %(line)s"),
    "unknown-area": _("There is no area called “%(name)s”. Write its full name"),
    "several-areas": _("Several areas are called “%(name)s”: %(choices)s. Write one of these"),
    "outside-area": _("%(name)s does not lie in %(area)s"),
    "unknown-skill": _("Not in our list, and left out: %(names)s"),
    "unknown-requirement": _("Not in our list: %(names)s. Write it as on the page for posting shifts"),
    "unknown-kind": _("“%(value)s” is none of these: %(choices)s"),
    "posted-already": _("This shift is posted already"),
}
FAILURES: Mapping[str, str | Promise] = {
    "too-large": _("The file is larger than %(most)s MB. Split it, or save it without pictures"),
    "empty-file": _("There is nothing in the file"),
    "no-lines": _("Below the headers there is no line"),
    "password": _("A password protects the file. Save it without one"),
    "old-excel": _("This is a workbook of the old kind (.xls). Save it as .xlsx or as CSV"),
    "binary-excel": _("This is a binary workbook (.xlsb). Save it as .xlsx or as CSV"),
    "no-table": _("This is no table. Choose a file that ends in .xlsx or .csv"),
    "broken-workbook": _("The workbook is damaged. Open it, save it again as .xlsx, and try once more"),
    "swells": _("Unpacked, the workbook is far too large. Copy the lines into a new workbook"),
    "too-many-merged": _("Thousands of cells are merged. Part them first"),
    "no-such-sheet": _("The workbook has no sheet “%(name)s”. It has: %(names)s"),
    "encoding-unknown": _(
        "It cannot be told how the text is encoded. Save it as “CSV UTF-8”, or choose the encoding"
    ),
    "wrong-encoding": _("The text is not encoded in %(name)s. Choose another encoding"),
    "broken-line": _("Line %(line)s cannot be read: a quotation mark may be missing"),
    "too-many-rows": _("More than %(most)s lines. Split the file"),
    "no-such-column": _("There is no column “%(name)s”"),
    "column-missing": _("No column is chosen for: %(names)s"),
    "column-twice": _("One column is chosen twice: %(name)s"),
    "gave-up": _("It stopped several times. What was taken over stays; the platform's staff see why"),
    "not-allowed": _("Whoever brought the file in may no longer do so"),
    "left-meanwhile": _("Whoever asked for this table may no longer take it out"),
    "task-ended": _("This call is closed. No more shifts can be posted for it"),
}
NOTES: Mapping[str, str | Promise] = {
    "first-sheet": _("The workbook has %(count)s sheets; only “%(name)s” is read"),
    "empty-lines": _("More than %(most)s empty lines follow line %(line)s; nothing is read behind them"),
}


def reason_words(reason: str, params: Mapping[str, Any]) -> str:
    """Why a line or a cell could not be taken, in the active language."""
    if BOTH in params:
        words: Mapping[str, str] = params[BOTH]
        return words.get((get_language() or "zh")[:2]) or next(iter(words.values()), reason)
    return _fill(REASONS, reason, params)


def failure_words(failure: Mapping[str, Any]) -> str:
    """Why a whole file could not be read, in the active language; empty where it could."""
    if not failure:
        return ""
    params = dict(failure.get("params", {}))
    if "fields" in params:
        params["names"] = separated(field_label(str(failure["kind"]), name) for name in params["fields"])
    return _fill(FAILURES, str(failure["code"]), params)


def note_words(sheet: Sheet) -> list[str]:
    return [_fill(NOTES, code, params) for code, params in sheet.notes]


def _fill(sentences: Mapping[str, str | Promise], code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a code; a param that is kept in both languages is said in the reader's."""
    sentence = str(sentences[code]) if code in sentences else code
    if "%(" not in sentence:
        return sentence
    language = (get_language() or "zh")[:2]
    said = {
        name: value.get(language, next(iter(value.values()), "")) if isinstance(value, dict) else value
        for name, value in params.items()
    }
    return sentence % said


def separated(names: Any) -> str:
    """Several names in one sentence."""
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(names)


def field_label(kind: str, field: str) -> str:
    """What a field is called in the headers of our own tables."""
    for column in COLUMNS.get(kind, ()):
        if column.name == field:
            return column.zh if (get_language() or "zh").startswith("zh") else column.en
    return field


def titles(kind: str, fields: Sequence[str] | None = None) -> list[str]:
    """Our own headers of a kind of table."""
    return [
        field_label(kind, column.name) for column in COLUMNS[kind] if fields is None or column.name in fields
    ]
