"""Starting a series."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import pgettext

from accounts.models import User
from core import audit
from organizations.models import Organization
from tasks.actions.series.errors import (
    LengthOutOfRange,
    NoOccurrence,
    RuleUnclear,
    SeriesEndsFirst,
    SeriesOutsideTask,
    SeriesRunsAlready,
    TooManyOccurrences,
)
from tasks.actions.series.occurring import LONGEST_MINUTES, day_of, horizon, post
from tasks.actions.shifts import WINDOWS, InThePast, RoleWanted
from tasks.models import Series, Shift, Task
from tasks.policies.recurrence import (
    OCCURRENCES_MOST,
    BadRule,
    TooMany,
    by_clock,
    clock_distance,
    occurrences,
    rule_in_values,
)


@transaction.atomic
def start_series(
    *,
    task: Task,
    organization: Organization,
    rule: str,
    starts_on: date,
    ends_on: date,
    starts: time,
    minutes: int,
    roles: Sequence[RoleWanted],
    by: User,
    at: datetime,
    zone: str = "",
    **details: Any,
) -> Series:
    """Post the same shift on all days of a rule; those of the next eight weeks at once, the others when it is time.

    `rule` as in RFC 5545 without UNTIL and COUNT, on the clock of `zone`, the deployment's where it is empty. `details`
    as for `post_shift`; windows are those of the first occurrence, and lie as far before every other one. An occurrence
    whose time is over already today is left out. What `post_shift` refuses is refused for the whole series.
    """
    zone = zone or settings.TIME_ZONE
    moments = _checked(task, rule, zone, starts_on, ends_on, starts, minutes, at)
    _refuse_twice(
        Series(
            task=task, organization=organization, rule=rule.strip().upper(), starts=starts, minutes=minutes
        ),
        place=details.get("place", task.place),
        name=roles[0].name.strip() if roles else "",
        first=moments[0],
        last=moments[-1],
    )
    series = Series.objects.create(
        task=task,
        organization=organization,
        rule=rule.strip().upper(),
        zone=zone,
        starts_on=starts_on,
        ends_on=ends_on,
        starts=starts,
        minutes=minutes,
        made_at=at,
        made_by=by,
    )
    windows = {name: details.pop(name) for name in WINDOWS if details.get(name) is not None}
    until = min(ends_on, horizon(at))
    # The first is there even where it lies beyond the next weeks: the others take after it.
    now = [moment for moment in moments if day_of(moment, zone) <= until] or moments[:1]
    for moment in now:
        distance = clock_distance(moments[0], moment, zone)
        moved = {name: by_clock(window, distance, zone) for name, window in windows.items()}
        post(series, moment, roles=roles, by=by, at=at, details={**details, **moved})
    series.made_until = max(until, day_of(now[-1], zone))
    series.save(update_fields=["made_until"])
    audit.record(
        verb="series.started",
        by=by,
        at=at,
        subject=series,
        area_code=task.area.code,
        data={"series": series.code, "rule": series.rule, "shifts": len(now)},
    )
    return series


def _checked(
    task: Task,
    rule: str,
    zone: str,
    starts_on: date,
    ends_on: date,
    starts: time,
    minutes: int,
    at: datetime,
) -> list[datetime]:
    """All occurrences that are not over."""
    try:
        rule_in_values(rule)
    except BadRule as error:
        raise RuleUnclear(field="rule", part=error.part) from error
    if ends_on < starts_on:
        raise SeriesEndsFirst(field="ends_on")
    if starts_on < task.starts_on or ends_on > task.ends_on:
        field = "starts_on" if starts_on < task.starts_on else "ends_on"
        raise SeriesOutsideTask(field=field, first=_spoken(task.starts_on), last=_spoken(task.ends_on))
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise LengthOutOfRange(field="minutes")
    if starts_on < day_of(at, zone):
        raise InThePast(field="starts_on")
    try:
        moments = occurrences(rule, zone, starts_on, starts, ends_on)
    except TooMany as error:
        raise TooManyOccurrences(field="ends_on", most=OCCURRENCES_MOST) from error
    ahead = [moment for moment in moments if moment > at]
    if not ahead:
        raise NoOccurrence(field="rule")
    return ahead


def _refuse_twice(wanted: Series, *, place: str, name: str, first: datetime, last: datetime) -> None:
    """A form that is sent twice starts one series."""
    # One posting of a call at a time, so that the second finds what the first one started.
    Task.objects.select_for_update(no_key=True).get(pk=wanted.task_id)
    same = Series.objects.filter(
        task=wanted.task_id,
        organization=wanted.organization_id,
        rule=wanted.rule,
        starts=wanted.starts,
        minutes=wanted.minutes,
        shifts__status=Shift.Status.OPEN,
        shifts__occurs_at__range=(first, last),
        shifts__place=place,
        shifts__roles__name=name,
    )
    if same.exists():
        raise SeriesRunsAlready(field="rule")


def _spoken(day: date) -> str:
    return date_format(day, pgettext("format of a day without its year", "j F"))
