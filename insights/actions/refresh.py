"""Keeps the aggregates with their source rows: counts again the days on which something changed."""

import logging
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import localdate

from core import faults
from insights.actions.window import LOCK as WINDOW_LOCK
from insights.actions.window import look_back
from insights.models import Change, RefreshMark
from insights.queries.sources import ABOVE, CALLED
from tasks.actions.sweeps import note_filled

logger = logging.getLogger(__name__)

# Any number that nothing else locks.
LOCK = 7_102_331
# So many changed days at once are counted by reading every row: a look at an index for each would take longer.
MANY_DAYS = 400

# The days that the changes belong to, where everything stands now: a shift that moved left a note of its old day.
TAKE = """
WITH taken AS (DELETE FROM insights_change RETURNING day, moment, shift, task),
shifts AS (
  SELECT s.id, s.starts_at FROM tasks_shift s WHERE s.id IN (SELECT shift FROM taken WHERE shift IS NOT NULL)
  UNION
  SELECT s.id, s.starts_at FROM tasks_shift s WHERE s.task_id IN (SELECT task FROM taken WHERE task IS NOT NULL)
), days AS (
  SELECT day FROM taken WHERE day IS NOT NULL
  UNION SELECT (moment AT TIME ZONE %(zone)s)::date FROM taken WHERE moment IS NOT NULL
  UNION SELECT (starts_at AT TIME ZONE %(zone)s)::date FROM shifts WHERE starts_at IS NOT NULL
  UNION SELECT r.served_on FROM shifts
    JOIN tasks_assignment a ON a.shift_id = shifts.id JOIN tasks_servicerecord r ON r.assignment_id = a.id
)
SELECT (SELECT count(*) FROM taken),
  EXISTS (SELECT FROM taken WHERE day IS NULL AND moment IS NULL AND shift IS NULL AND task IS NULL),
  (SELECT array_agg(day) FROM days)
"""
SOME_DAYS = """
, wanted AS (
  SELECT day, day::timestamp AT TIME ZONE %(zone)s AS starts, (day + 1)::timestamp AT TIME ZONE %(zone)s AS ends
  FROM unnest(%(days)s::date[]) AS days(day)
), counties AS (
  SELECT DISTINCT county_id FROM areas_area WHERE county_id IS NOT NULL
), tasks_of AS MATERIALIZED (
  SELECT t.* FROM wanted JOIN tasks_task t ON t.called_at >= starts AND t.called_at < ends
), shifts_of AS MATERIALIZED (
  SELECT s.* FROM wanted JOIN tasks_shift s ON s.status = 'open' AND s.starts_at >= starts AND s.starts_at < ends
), records_of AS MATERIALIZED (
  SELECT r.assignment_id, r.served_on, r.minutes FROM wanted CROSS JOIN counties
    JOIN tasks_servicerecord r ON r.county_id = counties.county_id AND r.served_on = wanted.day
  UNION ALL
  SELECT r.assignment_id, r.served_on, r.minutes FROM wanted
    JOIN tasks_servicerecord r ON r.county_id IS NULL AND r.served_on = wanted.day
)
"""
ALL_DAYS = """
, tasks_of AS (SELECT * FROM tasks_task WHERE called_at IS NOT NULL)
, shifts_of AS (SELECT * FROM tasks_shift WHERE status = 'open' AND starts_at IS NOT NULL)
, records_of AS (SELECT assignment_id, served_on, minutes FROM tasks_servicerecord)
"""
# The last two statements write only what differs, so that a quiet minute leaves no dead rows behind.
COMPUTE = """
, asked AS (
  SELECT t.area_id, (t.called_at AT TIME ZONE %(zone)s)::date AS day, t.type_id, count(*) AS calls
  FROM tasks_of t GROUP BY 1, 2, 3
), needed AS (
  SELECT s.area_id, (s.starts_at AT TIME ZONE %(zone)s)::date AS day, t.type_id, count(DISTINCT s.id) AS shifts,
    sum(r.seats) AS seats, sum(r.seats_min) AS least, sum(LEAST(r.seats_taken, r.seats_min)) AS covered,
    sum(r.seats_taken) AS taken
  FROM shifts_of s JOIN tasks_shiftrole r ON r.shift_id = s.id
    JOIN tasks_task t ON t.id = s.task_id AND t.status <> 'draft'
  GROUP BY 1, 2, 3
), served AS (
  SELECT s.area_id, r.served_on AS day, count(*) AS services, sum(r.minutes) AS minutes
  FROM records_of r JOIN tasks_assignment a ON a.id = r.assignment_id JOIN tasks_shift s ON s.id = a.shift_id
  GROUP BY 1, 2
), facts AS (
  SELECT area_id, day, type_id, calls, 0 AS shifts, 0 AS seats, 0 AS least, 0 AS covered, 0 AS taken, 0 AS services,
    0 AS minutes FROM asked
  UNION ALL SELECT area_id, day, type_id, 0, shifts, seats, least, covered, taken, 0, 0 FROM needed
  UNION ALL SELECT area_id, day, NULL, 0, 0, 0, 0, 0, 0, services, minutes FROM served
), summed AS MATERIALIZED (
  SELECT above.holder_id AS area_id, day, type_id, GROUPING(type_id) = 1 AS whole, sum(calls) AS calls,
    sum(shifts) AS shifts, sum(seats) AS seats_asked, sum(least) AS seats_least, sum(covered) AS seats_covered,
    sum(taken) AS seats_filled, sum(services) AS services, sum(minutes) AS minutes
  FROM facts JOIN above ON above.area_id = facts.area_id
  GROUP BY GROUPING SETS ((above.holder_id, day), (above.holder_id, day, type_id))
), days_gone AS (
  DELETE FROM insights_areaday old WHERE {of_days}
    AND NOT EXISTS (SELECT FROM summed WHERE whole AND summed.area_id = old.area_id AND summed.day = old.day)
), kinds_gone AS (
  DELETE FROM insights_areadaykind old WHERE {of_days} AND NOT EXISTS (
    SELECT FROM summed
    WHERE summed.area_id = old.area_id AND summed.day = old.day AND summed.type_id = old.type_id)
), days_made AS (
  INSERT INTO insights_areaday AS old (area_id, day, calls, shifts, seats_asked, seats_least, seats_covered,
    seats_filled, services, minutes, refreshed_at)
  SELECT area_id, day, calls, shifts, seats_asked, seats_least, seats_covered, seats_filled, services, minutes, %(at)s
  FROM summed WHERE whole
  ON CONFLICT (area_id, day) DO UPDATE SET calls = excluded.calls, shifts = excluded.shifts,
    seats_asked = excluded.seats_asked, seats_least = excluded.seats_least, seats_covered = excluded.seats_covered,
    seats_filled = excluded.seats_filled, services = excluded.services, minutes = excluded.minutes,
    refreshed_at = excluded.refreshed_at
  WHERE (old.calls, old.shifts, old.seats_asked, old.seats_least, old.seats_covered, old.seats_filled, old.services,
    old.minutes) IS DISTINCT FROM (excluded.calls, excluded.shifts, excluded.seats_asked, excluded.seats_least,
    excluded.seats_covered, excluded.seats_filled, excluded.services, excluded.minutes)
  RETURNING 1
), kinds_made AS (
  INSERT INTO insights_areadaykind AS old (area_id, day, type_id, calls, shifts, seats_asked, seats_least,
    seats_covered, seats_filled)
  SELECT area_id, day, type_id, calls, shifts, seats_asked, seats_least, seats_covered, seats_filled
  FROM summed WHERE NOT whole AND type_id IS NOT NULL
  ON CONFLICT (area_id, day, type_id) DO UPDATE SET calls = excluded.calls, shifts = excluded.shifts,
    seats_asked = excluded.seats_asked, seats_least = excluded.seats_least, seats_covered = excluded.seats_covered,
    seats_filled = excluded.seats_filled
  WHERE (old.calls, old.shifts, old.seats_asked, old.seats_least, old.seats_covered, old.seats_filled)
    IS DISTINCT FROM (excluded.calls, excluded.shifts, excluded.seats_asked, excluded.seats_least,
    excluded.seats_covered, excluded.seats_filled)
)
SELECT count(*) FROM days_made
"""
COMPUTE_SOME = ABOVE + SOME_DAYS + COMPUTE.replace("{of_days}", "old.day = ANY(%(days)s)")
COMPUTE_ALL = ABOVE + ALL_DAYS + COMPUTE.replace("{of_days}", "true")


@transaction.atomic
def refresh(*, at: datetime) -> int:
    """Count again the days on which something changed since the last time, and what overviews look back on; note since
    when calls have enough hands.

    All or nothing: a refresh that is killed leaves its changes for the next one. What commits meanwhile is counted now
    or the next time, and in both cases rightly. Returns the rows of days that are different now; 0 while another
    refresh is at work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            logger.info("another refresh is at work, this one leaves it to it")
            return 0
        # The planner cannot know how few days are asked for, and would compile for what it expects.
        cursor.execute("SET LOCAL jit = off")
        note_filled()
        values: dict[str, Any] = {"root": "%", "zone": settings.TIME_ZONE, "at": at}
        cursor.execute(TAKE, values)
        changes, everything, days = cursor.fetchone()
        written = 0
        if everything or len(days or ()) > MANY_DAYS:
            cursor.execute(COMPUTE_ALL, values)
            written = cursor.fetchone()[0]
        elif days:
            cursor.execute(COMPUTE_SOME, values | {"days": days})
            written = cursor.fetchone()[0]
        faults.point("refresh-counted")
        # A release writes the same rows, in an order of its own, and may take longer than a minute.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [WINDOW_LOCK])
        if cursor.fetchone()[0]:
            look_back(at=at)
            cursor.execute(ABOVE + CALLED, values | {"today": localdate(at)})
        else:
            logger.info("figures are being released, the next refresh counts how fast calls were taken on")
    RefreshMark.objects.update_or_create(pk=1, defaults={"refreshed_at": at})
    if changes:
        logger.info("counted %s changes: %s rows of days are different now", changes, written)
    return written


def rebuild(*, at: datetime, days: list[date] | None = None) -> int:
    """Count some days again, or all of them, whether anything changed or not. The same source gives the same rows."""
    Change.objects.bulk_create([Change(day=day) for day in days] if days is not None else [Change()])
    return refresh(at=at)
