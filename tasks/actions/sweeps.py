"""What happens by itself: reminders before a shift, and the moment at which a task had its people."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Concat
from django.utils.timezone import localtime

from notifications.actions import queue_messages
from notifications.models import Message
from tasks.models import AreaStop, Assignment, Shift, ShiftRole, Task
from tasks.notices import shifts as notices

EVENING_HOUR = 18
SHORTLY = timedelta(hours=3)
BATCH = 500


def remind(*, at: datetime) -> int:
    """Remind everybody of a shift tomorrow (from six in the evening) or in three hours; each of it once.

    Whoever signed up when the moment had come has just read the same in another message. Returns how many.
    """
    return sum(_remind(which, due, at) for which, due in _due(at))


def _due(at: datetime) -> Iterator[tuple[str, QuerySet[Assignment]]]:
    evening = localtime(at).replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)
    if at >= evening:
        midnight = datetime.combine(evening.date() + timedelta(days=1), time(0), evening.tzinfo)
        tomorrow = _seats(midnight, midnight + timedelta(days=1))
        yield "evening", tomorrow.filter(created_at__lt=evening)
    soon = _seats(at, at + SHORTLY)
    yield "hours", soon.filter(created_at__lt=F("shift__starts_at") - SHORTLY)


def _seats(start: datetime, end: datetime) -> QuerySet[Assignment]:
    stop = (
        AreaStop.objects.live()
        .annotate(path=ExpressionWrapper(OuterRef("shift__area__path"), output_field=TextField()))
        .filter(path__startswith=F("area__path"))
    )
    return Assignment.objects.live().filter(
        ~Exists(stop),
        shift__status=Shift.Status.OPEN,
        shift__starts_at__gt=start,
        shift__starts_at__lte=end,
    )


def _remind(which: str, due: QuerySet[Assignment], at: datetime) -> int:
    event = Concat(Value("seat:"), OuterRef("code"), Value(f":remind-{which}"), output_field=TextField())
    told = Message.objects.filter(event=event)
    waiting = due.filter(~Exists(told)).select_related(
        "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
    )
    count = 0
    while True:
        # Each batch commits by itself: what a crash leaves is found by the next sweep.
        with transaction.atomic():
            seats = list(waiting.order_by("pk")[:BATCH])
            queue_messages(notices=[notices.reminder(seat, which) for seat in seats], at=at)
        count += len(seats)
        if len(seats) < BATCH:
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
