"""One occurrence of a series: its day, and how it is posted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from tasks.actions.shifts import RoleWanted, post_shift
from tasks.models import Series, Shift
from tasks.policies.recurrence import end_on_clock

# Occurrences are made so long ahead.
AHEAD = timedelta(weeks=8)
LONGEST_MINUTES = 1440


def horizon(at: datetime) -> date:
    """The last day whose occurrences are made now."""
    return timezone.localdate(at + AHEAD)


def day_of(moment: datetime, zone: str) -> date:
    """The day that the clock of the place shows."""
    return timezone.localdate(moment, ZoneInfo(zone))


def post(
    series: Series,
    moment: datetime,
    *,
    roles: Sequence[RoleWanted],
    by: User,
    at: datetime,
    details: Mapping[str, Any],
) -> Shift:
    """Post the occurrence of this moment."""
    return post_shift(
        task=series.task,
        organization=series.organization,
        starts_at=moment,
        ends_at=end_on_clock(moment, series.minutes, series.zone),
        roles=roles,
        series=series,
        occurs_at=moment,
        by=by,
        at=at,
        **details,
    )
