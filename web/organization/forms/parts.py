"""Long forms in sections."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from web.forms import BaseForm

NARROW = {"class": "govuk-input--width-5", "inputmode": "numeric"}
SHORT_TEXT = {"rows": 3}
Parts = tuple[tuple[Any, Any, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Part:
    """A section of a form: its heading, a word about it, its fields."""

    title: str
    note: str
    fields: list[BoundField]


class InParts(BaseForm):
    """A long form in sections: `PARTS` lists (title, note, field names)."""

    PARTS: Parts = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order of the page, so that the summary of errors follows it.
        self.order_fields([name for _, _, names in self.PARTS for name in names])

    def parts(self) -> list[Part]:
        found = [
            Part(title, note, [self[name] for name in names if name in self.fields])
            for title, note, names in self.PARTS
        ]
        return [part for part in found if part.fields]
