"""What happens by itself: reminders before a shift, and the moment at which a task had its people."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery, Sum

from core import faults
from notifications.actions import queue_messages
from tasks.models import Assignment, Shift, ShiftRole, Task
from tasks.notices import shifts as notices
from tasks.queries.reminders import due_reminders

BATCH = 500


def remind(*, at: datetime) -> int:
    """Remind everybody at the moments that they chose before a shift, each once; return how many.

    Never before the moment, and not of one that lay before the sign-up or before a change that they were told of.
    A shift that moves is reminded of anew. Each batch commits by itself: what a crash leaves the next run finds.
    """
    count = 0
    while True:
        with transaction.atomic():
            due = due_reminders(at=at, limit=BATCH)
            leads = {one.assignment_id: one.lead for one in due}
            seats = Assignment.objects.filter(pk__in=leads).select_related(
                "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
            )
            queue_messages(
                notices=[notices.reminder(seat, leads[seat.pk]) for seat in seats.order_by("pk")], at=at
            )
        faults.point("after-reminders")
        count += len(due)
        if len(due) < BATCH:
            return count


def note_filled() -> int:
    """Note since when tasks have the people that they need: the moment of the last sign-up. Return how many."""
    taken = (
        ShiftRole.objects.filter(shift__task=OuterRef("pk"), shift__status=Shift.Status.OPEN)
        .values("shift__task")
        .annotate(total=Sum("seats_taken"))
        .values("total")
    )
    last = (
        Assignment.objects.live()
        .filter(shift__task=OuterRef("pk"))
        .values("shift__task")
        .annotate(last=Max("created_at"))
        .values("last")
    )
    running = Task.objects.filter(status__in=(Task.Status.CALLED, Task.Status.ADOPTED), filled_at=None)
    filled = running.annotate(taken=Subquery(taken))
    return filled.filter(taken__gte=F("people_needed")).update(filled_at=Subquery(last))
