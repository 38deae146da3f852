"""Who left which cause for a crisis, and what was left of its work: raw, for a job, in one statement each.

Nothing of persons here is ever shown: `insights.actions` protects it first.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils.timezone import localdate

from areas.models import Area
from insights.policies import USUAL_WEEKS
from insights.queries.sources import ABOVE
from tasks.models import Crisis

# A person's usual cause is that of the most confirmed minutes in so many days before the crisis.
YEAR_DAYS = 365
WEEK_DAYS = 7
# In smaller areas single persons would be told.
COUNTED_DOWN_TO = Area.Level.COUNTY
# Where people of a cause went: to the crisis, whatever else they did; stayed; to another cause; nowhere.
CRISIS, OWN, OTHER, NOWHERE = WAYS = ("crisis", "own", "other", "nowhere")

MOVED = """
, before AS (
  SELECT r.volunteer_id, c.code AS cause, sum(r.minutes) AS minutes
  FROM tasks_servicerecord r JOIN tasks_task t ON t.id = r.task_id AND t.crisis_id IS NULL
    JOIN tasks_tasktype y ON y.id = t.type_id JOIN volunteers_cause c ON c.id = y.cause_id
  WHERE r.served_on >= %(began)s::date - %(year)s AND r.served_on < %(began)s AND r.volunteer_id IS NOT NULL
  GROUP BY 1, 2
), usual AS (
  SELECT DISTINCT ON (volunteer_id) volunteer_id, cause FROM before ORDER BY volunteer_id, minutes DESC, cause
), since AS (
  SELECT r.volunteer_id, bool_or(t.crisis_id IS NOT NULL) AS in_crisis,
    bool_or(t.crisis_id IS NULL AND c.code = usual.cause) AS in_own
  FROM tasks_servicerecord r JOIN tasks_task t ON t.id = r.task_id
    JOIN tasks_tasktype y ON y.id = t.type_id JOIN volunteers_cause c ON c.id = y.cause_id
    LEFT JOIN usual ON usual.volunteer_id = r.volunteer_id
  WHERE r.served_on BETWEEN %(began)s AND %(end)s AND r.volunteer_id IS NOT NULL
  GROUP BY 1
), moved AS (
  SELECT volunteer_id, COALESCE(usual.cause, '') AS cause, CASE WHEN since.in_crisis THEN 'crisis'
    WHEN since.in_own THEN 'own' WHEN since.in_crisis IS NOT NULL THEN 'other' ELSE 'nowhere' END AS way
  FROM usual FULL JOIN since USING (volunteer_id)
)
SELECT above.holder_id, cause, way, count(*)
FROM moved JOIN volunteers_volunteer v ON v.id = moved.volunteer_id JOIN above ON above.area_id = v.area_id
  JOIN areas_area holder ON holder.id = above.holder_id AND holder.level <= %(lowest)s
GROUP BY 1, 2, 3
"""
LEFT = """
, standing AS (
  SELECT s.area_id, c.code AS cause, floor(((s.starts_at AT TIME ZONE %(zone)s)::date - %(began)s::date) / 7.0)::int AS week,
    r.seats_taken * extract(epoch FROM s.ends_at - s.starts_at) / 60 AS minutes, r.seats_min AS least,
    LEAST(r.seats_taken, r.seats_min) AS covered
  FROM tasks_shift s JOIN tasks_shiftrole r ON r.shift_id = s.id
    JOIN tasks_task t ON t.id = s.task_id AND t.crisis_id IS NULL AND t.status <> 'draft'
    JOIN tasks_tasktype y ON y.id = t.type_id JOIN volunteers_cause c ON c.id = y.cause_id
  WHERE s.status = 'open' AND s.starts_at >= %(first)s::date::timestamp AT TIME ZONE %(zone)s
    AND s.starts_at < %(after)s::date::timestamp AT TIME ZONE %(zone)s
)
SELECT above.holder_id, cause, week, sum(minutes)::bigint, sum(least), sum(covered)
FROM standing JOIN above ON above.area_id = standing.area_id
  JOIN areas_area holder ON holder.id = above.holder_id AND holder.level <= %(lowest)s
GROUP BY 1, 2, 3
"""


class Moved(NamedTuple):
    """How many persons at home in an area went which way, of those with a usual cause ("" without one)."""

    area: int
    cause: str
    way: str
    persons: int


class Left(NamedTuple):
    """Standing work for a cause in an area; weeks count from the day on which the crisis began, before it below 0."""

    area: int
    cause: str
    week: int
    minutes: int
    least: int
    covered: int


def crisis_days() -> tuple[date, date | None] | None:
    """The first and the last day of the running crisis, or of the last one; None as long as it runs. Two statements
    at most."""
    began = Crisis.objects.running().aggregate(at=Min("started_at"))["at"]
    if began is not None:
        return localdate(began), None
    over = Crisis.objects.order_by("-ended_at", "-id").first()
    return (localdate(over.started_at), localdate(over.ended_at)) if over is not None else None


def whole_weeks(began: date, end: date) -> int:
    """How many weeks of a crisis are over by the end of a day."""
    return ((end - began).days + 1) // WEEK_DAYS


def moved(began: date, end: date) -> list[Moved]:
    """Persons by usual cause and where they went between two days. One statement."""
    return [Moved(*row) for row in _rows(ABOVE + MOVED, began=began, end=end, year=YEAR_DAYS)]


def left(began: date, end: date) -> list[Left]:
    """Standing work of the usual weeks before and of all whole weeks since. One statement."""
    first = began - timedelta(days=WEEK_DAYS * USUAL_WEEKS)
    after = began + timedelta(days=WEEK_DAYS * whole_weeks(began, end))
    return [
        Left(pk, cause, week, int(minutes), int(least), int(covered))
        for pk, cause, week, minutes, least, covered in _rows(
            ABOVE + LEFT, began=began, first=first, after=after
        )
    ]


def _rows(statement: str, **values: date | int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "root": "%",
                "zone": settings.TIME_ZONE,
                "lowest": COUNTED_DOWN_TO,
                **dict[str, Any](values),
            },
        )
        return cursor.fetchall()
