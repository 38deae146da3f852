"""What stands in somebody's calendar: seats and held places of a volunteer, shifts of an organization."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from organizations.models import Organization
from tasks.models import Assignment, Shift, Waiting
from volunteers.models import CalendarFeed, Volunteer

# How long what is over, or fell through, stays.
BACK = timedelta(days=30)
MOST = 300


def feed_by_secret(secret: str) -> CalendarFeed | None:
    """The calendar of a secret address, with whose it is; None where it was revoked, or its owner is gone."""
    live = CalendarFeed.objects.live().filter(
        Q(volunteer__user__is_active=True) | Q(organization__status=Organization.Status.APPROVED),
        secret=secret,
    )
    return live.select_related("volunteer__user", "organization", "made_by").first()


def seats_in_calendar(volunteer: Volunteer, at: datetime) -> list[Assignment]:
    """The seats of the last month and of all to come, in the order in which they were taken, also those that ended."""
    near = Q(shift__ends_at__gt=at - BACK) | Q(shift__due_at__gt=at - BACK)
    seats = Assignment.objects.filter(near, volunteer=volunteer)
    latest = seats.select_related(
        "shift__task", "shift__organization", "shift__area__parent__parent"
    ).order_by("-pk")[:MOST]
    return sorted(latest, key=lambda seat: seat.pk)


def held_for(volunteer: Volunteer, at: datetime) -> list[Waiting]:
    """The seats that are held for a volunteer now."""
    held = Waiting.objects.filter(
        volunteer=volunteer, status=Waiting.Status.OFFERED, expires_at__gt=at, shift__starts_at__isnull=False
    )
    return list(
        held.select_related("shift__task", "shift__organization", "shift__area__parent__parent").order_by(
            "pk"
        )
    )


def shifts_in_calendar(organization: Organization, at: datetime) -> Iterable[Any]:
    """The shifts of an organization of the last month and to come, with `taken`, `needed` and `seats`."""
    shifts: Any = Shift.objects.of(organization).filter(ends_at__gt=at - BACK).with_seats()
    return shifts.select_related("task", "area__parent__parent").order_by("starts_at", "pk")[:MOST]
