"""Reads of shifts that somebody keeps an eye on."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from accounts.models import User
from tasks.models import Assignment, Shift, ShiftRole, Watch
from tasks.queries.seats import LIVE_TASKS
from volunteers.models import Affiliation, Volunteer

# At most one message a shift and hour.
PAUSE = timedelta(hours=1)


def watched_by(user: User) -> QuerySet[Watch]:
    """What somebody watches, the next shift first, with what its row shows."""
    return (
        Watch.objects.filter(user=user)
        .select_related("shift__task", "shift__organization", "shift__area__parent__parent")
        .order_by(F("shift__starts_at").asc(nulls_last=True), "pk")
    )


def is_watched(shift: Shift, user: User) -> bool:
    return Watch.objects.filter(shift=shift, user=user).exists()


def watched_shift(pk: int) -> Any:
    """A shift with `taken`, `needed`, `seats` and what a message says of it."""
    shifts = Shift.objects.filter(pk=pk).with_seats()
    return shifts.select_related("task", "organization", "area__parent__parent").get()


def free_seats() -> QuerySet[ShiftRole]:
    """By row with a `shift`: kinds of seats in which one is free, neither taken nor held."""
    return ShiftRole.objects.filter(
        shift=OuterRef("shift"), seats__gt=F("seats_taken") + F("seats_held")
    ).order_by()


def has_free_seat(shift: Shift) -> bool:
    return ShiftRole.objects.filter(shift=shift, seats__gt=F("seats_taken") + F("seats_held")).exists()


def missing_in(shift: Shift) -> int:
    """How many people a shift wants still, over its kinds of seats."""
    roles = shift.roles.values_list("seats_min", "seats_taken")
    return sum(max(least - taken, 0) for least, taken in roles)


def opened(watches: QuerySet[Watch], at: datetime) -> QuerySet[Watch]:
    """Those whose own window has come: as members of the organization, people of the area, or everybody."""
    member = Affiliation.objects.live().filter(
        organization=OuterRef("shift__organization"), volunteer__user=OuterRef("user")
    )
    path = ExpressionWrapper(OuterRef("shift__area__path"), output_field=CharField())
    local = Volunteer.objects.annotate(shift_path=path).filter(
        user=OuterRef("user"), area__path__startswith=F("shift_path")
    )
    return watches.filter(
        Q(shift__opens_at=None)
        | Q(shift__opens_at__lte=at)
        | (Q(shift__opens_to_members_at__lte=at) & Exists(member))
        | (Q(shift__opens_to_area_at__lte=at) & (Exists(member) | Exists(local)))
    )


def turned(at: datetime) -> dict[str, QuerySet[Watch]]:
    """What is to be told by what has turned since a watch was last looked at; the gravest first."""
    open_ones = Watch.objects.filter(shift__status=Shift.Status.OPEN, shift__task__status__in=LIVE_TASKS)
    return {
        # Cancelling is a change as well.
        Watch.News.CHANGED: Watch.objects.filter(shift__version__gt=F("seen_version")),
        Watch.News.OPENED: opened(open_ones.filter(was_open=False), at),
        Watch.News.SEAT_FREE: open_ones.filter(Exists(free_seats()), was_full=True, was_open=True),
    }


def late_news(at: datetime) -> QuerySet[Watch]:
    """What came too soon after the last message, and may be told now."""
    return Watch.objects.exclude(news="").filter(told_at__lte=at - PAUSE)


def over(at: datetime) -> QuerySet[Watch]:
    """Watches of shifts that are over, and of people who hold a seat in the shift by now; what waits is told first."""
    seat = Assignment.objects.live().filter(shift=OuterRef("shift"), volunteer__user=OuterRef("user"))
    ended = Q(shift__ends_at__lte=at) | Q(shift__due_at__lte=at) | ~Q(shift__task__status__in=LIVE_TASKS)
    return Watch.objects.filter(Exists(seat) | (ended & Q(news="")))
