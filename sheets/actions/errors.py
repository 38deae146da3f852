"""What the actions on tables refuse, in sentences."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from sheets.files.limits import Unreadable
from sheets.rendering.words import failure_words


class FileRefused(DomainError):
    """A file that cannot be read; `code` and the sentence are those of what is wrong with it."""

    def __init__(self, refusal: Unreadable, *, kind: str = "") -> None:
        self.code = refusal.code
        self.failure: dict[str, Any] = {"code": refusal.code, "params": refusal.params, "kind": kind}
        super().__init__(field="file")

    @property
    def message(self) -> str:
        return failure_words(self.failure)


class NotYours(DomainError):
    code = "not-allowed"
    text = _("Only owners and organizers of an approved organization do this")


class SheetMovedOn(DomainError):
    code = "sheet-moved-on"
    text = _("This table has moved on meanwhile. Look at the page again")


class LinesAreBad(DomainError):
    code = "lines-are-bad"
    text = _("You chose all or nothing, and %(count)s lines cannot be taken over. Correct the file first")


class NothingToTake(DomainError):
    code = "nothing-to-take"
    text = _("Not one line can be taken over. Correct the file first")


class TooManyAtOnce(DomainError):
    code = "too-many-at-once"
    text = _("%(most)s tables are under way already. Wait until one is done")
