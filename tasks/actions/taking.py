"""The one statement that takes seats. It comes last in an act, and changes the counters only where it may."""

from datetime import datetime
from typing import NamedTuple

from core.prepared import Prepared
from tasks.actions.holding import hold_next
from tasks.actions.refusals import ShiftFull, Stale
from tasks.models import Assignment, ShiftRole

# One statement, since each costs a round trip while the row is locked. The role is locked before its offers and its
# waiting list, as everywhere; `status` is asked for again outside, for whoever waited here while something was answered.
# Whoever waits in line for the role, or has seats held in it, takes this one instead: what was held is free again.
_TAKE = Prepared(
    "take_seats",
    """
WITH own AS (
  SELECT id, status, seats FROM tasks_waiting
  WHERE role_id = %(role)s AND volunteer_id = %(volunteer)s AND status IN ('waiting', 'offered')
), kept AS (
  SELECT coalesce(sum(seats) FILTER (WHERE status = 'offered'), 0) AS seats FROM own
), seat AS (
  UPDATE tasks_shiftrole SET seats_taken = seats_taken + %(seats)s,
    seats_held = seats_held - (SELECT seats FROM kept)
  WHERE id = %(role)s AND version = %(version)s AND seats_held >= (SELECT seats FROM kept)
    AND seats >= seats_taken + seats_held - (SELECT seats FROM kept) + %(seats)s
  RETURNING seats - seats_taken - seats_held AS free
), settled AS (
  UPDATE tasks_waiting SET status = 'taken', ended_at = %(at)s, ended_by_id = %(by)s, assignment_id = %(assignment)s
  FROM own WHERE tasks_waiting.id = own.id AND tasks_waiting.status = own.status AND EXISTS (SELECT FROM seat)
  RETURNING tasks_waiting.id
), answered AS (
  UPDATE tasks_offer SET status = 'accepted', ended_at = %(at)s, assignment_id = %(assignment)s
  WHERE role_id = %(role)s AND volunteer_id = %(volunteer)s AND status = 'offered' AND expires_at > %(at)s
    AND EXISTS (SELECT FROM seat)
  RETURNING id
), surplus AS (
  UPDATE tasks_offer SET status = 'withdrawn', ended_at = %(at)s
  WHERE status = 'offered' AND EXISTS (SELECT FROM seat) AND id IN (
    SELECT id FROM tasks_offer
    WHERE role_id = %(role)s AND volunteer_id <> %(volunteer)s AND status = 'offered' AND expires_at > %(at)s
    ORDER BY id OFFSET (SELECT free FROM seat)
  )
  RETURNING id
)
SELECT (SELECT count(*) FROM seat), (SELECT count(*) FROM answered), (SELECT seats FROM kept),
  (SELECT count(*) FROM own) = (SELECT count(*) FROM settled)
""",
    {
        "role": "bigint",
        "version": "int",
        "seats": "int",
        "volunteer": "bigint",
        "assignment": "bigint",
        "by": "bigint",
        "at": "timestamptz",
    },
)


class Taken(NamedTuple):
    """What a sign-up answered: an open offer of the role, and seats that were held for a place in line."""

    offer: bool
    held: bool


def take_seats(role: ShiftRole, assignment: Assignment, *, at: datetime) -> Taken:
    """Take the seats as the last statement: nobody waits for longer than a commit. Raises ShiftFull or Stale.

    An open offer of the role to this volunteer is accepted with it, and their place in line ends with it. The latest
    offers to others that find no free seat any more are withdrawn.
    """
    row = _TAKE.one(
        {
            "role": role.pk,
            "version": role.version,
            "seats": assignment.seats,
            "volunteer": assignment.volunteer_id,
            "assignment": assignment.pk,
            "by": assignment.created_by_id,
            "at": at,
        }
    )
    assert row is not None
    taken, answered, held, settled = row
    if not taken:
        same = ShiftRole.objects.filter(pk=role.pk, version=role.version).exists()
        raise ShiftFull if same else Stale
    if not settled:
        # What was held for them was passed on, or came up, while this waited for the role.
        raise Stale
    if held > assignment.seats:
        hold_next(role.pk, at)
    return Taken(offer=bool(answered), held=held > 0)
