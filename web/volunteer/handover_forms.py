"""What somebody types who cannot come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tasks.models import Assignment, Shift
from volunteers.models import Volunteer
from web import wording
from web.forms import BaseForm

LINK, NUMBER = "link", "number"
DIGITS = 8


class StandInForm(BaseForm):
    """Whom to ask, and a few words to them."""

    whom = forms.ChoiceField(label=_("Whom do you ask?"), widget=forms.RadioSelect, initial=LINK)
    number = forms.CharField(
        label=_("Their volunteer number"),
        help_text=_("Only where you ask somebody by number: eight digits, on their page under Mine"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric"}),
    )
    words = forms.CharField(
        label=_("Something to add"),
        help_text=_("Whoever you ask reads it."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sometimes_needed = ("number",)

    def __init__(self, *args: Any, known: Sequence[Volunteer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {person.number: person for person in known}
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            (LINK, gettext("Whoever gets my link first")),
            *((number, person.user.name) for number, person in self.known.items()),
            (NUMBER, gettext("Somebody whose volunteer number I have")),
        ]

    def clean_number(self) -> str:
        return "".join(str(self.cleaned_data["number"]).split())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        number = values.get("number", "")
        if values.get("whom") == NUMBER and not (
            number.isascii() and number.isdigit() and len(number) == DIGITS
        ):
            self.add_error("number", gettext("Write the eight digits of the volunteer number"))
        return values


class SwapForm(StandInForm):
    """The same, and which seat would suit better."""

    wanted_shift = forms.ChoiceField(
        label=_("Which shift would suit you?"),
        help_text=_("Those who have a seat in it find your question among their messages"),
        required=False,
    )
    field_order = ("wanted_shift", "whom", "number", "words")

    def __init__(self, *args: Any, shifts: Sequence[Shift], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shifts = {shift.code: shift for shift in shifts}
        self.fields["wanted_shift"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Whichever the other gives me")),
            *((code, shift_line(shift, at)) for code, shift in self.shifts.items()),
        ]


class GiveForm(BaseForm):
    """Which of one's own seats goes for the other."""

    in_return = forms.ChoiceField(
        label=pgettext_lazy("a seat", "Which of yours do you give for it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which of your seats you give for it")},
    )

    def __init__(self, *args: Any, seats: Sequence[Assignment], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = {seat.code: seat for seat in seats}
        self.fields["in_return"].choices = [  # type: ignore[attr-defined]
            (code, shift_line(seat.shift, at)) for code, seat in self.seats.items()
        ]


def shift_line(shift: Shift, at: datetime) -> str:
    """A shift in a line: when and what."""
    title = shift.task.display_title
    if shift.starts_at is None or shift.ends_at is None:
        return title
    when = wording.when_words(shift.starts_at, shift.ends_at, at)
    return gettext("%(first)s, %(second)s") % {"first": when, "second": title}
