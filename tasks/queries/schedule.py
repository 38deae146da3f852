"""A week of an organization: its shifts with their roles, and the work that has no time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from areas.models import Area
from organizations.models import Organization
from tasks.models import Series, Shift, ShiftRole, Task

WEEK_MOST = 300
SERIES_MOST = 100


@dataclass(frozen=True)
class Day:
    """The shifts that begin on a day, by their start. Each has `taken`, `needed` and `seats`, and its roles loaded."""

    day: date
    shifts: Sequence[Any]


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday on, and open work without a time: with a deadline in or after the week, or none.

    `more` is whether something was left out, since there are over WEEK_MOST shifts.
    """

    monday: date
    days: Sequence[Day]
    untimed: Sequence[Any]
    more: bool

    @property
    def shifts(self) -> list[Any]:
        return [shift for day in self.days for shift in day.shifts]


def week_of(
    organization: Organization,
    monday: date,
    *,
    task: Task | None = None,
    area: Area | None = None,
    place: str = "",
    cancelled: bool = False,
) -> Week:
    """The week of an organization, in two statements for any number of shifts; of one call, area or place, if given.

    Cancelled shifts are left out, unless `cancelled`.
    """
    monday -= timedelta(days=monday.weekday())
    start, end = bounds(monday, 7)
    shifts = _narrowed(Shift.objects.of(organization), task=task, area=area, place=place)
    if not cancelled:
        shifts = shifts.filter(status=Shift.Status.OPEN)
    in_week = Q(starts_at__gte=start, starts_at__lt=end)
    without_time = Q(starts_at=None, status=Shift.Status.OPEN) & (Q(due_at=None) | Q(due_at__gte=start))
    found = list(
        _loaded(shifts.filter(in_week | without_time)).order_by("starts_at", "due_at", "id")[: WEEK_MOST + 1]
    )
    kept = found[:WEEK_MOST]
    timed = [shift for shift in kept if shift.starts_at is not None]
    zone = timezone.get_default_timezone()
    days = [monday + timedelta(days=offset) for offset in range(7)]
    by_day: dict[date, list[Any]] = {day: [] for day in days}
    for shift in timed:
        by_day[timezone.localdate(shift.starts_at, zone)].append(shift)
    untimed = [shift for shift in kept if shift.starts_at is None]
    return Week(monday, [Day(day, by_day[day]) for day in days], untimed, len(found) > WEEK_MOST)


def shifts_between(
    organization: Organization,
    first: date,
    days: int,
    *,
    task: Task | None = None,
    area: Area | None = None,
    place: str = "",
) -> QuerySet[Any]:
    """Open shifts that begin in so many days from the first on, as a day, a week or a site is copied."""
    start, end = bounds(first, days)
    shifts = Shift.objects.of(organization).filter(
        status=Shift.Status.OPEN, starts_at__gte=start, starts_at__lt=end
    )
    return _loaded(_narrowed(shifts, task=task, area=area, place=place)).order_by("starts_at", "id")


def bounds(first: date, days: int) -> tuple[datetime, datetime]:
    """The moments at which the clock of the deployment begins a day, and the one so many days on."""
    zone = timezone.get_default_timezone()
    return datetime.combine(first, time(), zone), datetime.combine(first + timedelta(days=days), time(), zone)


def places_of(organization: Organization, at: datetime) -> list[str]:
    """Where its open shifts ahead take place, in order: what a schedule can be narrowed to; 100 at most."""
    ahead = Shift.objects.of(organization).filter(status=Shift.Status.OPEN, starts_at__gt=at)
    return list(ahead.values_list("place", flat=True).distinct().order_by("place")[:100])


def series_of(organization: Organization) -> list[Series]:
    """The series that run, the next to end last."""
    running = Series.objects.filter(organization=organization, ended_at=None)
    return list(running.select_related("task").order_by("-ends_on", "id")[:SERIES_MOST])


def _narrowed(
    shifts: QuerySet[Shift], *, task: Task | None, area: Area | None, place: str
) -> QuerySet[Shift]:
    if task is not None:
        shifts = shifts.filter(task=task)
    if area is not None:
        shifts = shifts.filter(area__path__startswith=area.path)
    return shifts.filter(place=place) if place else shifts


def _loaded(shifts: Any) -> QuerySet[Any]:
    """With the counts of all roles, the call, the area up to its city and the roles in their order."""
    roles = Prefetch("roles", ShiftRole.objects.order_by("id"))
    found: QuerySet[Any] = (
        shifts.with_seats().select_related("task", "area__parent__parent", "series").prefetch_related(roles)
    )
    return found
