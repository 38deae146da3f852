"""Whom to remind now: the seats whose holders chose a moment that has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from tasks.policies.reminders import CATCH_UP, EVENING, EVENING_BEFORE_MIDNIGHT, LEADS
from tasks.queries.seats import LIVE_TASKS

# Every moment to be reminded at lies within so long before a start: the evening before is the longest way, and
# clocks may be turned back in between.
FARTHEST = timedelta(hours=31)

# First which shifts have a moment to remind at now, then who holds a seat there and chose it. Of two moments of one
# seat that have come only the later counts. Who signed up, or was told of a change, after the moment has read it all.
_DUE = """
WITH moment AS MATERIALIZED (
  SELECT shift.id, shift.code, shift.version, shift.starts_at, lead.minutes, due.at
  FROM tasks_shift shift
  JOIN tasks_task task ON task.id = shift.task_id
  JOIN areas_area area ON area.id = shift.area_id
  CROSS JOIN unnest(%(leads)s::int[]) AS lead (minutes)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN lead.minutes = %(evening)s
      THEN (date_trunc('day', shift.starts_at AT TIME ZONE %(zone)s) - %(before_midnight)s) AT TIME ZONE %(zone)s
      ELSE shift.starts_at - lead.minutes * interval '1 minute' END AS at
  ) due
  WHERE shift.status = 'open' AND shift.starts_at > %(at)s AND shift.starts_at <= %(farthest)s
    AND due.at <= %(at)s AND due.at > %(since)s AND task.status = ANY(%(live)s)
    AND NOT EXISTS (
      SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
      WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
    )
), chosen AS (
  SELECT DISTINCT ON (seat.id) seat.id, moment.minutes, moment.at, moment.version,
    'seat:' || seat.code AS event,
    to_char(moment.starts_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MI') AS start
  FROM moment
  JOIN tasks_assignment seat ON seat.shift_id = moment.id AND seat.status = 'active'
  JOIN volunteers_volunteer volunteer ON volunteer.id = seat.volunteer_id
  WHERE moment.minutes = ANY(volunteer.reminders) AND seat.created_at < moment.at
  ORDER BY seat.id, moment.at DESC, moment.minutes
)
SELECT chosen.id, chosen.minutes FROM chosen
WHERE NOT EXISTS (
  SELECT FROM notifications_message told
  WHERE told.event = chosen.event || ':remind-' || chosen.minutes || ':' || chosen.start
) AND NOT EXISTS (
  SELECT FROM notifications_message changed
  WHERE changed.event = chosen.event || ':v' || chosen.version AND changed.created_at >= chosen.at
)
ORDER BY chosen.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Due:
    """A seat whose holder is reminded now, and the moment that they chose: minutes before, 0 the evening before."""

    assignment_id: int
    lead: int


def due_reminders(*, at: datetime, limit: int) -> list[Due]:
    """The next `limit` of those who were not reminded yet, by the age of their seats. One statement."""
    values: dict[str, Any] = {
        "at": at,
        "since": at - CATCH_UP,
        "farthest": at + FARTHEST,
        "leads": list(LEADS),
        "evening": EVENING,
        "before_midnight": EVENING_BEFORE_MIDNIGHT,
        "zone": settings.TIME_ZONE,
        "live": [str(status) for status in LIVE_TASKS],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return [Due(*row) for row in cursor.fetchall()]
