"""Reads of what is noted of seats, and of what could be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from areas.models import Area
from organizations.models import Membership, Organization
from organizations.queries import LEADERS
from tasks.models import Assignment, CheckIn, Mark, ServiceRecord, Shift
from tasks.policies.marks import LATE_FROM, MARK_WITHIN, NO_SHOW_AFTER_END, minutes_late
from volunteers.models import Volunteer

SHOWN = 200


@dataclass(frozen=True)
class Proposal:
    """A seat of which something could be noted: nobody came, or somebody came so many minutes late."""

    seat: Assignment
    kind: str
    minutes: int | None

    @property
    def key(self) -> str:
        return f"{self.seat.code}:{self.kind}"


def proposals(organization: Organization, at: datetime) -> list[Proposal]:
    """What an organizer may note now of the last two weeks' shifts, the latest shift first. One statement."""
    arrived = CheckIn.objects.valid().filter(assignment=OuterRef("pk"), kind=CheckIn.Kind.IN)
    seats = (
        Assignment.objects.live()
        .filter(
            shift__organization=organization,
            shift__status=Shift.Status.OPEN,
            shift__ends_at__lte=at - NO_SHOW_AFTER_END,
            shift__ends_at__gte=at - MARK_WITHIN,
            # No shift lasts longer than a day; the index is by start.
            shift__starts_at__gte=at - MARK_WITHIN - timedelta(days=1),
        )
        .annotate(arrived_at=Subquery(arrived.values("at")[:1]))
        .filter(
            (Q(arrived_at=None) & ~Exists(ServiceRecord.objects.filter(assignment=OuterRef("pk"))))
            | Q(arrived_at__gt=F("shift__starts_at") + LATE_FROM)
        )
        # What was taken back once is not proposed again.
        .filter(~Exists(Mark.objects.filter(assignment=OuterRef("pk"))))
        .select_related("volunteer__user", "shift__task", "role")
        .order_by("-shift__starts_at", "pk")[:SHOWN]
    )
    return [_proposal(seat) for seat in seats]


def _proposal(seat: Any) -> Proposal:
    if seat.arrived_at is None:
        return Proposal(seat, Mark.Kind.NO_SHOW, None)
    return Proposal(seat, Mark.Kind.LATE, minutes_late(seat.shift.starts_at, seat.arrived_at))


def marks_of(organization: Organization) -> QuerySet[Mark]:
    """What an organization noted, objections that wait first."""
    waits = Q(status=Mark.Status.APPEALED)
    return (
        _with_names(Mark.objects.filter(organization=organization))
        .annotate(waits=waits)
        .order_by("-waits", "-pk")
    )


def marks_about(volunteer: Volunteer) -> QuerySet[Mark]:
    """Everything that is noted of a volunteer, the latest first."""
    return _with_names(Mark.objects.filter(volunteer=volunteer)).order_by("-pk")


def appeals_within(area: Area) -> QuerySet[Mark]:
    """Objections in an area, the longest waiting first; whether an official decides is for the permission to say."""
    return _with_names(
        Mark.objects.filter(status=Mark.Status.APPEALED, assignment__shift__area__path__startswith=area.path)
    ).order_by("appealed_at", "pk")


def appeals_for_officials(area: Area) -> QuerySet[Mark]:
    """Objections in an area on which nobody else in the organization can decide, the longest waiting first."""
    others = (
        Membership.objects.live()
        .filter(organization=OuterRef("organization"), role__in=LEADERS, user__is_active=True)
        .exclude(user=OuterRef("marked_by"))
        .exclude(user=OuterRef("volunteer__user"))
    )
    return appeals_within(area).filter(~Exists(others))


def _with_names(marks: QuerySet[Mark]) -> QuerySet[Mark]:
    return marks.select_related(
        "volunteer__user",
        "organization",
        "marked_by",
        "decided_by",
        "assignment__shift__task",
        "assignment__shift__organization",
        "assignment__shift__area__parent__parent",
    )
