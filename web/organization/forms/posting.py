"""Forms for shifts: one page in sections."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core import clock
from tasks.actions.shifts import SEATS_MOST
from tasks.models import Shift, Task, TaskTemplate
from volunteers.models import Capability
from web.forms import PhoneInput
from web.organization.forms.areas import AreaField
from web.organization.forms.filling import FOR_ALL_SHIFTS, FillingField
from web.organization.forms.parts import NARROW, SHORT_TEXT, InParts, Parts
from web.organization.forms.registration import clean_telephone

WEEKDAYS = (
    (0, _("Mon")),
    (1, _("Tue")),
    (2, _("Wed")),
    (3, _("Thu")),
    (4, _("Fri")),
    (5, _("Sat")),
    (6, _("Sun")),
)
MOST_SHIFTS = 62


class ShiftForm(InParts):
    """Time, place, seats and what only those with a seat see."""

    starts = forms.TimeField(label=_("Begins at"))
    ends = forms.TimeField(label=_("Ends at"))
    overnight = forms.BooleanField(label=_("Ends on the next day"), required=False)
    seats_min = forms.IntegerField(
        label=_("People needed for it to open"),
        min_value=0,
        max_value=SEATS_MOST,
        widget=forms.NumberInput(attrs=NARROW),
    )
    seats = forms.IntegerField(
        label=_("Seats at most"), min_value=1, max_value=SEATS_MOST, widget=forms.NumberInput(attrs=NARROW)
    )
    role_name = forms.CharField(
        label=_("What they do, in a word or two"),
        help_text=_("For example: temperature, registration"),
        max_length=80,
        required=False,
    )
    requirements = forms.ModelMultipleChoiceField(
        label=_("They need"),
        queryset=Capability.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    min_age = forms.IntegerField(
        label=_("Youngest age"),
        help_text=_("0 means any; under 18 a guardian agrees"),
        min_value=0,
        max_value=80,
        widget=forms.NumberInput(attrs=NARROW),
    )
    area = AreaField(
        label=_("Area"),
        error_messages={"outside": _("%(name)s does not lie in the area of the call")},
    )
    place = forms.CharField(
        label=_("Place that everybody reads"),
        help_text=_("A street or a gate, never a resident's home"),
        max_length=200,
        error_messages={"required": _("Write where to come")},
    )
    bring = forms.CharField(label=_("What to bring"), max_length=200, required=False)
    address = forms.CharField(label=_("Exact address"), max_length=300, required=False)
    private_details = forms.CharField(
        label=_("What else they must know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )
    contact_name = forms.CharField(
        label=_("Whom to ask for on site"),
        max_length=80,
        error_messages={"required": _("Write whom they ask for")},
    )
    contact_phone = forms.CharField(
        label=_("Telephone of that person"),
        max_length=20,
        widget=PhoneInput,
        error_messages={"required": _("Write a number that somebody answers during the shift")},
    )
    release_notice_minutes = forms.IntegerField(
        label=_("Minutes before the start until which a seat can be given back"),
        min_value=0,
        max_value=2880,
        widget=forms.NumberInput(attrs=NARROW),
    )
    PARTS: Parts = (
        (_("When"), "", ("first_day", "last_day", "weekdays", "day", "starts", "ends", "overnight")),
        (
            _("Who can come"),
            "",
            ("seats_min", "seats", "role_name", "requirements", "min_age", "release_notice_minutes"),
        ),
        (_("Where"), _("Everybody reads this"), ("area", "place", "bring")),
        (
            _("Private details"),
            _("Only those with a seat see this, and it is deleted 30 days after the end"),
            ("address", "private_details", "contact_name", "contact_phone"),
        ),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["requirements"].queryset = Capability.objects.order_by("kind", "position", "id")  # type: ignore[attr-defined]
        self.fields["area"].roots = [task.area]  # type: ignore[attr-defined]

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts and not values.get("overnight"):
            self.add_error(
                "ends",
                gettext(
                    "It ends before it begins at %(start)s. Write a later time, or tick “Ends on the next day”"
                )
                % {"start": f"{starts:%H:%M}"},
            )
        if starts and ends and ends > starts and values.get("overnight"):
            self.add_error(
                "ends", gettext("The shift would last over 24 hours. Untick “Ends on the next day”")
            )
        least, most = values.get("seats_min"), values.get("seats")
        if least is not None and most is not None and least > most:
            self.add_error(
                "seats",
                ngettext(
                    "%(count)d person is needed, so there are at least as many seats",
                    "%(count)d people are needed, so there are at least as many seats",
                    least,
                )
                % {"count": least},
            )
        return values

    def period(self, day: date) -> tuple[datetime, datetime]:
        """Start and end on a day, by the clock of the place."""
        values = self.cleaned_data
        zone = timezone.get_default_timezone()
        start = datetime.combine(day, values["starts"], zone)
        end = datetime.combine(day + timedelta(days=1 if values["overnight"] else 0), values["ends"], zone)
        return start, end

    def shift_values(self) -> dict[str, Any]:
        """What the domain's action takes beside the times."""
        names = (
            "area",
            "seats_min",
            "seats",
            "role_name",
            "min_age",
            "place",
            "bring",
            "address",
            "private_details",
            "contact_name",
            "contact_phone",
            "release_notice_minutes",
        )
        values = {name: self.cleaned_data[name] for name in names}
        values["requirements"] = list(self.cleaned_data["requirements"])
        return values


class PostShiftsForm(ShiftForm):
    """The same shift on one day or on several."""

    first_day = forms.DateField(label=_("Day, or the first of several"))
    last_day = forms.DateField(
        label=_("Last day"), help_text=_("Leave empty for a single day"), required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these weekdays"),
        help_text=_("Untick those that are left out"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # Where it is left out, what the task says stays.
    filling = FillingField(required=False)
    sometimes_needed = ("filling",)
    PARTS: Parts = (
        *ShiftForm.PARTS[:2],
        (_("How empty seats find people"), FOR_ALL_SHIFTS, ("filling",)),
        *ShiftForm.PARTS[2:],
    )

    def __init__(self, *args: Any, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leads:
            # The lead decides for all shifts of a task.
            del self.fields["filling"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first = values.get("first_day")
        last = values.get("last_day") or first
        if first and last and last < first:
            self.add_error("last_day", gettext("The last day lies before the first"))
        elif first and last:
            self._check_days(first, last)
        return values

    def _check_days(self, first: date, last: date) -> None:
        today = timezone.localdate(clock.now())
        if first < today:
            self.add_error("first_day", gettext("This day is over. Choose today or a later day"))
            return
        days = self.days()
        if not days:
            self.add_error(
                "weekdays", gettext("No day between the two falls on these weekdays. Tick at least one")
            )
        elif len(days) > MOST_SHIFTS:
            self.add_error(
                "last_day",
                gettext(
                    "These are %(count)d shifts; %(most)d at once are the most. Choose an earlier last day"
                )
                % {"count": len(days), "most": MOST_SHIFTS},
            )
        elif "starts" in self.cleaned_data and self.period_start(days[0]) <= clock.now():
            self.add_error("starts", gettext("This time is over today. Choose a later one"))

    def period_start(self, day: date) -> datetime:
        return datetime.combine(day, self.cleaned_data["starts"], timezone.get_default_timezone())

    def days(self) -> list[date]:
        """The chosen days in order."""
        first = self.cleaned_data["first_day"]
        last = self.cleaned_data.get("last_day") or first
        if first == last:
            return [first]
        length = min((last - first).days, 3660)
        days = [first + timedelta(days=offset) for offset in range(length + 1)]
        weekdays = self.cleaned_data.get("weekdays") or []
        return [day for day in days if day.weekday() in weekdays]


class EditShiftForm(ShiftForm):
    """The same fields for one shift that exists."""

    day = forms.DateField(label=_("Day"))
    reason = forms.CharField(
        label=_("Why it changes"),
        help_text=_("Everybody with a seat reads it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    PARTS: Parts = (*ShiftForm.PARTS, (_("Tell them why"), "", ("reason",)))


def starting_values(task: Task, template: TaskTemplate | None, day: date) -> dict[str, Any]:
    """What a form for shifts of a task begins with: the template's times and seats, the task's place and contact."""
    hour = template.starts_hour if template else 9
    minutes = hour * 60 + (template.duration_minutes if template else 180)
    return {
        "first_day": max(task.starts_on, day),
        "weekdays": list(range(7)),
        "starts": f"{hour:02d}:00",
        "ends": f"{minutes // 60 % 24:02d}:{minutes % 60:02d}",
        "overnight": minutes > 24 * 60,
        "seats_min": template.seats_min if template else 4,
        "seats": template.seats if template else 6,
        "requirements": [capability.pk for capability in task.requirements.all()],
        "min_age": 0,
        "filling": task.filling,
        "area": task.area,
        "place": task.place,
        "address": task.address,
        "private_details": task.private_details,
        "contact_name": task.contact_name,
        "contact_phone": task.contact_phone,
        "release_notice_minutes": Shift._meta.get_field("release_notice_minutes").default,
    }
