"""Seats that somebody wants to pass on: one by its code, what waits for whom, whom to ask, what can be given for it."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from organizations.models import Organization
from tasks.models import Assignment, Handover, Shift
from tasks.models.handover import HandoverQuerySet
from volunteers.models import TeamMember, Volunteer

# How far back people whom somebody came with are remembered, and how many are listed.
TOGETHER = timedelta(days=180)
KNOWN_MOST = 20
# How many holders of seats in a wanted shift hear of it.
HOLDERS_MOST = 50
LISTED_MOST = 100
_SHIFT = ("shift__task", "shift__organization", "shift__area__parent__parent")


def handovers() -> HandoverQuerySet:
    """Handovers with the seats, their shifts and the people of both sides. One statement."""
    return Handover.objects.select_related(
        *(f"assignment__{name}" for name in ("volunteer__user", "role", *_SHIFT)),
        *(f"in_return__{name}" for name in ("volunteer__user", "role", *_SHIFT)),
        "wanted__user",
        "wanted_shift__task",
        "taker__user",
    )


def handover_by(code: str) -> Handover | None:
    return handovers().filter(code=code).first()


def live_handover_of(assignment: Assignment) -> Handover | None:
    """What its holder is looking for, if they are."""
    return Handover.objects.live().filter(assignment=assignment).first()


def asked_of(volunteer: Volunteer, at: datetime) -> list[Handover]:
    """What somebody asks of this volunteer by name and they have not answered, the soonest first. One statement."""
    wanted = handovers().filter(
        wanted=volunteer,
        status=Handover.Status.OPEN,
        expires_at__gt=at,
        assignment__status=Assignment.Status.ACTIVE,
    )
    return list(wanted.order_by("expires_at", "pk")[:5])


def swaps_for(assignment: Assignment, at: datetime) -> list[Handover]:
    """Who would give another seat for one in this seat's shift. One statement."""
    found = handovers().filter(
        kind=Handover.Kind.SWAP,
        status=Handover.Status.OPEN,
        expires_at__gt=at,
        wanted=None,
        wanted_shift=assignment.shift_id,
        assignment__status=Assignment.Status.ACTIVE,
    )
    return list(found.exclude(assignment__volunteer=assignment.volunteer_id).order_by("pk")[:5])


def holders_of(shift: Shift, handover: Handover) -> QuerySet[User]:
    """Some of those who hold a seat in a shift, the first ones first, apart from whoever asks."""
    seats = Assignment.objects.live().filter(shift=shift).exclude(volunteer=handover.assignment.volunteer_id)
    first = list(seats.order_by("pk").values_list("volunteer__user", flat=True)[:HOLDERS_MOST])
    return User.objects.filter(pk__in=first, is_active=True).order_by("pk")


def seats_to_give(volunteer: Volunteer, handover: Handover, at: datetime) -> list[Assignment]:
    """The seats that somebody can give for the one of a handover, the soonest first. One statement."""
    seats = (
        Assignment.objects.live()
        .filter(volunteer=volunteer, shift__organization=handover.assignment.shift.organization_id)
        .filter(Q(shift__starts_at__gt=at) | Q(shift__starts_at=None))
        .exclude(shift__handover_rule=Shift.HandoverRule.NONE)
        .exclude(role=handover.assignment.role_id)
        .filter(seats=handover.assignment.seats, shift__status=Shift.Status.OPEN)
        .select_related("role", *_SHIFT)
    )
    if handover.wanted_shift_id:
        seats = seats.filter(shift=handover.wanted_shift_id)
    return list(seats.order_by("shift__starts_at", "pk")[:20])


def shifts_to_want(assignment: Assignment, at: datetime) -> list[Shift]:
    """Shifts of the same organization in which a seat may be wanted instead: full or not, the soonest first."""
    own = Assignment.objects.live().filter(volunteer=assignment.volunteer_id).values("shift")
    shifts = (
        Shift.objects.filter(
            organization=assignment.shift.organization_id, status=Shift.Status.OPEN, starts_at__gt=at
        )
        .exclude(handover_rule=Shift.HandoverRule.NONE)
        .exclude(pk__in=own)
        .filter(roles__seats_taken__gt=0)
        .select_related("task", "area__parent__parent", "organization")
    )
    return list(shifts.distinct().order_by("starts_at", "pk")[:20])


def known_to(volunteer: Volunteer, at: datetime) -> list[Volunteer]:
    """Those whom a volunteer can name: their teams', and those with whom they came lately. Two statements."""
    teams = TeamMember.objects.filter(volunteer=volunteer, left_at=None, team__ended_at=None).values("team")
    members = TeamMember.objects.filter(team__in=teams, left_at=None).values("volunteer")
    lately = Assignment.objects.filter(created_at__gt=at - TOGETHER)
    guests = lately.filter(came_with__volunteer=volunteer).values("volunteer")
    hosts = lately.filter(volunteer=volunteer, came_with__isnull=False).values("came_with__volunteer")
    people = Volunteer.objects.filter(Q(pk__in=members) | Q(pk__in=guests) | Q(pk__in=hosts))
    return list(
        people.filter(user__is_active=True)
        .exclude(pk=volunteer.pk)
        .select_related("user")
        .order_by("user__name", "pk")[:KNOWN_MOST]
    )


def waiting_in(organization: Organization, at: datetime) -> QuerySet[Handover]:
    """What waits for an organizer's word, the soonest shift first."""
    waiting = handovers().filter(
        assignment__shift__organization=organization, status=Handover.Status.AGREED, expires_at__gt=at
    )
    return waiting.order_by("expires_at", "pk")


def looking_in(organization: Organization, at: datetime) -> QuerySet[Handover]:
    """Who looks for somebody and has found nobody yet, the soonest shift first."""
    found = handovers().filter(
        assignment__shift__organization=organization,
        assignment__status=Assignment.Status.ACTIVE,
        status=Handover.Status.OPEN,
        expires_at__gt=at,
    )
    return found.order_by("expires_at", "pk")
