"""Everything that a report says of an area and a day, as values. Nothing is read after this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import make_aware

from areas.models import Area
from insights.disclosure import Cell
from insights.queries import AreaRow, Counts, lately, worst
from insights.queries.days import days_of_areas
from insights.queries.decisions import Decision, decisions_on
from insights.queries.lately import NOTHING
from insights.queries.released import released_cells
from organizations.models import Organization
from tasks.models import Escalation, Task
from tasks.queries.calls import calls_within
from tasks.queries.modes import ModeView, mode_of
from tasks.queries.stages import StageView, stage_of
from web.authority.overview.places import areas_below
from web.authority.overview.reading import Read

# Reports are read on the day or in the weeks after it.
DAYS_BACK = 400
WORST = 10
CALLS_SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """A call that no organization had taken on at the end of the day, and the authority to which it was taken."""

    title: str
    area: Area
    since: datetime
    before: str


@dataclass(frozen=True)
class Situation:
    """The values of a report. `at` is when it was made, `until` the last moment that it speaks of.

    `released`: what was made public of the area for that day, by key; nothing while the day is not over.
    """

    area: Area
    authority: Organization
    day: date
    at: datetime
    until: datetime
    stage: StageView | None
    mode: ModeView
    read: Read
    worst: tuple[AreaRow, ...]
    waiting: tuple[Waiting, ...]
    more_waiting: bool
    decisions: tuple[Decision, ...]
    released: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether the day is not over."""
        return self.until == self.at


def reported_day(text: str, today: date) -> date | None:
    """The day that is asked for: today where none is; None where there is no report of it."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today - timedelta(days=DAYS_BACK) <= day <= today else None


def situation(area: Area, authority: Organization, day: date, at: datetime) -> Situation:
    """Gather the report of a day until now, if it is today, else until its end."""
    # Not the midnight itself: what is in force from then on belongs to the next day.
    until = min(at, make_aware(datetime.combine(day + timedelta(days=1), time())) - datetime.resolution)
    read = _read(area, day, is_running=until == at)
    waiting = _waiting(area, until)
    return Situation(
        area=area,
        authority=authority,
        day=day,
        at=at,
        until=until,
        stage=stage_of(area, until),
        mode=mode_of(area, until),
        read=read,
        worst=tuple(worst(read.rows, WORST)),
        waiting=tuple(waiting[:CALLS_SHOWN]),
        more_waiting=len(waiting) > CALLS_SHOWN,
        decisions=tuple(decisions_on(area, day)),
        released={} if until == at else released_cells(area, day, day),
    )


def _read(area: Area, day: date, *, is_running: bool) -> Read:
    """The same counts as on the overview of that day; what happened lately belongs to the report of today alone."""
    below = list(areas_below(area))
    found = days_of_areas(
        area, below, span=(day - timedelta(days=1), day), days=(day, day), kinds_over=(day, day)
    )
    recently = lately([area, *below]) if is_running else {}

    def row(one: Area, of_days: Mapping[date, Counts]) -> AreaRow:
        return AreaRow(area=one, counts=of_days.get(day, Counts()), lately=recently.get(one.pk, NOTHING))

    return Read(
        own=row(area, found.by_day),
        rows=[row(one, found.by_area.get(one.pk, {})) for one in below],
        by_day=found.by_day,
        by_area=found.by_area,
        kinds=found.kinds,
        now=None,
    )


def _waiting(area: Area, until: datetime) -> Sequence[Waiting]:
    """Calls that were public at that moment and not taken on, the longest wait first; one more than is shown."""
    brought = (
        Escalation.objects.filter(task=OuterRef("pk"), escalated_at__lt=until)
        .order_by("-escalated_at")
        .values("authority__name")
    )
    found = (
        calls_within(area)
        .filter(
            Q(adopted_at=None) | Q(adopted_at__gte=until),
            Q(ended_at=None) | Q(ended_at__gte=until),
            called_at__lt=until,
        )
        .exclude(status=Task.Status.DRAFT)
        .annotate(before=Subquery(brought[:1]))
        .select_related("area__parent__parent")
        # Not by the column itself: its index would lead through every call that ended long ago.
        .order_by(Coalesce("called_at", Value(until)), "pk")[: CALLS_SHOWN + 1]
    )
    return [
        Waiting(task.display_title, task.area, task.called_at, task.before or "")
        for task in found
        if task.called_at is not None
    ]
