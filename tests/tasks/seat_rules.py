"""What must hold of seats and waiting lists after every act, asked of the database by statements of its own."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

_BROKEN = {
    "the counter of taken seats is not the sum of the seats": """
SELECT role.id, role.seats_taken, coalesce(sum(seat.seats), 0) FROM tasks_shiftrole role
LEFT JOIN tasks_assignment seat ON seat.role_id = role.id AND seat.status = 'active'
GROUP BY role.id HAVING role.seats_taken <> coalesce(sum(seat.seats), 0)
""",
    "the counter of held seats is not the sum of the held places": """
SELECT role.id, role.seats_held, coalesce(sum(place.seats), 0) FROM tasks_shiftrole role
LEFT JOIN tasks_waiting place ON place.role_id = role.id AND place.status = 'offered' AND place.kind = 'seat'
GROUP BY role.id HAVING role.seats_held <> coalesce(sum(place.seats), 0)
""",
    "more seats are taken and held than there are": """
SELECT id FROM tasks_shiftrole WHERE seats_taken + seats_held > seats
""",
    "seats above the number that was wished for are free": """
SELECT id FROM tasks_shiftrole WHERE seats_goal IS NOT NULL AND seats > seats_taken + seats_held
""",
    "somebody has two seats in a role": """
SELECT role_id, volunteer_id FROM tasks_assignment WHERE status = 'active'
GROUP BY role_id, volunteer_id HAVING count(*) > 1
""",
    "somebody is in two places at once": """
SELECT one.id, other.id FROM tasks_assignment one JOIN tasks_assignment other
  ON other.volunteer_id = one.volunteer_id AND other.id > one.id AND other.period && one.period
WHERE one.status = 'active' AND other.status = 'active'
""",
    "somebody waits in a role twice, or beside a seat in it": """
SELECT place.role_id, place.volunteer_id FROM tasks_waiting place
WHERE place.status IN ('waiting', 'offered') AND (
  EXISTS (
    SELECT FROM tasks_assignment seat
    WHERE seat.role_id = place.role_id AND seat.volunteer_id = place.volunteer_id AND seat.status = 'active'
  ) OR EXISTS (
    SELECT FROM tasks_waiting other WHERE other.role_id = place.role_id AND other.id > place.id
      AND other.volunteer_id = place.volunteer_id AND other.status IN ('waiting', 'offered')
  )
)
""",
    "a cancelled shift has seats or a line": """
SELECT shift.id FROM tasks_shift shift WHERE shift.status = 'cancelled' AND (
  EXISTS (SELECT FROM tasks_assignment seat WHERE seat.shift_id = shift.id AND seat.status = 'active')
  OR EXISTS (
    SELECT FROM tasks_waiting place WHERE place.shift_id = shift.id AND place.status IN ('waiting', 'offered')
  )
)
""",
    "more offers stand than seats are free": """
SELECT role.id FROM tasks_offer offer JOIN tasks_shiftrole role ON role.id = offer.role_id
WHERE offer.status = 'offered' GROUP BY role.id HAVING count(*) > role.seats - role.seats_taken - role.seats_held
""",
}
# Free seats that somebody in line could have: who is not busy, rests eight hours, and whose party is small enough.
_MISSED = """
SELECT place.role_id, place.volunteer_id FROM tasks_waiting place
JOIN tasks_shiftrole role ON role.id = place.role_id
JOIN tasks_shift shift ON shift.id = place.shift_id
WHERE place.status = 'waiting' AND place.kind = 'seat'
  AND place.seats <= role.seats - role.seats_taken - role.seats_held
  AND shift.status = 'open' AND shift.starts_at > %(at)s
  AND NOT EXISTS (
    SELECT FROM tasks_assignment seat
    WHERE seat.volunteer_id = place.volunteer_id AND seat.status = 'active'
      AND tstzrange(lower(seat.period) - interval '8 hours', upper(seat.period) + interval '8 hours')
        && tstzrange(shift.starts_at, shift.ends_at)
  )
"""


_ALL = " UNION ALL ".join(
    f"SELECT '{what}', to_jsonb(found)::text FROM ({sql}) found" for what, sql in _BROKEN.items()
)


def broken() -> list[str]:
    """Everything that must never be, and is; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        return [f"{what}: {row}" for what, row in cursor.fetchall()]


def missed(*, at: datetime, freed: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Roles with a free seat and somebody in line whom it would suit.

    `freed` are volunteers whose own seats ended elsewhere since the clock last ran: for them it looks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, {"at": at})
        return [(role, who) for role, who in cursor.fetchall() if who not in set(freed)]
