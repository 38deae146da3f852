"""A week of an organization's shifts: which week, which shifts of it, and how they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst

from organizations.models import Organization
from tasks.models import Shift, Waiting
from tasks.queries.board import own_tasks, shifts_of
from tasks.rendering.recurrence import rule_in_words
from web.states import State, state_of

WEEK = timedelta(days=7)
# A page shows so many shifts; one act takes so many.
PAGE = 200
CHOSEN_MOST = 200
# As far as a calendar reaches, so that a typed year finds a page.
FIRST, LAST = date(2000, 1, 3), date(2099, 12, 28)


@dataclass(frozen=True)
class Entry:
    """A shift in the week: who is missing, who waits."""

    shift: Any
    state: State
    waiting: int

    @property
    def role_names(self) -> list[str]:
        return [role.name for role in self.shift.roles.all() if role.name]


@dataclass(frozen=True)
class Day:
    day: date
    entries: list[Entry]
    is_today: bool
    is_over: bool


@dataclass(frozen=True)
class Wanted:
    """Which shifts of which week the address asks for. Without a week they are those without a fixed time."""

    monday: date
    task: str = ""
    place: str = ""

    def query(self, **changes: Any) -> str:
        """The query of an address for these, with some of it otherwise."""
        values = {"week": f"{self.monday:%Y-%m-%d}", "task": self.task, "place": self.place, **changes}
        return urlencode({name: value for name, value in values.items() if value})


def wanted_of(data: QueryDict, today: date) -> Wanted:
    """Read from an address; what is no day means this week."""
    try:
        day = date.fromisoformat(data.get("week", ""))
    except ValueError:
        day = today
    day = min(max(day, FIRST), LAST)
    return Wanted(monday_of(day), data.get("task", "")[:12], data.get("place", "")[:200])


def said_rule(rule: str, starts_on: date) -> str:
    """A rule in words, as the beginning of a line."""
    return capfirst(rule_in_words(rule, starts_on))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def of_week(organization: Organization, wanted: Wanted) -> QuerySet[Any]:
    """The open shifts that begin in the week, by time, with what their entries show."""
    between = {
        "starts_at__gte": midnight(wanted.monday),
        "starts_at__lt": midnight(wanted.monday + WEEK),
    }
    return _filtered(shifts_of(organization).filter(**between), wanted).order_by("starts_at", "place", "id")


def without_time(organization: Organization, wanted: Wanted) -> QuerySet[Any]:
    """Open work without a fixed time, the nearest deadline first."""
    found = _filtered(shifts_of(organization).filter(starts_at=None), wanted)
    return found.order_by(F("due_at").asc(nulls_last=True), "id")


def _filtered(shifts: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    if wanted.task:
        shifts = shifts.filter(task__code=wanted.task)
    if wanted.place:
        shifts = shifts.filter(place=wanted.place)
    line = (
        Waiting.objects.live().filter(shift=OuterRef("pk")).order_by().values("shift")
        .annotate(total=Count("pk")).values("total")
    )  # fmt: skip
    return shifts.annotate(in_line=Coalesce(Subquery(line, output_field=IntegerField()), 0))


def entries(shifts: Iterable[Any], at: datetime) -> list[Entry]:
    return [
        Entry(
            shift,
            state_of(shift.taken, shift.needed, shift.seats, shift.starts_at, shift.ends_at, at),
            shift.in_line,
        )
        for shift in shifts
    ]


def days_of(monday: date, found: Iterable[Entry], today: date) -> list[Day]:
    """The seven days with their entries, also those without any."""
    by_day: dict[date, list[Entry]] = {monday + timedelta(days=number): [] for number in range(7)}
    for entry in found:
        by_day[timezone.localdate(entry.shift.starts_at)].append(entry)
    return [Day(day, listed, day == today, day < today) for day, listed in by_day.items()]


def choices(organization: Organization, wanted: Wanted) -> dict[str, list[tuple[str, str]]]:
    """What the week can be narrowed to: its calls and its places. Two statements."""
    open_shifts = Shift.objects.of(organization).filter(
        status=Shift.Status.OPEN,
        starts_at__gte=midnight(wanted.monday),
        starts_at__lt=midnight(wanted.monday + WEEK),
    )
    places = open_shifts.order_by("place").values_list("place", flat=True).distinct()[:100]
    tasks = own_tasks(organization)[:100]
    return {
        "tasks": [(task.code, task.display_title) for task in tasks],
        "places": [(place, place) for place in places],
    }


def chosen(organization: Organization, data: QueryDict, today: date) -> list[Any]:
    """The shifts that are ticked, else those of a day, else those of the week; at most CHOSEN_MOST and one more."""
    codes = list(dict.fromkeys(data.getlist("shift")))[: CHOSEN_MOST + 1]
    shifts = shifts_of(organization).select_related("task__area__parent__parent").prefetch_related("roles")
    if codes:
        found = shifts.filter(code__in=codes)
    elif day := _day(data.get("day", "")):
        found = _filtered(shifts, wanted_of(data, today)).filter(
            starts_at__gte=midnight(day), starts_at__lt=midnight(day + timedelta(days=1))
        )
    elif data.get("week"):
        week = of_week(organization, wanted_of(data, today))
        found = week.select_related("task__area__parent__parent").prefetch_related("roles")
    else:
        return []
    return list(found.order_by(F("starts_at").asc(nulls_last=True), "place", "id")[: CHOSEN_MOST + 1])


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def versions_of(data: Mapping[str, str], shifts: Iterable[Any]) -> dict[str, int]:
    """The versions of the page on which something was decided, by code; one that is not given is not checked."""
    found = {}
    for shift in shifts:
        text = data.get(f"version-{shift.code}", "")
        if text.isdecimal() and len(text) < 10:
            found[shift.code] = int(text)
    return found
