"""Who of an invented place waited for a seat: what became of those who once came to a full shift, and who waits now.

The earlier somebody came, the likelier a seat was given back in time; a share of them said no to it or nothing.
"""

from datetime import datetime

from django.db import connection

from operations.synthetic.copying import fix_sequences
from tasks.models import Waiting

TABLES = (Waiting,)
# Of full shifts of the last months and of those to come, the share for which people waited; the most who did.
WITH_LINE_PERCENT = 40
LONGEST = 6
# In how many of a hundred lists a seat came to the first, the second and so on. Assumed, not measured.
CAME_PERCENT = (72, 51, 34, 20, 11, 6)
# What is drawn, is drawn by the digits of the numbers of rows: the same load gives the same lists.
STATEMENT = """
WITH roles AS (
  SELECT r.id AS role_id, r.shift_id, s.county_id, s.starts_at, s.starts_at > %(at)s AS ahead,
    r.id * 7919 %% %(longest)s + 1 AS many
  FROM tasks_shiftrole r JOIN tasks_shift s ON s.id = r.shift_id
  WHERE s.status = 'open' AND r.seats_taken >= r.seats AND r.id * 7907 %% 100 < %(with_line)s
    AND (s.starts_at BETWEEN %(at)s - interval '120 days' AND %(at)s - interval '1 day'
      OR s.starts_at > %(at)s + interval '1 day')
), places AS (
  SELECT roles.*, place, NOT ahead AND (role_id * 31 + place * 7 + shift_id) %% 100 < (%(came)s)[place] AS came
  FROM roles, generate_series(1, many) AS place
), came AS (
  SELECT places.*, row_number() OVER (PARTITION BY role_id ORDER BY place) AS nth FROM places WHERE came
), seats AS (
  SELECT a.id, a.role_id, a.volunteer_id, a.created_at AS at,
    row_number() OVER (PARTITION BY a.role_id ORDER BY a.created_at DESC, a.id DESC) AS nth
  FROM tasks_assignment a WHERE a.status = 'active' AND a.role_id IN (SELECT role_id FROM came)
), people AS (
  SELECT v.id, v.county_id, v.joined_at, row_number() OVER county AS nth, count(*) OVER (PARTITION BY v.county_id) AS many
  FROM volunteers_volunteer v WINDOW county AS (PARTITION BY v.county_id ORDER BY v.id)
), others AS (
  SELECT places.role_id, places.shift_id, people.id AS volunteer_id, place, ahead, starts_at,
    (role_id + place) %% 9 AS draw
  FROM places JOIN people ON people.county_id = places.county_id
    AND people.nth = (role_id * 13 + place) %% people.many + 1
  WHERE NOT came AND people.joined_at < starts_at - interval '3 days' AND NOT EXISTS (
    SELECT FROM tasks_assignment own WHERE own.role_id = places.role_id AND own.volunteer_id = people.id
  )
), made AS (
  SELECT came.role_id, came.shift_id, seats.volunteer_id, came.place, 'taken' AS status,
    seats.at - interval '5 hours' + place * interval '7 minutes' AS created_at, seats.at - interval '40 minutes' AS offered_at,
    seats.at + interval '3 hours' AS expires_at, seats.at AS ended_at, seats.id AS assignment_id
  FROM came JOIN seats USING (role_id, nth)
  UNION ALL
  SELECT role_id, shift_id, volunteer_id, place,
    CASE WHEN ahead THEN 'waiting' WHEN draw = 0 THEN 'declined' WHEN draw = 1 THEN 'expired' WHEN draw = 2 THEN 'left'
      ELSE 'closed' END,
    least(starts_at - interval '2 days', %(at)s - interval '8 hours') + place * interval '11 minutes',
    CASE WHEN NOT ahead AND draw < 2 THEN starts_at - interval '20 hours' END,
    CASE WHEN NOT ahead AND draw < 2 THEN starts_at - interval '17 hours' END,
    CASE WHEN ahead THEN NULL WHEN draw < 2 THEN starts_at - interval '17 hours'
      WHEN draw = 2 THEN starts_at - interval '30 hours' ELSE starts_at END,
    NULL
  FROM others
)
INSERT INTO tasks_waiting (code, kind, role_id, shift_id, volunteer_id, status, seats, rank, joined_as, words, created_at,
  created_by_id, offered_at, expires_at, ended_at, end_reason, assignment_id)
SELECT translate(upper(left(md5('line' || role_id || '-' || place), 12)), '0125B8', '34679A'), 'seat', role_id, shift_id,
  volunteer_id, status, 1, 0, place, '', created_at, (SELECT user_id FROM volunteers_volunteer v WHERE v.id = volunteer_id),
  offered_at, expires_at, ended_at, '', assignment_id
FROM made ORDER BY created_at, role_id, place
ON CONFLICT DO NOTHING
"""


def wait(*, at: datetime) -> int:
    """Let people have waited for seats, and some wait now; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT,
            {"at": at, "with_line": WITH_LINE_PERCENT, "longest": LONGEST, "came": list(CAME_PERCENT)},
        )
        waited: int = cursor.rowcount
    fix_sequences(TABLES)
    return waited
