"""Long forms in sections."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.forms.utils import ErrorDict

from web.forms import BaseForm

NARROW = {"class": "govuk-input--width-5", "inputmode": "numeric"}
SHORT_TEXT = {"rows": 3}
# Title, a word about it, field names, and where it is no plain section: how it is drawn.
Parts = tuple[tuple[Any, Any, tuple[str, ...]] | tuple[Any, Any, tuple[str, ...], str], ...]


@dataclass(frozen=True)
class Part:
    """A section of a form: its heading, a word about it, its fields, and how it is drawn ("folded", "roles")."""

    title: str
    note: str
    fields: list[BoundField]
    kind: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a folded section must be seen: something in it is wrong."""
        return any(field.errors for field in self.fields)


class InParts(BaseForm):
    """A long form in sections: `PARTS` lists (title, note, field names)."""

    PARTS: Parts = ()
    # Drawn again without having been sent off: nothing is wrong yet.
    quiet = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order of the page, so that the summary of errors follows it.
        self.order_fields([name for part in self.PARTS for name in part[2]])

    def full_clean(self) -> None:
        super().full_clean()
        if self.quiet:
            self._errors = ErrorDict(renderer=self.renderer)

    def parts(self) -> list[Part]:
        found = [
            Part(title, note, [self[name] for name in names if name in self.fields], *kind)
            for title, note, names, *kind in self.PARTS
        ]
        return [part for part in found if part.fields or part.kind == "roles"]
