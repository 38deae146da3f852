"""Handovers that end by themselves: the shift begins, or the seat is no longer there to be passed on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notifications.actions import queue_messages
from notifications.notices import Notice
from tasks.models import Assignment, Handover
from tasks.notices import handovers as notices
from tasks.queries.handovers import handovers

BATCH = 200


def expire_handovers(*, at: datetime) -> int:
    """End those whose time is over or whose seat is gone, and tell whom it matters; return how many.

    Each batch commits by itself: what a crash leaves is found by the next run.
    """
    total = 0
    while True:
        count = _expire_some(at)
        total += count
        if count < BATCH:
            return total


@transaction.atomic
def _expire_some(at: datetime) -> int:
    gone = ~Q(assignment__status=Assignment.Status.ACTIVE) | (
        Q(in_return__isnull=False) & ~Q(in_return__status=Assignment.Status.ACTIVE)
    )
    # What is settled at this very moment is looked at once more when its row is locked.
    over = Handover.objects.live().filter(Q(expires_at__lte=at) | gone).order_by("pk")
    locked = over.select_for_update(of=("self",), skip_locked=True)
    # Who and what they are about takes two dozen joins: planning these alone costs more than a look that finds nothing.
    found = list(locked.values_list("pk", flat=True)[:BATCH])
    if not found:
        return 0
    rows = list(handovers().filter(pk__in=found).order_by("pk"))
    late = [row.pk for row in rows if row.expires_at <= at]
    told = [notice for row in rows for notice in _told(row, at)]
    every = Handover.objects.filter(pk__in=[row.pk for row in rows])
    every.filter(pk__in=late).update(status=Handover.Status.EXPIRED, ended_at=at)
    every.exclude(pk__in=late).update(status=Handover.Status.WITHDRAWN, ended_at=at)
    queue_messages(notices=told, at=at)
    return len(rows)


def _told(row: Handover, at: datetime) -> list[Notice]:
    """Whoever counted on it: the holder whom nobody replaced, and whoever had agreed and need not come."""
    late = row.expires_at <= at
    told = []
    if row.assignment.status == Assignment.Status.ACTIVE:
        told.append(notices.over(row, row.assignment.volunteer.user, "expired" if late else "gone"))
    if row.taker is not None:
        told.append(notices.over(row, row.taker.user, "expired" if late else "gone"))
    return told
