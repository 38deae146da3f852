"""Forms of the desk, of hours and of incidents."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.models import AccessRecord
from tasks.models import Incident, Shift, ShiftRole
from tasks.policies import SEATS_AT_ONCE
from web.forms import BaseForm
from web.organization.forms.parts import NARROW

# A time so long before the start belongs to the next day.
BEFORE_START = timedelta(hours=3)


def moment_in(shift: Shift, clock_time: time, now: datetime) -> datetime:
    """A time of day as a moment in the shift: on its first day, or after midnight."""
    zone = timezone.get_default_timezone()
    start = timezone.localtime(shift.starts_at or now)
    moment = datetime.combine(start.date(), clock_time, zone)
    return moment + timedelta(days=1) if moment < start - BEFORE_START else moment


class CodeForm(BaseForm):
    code = forms.CharField(
        label=_("Four digits, the pass, or the name"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-10 desk-code", "autocomplete": "off", "inputmode": "text"}
        ),
        error_messages={"required": _("Type the four digits that the person says, or the name")},
    )

    def go_on_here(self) -> None:
        """The next entry is typed here too: a script brings the field into focus."""
        self.fields["code"].widget.attrs["data-focus"] = True


class WalkInForm(BaseForm):
    who = forms.CharField(
        label=_("Volunteer number or mobile number"),
        help_text=_("Eight digits stand on the person's page; a mobile number works too"),
        max_length=30,
        error_messages={"required": _("Ask for the volunteer number or the mobile number")},
    )
    override_reason = forms.CharField(
        label=_("Why an exception is right"),
        help_text=_("Only if rest, distance or weekly hours stand in the way. It is kept with your name"),
        max_length=300,
        required=False,
    )


class ByTelephoneForm(BaseForm):
    """Somebody who called in: their number, how many come, as what; a reason where a limit stands in the way."""

    who = forms.CharField(
        label=_("Volunteer number or mobile number"),
        help_text=_("Ask for one of the two. The volunteer number has eight digits"),
        max_length=30,
        error_messages={"required": _("Ask for the volunteer number or the mobile number")},
    )
    role = forms.ChoiceField(label=_("As what"), widget=forms.RadioSelect)
    seats = forms.IntegerField(
        label=_("How many come, with this person"),
        min_value=1,
        max_value=SEATS_AT_ONCE,
        initial=1,
        widget=forms.NumberInput(attrs=NARROW),
    )
    override_reason = forms.CharField(
        label=_("Why an exception is right"),
        help_text=_("Only if rest, distance or weekly hours stand in the way. It is kept with your name"),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, roles: Sequence[ShiftRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {str(number): role for number, role in enumerate(roles, start=1)}
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (number, role.name or gettext("Helper")) for number, role in self.roles.items()
        ]
        if len(roles) == 1:
            del self.fields["role"]

    def chosen_role(self) -> ShiftRole:
        return self.roles[self.cleaned_data.get("role", "1")]


class PaperForm(BaseForm):
    """A list on paper: who, and when they came or left."""

    kind = forms.ChoiceField(
        label=_("What the paper says"),
        choices=[("in", _("They came")), ("out", _("They left"))],
        widget=forms.RadioSelect,
    )
    at = forms.TimeField(
        label=pgettext_lazy("time on paper", "At"),
        error_messages={"required": _("Write the time on the paper")},
    )
    people = forms.MultipleChoiceField(
        label=_("These people"), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        self.fields["people"].error_messages["required"] = gettext("Tick at least one person")


class DepartureForm(BaseForm):
    at = forms.DateTimeField(
        label=_("When they left"), error_messages={"required": _("Write when the person left")}
    )


# The purposes of a call list, as whoever calls reads them.
PURPOSES = (
    (AccessRecord.Purpose.MISSING.value, _("Somebody is not there")),
    (AccessRecord.Purpose.CHANGE.value, _("Something about the shift has changed")),
    (AccessRecord.Purpose.BEFORE.value, _("To prepare the shift with them")),
    (AccessRecord.Purpose.OTHER.value, pgettext_lazy("purpose", "Another reason")),
)


class PurposeForm(BaseForm):
    purpose = forms.ChoiceField(label=_("What you call them for"), choices=PURPOSES, widget=forms.RadioSelect)
    other = forms.CharField(
        label=_("In a few words"), help_text=_("Only for another reason"), max_length=120, required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("purpose") == "other" and not values.get("other", "").strip():
            self.add_error("other", gettext("Say in a few words what you call them for"))
        return values

    def own_words(self) -> str:
        """What was typed for another reason; empty where a purpose of the list was chosen."""
        values = self.cleaned_data
        return str(values["other"]).strip() if values["purpose"] == AccessRecord.Purpose.OTHER else ""


class IncidentForm(BaseForm):
    kind = forms.ChoiceField(
        label=_("What happened"), choices=Incident.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("When, where, who needs help. No more names than needed"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what happened")},
    )
    is_urgent = forms.BooleanField(
        label=_("Somebody must act now"),
        help_text=_("Owners and organizers are told at once. In danger call 110 or 120 first"),
        required=False,
    )


class HandlingForm(BaseForm):
    handling = forms.CharField(
        label=_("What was done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what was done")},
    )
