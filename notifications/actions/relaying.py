"""Leases of messages: due rows go out to senders, and what no sender ended comes back."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from core import clock, doorbell, faults
from core.doorbell import Job
from notifications.models import Message

logger = logging.getLogger(__name__)

BATCH = 64
# Leases beyond these would run out while their batches still stand in the queue.
MOST_LEASED = 4096
# How long a batch may wait for a sender.
LEASE = timedelta(seconds=120)
# A sender's own is no longer.
LONGEST_LEASE = timedelta(seconds=180)
# Some eight and a half hours with the pauses of `sending.pause`.
MOST_ATTEMPTS = 24

# Materialized: planned as a join, the inner query could run again and lock more than the limit.
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT id FROM notifications_message
  WHERE status = 'queued' AND next_try_at <= %(at)s AND (useful_until IS NULL OR useful_until > %(at)s)
  ORDER BY next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE notifications_message AS message SET leased_until = %(lease)s, next_try_at = NULL
FROM due WHERE message.id = due.id RETURNING message.id
"""
END = """
UPDATE notifications_message
SET status = %(status)s, outcome = %(outcome)s, ended_at = %(at)s, next_try_at = NULL, context = context - 'secret'
WHERE status = 'queued' AND leased_until IS NULL AND {condition}
"""
TOO_LATE = END.format(condition="useful_until <= %(at)s")
TRIED_ENOUGH = END.format(condition="attempt_count >= %(most)s")


def relay(*, at: datetime) -> int:
    """Lease what is due, batch by batch, and ring a sender for each; return how many messages went out."""
    leased = Message.objects.filter(status=Message.Status.QUEUED, next_try_at=None).count()
    handed = 0
    for _ in range((MOST_LEASED - leased) // BATCH):
        # Each batch has a lease of its own: it is what a sender is known by.
        lease = at + clock.of_machine(LEASE) + timedelta(microseconds=handed)
        ids = claim(at=at, lease=lease, limit=BATCH)
        if not ids:
            break
        faults.point("after-claim")
        doorbell.ring(Job.SEND_MESSAGES, message_ids=ids, lease=lease.isoformat())
        handed += len(ids)
        if len(ids) < BATCH:
            break
    return handed


def claim(*, at: datetime, lease: datetime, limit: int) -> list[int]:
    """Lease up to `limit` due messages until `lease`; return their ids. One statement, committed at once."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"at": at, "lease": lease, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Swept:
    """How many messages a sweep took back, and how many it ended."""

    taken_back: int
    too_late: int
    given_up: int


def sweep(*, at: datetime) -> Swept:
    """Take back messages whose lease ran out, end what is too late or was tried too often, and ring for the rest."""
    waiting = Message.objects.filter(status=Message.Status.QUEUED)
    over = Q(leased_until__lte=at) | Q(leased_until__gt=at + clock.longest_lease(LONGEST_LEASE))
    taken_back = waiting.filter(over).update(leased_until=None, next_try_at=at)
    swept = Swept(
        taken_back=taken_back,
        too_late=end(TOO_LATE, status=Message.Status.EXPIRED, outcome=Message.Outcome.TOO_LATE, at=at),
        given_up=end(
            TRIED_ENOUGH,
            status=Message.Status.FAILED,
            outcome=Message.Outcome.GAVE_UP,
            at=at,
            most=MOST_ATTEMPTS,
        ),
    )
    if swept != Swept(0, 0, 0):
        logger.warning(
            "messages taken back %(taken_back)d, too late %(too_late)d, given up %(given_up)d", vars(swept)
        )
    if waiting.due(at=at).exists():
        doorbell.ring(Job.RELAY_MESSAGES)
    return swept


def end(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {name: str(v) if name in ("status", "outcome") else v for name, v in values.items()}
        )
        return cursor.rowcount
