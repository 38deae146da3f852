"""Which shifts are about to begin without the people that they need, and have not been warned of yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tasks.queries.seats import LIVE_TASKS

# As far ahead as a warning can be set to come.
FARTHEST = timedelta(days=30)

# A warning belongs to a start: one that moves is warned of anew. What was posted after the moment of a warning waits
# for the next one; of two moments that have come the later counts.
_DUE = """
SELECT shift.id, shift.organization_id, shift.starts_at, hours.come
FROM tasks_shift shift
JOIN tasks_task task ON task.id = shift.task_id
JOIN organizations_organization organization ON organization.id = shift.organization_id
JOIN areas_area area ON area.id = shift.area_id
CROSS JOIN LATERAL (
  SELECT shift.starts_at - shift.warn_days * interval '1 day' AS days_at,
    shift.starts_at - shift.warn_hours * interval '1 hour' AS hours_at
) moment
CROSS JOIN LATERAL (SELECT shift.warn_hours > 0 AND moment.hours_at <= %(at)s AS come) hours
WHERE shift.status = 'open' AND shift.starts_at > %(at)s AND shift.starts_at <= %(farthest)s
  AND task.status = ANY(%(live)s) AND organization.status = 'approved'
  AND CASE WHEN hours.come
    THEN shift.created_at < moment.hours_at AND shift.warned_hours_for IS DISTINCT FROM shift.starts_at
    ELSE shift.warn_days > 0 AND moment.days_at <= %(at)s AND shift.created_at < moment.days_at
      AND shift.warned_days_for IS DISTINCT FROM shift.starts_at
  END
  AND EXISTS (SELECT FROM tasks_shiftrole role WHERE role.shift_id = shift.id AND role.seats_taken < role.seats_min)
  AND NOT EXISTS (
    SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
    WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
  )
  AND (%(only)s::bigint[] IS NULL OR shift.id = ANY(%(only)s))
ORDER BY shift.organization_id, shift.starts_at, shift.id
"""


@dataclass(frozen=True)
class Short:
    """A shift to be warned of; `is_last` where the moment of hours before has come, which leaves no later one."""

    shift_id: int
    organization_id: int
    starts_at: datetime
    is_last: bool


def due_warnings(*, at: datetime, only: list[int] | None = None) -> list[Short]:
    """Those that are due, by organization and start; `only` looks at some shifts. One statement."""
    values: dict[str, Any] = {
        "at": at,
        "farthest": at + FARTHEST,
        "live": [str(status) for status in LIVE_TASKS],
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return [Short(*row) for row in cursor.fetchall()]
