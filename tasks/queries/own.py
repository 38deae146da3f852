"""What a volunteer's own pages read of their seats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from tasks import policies
from tasks.models import Assignment, CheckIn, Shift
from volunteers.models import Volunteer


def seats_of(volunteer: Volunteer) -> QuerySet[Any]:
    """Every seat that a volunteer had, with its shift, `in_at` and `out_at`."""
    valid = CheckIn.objects.valid().filter(assignment=OuterRef("pk"))
    return (
        Assignment.objects.filter(volunteer=volunteer)
        .select_related("shift__task", "shift__organization", "shift__area__parent__parent", "role")
        .annotate(
            in_at=Subquery(valid.filter(kind=CheckIn.Kind.IN).values("at")[:1]),
            out_at=Subquery(valid.filter(kind=CheckIn.Kind.OUT).values("at")[:1]),
        )
    )


def coming_seats(volunteer: Volunteer, at: datetime) -> list[Any]:
    """Live seats whose shift is not over, or from which the volunteer has not checked out; the next one first."""
    live = seats_of(volunteer).filter(status=Assignment.Status.ACTIVE)
    still_there = Q(in_at__isnull=False, out_at=None, shift__ends_at__gt=at - policies.CHECK_OPEN_AFTER)
    timeless = Q(shift__starts_at=None, out_at=None, shift__task__ends_on__gte=localtime(at).date())
    found = live.filter(Q(shift__ends_at__gt=at, out_at=None) | still_there | timeless)
    return list(found.order_by(F("shift__starts_at").asc(nulls_last=True), "pk")[:20])


def in_window(shift: Shift, at: datetime) -> bool:
    """Whether people check in and out at the shift now."""
    period = (shift.starts_at, shift.ends_at) if shift.starts_at and shift.ends_at else None
    window = policies.check_window(period)
    return window is None or window[0] <= at <= window[1]


def seat_at_site(volunteer: Volunteer, site_code: str) -> Any:
    """The volunteer's live seat in the shift with this site code; None where there is none."""
    live = seats_of(volunteer).filter(status=Assignment.Status.ACTIVE)
    return live.filter(shift__site_code=site_code.strip().upper()).first()


def unconfirmed(volunteer: Volunteer) -> list[Any]:
    """Seats checked in and out whose hours nobody has confirmed yet."""
    seats = seats_of(volunteer).filter(in_at__isnull=False, out_at__isnull=False, service_record=None)
    return list(seats.order_by("-in_at")[:50])


def earlier_seats(volunteer: Volunteer, at: datetime) -> QuerySet[Any]:
    """What is over, was given back or fell through, the latest first."""
    over = ~Q(status=Assignment.Status.ACTIVE) | Q(shift__ends_at__lte=at) | Q(out_at__isnull=False)
    return seats_of(volunteer).filter(over).order_by("-created_at", "-pk")


def in_order(volunteer: Volunteer, ids: Sequence[int]) -> list[Any]:
    """The seats of these ids, with everything that their rows show, in the order of the ids."""
    found = {seat.pk: seat for seat in seats_of(volunteer).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]
