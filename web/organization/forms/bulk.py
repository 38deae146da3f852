"""Forms that do something to many shifts: change them together, cancel them, copy them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import clock
from tasks.actions.bulk import BulkChanges
from tasks.actions.shifts import SEATS_MOST
from tasks.models import Shift
from web.forms import BaseForm, PhoneInput
from web.organization.forms.areas import AreaField, offer_areas
from web.organization.forms.parts import NARROW, InParts, Parts
from web.organization.forms.registration import clean_telephone
from web.organization.forms.rules import NOTICES, length_words

# How far start and end move by the clock.
Moved = tuple[timedelta, timedelta]
UNCHANGED = ("", _("Stays as it is"))
YES_NO = (UNCHANGED, ("yes", _("Yes")), ("no", _("No")))
MOVES = (15, 30, 60, 90, 120, 180, 240, 360, 720)
WEEKS_MOST = 8


def _moves() -> list[tuple[str, str]]:
    later = [
        (str(minutes), gettext("%(length)s later") % {"length": length_words(minutes)}) for minutes in MOVES
    ]
    earlier = [
        (str(-minutes), gettext("%(length)s earlier") % {"length": length_words(minutes)})
        for minutes in MOVES
    ]
    return [("", str(UNCHANGED[1])), *later, *earlier]


def _notices() -> list[tuple[str, str]]:
    return [("", str(UNCHANGED[1])), *((str(minutes), length_words(minutes)) for minutes in NOTICES)]


def _number(label: Any, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, widget=forms.NumberInput(attrs=NARROW)
    )


class BulkForm(InParts):
    """What changes in each of the chosen shifts; what is left empty stays."""

    move = forms.ChoiceField(label=_("Start and end"), choices=_moves, required=False)
    role_name = forms.ChoiceField(label=_("Seats of which role"), required=False)
    seats = _number(_("Seats at most"), 1, SEATS_MOST)
    seats_min = _number(_("People needed for it to open"), 0, SEATS_MOST)
    area = AreaField(label=_("Area"), required=False)
    place = forms.CharField(label=_("Place that everybody reads"), max_length=200, required=False)
    address = forms.CharField(label=_("Exact address"), max_length=300, required=False)
    bring = forms.CharField(label=_("What to bring"), max_length=200, required=False)
    contact_name = forms.CharField(label=_("Whom to ask for on site"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=_("Telephone of that person"), max_length=20, required=False, widget=PhoneInput
    )
    needs_approval = forms.ChoiceField(
        label=_("An organizer agrees to each sign-up"), choices=YES_NO, required=False
    )
    has_waiting_list = forms.ChoiceField(
        label=_("Whoever comes too late can wait in line"), choices=YES_NO, required=False
    )
    handover_rule = forms.ChoiceField(
        label=_("Passing a seat on to somebody else"),
        choices=(UNCHANGED, *Shift.HandoverRule.choices),
        required=False,
    )
    notice_minutes = forms.ChoiceField(
        label=_("They sign up at least so long before the start"), choices=_notices, required=False
    )
    party_most = _number(_("Seats that one person can take for a party"), 1, 10)
    warn_days = _number(_("Warn us if people are missing: days before"), 0, 30)
    warn_hours = _number(_("And once more: hours before"), 0, 72)
    reason = forms.CharField(
        label=_("Why it changes"),
        help_text=_("Everybody with a seat reads it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    PARTS: Parts = (
        (_("When"), _("What is left empty stays as it is"), ("move",)),
        (_("Who can come"), "", ("role_name", "seats", "seats_min")),
        (_("Where"), "", ("area", "place", "address", "bring", "contact_name", "contact_phone")),
        (
            _("Sign-up rules"),
            "",
            (
                "needs_approval",
                "has_waiting_list",
                "handover_rule",
                "notice_minutes",
                "party_most",
                "warn_days",
                "warn_hours",
            ),
            "folded",
        ),
        (_("Tell them why"), "", ("reason",)),
    )

    def __init__(self, *args: Any, shifts: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_areas(self, shifts, UNCHANGED[1])
        role_names = sorted({role.name for shift in shifts for role in shift.roles.all()})
        if len(role_names) > 1:
            field: Any = self.fields["role_name"]
            field.choices = [("", gettext("Choose one")), *((name, name) for name in role_names if name)]
        else:
            del self.fields["role_name"]

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        return clean_telephone(phone) if phone else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and self.changes().is_empty:
            self.add_error(None, gettext("Fill in at least one thing that changes"))
        return values

    def changes(self) -> BulkChanges:
        """What the form says, as the domain takes it."""
        values = self.cleaned_data
        details: dict[str, Any] = {
            name: values[name]
            for name in (
                "area",
                "place",
                "address",
                "bring",
                "contact_name",
                "contact_phone",
                "handover_rule",
            )
            if values.get(name)
        }
        details |= {
            name: values[name] == "yes" for name in ("needs_approval", "has_waiting_list") if values.get(name)
        }
        details |= {
            name: int(values[name])
            for name in ("notice_minutes", "party_most", "warn_days", "warn_hours")
            if values.get(name) not in (None, "")
        }
        return BulkChanges(
            move_minutes=int(values.get("move") or 0),
            details=details,
            role_name=values.get("role_name") or None,
            seats=values.get("seats"),
            seats_min=values.get("seats_min"),
        )

    def moved(self) -> Moved:
        """How far the clock of start and end is moved."""
        distance = timedelta(minutes=int(self.cleaned_data.get("move") or 0))
        return distance, distance

    def said(self) -> list[tuple[str, str]]:
        """Label and new value of all that changes, as it is read."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name == "reason" or value in (None, ""):
                continue
            words = dict(getattr(field, "choices", ())).get(value, value)
            found.append((str(field.label), words.full_name if isinstance(words, Area) else str(words)))
        return found


class CopyForm(BaseForm):
    """When and where the chosen shifts happen again."""

    to_day = forms.DateField(label=_("The first of them is copied to"))
    weeks = forms.IntegerField(
        label=_("For how many weeks in a row"),
        help_text=_("1 copies them once; 3 also to the two weeks after it"),
        min_value=1,
        max_value=WEEKS_MOST,
        initial=1,
        widget=forms.NumberInput(attrs=NARROW),
    )
    area = AreaField(label=_("Area"), required=False)
    place = forms.CharField(
        label=_("Another place"),
        help_text=_("Empty: where they are now. Another place begins without the exact address of this one"),
        max_length=200,
        required=False,
    )
    address = forms.CharField(label=_("Exact address there"), max_length=300, required=False)
    contact_name = forms.CharField(label=_("Whom to ask for there"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=_("Telephone of that person"), max_length=20, required=False, widget=PhoneInput
    )

    def __init__(self, *args: Any, shifts: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_areas(self, shifts, UNCHANGED[1])

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        return clean_telephone(phone) if phone else ""

    def clean_to_day(self) -> date:
        day: date = self.cleaned_data["to_day"]
        if day < timezone.localdate(clock.now()):
            raise forms.ValidationError(gettext("This day is over. Choose today or a later day"))
        return day

    def distances(self, first: date) -> list[int]:
        """How many days later each copy lies."""
        days = (self.cleaned_data["to_day"] - first).days
        return [days + 7 * week for week in range(self.cleaned_data["weeks"])]

    def details(self) -> dict[str, Any]:
        values = self.cleaned_data
        names = ("area", "place", "address", "contact_name", "contact_phone")
        details = {name: values[name] for name in names if values.get(name)}
        if "place" in details:
            details.setdefault("address", "")
        return details


def next_week(day: date) -> date:
    """The same weekday, a week on, and not before today."""
    today = timezone.localdate(clock.now())
    day += timedelta(days=7)
    while day < today:
        day += timedelta(days=7)
    return day
