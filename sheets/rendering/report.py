"""The report of what could not be taken over, line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, override, pgettext

from sheets.models import Sheet, SheetProblem
from sheets.rendering.words import WARNINGS, field_label, reason_words


@dataclass(frozen=True)
class Said:
    """One problem in the reader's words; a warning does not keep its line out."""

    line: int
    field: str
    reason: str
    is_warning: bool


def said(sheet: Sheet, problems: Iterable[SheetProblem]) -> Iterator[Said]:
    """The problems of a sheet in the active language."""
    for problem in problems:
        yield Said(
            line=problem.line,
            field=field_label(sheet.kind, problem.field) if problem.field else "",
            reason=reason_words(problem.reason, problem.params),
            is_warning=problem.reason in WARNINGS,
        )


def report_titles() -> list[str]:
    return [pgettext("of a table", "Line"), pgettext("of a table", "Field"), gettext("What is wrong")]


def report_rows(
    sheet: Sheet, problems: Iterable[SheetProblem], *, language: str
) -> Iterator[tuple[int, str, str]]:
    """Line, field, reason in a language: what the downloaded report holds.

    The language is set for each row, since a response that is streamed outlives the request's own.
    """
    for problem in problems:
        with override(language):
            (each,) = said(sheet, (problem,))
        yield each.line, each.field, each.reason
