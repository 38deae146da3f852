"""Posting shifts from a form, tried before it is done, and never twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from organizations.models import Organization
from tasks.actions.filling import choose_filling
from tasks.actions.series import start_series
from tasks.actions.shifts import WINDOWS, post_shift
from tasks.models import Series, Shift, Task
from tasks.policies.recurrence import by_clock, clock_distance, occurrences
from web.organization.forms.posting import Kind, PostShiftsForm


@dataclass(frozen=True)
class Planned:
    """One shift of those that a form describes; `posted` where the same one is open already."""

    day: date
    starts_at: datetime
    ends_at: datetime
    posted: bool = False


@dataclass(frozen=True)
class Posted:
    """What a form made, or would make: the shifts that are there now, and the series that makes more."""

    shifts: list[Shift] = field(default_factory=list)
    series: Series | None = None


def plan(form: PostShiftsForm, organization: Organization) -> list[Planned]:
    """The days that a valid form describes, and which of its shifts exist; none for work without a fixed time."""
    if form.cleaned_data["kind"] != Kind.FIXED:
        return []
    periods = [(day, *form.period(day)) for day in days_of(form)]
    existing = same_shifts(form, organization, [start for _, start, _ in periods])
    return [Planned(day, start, end, (start, end) in existing) for day, start, end in periods]


def what_posting_does(form: PostShiftsForm) -> list[str]:
    """What happens when a valid form is posted, and who hears of it: a sentence each."""
    values = form.cleaned_data
    windows = any(values.get(name) for name in WINDOWS)
    asks = (values.get("filling") or form.task.filling) != Task.Filling.PROPOSE
    return [
        gettext("Everybody finds it among the needs; sign-up is open at the times above")
        if windows
        else gettext("Everybody finds it among the needs at once and can sign up"),
        gettext("The system asks people whom it suits within minutes, never at night")
        if asks
        else gettext("Nobody is asked yet: you choose on the next page whom to ask"),
        gettext("Contact, address and private details are read only by those with a seat"),
        gettext("You can take it back or change it. Whoever has a seat then is told, with your reason"),
    ]


def days_of(form: PostShiftsForm) -> list[date]:
    """All days of a form with a fixed time; TooMany where a rule has too many."""
    if not form.is_series:
        return form.days()
    values = form.cleaned_data
    zone = timezone.get_default_timezone_name()
    moments = occurrences(form.rule(), zone, values["first_day"], values["starts"], values["last_day"])
    return [timezone.localdate(moment) for moment in moments]


def later_of(planned: Sequence[Planned], posted: Posted) -> int:
    """How many of the days of a series are posted as their time comes nearer."""
    return max(len(planned) - len(posted.shifts), 0) if posted.series is not None else 0


def same_shifts(
    form: PostShiftsForm, organization: Organization, starts: Sequence[datetime | None]
) -> dict[tuple[datetime | None, datetime | None], Shift]:
    """Open shifts of the same call, time, place and work, by their times: sending a form twice finds them."""
    shifts = Shift.objects.of(organization).filter(
        task=form.task,
        status=Shift.Status.OPEN,
        due_at=form.cleaned_data["due_at"],
        place=form.cleaned_data["place"],
        roles__name=form.roles[0].wanted.name,
    )
    shifts = shifts.filter(starts_at=None) if None in starts else shifts.filter(starts_at__in=starts)
    return {(shift.starts_at, shift.ends_at): shift for shift in shifts}


@transaction.atomic
def post(form: PostShiftsForm, organization: Organization, *, by: User, at: datetime, keep: bool) -> Posted:
    """Post what the form describes and is not posted yet; all or nothing. Without `keep` it is only tried."""
    # One posting of a call at a time, so that a form sent twice finds what the first one posted.
    task = (
        Task.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=form.task.pk)
    )
    if filling := form.cleaned_data.get("filling"):
        task = choose_filling(task=task, filling=filling, by=by, at=at)
    given: dict[str, Any] = {
        "task": task,
        "organization": organization,
        "roles": form.roles.wanted,
        "by": by,
        "at": at,
    }
    posted = (_series if form.is_series else _shifts)(form, organization, given)
    if not keep:
        transaction.set_rollback(True)
    return posted


def _series(form: PostShiftsForm, organization: Organization, given: dict[str, Any]) -> Posted:
    values, rule = form.cleaned_data, form.rule()
    first, last = values["first_day"], values["last_day"]
    start, end = form.period(first)
    minutes = int((end - start).total_seconds()) // 60
    same = Series.objects.filter(
        task=form.task,
        organization=organization,
        rule=rule,
        starts_on=first,
        ends_on=last,
        starts=values["starts"],
        minutes=minutes,
        ended_at=None,
        shifts__place=values["place"],
        shifts__roles__name=form.roles[0].wanted.name,
    ).first()
    series = same or start_series(
        rule=rule,
        starts_on=first,
        ends_on=last,
        starts=values["starts"],
        minutes=minutes,
        **given,
        **form.details(),
    )
    return Posted(list(series.shifts.order_by("starts_at", "id")), series)


def _shifts(form: PostShiftsForm, organization: Organization, given: dict[str, Any]) -> Posted:
    planned = plan(form, organization)
    times: list[tuple[datetime | None, datetime | None]] = [
        (each.starts_at, each.ends_at) for each in planned
    ] or [(None, None)]
    existing = same_shifts(form, organization, [start for start, _ in times])
    details = form.details()
    return Posted(
        [
            existing.get((start, end))
            or post_shift(
                starts_at=start,
                ends_at=end,
                due_at=form.cleaned_data["due_at"],
                **given,
                **{**details, **_windows(details, times[0][0], start)},
            )
            for start, end in times
        ]
    )


def _windows(
    details: dict[str, Any], first: datetime | None, start: datetime | None
) -> dict[str, datetime | None]:
    """The windows that were written for the first day, moved along to another."""
    if first is None or start is None or first == start:
        return {}
    zone = timezone.get_default_timezone_name()
    distance = clock_distance(first, start, zone)
    return {
        name: by_clock(moment, distance, zone) for name in WINDOWS if (moment := details[name]) is not None
    }
