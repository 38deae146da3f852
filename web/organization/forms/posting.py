"""The form that posts shifts: once, on chosen days, or by a rule; or work without a fixed time."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from tasks.models import Task, TaskTemplate
from tasks.policies.recurrence import LAST, Freq, rule_of
from web.organization.forms.filling import FOR_ALL_SHIFTS, FillingField
from web.organization.forms.parts import Parts
from web.organization.forms.shift import ShiftForm, place_of_task

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
LONGEST_SERIES = timedelta(days=366)
A_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class Kind(models.TextChoices):
    FIXED = "fixed", _("At a fixed time")
    DEADLINE = "deadline", _("Whenever it suits them, until a deadline")
    OPEN = "open", _("Whenever it suits them, open-ended")


class Repeat(models.TextChoices):
    ONCE = "once", _("Once")
    DAYS = "days", _("On several days that I name")
    RULE = "rule", _("By a rule, until a day")


EVERY = (
    ("1", _("Every week")),
    ("2", _("Every 2 weeks")),
    ("3", _("Every 3 weeks")),
    ("4", _("Every 4 weeks")),
    ("date", _("Every month on the same date")),
    ("weekday", _("Every month on the same weekday, as the second Tuesday")),
)


class PostShiftsForm(ShiftForm):
    """One shift, several, a series, or work without a fixed time."""

    kind = forms.ChoiceField(label=_("When the work is done"), choices=Kind.choices, widget=forms.RadioSelect)
    first_day = forms.DateField(label=_("Day, or the first of several"), required=False)
    repeat = forms.ChoiceField(
        label=_("How often"), choices=Repeat.choices, widget=forms.RadioSelect, required=False
    )
    other_days = forms.CharField(
        label=_("The further days"),
        help_text=_("One a line, like 2020-02-08"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "govuk-input--width-20"}),
    )
    every = forms.ChoiceField(label=_("It comes again"), choices=EVERY, required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these weekdays"),
        help_text=_("Untick those that are left out"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = forms.DateField(label=_("Last day"), required=False)
    # Where it is left out, what the task says stays.
    filling = FillingField(required=False)
    sometimes_needed = (
        *ShiftForm.sometimes_needed,
        "filling",
        "first_day",
        "repeat",
        "other_days",
        "every",
        "weekdays",
        "last_day",
    )
    PARTS: Parts = (
        (
            _("When"),
            "",
            (
                "kind",
                "first_day",
                "starts",
                "ends",
                "overnight",
                "repeat",
                "other_days",
                "every",
                "weekdays",
                "last_day",
                "due_at",
            ),
            "when",
        ),
        ShiftForm.ROLES_PART,
        *ShiftForm.WHERE_PARTS,
        (_("How empty seats find people"), FOR_ALL_SHIFTS, ("filling",)),
        ShiftForm.RULES_PART,
    )

    def __init__(self, *args: Any, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not leads:
            # The lead decides for all shifts of a task.
            del self.fields["filling"]

    def is_timed(self, values: Mapping[str, Any]) -> bool:
        return values.get("kind") == Kind.FIXED

    @property
    def is_series(self) -> bool:
        values = self.cleaned_data
        return values["kind"] == Kind.FIXED and values["repeat"] == Repeat.RULE

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        kind = values.get("kind")
        if kind == Kind.FIXED:
            self._clean_days(values)
        elif kind == Kind.DEADLINE:
            self.need("due_at")
        if kind != Kind.DEADLINE:
            values["due_at"] = None
        return values

    def _clean_days(self, values: dict[str, Any]) -> None:
        self.need("first_day")
        values["repeat"] = values.get("repeat") or Repeat.ONCE
        values["named"] = []
        first = values.get("first_day")
        if first is None:
            return
        today = timezone.localdate(clock.now())
        if first < today:
            self.add_error("first_day", gettext("This day is over. Choose today or a later day"))
        elif values["repeat"] == Repeat.DAYS:
            self._clean_named(values, first)
        elif values["repeat"] == Repeat.RULE:
            self._clean_rule(values, first)
        if not self.errors and self.period(first)[0] <= clock.now():
            self.add_error("starts", gettext("This time is over today. Choose a later one"))

    def _clean_named(self, values: dict[str, Any], first: date) -> None:
        days, wrong = named_days(values.get("other_days") or "")
        if wrong:
            self.add_error(
                "other_days",
                gettext("“%(day)s” is no day. Write it like 2020-02-08, one a line") % {"day": wrong},
            )
        elif not days:
            self.add_error("other_days", gettext("Write the further days, one a line"))
        elif min(days) < first:
            self.add_error(
                "other_days", gettext("%(day)s lies before the first day") % {"day": f"{min(days):%Y-%m-%d}"}
            )
        elif len({first, *days}) > MOST_SHIFTS:
            self.add_error(
                "other_days",
                gettext("These are %(count)d days; %(most)d at once are the most")
                % {"count": len({first, *days}), "most": MOST_SHIFTS},
            )
        values["named"] = days

    def _clean_rule(self, values: dict[str, Any], first: date) -> None:
        self.need("last_day")
        values["every"] = values.get("every") or "1"
        last = values.get("last_day")
        if last and last < first:
            self.add_error("last_day", gettext("The last day lies before the first"))
        elif last and last - first > LONGEST_SERIES:
            self.add_error("last_day", gettext("A series runs a year at most. Choose an earlier last day"))
        if values["every"].isdecimal() and not values.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", gettext("Tick at least one weekday"))

    def days(self) -> list[date]:
        """The chosen days in order, where they are no series."""
        values = self.cleaned_data
        return sorted({values["first_day"], *values["named"]})

    def rule(self) -> str:
        """The rule of a series, as RFC 5545 writes it."""
        values = self.cleaned_data
        first, every = values["first_day"], values["every"]
        if every == "date":
            return rule_of(Freq.MONTHLY, month_days=[first.day])
        if every == "weekday":
            # The fifth is not in every month: whoever begins there means the last.
            number = (first.day - 1) // 7 + 1
            return rule_of(Freq.MONTHLY, nths=[(LAST if number == 5 else number, first.weekday())])
        return rule_of(Freq.WEEKLY, interval=int(every), weekdays=values["weekdays"])


def named_days(text: str) -> tuple[list[date], str]:
    """The days in a text, and the first word that is none."""
    days: list[date] = []
    for word in re.split(r"[\s,;，；、]+", text.strip()):
        if not word:
            continue
        found = A_DAY.fullmatch(word)
        try:
            days.append(date(*map(int, found.groups())) if found else date.fromisoformat(word))
        except ValueError:
            return [], word[:40]
    return days, ""


def starting_values(task: Task, template: TaskTemplate | None, day: date) -> dict[str, Any]:
    """What a form for shifts of a task begins with: the template's times, the task's place and contact."""
    hour = template.starts_hour if template else 9
    minutes = hour * 60 + (template.duration_minutes if template else 180)
    first = max(task.starts_on, day)
    return {
        **place_of_task(task),
        "kind": Kind.FIXED,
        "repeat": Repeat.ONCE,
        "first_day": first,
        "last_day": task.ends_on,
        "weekdays": list(range(7)),
        "every": "1",
        "starts": f"{hour:02d}:00",
        "ends": f"{minutes // 60 % 24:02d}:{minutes % 60:02d}",
        "overnight": minutes >= 24 * 60,
        "filling": task.filling,
    }


def starting_role(task: Task, template: TaskTemplate | None) -> dict[str, Any]:
    """The seats that a form begins with."""
    wanted = task.requirements.order_by().values_list("pk", flat=True)
    if template is not None:
        wanted = wanted.union(template.requirements.order_by().values_list("pk", flat=True))
    return {
        "name": "",
        "seats_min": template.seats_min if template else 4,
        "seats": template.seats if template else 6,
        "min_age": 0,
        "requirements": sorted(wanted),
    }
