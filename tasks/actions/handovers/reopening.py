"""Handovers of a shift that is moved, or takes place elsewhere, after two had agreed on it."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from notifications.actions import queue_messages
from tasks.actions.handovers.answering import open_again
from tasks.models import Assignment, Handover, Shift
from tasks.notices import handovers as notices
from tasks.policies.handovers import handover_until
from tasks.queries.handovers import handovers


def ask_again(shift: Shift, *, by: User, at: datetime) -> int:
    """Nobody is held to another time or place than they agreed to: both are told, and whoever agreed is asked anew.

    Return how many. What is decided at this moment is left to whoever decides, who has read the shift as it was.
    """
    active = Assignment.Status.ACTIVE
    agreed = handovers().filter(
        Q(assignment__shift=shift) | Q(in_return__shift=shift),
        Q(in_return=None) | Q(in_return__status=active),
        status=Handover.Status.AGREED,
        assignment__status=active,
    )
    # Never waited for: whoever decides holds the row, and waits for the roles that are locked here.
    rows = list(agreed.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True))
    told = []
    for row in rows:
        assert row.taker is not None, "whoever agreed is known"
        for person in (row.assignment.volunteer, row.taker):
            told.append(notices.over(row, person.user, "moved", at=at))
        open_again(row, by=by, at=at)
    queue_messages(notices=told, at=at)
    return len(rows)


def move_deadlines(shift: Shift, *, at: datetime) -> None:
    """Whoever looks for somebody does so until the new start. The holders of the seats are locked by the caller."""
    until = handover_until(shift.starts_at, shift.due_at, at)
    Handover.objects.live().filter(assignment__shift=shift).update(expires_at=until)
