"""Raw counts of persons and medians, for jobs: in one statement each, whatever the depth of the tree.

Nothing of this is ever shown: `insights.actions` protects it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from areas.models import Area
from insights.disclosure import Raw

# Every area below a root with itself and each area above it, up to the root.
ABOVE = """
WITH RECURSIVE above AS (
  SELECT id AS area_id, id AS holder_id, parent_id FROM areas_area WHERE path LIKE %(root)s
  UNION ALL
  SELECT above.area_id, a.id, a.parent_id FROM above JOIN areas_area a ON a.id = above.parent_id
  WHERE a.path LIKE %(root)s
)
"""
# How fast calls of the last 30 days were taken on and filled, into the rows that overviews read.
CALLED = """
, called AS (
  SELECT above.holder_id,
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.adopted_at - t.called_at)) / 60 AS to_organization,
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.filled_at - t.called_at)) / 60 AS to_hands
  FROM tasks_task t JOIN above ON above.area_id = t.area_id
  WHERE t.called_at >= (%(today)s::date - 29)::timestamp AT TIME ZONE %(zone)s
    AND t.called_at < (%(today)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  GROUP BY above.holder_id
)
UPDATE insights_areawindow old
SET to_organization = called.to_organization, to_hands = called.to_hands, refreshed_at = %(at)s
FROM areas_area area LEFT JOIN called ON called.holder_id = area.id
WHERE area.id = old.area_id
  AND (old.to_organization, old.to_hands) IS DISTINCT FROM (called.to_organization, called.to_hands)
"""
# Over the days from start to end. The index of service records names the county first; work for a city has none.
SERVED = """
, days AS (
  SELECT r.volunteer_id, r.minutes, r.assignment_id
  FROM tasks_servicerecord r WHERE r.served_on BETWEEN %(start)s AND %(end)s
    AND r.county_id IN (SELECT DISTINCT county_id FROM areas_area WHERE county_id IS NOT NULL)
  UNION ALL
  SELECT r.volunteer_id, r.minutes, r.assignment_id
  FROM tasks_servicerecord r WHERE r.served_on BETWEEN %(start)s AND %(end)s AND r.county_id IS NULL
)
SELECT above.holder_id, count(DISTINCT r.volunteer_id) AS persons, sum(r.minutes) AS minutes
FROM days r JOIN tasks_assignment a ON a.id = r.assignment_id JOIN tasks_shift s ON s.id = a.shift_id
  JOIN above ON above.area_id = s.area_id
GROUP BY above.holder_id
"""
ANSWERED = """
SELECT above.holder_id,
  extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.adopted_at - t.called_at)) / 60 AS to_organization,
  extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.filled_at - t.called_at)) / 60 AS to_hands
FROM tasks_task t JOIN above ON above.area_id = t.area_id
WHERE t.called_at >= (%(start)s::date)::timestamp AT TIME ZONE %(zone)s
  AND t.called_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
GROUP BY above.holder_id
"""
# Idle: on duty for a week or longer, and in that week asked by nobody and without a new seat.
DUTY = """
SELECT above.holder_id, count(*) AS on_duty, count(*) FILTER (WHERE
  v.on_duty_since <= %(since)s
  AND NOT EXISTS (SELECT FROM tasks_offer o WHERE o.volunteer_id = v.id AND o.made_at > %(since)s)
  AND NOT EXISTS (SELECT FROM tasks_assignment a WHERE a.volunteer_id = v.id AND a.created_at > %(since)s)) AS idle
FROM volunteers_volunteer v JOIN above ON above.area_id = v.area_id
WHERE v.on_duty_since IS NOT NULL
GROUP BY above.holder_id
"""
ASKED = """
SELECT area.id, type.code, CASE r.status WHEN 'new' THEN 'waiting' WHEN 'verified' THEN 'checked'
    WHEN 'placed' THEN 'placed' WHEN 'served' THEN 'requests_done' WHEN 'confirmed' THEN 'requests_done'
    WHEN 'declined' THEN 'requests_declined' ELSE 'ended' END AS state, count(*)
FROM residents_helprequest r JOIN areas_area area ON area.id = r.area_id JOIN tasks_tasktype type ON type.id = r.type_id
WHERE r.asked_at >= (%(start)s::date)::timestamp AT TIME ZONE %(zone)s
  AND r.asked_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
GROUP BY 1, 2, 3
"""
WAITED = """
, asked AS (
  SELECT r.area_id, r.type_id, r.answered_at - r.asked_at AS answer,
    COALESCE(r.served_at, r.confirmed_at) - r.asked_at AS done,
    r.answer_due_at IS NOT NULL AS promised,
    COALESCE(r.answered_at, r.ended_at, %(at)s) <= r.answer_due_at AND (
      r.done_due_at IS NULL OR r.status IN ('declined', 'merged', 'withdrawn')
      OR COALESCE(r.served_at, r.confirmed_at, %(at)s) <= r.done_due_at) AS kept
  FROM residents_helprequest r
  WHERE r.asked_at >= (%(start)s::date)::timestamp AT TIME ZONE %(zone)s
    AND r.asked_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
)
SELECT above.holder_id, type.code, count(answer),
  extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY answer)) / 60, count(done),
  extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY done)) / 60,
  count(*) FILTER (WHERE promised), count(*) FILTER (WHERE promised AND kept)
FROM asked JOIN above ON above.area_id = asked.area_id JOIN tasks_tasktype type ON type.id = asked.type_id
GROUP BY GROUPING SETS ((above.holder_id), (above.holder_id, type.code))
"""
# How long somebody on duty waits before they count as never asked.
IDLE_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Served:
    """Who served in an area, and for how many minutes."""

    persons: Raw
    minutes: Raw


@dataclass(frozen=True)
class Waits:
    """How long requests waited: medians in minutes, over how many; how many had a promise, and for how many it held."""

    answered: int
    answer: float | None
    done: int
    until_done: float | None
    promised: int
    kept: int


def served(start: date, end: date) -> dict[int, Served]:
    """By area id, where anybody served between two days, both included."""
    rows = _rows(ABOVE + SERVED, start=start, end=end)
    return {pk: Served(Raw(people, people), Raw(int(minutes), people)) for pk, people, minutes in rows}


def called(start: date, end: date) -> dict[int, tuple[float | None, float | None]]:
    """By area id, for calls made between two days: median minutes to an organization, and to enough hands."""
    return {
        pk: (_float(first), _float(second))
        for pk, first, second in _rows(ABOVE + ANSWERED, start=start, end=end)
    }


def duty(at: datetime) -> dict[int, tuple[int, int]]:
    """By area id: volunteers on duty whose home it holds, and how many of them nobody asked for a week."""
    return {pk: (people, idle) for pk, people, idle in _rows(ABOVE + DUTY, since=at - IDLE_AFTER)}


def asked(start: date, end: date) -> list[tuple[int, str, str, int]]:
    """Requests between two days: the id of the very area, the code of the kind, the state, how many."""
    return _rows(ASKED, start=start, end=end)


def waits(start: date, end: date, at: datetime) -> dict[tuple[int, str], Waits]:
    """By area id, with all below it, and code of the kind; under an empty code all kinds."""
    return {
        (pk, code or ""): Waits(answered, _float(answer), done, _float(until), promised, kept)
        for pk, code, answered, answer, done, until, promised, kept in _rows(
            ABOVE + WAITED, start=start, end=end, at=at
        )
    }


def tree(areas: Sequence[Area]) -> dict[str, list[str]]:
    """Which of the areas lie right below which other, by code."""
    by_pk = {area.pk: area.code for area in areas}
    children: dict[str, list[str]] = {}
    for area in areas:
        if area.parent_id in by_pk:
            children.setdefault(by_pk[area.parent_id], []).append(area.code)
    return children


def _rows(statement: str, **values: date | datetime) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"root": "%", "zone": settings.TIME_ZONE, **dict[str, Any](values)})
        return cursor.fetchall()


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
