"""The form that changes a shift."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.models import Shift, ShiftRole
from tasks.policies.recurrence import clock_distance
from web.organization.forms.bulk import Moved
from web.organization.forms.parts import Parts
from web.organization.forms.roles import of_role
from web.organization.forms.rules import RULES
from web.organization.forms.shift import PLACE_FIELDS, ShiftForm

TIMED = ("day", "starts", "ends", "overnight")


class Scope(models.TextChoices):
    ONE = "one", _("Only this shift")
    FOLLOWING = "following", _("This one and all that follow")
    ALL = "all", _("All of the series that lie ahead")


class EditShiftForm(ShiftForm):
    """The fields of one shift that exists, and for one of a series how far the change reaches."""

    day = forms.DateField(label=_("Day"))
    scope = forms.ChoiceField(
        label=_("Which shifts change"),
        help_text=_("Those of the series that were changed by themselves stay as they are"),
        choices=Scope.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("Why it changes"),
        help_text=_("Everybody with a seat reads it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    PARTS: Parts = (
        (_("A shift of a series"), "", ("scope",)),
        (_("When"), "", (*TIMED, "due_at"), "when"),
        ShiftForm.ROLES_PART,
        *ShiftForm.WHERE_PARTS,
        ShiftForm.RULES_PART,
        (_("Tell them why"), "", ("reason",)),
    )

    def __init__(self, *args: Any, shift: Shift, existing: list[ShiftRole], **kwargs: Any) -> None:
        super().__init__(
            *args,
            task=shift.task,
            initial=of_shift(shift),
            existing=existing,
            roles=[of_role(role) for role in existing],
            **kwargs,
        )
        self.shift = shift
        absent = ("due_at", "claim_hours") if shift.starts_at else TIMED
        for name in (*absent, *(() if shift.series_id else ("scope",))):
            del self.fields[name]

    def is_timed(self, values: Any) -> bool:
        return "day" in self.fields

    def reach(self) -> Scope:
        return Scope(self.cleaned_data.get("scope") or Scope.ONE)

    def changes(self) -> dict[str, Any]:
        """What it says otherwise than the shift: names of the domain's fields with their new values."""
        values = self.details()
        if "day" in self.fields:
            values["starts_at"], values["ends_at"] = self.period(self.cleaned_data["day"])
        else:
            values["due_at"] = self.cleaned_data["due_at"]
        return {name: value for name, value in values.items() if value != self._now(name)}

    def moved(self) -> Moved | None:
        """How far the clock of start and end is moved; None for work without a fixed time."""
        start, end = self.shift.starts_at, self.shift.ends_at
        if start is None or end is None or "day" not in self.fields:
            return None
        zone = timezone.get_default_timezone_name()
        times = self.period(self.cleaned_data["day"])
        return clock_distance(start, times[0], zone), clock_distance(end, times[1], zone)

    def _now(self, name: str) -> Any:
        """What the shift says, as precisely as the form can."""
        value = getattr(self.shift, name)
        return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


def of_shift(shift: Shift) -> dict[str, Any]:
    """What the form of a shift begins with; beside its roles."""
    values = {name: getattr(shift, name) for name in (*PLACE_FIELDS, *RULES, "due_at")}
    values["scope"] = Scope.ONE
    if shift.starts_at and shift.ends_at:
        start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
        values |= {
            "day": start.date(),
            "starts": f"{start:%H:%M}",
            "ends": f"{end:%H:%M}",
            "overnight": end.date() > start.date(),
        }
    return values
