"""What every form of a shift asks: who is needed, where, what only those with a seat see, and how one signs up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from tasks.models import ShiftRole, Task
from web.forms import PhoneInput
from web.forms import refuse as put_beside
from web.organization.forms.areas import AreaField
from web.organization.forms.parts import SHORT_TEXT, InParts, Parts
from web.organization.forms.registration import clean_telephone
from web.organization.forms.roles import ADD, REMOVE, Roles
from web.organization.forms.rules import RULES, RulesForm, usual_rules

PLACE_FIELDS = ("area", "place", "bring", "address", "private_details", "contact_name", "contact_phone")


class PlaceForm(InParts):
    """Where to come and whom to ask for."""

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

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])


class ShiftForm(RulesForm, PlaceForm):
    """Time, place, roles, rules, and what only those with a seat see. `roles` are forms of their own."""

    starts = forms.TimeField(label=_("Begins at"), required=False)
    ends = forms.TimeField(label=_("Ends at"), required=False)
    overnight = forms.BooleanField(label=_("Ends on the next day"), required=False)
    due_at = forms.DateTimeField(label=_("Must be done by"), required=False)
    sometimes_needed: tuple[str, ...] = ("starts", "ends", "overnight", "due_at")
    ROLES_PART = (_("Who can come"), "", (), "roles")
    RULES_PART = (
        _("Sign-up rules"),
        _("What is set here suits most shifts: everybody signs up at once and has the seat"),
        RULES,
        "folded",
    )
    WHERE_PARTS: Parts = (
        (_("Where"), _("Everybody reads this"), ("area", "place", "bring")),
        (
            _("Private details"),
            _("Only those with a seat see this, and it is deleted 30 days after the end"),
            ("address", "private_details", "contact_name", "contact_phone"),
        ),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        task: Task,
        roles: Sequence[Mapping[str, Any]] = (),
        existing: Sequence[ShiftRole] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.task = task
        self.roles = Roles(data, initial=roles, existing=existing)
        step = data.get("step", "") if data else ""
        # A button beside the roles was pressed: the page comes again as it was, and nothing is judged yet.
        self.quiet = step == ADD or step.startswith(REMOVE)
        self.fields["area"].choose_within(task.area)  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.roles.is_valid()]) and not self.quiet

    def refuse(self, error: DomainError, names: Mapping[str, str]) -> None:
        """Put what the domain refused beside its field, also where that belongs to a role."""
        field = error.field or ""
        if field.startswith("roles-"):
            _prefix, place, name = field.split("-", 2)
            self.roles[min(int(place), len(self.roles) - 1)].add_error(name, error.message)
        elif field in ("seats", "seats_min", "min_age"):
            self.roles[0].add_error(field, error.message)
        else:
            put_beside(self, error, names)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.is_timed(values):
            self._check_hours(values)
        return values

    def is_timed(self, values: Mapping[str, Any]) -> bool:
        """Whether people come at a fixed time."""
        return True

    def need(self, *names: str) -> None:
        """What another answer makes necessary."""
        for name in names:
            if self.cleaned_data.get(name) is None and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _check_hours(self, values: Mapping[str, Any]) -> None:
        self.need("starts", "ends")
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

    def period(self, day: date) -> tuple[datetime, datetime]:
        """Start and end on a day, by the clock of the place."""
        values = self.cleaned_data
        zone = timezone.get_default_timezone()
        start = datetime.combine(day, values["starts"], zone)
        end = datetime.combine(day + timedelta(days=1 if values["overnight"] else 0), values["ends"], zone)
        return start, end

    def details(self) -> dict[str, Any]:
        """What the domain's action takes beside the times and the roles."""
        return {**{name: self.cleaned_data[name] for name in PLACE_FIELDS}, **self.rules()}


def place_of_task(task: Task) -> dict[str, Any]:
    """Where and whom to ask for, as the call says it, and the usual rules."""
    names = ("area", "place", "address", "private_details", "contact_name", "contact_phone")
    return {**usual_rules(), **{name: getattr(task, name) for name in names}}
