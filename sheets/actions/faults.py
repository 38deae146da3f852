"""What is wrong with a line, as it is kept: a code, or a domain's own refusal in both languages."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import override

from core.errors import DomainError
from sheets.files.cells import BadCell, Cell
from sheets.rendering.words import BOTH, WARNINGS

LANGUAGES = {"zh": "zh-hans", "en": "en"}
Value = TypeVar("Value")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Row:
    """A line of a table with the cells of the fields that are mapped."""

    line: int
    cells: Mapping[str, Cell]

    def __getitem__(self, field: str) -> Cell:
        return self.cells.get(field)


@dataclass(frozen=True)
class Fault:
    line: int
    field: str
    reason: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        return self.reason in WARNINGS


def refused(line: int, error: DomainError, field: str = "") -> Fault:
    """A domain's refusal of a line."""
    words = {}
    for short, language in LANGUAGES.items():
        with override(language):
            words[short] = error.message
    return Fault(line, field or error.field or "", error.code, {BOTH: words})


class Reading:
    """Takes the cells of one line one after the other and collects what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[Fault] = []

    @property
    def is_good(self) -> bool:
        return all(fault.is_warning for fault in self.faults)

    def say(self, field: str, reason: str, **params: Any) -> None:
        self.faults.append(Fault(self.row.line, field, reason, params))

    def take(self, field: str, read: Callable[[Cell], Value], default: Other) -> Value | Other:
        """What `read` makes of the field's cell; the default, and a fault, where it cannot."""
        try:
            return read(self.row[field])
        except BadCell as error:
            self.say(field, error.code, **error.params)
        except DomainError:
            self.faults.append(self._in_both(field, read))
        return default

    def need(self, field: str, read: Callable[[Cell], Value], default: Other) -> Value | Other:
        """As `take`, and an empty cell is a fault."""
        before = len(self.faults)
        value = self.take(field, read, default)
        if len(self.faults) == before and (value is None or value == ""):
            self.say(field, "missing")
        return value

    def _in_both(self, field: str, read: Callable[[Cell], Any]) -> Fault:
        """Some refusals put their words together when they are raised: asked for once in each language."""
        words, code = {}, ""
        for short, language in LANGUAGES.items():
            with override(language):
                try:
                    read(self.row[field])
                except DomainError as error:
                    words[short], code = error.message, error.code
        return Fault(self.row.line, field, code, {BOTH: words})
