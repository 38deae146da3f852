"""Who of an invented place was asked: in the last days most of those on duty, and before that people for every third seat.

How likely a yes is can be learned from that: it depends on the kind of work.
"""

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
# Every third seat of past weeks was offered, to who took it and, more or less often by kind of work, to somebody of the
# county before them who said no or nothing. Older than what counts as recent load; nobody has two alerts a day of it.
ANSWERED = """
WITH seats AS (
  SELECT seat.id, seat.role_id, seat.shift_id, seat.volunteer_id, shift.county_id, seat.created_at AS at,
    (seat.id * 31 + task.type_id * 17) %% 100 < 35 + 15 * (task.type_id %% 4) AS after_a_no
  FROM tasks_assignment seat
  JOIN tasks_shift shift ON shift.id = seat.shift_id
  JOIN tasks_task task ON task.id = shift.task_id
  WHERE seat.status = 'active' AND seat.id %% 3 = 0 AND seat.created_at < %(at)s - interval '16 days'
    AND shift.starts_at BETWEEN %(at)s - interval '120 days' AND %(at)s - interval '15 days'
), people AS (
  SELECT v.id, v.county_id, v.joined_at, row_number() OVER county AS place, count(*) OVER (PARTITION BY v.county_id) AS many
  FROM volunteers_volunteer v WHERE v.on_duty_since IS NULL WINDOW county AS (PARTITION BY v.county_id ORDER BY v.id)
), made AS (
  SELECT 'yes' AS word, id, role_id, shift_id, volunteer_id, county_id, at, 'accepted' AS status FROM seats
  UNION ALL
  SELECT 'no', seats.id, seats.role_id, seats.shift_id, people.id, seats.county_id, seats.at - interval '3 hours',
    CASE WHEN seats.id %% 2 = 0 THEN 'declined' ELSE 'expired' END
  FROM seats JOIN people ON people.county_id = seats.county_id AND people.place = seats.id %% people.many + 1
  WHERE seats.after_a_no AND people.joined_at < seats.at - interval '1 day' AND NOT EXISTS (
    SELECT FROM tasks_assignment own WHERE own.role_id = seats.role_id AND own.volunteer_id = people.id
  )
)
INSERT INTO tasks_offer (code, role_id, shift_id, volunteer_id, county_id, source, status, factors, run_code, made_at,
  expires_at, offered_on, ration_slot, ended_at, answer, answer_words, assignment_id)
SELECT translate(upper(left(md5(word || id), 12)), '0125B8', '34679A'),
  role_id, shift_id, volunteer_id, county_id, 'matching', status, '{}', '', at - interval '2 hours',
  at + CASE WHEN status = 'expired' THEN interval '0' ELSE interval '10 hours' END,
  ((at - interval '2 hours') AT TIME ZONE %(zone)s)::date, 1, at,
  CASE WHEN status = 'declined' THEN 'no-time' ELSE '' END, '', CASE WHEN status = 'accepted' THEN id END
FROM made ORDER BY word DESC, id
ON CONFLICT DO NOTHING
"""


def ask_on_duty(*, at: datetime, zone: str) -> int:
    """Ask most of those on duty once; return how many were asked."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"at": at, "zone": zone, "percent": ASKED_PERCENT})
        asked: int = cursor.rowcount
    fix_sequences(TABLES)
    return asked


def ask_for_past_seats(*, at: datetime, zone: str) -> int:
    """Let people have been asked for seats of past weeks; return how many were."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, {"at": at, "zone": zone})
        asked: int = cursor.rowcount
    fix_sequences(TABLES)
    return asked
