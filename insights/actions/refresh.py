"""Makes the aggregates again from their source rows."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils.timezone import localdate

from insights.models import RefreshMark
from insights.queries.rows import ABOVE, SERVED_AND_CALLED, window_of
from tasks.actions.sweeps import note_filled
from tasks.models import ServiceRecord

logger = logging.getLogger(__name__)

# Any number that nothing else locks.
LOCK = 7_102_331
# Desks correct yesterday's seats; older days change by late hours alone, which are found by their rows.
DAYS_BACK = 3
# Rows commit out of the order of their ids: read a little again.
OVERLAP = 2_000
FIRST, LAST = date(1970, 1, 1), date(9999, 12, 30)

COMPUTE = """
, asked AS (
  SELECT t.area_id, (t.called_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS calls
  FROM tasks_task t
  WHERE t.called_at >= %(start)s::timestamp AT TIME ZONE %(zone)s
    AND t.called_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  GROUP BY 1, 2
), needed AS (
  SELECT s.area_id, (s.starts_at AT TIME ZONE %(zone)s)::date AS day, count(DISTINCT s.id) AS shifts,
    sum(r.seats) AS seats, sum(r.seats_min) AS least, sum(LEAST(r.seats_taken, r.seats_min)) AS covered,
    sum(r.seats_taken) AS taken
  FROM tasks_shift s JOIN tasks_shiftrole r ON r.shift_id = s.id JOIN tasks_task t ON t.id = s.task_id
  WHERE s.status = 'open' AND t.status <> 'draft'
    AND s.starts_at >= %(start)s::timestamp AT TIME ZONE %(zone)s
    AND s.starts_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  GROUP BY 1, 2
), served AS (
  SELECT s.area_id, r.served_on AS day, count(*) AS services, sum(r.minutes) AS minutes
  FROM tasks_servicerecord r
  JOIN tasks_assignment a ON a.id = r.assignment_id JOIN tasks_shift s ON s.id = a.shift_id
  WHERE r.served_on BETWEEN %(start)s AND %(end)s
  GROUP BY 1, 2
), facts AS (
  SELECT area_id, day, calls, 0 AS shifts, 0 AS seats, 0 AS least, 0 AS covered, 0 AS taken, 0 AS services, 0 AS minutes
    FROM asked
  UNION ALL SELECT area_id, day, 0, shifts, seats, least, covered, taken, 0, 0 FROM needed
  UNION ALL SELECT area_id, day, 0, 0, 0, 0, 0, 0, services, minutes FROM served
)
INSERT INTO insights_areaday AS old (area_id, day, calls, shifts, seats_asked, seats_least, seats_covered, seats_filled,
  services, minutes, refreshed_at)
SELECT above.holder_id, day, sum(calls), sum(shifts), sum(seats), sum(least), sum(covered), sum(taken), sum(services),
  sum(minutes), %(at)s
FROM facts JOIN above ON above.area_id = facts.area_id
GROUP BY 1, 2
ON CONFLICT (area_id, day) DO UPDATE SET calls = excluded.calls, shifts = excluded.shifts,
  seats_asked = excluded.seats_asked, seats_least = excluded.seats_least, seats_covered = excluded.seats_covered,
  seats_filled = excluded.seats_filled, services = excluded.services, minutes = excluded.minutes,
  refreshed_at = excluded.refreshed_at
"""
LOOK_BACK = (
    SERVED_AND_CALLED.replace("{wanted}", "true")
    + """
INSERT INTO insights_areawindow AS old (area_id, starts_on, ends_on, persons, minutes, to_organization, to_hands,
  refreshed_at)
SELECT area.id, %(start)s, %(end)s, coalesce(persons, 0), coalesce(minutes, 0), to_organization, to_hands, %(at)s
FROM areas_area area LEFT JOIN served ON served.holder_id = area.id LEFT JOIN called ON called.holder_id = area.id
ON CONFLICT (area_id) DO UPDATE SET starts_on = excluded.starts_on, ends_on = excluded.ends_on,
  persons = excluded.persons, minutes = excluded.minutes, to_organization = excluded.to_organization,
  to_hands = excluded.to_hands, refreshed_at = excluded.refreshed_at
"""
)
# Days on which nothing is left: the shift was cancelled or moved.
EMPTY = """
DELETE FROM insights_areaday WHERE day BETWEEN %(start)s AND %(end)s AND refreshed_at <> %(at)s
"""


@transaction.atomic
def refresh(*, at: datetime, start: date | None = None, end: date | None = None) -> int:
    """Compute a window of days again for every area, and what the last month brought; note since when calls have
    enough hands.

    Without `start` the window is what may have changed: the last days and all to come, and older days for which hours
    were confirmed since. The same source gives the same rows, however often it runs. Returns the rows written;
    0 while another refresh is at work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            logger.info("another refresh is at work, this one leaves it to it")
            return 0
        mark, _ = RefreshMark.objects.get_or_create(pk=1)
        newest = ServiceRecord.objects.order_by("-id").values_list("id", flat=True).first() or 0
        values: dict[str, Any] = {
            "root": "%",
            "zone": settings.TIME_ZONE,
            "start": start or _first_changed(mark, localdate(at)),
            "end": end or LAST,
            "at": at,
        }
        cursor.execute(ABOVE + COMPUTE, values)
        written = cursor.rowcount
        cursor.execute(EMPTY, values)
        back = dict(zip(("start", "end"), window_of(localdate(at)), strict=True))
        cursor.execute(ABOVE + LOOK_BACK, values | back)
    note_filled()
    if start is None:
        mark.record_id, mark.refreshed_at = newest, at
        mark.save()
    return written


def _first_changed(mark: RefreshMark, today: date) -> date:
    if mark.refreshed_at is None:
        return FIRST
    late = ServiceRecord.objects.filter(id__gt=mark.record_id - OVERLAP).aggregate(day=Min("served_on"))[
        "day"
    ]
    # After a pause of days, everything since the last time.
    usual = min(today, localdate(mark.refreshed_at)) - timedelta(days=DAYS_BACK)
    return min(usual, late) if late else usual
