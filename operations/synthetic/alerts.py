"""Who of an invented place was asked in the last days: most of those on duty, and some who were never asked at all."""

from datetime import datetime

from django.db import connection

from operations.synthetic.copying import fix_sequences
from tasks.models import Offer

TABLES = (Offer,)
# Of those on duty who have no seat, the share that was asked in the last days; by the last digits of their number.
ASKED_PERCENT = 78
# One offer each, for a shift of their own county that began in the last week; every third said no, the others nothing.
STATEMENT = """
WITH shifts AS (
  SELECT s.id AS shift_id, r.id AS role_id, s.county_id, s.starts_at,
    row_number() OVER (PARTITION BY s.county_id ORDER BY s.id) AS place, count(*) OVER (PARTITION BY s.county_id) AS many
  FROM tasks_shift s JOIN tasks_shiftrole r ON r.shift_id = s.id
  WHERE s.status = 'open' AND s.starts_at BETWEEN %(at)s - interval '6 days' AND %(at)s
), people AS (
  SELECT v.id, v.county_id, row_number() OVER (PARTITION BY v.county_id ORDER BY v.id) AS place
  FROM volunteers_volunteer v
  WHERE v.on_duty_since IS NOT NULL AND v.id * 7919 %% 100 < %(percent)s
)
INSERT INTO tasks_offer (code, role_id, shift_id, volunteer_id, county_id, source, status, factors, run_code, made_at,
  expires_at, offered_on, ration_slot, ended_at, answer, answer_words)
SELECT translate(upper(left(md5(people.id::text), 12)), '0125B8', '34679A'),
  shifts.role_id, shifts.shift_id, people.id, people.county_id, 'matching',
  CASE WHEN people.id %% 3 = 0 THEN 'declined' ELSE 'expired' END, '{}', '',
  shifts.starts_at - interval '20 hours', shifts.starts_at - interval '12 hours',
  ((shifts.starts_at - interval '20 hours') AT TIME ZONE %(zone)s)::date, 1, shifts.starts_at - interval '12 hours',
  CASE WHEN people.id %% 3 = 0 THEN 'no-time' ELSE '' END, ''
FROM people JOIN shifts ON shifts.county_id = people.county_id AND shifts.place = people.place %% shifts.many + 1
"""


def add(*, at: datetime, zone: str) -> int:
    """Ask most of those on duty once; return how many were asked."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"at": at, "zone": zone, "percent": ASKED_PERCENT})
        asked: int = cursor.rowcount
    fix_sequences(TABLES)
    return asked
