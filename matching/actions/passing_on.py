"""The sweep behind passing on: whom a lost ring, a night or a used-up ration left without a successor."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from core import clock
from matching.actions.offering import offer_next
from matching.policies.acceptance import CLOSE

# A no counts so long: somebody who cannot be asked at night can be in the morning.
SINCE = timedelta(hours=12)
# A fresh one is looked at every time, an older one every so many minutes: mostly there is nobody left to ask.
FRESH = timedelta(minutes=5)
TURNS = 10
MOST_AT_ONCE = 100

# Roles that somebody said no to or did not answer for, and that want people still.
_LEFT = """
SELECT role.id FROM tasks_shift shift
JOIN tasks_task task ON task.id = shift.task_id
JOIN tasks_shiftrole role ON role.shift_id = shift.id
CROSS JOIN LATERAL (
  SELECT max(offer.ended_at) FILTER (WHERE offer.status IN ('declined', 'expired')) AS ended_at,
    bool_or(offer.source = 'organizer') AS by_hand,
    count(*) FILTER (WHERE offer.status = 'offered' AND offer.expires_at > %(at)s) AS open,
    coalesce(sum((offer.factors ->> 'likelihood')::float) FILTER (
      WHERE offer.status = 'offered' AND offer.expires_at > %(at)s
    ), 0) AS likely
  FROM tasks_offer offer WHERE offer.shift_id = shift.id AND offer.role_id = role.id
) past
WHERE shift.status = 'open' AND (shift.starts_at IS NULL OR shift.starts_at > %(at)s)
  AND task.status IN ('called', 'adopted') AND (task.filling <> 'propose' OR past.by_hand)
  AND past.ended_at > %(since)s AND (past.ended_at > %(fresh)s OR role.id %% %(turns)s = %(turn)s)
  AND role.seats_min - role.seats_taken > CASE WHEN shift.starts_at < %(close)s THEN 0 ELSE past.likely END
  AND role.seats - role.seats_taken - role.seats_held > past.open
ORDER BY shift.starts_at, role.id LIMIT %(most)s
"""


def pass_on_again(*, at: datetime) -> int:
    """Ask the next wherever a no has no successor yet; how many offers and seats that made.

    Whoever says no rings for it; this finds what was not rung, or could not be done then. Each role commits by itself.
    """
    values: dict[str, Any] = {
        "at": at,
        "since": at - SINCE,
        "fresh": at - clock.of_machine(FRESH),
        "turns": TURNS,
        # There the likely answers alone may not be enough.
        "close": at + CLOSE,
        "turn": int(at.timestamp()) // 60 % TURNS,
        "most": MOST_AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, values)
        role_ids = [role_id for (role_id,) in cursor.fetchall()]
    done = [offer_next(role_id=role_id, at=at) for role_id in role_ids]
    return sum(one.seats + one.offers for one in done)
