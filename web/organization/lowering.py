"""Fewer seats than people have: the question what becomes of them, with those named whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tasks.actions.lowering import KEEP, WAIT, SeatsBelowPresent, who_would_wait
from tasks.actions.reasons import ReasonMissing
from tasks.actions.shifts import RoleWanted
from tasks.models import Assignment, Waiting
from web.forms import BaseForm

CHOICES = (
    (KEEP, _("Everybody stays. Seats go as people step back")),
    (WAIT, _("The last to sign up go to the front of the waiting list")),
)


class LoweredForm(BaseForm):
    """What becomes of those who have a seat."""

    lowered = forms.ChoiceField(
        label=_("What happens to those who have a seat?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two")},
    )
    reason = forms.CharField(
        label=_("Why it changes"),
        help_text=_("Whoever loses the seat reads it. Without a reason nobody is moved"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dataclass(frozen=True)
class Lowered:
    """A kind of seats: how many people have one or are about to, how many there shall be, and who would wait."""

    name: str
    occupied: int
    seats: int
    held: list[Waiting]
    moved: list[Assignment]


def is_question(error: DomainError, request: HttpRequest) -> bool:
    """Whether a refusal is to be answered with what becomes of those who have a seat."""
    asked = "lowered" in request.POST and isinstance(error, ReasonMissing)
    return asked or error.code == "seats-below-taken"


def question(request: HttpRequest, error: DomainError, wanted: Sequence[RoleWanted]) -> dict[str, Any]:
    """The form of the question, and of each kind of seats that has too few who would wait.

    Raises SeatsBelowPresent where more people than that are there already.
    """
    asked = "asked" in request.POST
    form = LoweredForm(request.POST if asked else None, initial={"reason": request.POST.get("reason", "")})
    if asked and form.is_valid():
        form.add_error("reason" if isinstance(error, ReasonMissing) else "lowered", error.message)
    return {"question": form, "lowered": [lowered for each in wanted if (lowered := _lowered(each))]}


def _lowered(wanted: RoleWanted) -> Lowered | None:
    role = wanted.of
    if role is None or role.seats_taken + role.seats_held <= wanted.seats:
        return None
    held, moved = who_would_wait(role, wanted.seats)
    return Lowered(role.name, role.seats_taken + role.seats_held, wanted.seats, held, moved)


__all__ = ["LoweredForm", "SeatsBelowPresent", "is_question", "question"]
