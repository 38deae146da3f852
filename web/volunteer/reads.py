"""What a volunteer's own pages read: seats, presence, hours, and the work that fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.timezone import localtime

from accounts.models import Consent
from areas.models import Area
from tasks import policies
from tasks.models import Assignment, CheckIn, ServiceRecord, Shift, ShiftRole
from volunteers.models import Capability, Volunteer, VolunteerCapability
from web.public.reads import metres_to, open_shifts

# How many shifts are weighed for one volunteer at most.
WEIGHED = 300


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


@dataclass(frozen=True)
class Served:
    """Confirmed service: hours of each day, and the sum."""

    by_day: dict[date, float]
    minutes: int

    @property
    def days(self) -> int:
        return len(self.by_day)

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


def served_by(volunteer: Volunteer) -> Served:
    """One row a day, one query."""
    rows = (
        ServiceRecord.objects.filter(volunteer=volunteer)
        .values("served_on")
        .annotate(total=Sum("minutes"))
        .order_by("served_on")
    )
    by_day = {row["served_on"]: row["total"] / 60 for row in rows}
    return Served(by_day, sum(row["total"] for row in rows))


def records_of(volunteer: Volunteer) -> QuerySet[ServiceRecord]:
    """Confirmed service, the latest first."""
    return (
        ServiceRecord.objects.filter(volunteer=volunteer)
        .select_related("task", "organization", "assignment")
        .order_by("-starts_at", "-pk")
    )


def unconfirmed(volunteer: Volunteer) -> list[Any]:
    """Seats checked in and out whose hours nobody has confirmed yet."""
    seats = seats_of(volunteer).filter(in_at__isnull=False, out_at__isnull=False, service_record=None)
    return list(seats.order_by("-in_at")[:50])


def earlier_seats(volunteer: Volunteer, at: datetime) -> QuerySet[Any]:
    """What is over, was given back or fell through, the latest first."""
    over = ~Q(status=Assignment.Status.ACTIVE) | Q(shift__ends_at__lte=at) | Q(out_at__isnull=False)
    return seats_of(volunteer).filter(over).order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Fit:
    """A shift that a volunteer may join, and how far it is."""

    shift: Any
    metres: float | None


def fitting(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> list[Fit]:
    """Shifts in reach with a free seat that nothing forbids the volunteer; four queries."""
    person = _person(volunteer, at, point)
    if not person.has_consent:
        return []
    fits = []
    for shift in _candidates(volunteer, at, point):
        if any(
            not policies.against(policies.weigh(seat, person, at=localtime(at))) for seat in _seats(shift)
        ):
            fits.append(Fit(shift, metres_to(shift, point)))
    return fits


def _person(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> policies.PersonFacts:
    word = (
        Consent.objects.filter(user_id=volunteer.user_id, purpose=Consent.Purpose.TERMS)
        .order_by("-pk")
        .first()
    )
    busy = Assignment.objects.live().filter(
        volunteer=volunteer, period__isnull=False, period__endswith__gt=at - policies.NEIGHBOURS
    )
    periods = busy.order_by("period").values_list("period__startswith", "period__endswith")
    return policies.PersonFacts(
        has_consent=word is not None and word.decision == Consent.Decision.GRANTED,
        busy=[(localtime(start), localtime(end)) for start, end in periods],
        max_hours_week=volunteer.max_hours_week,
        reach_km=volunteer.reach_km,
        birth_on=volunteer.birth_on,
        has_guardian=volunteer.guardian_consent_at is not None,
        point=point,
    )


def _candidates(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> list[Any]:
    """Shifts with free seats that the volunteer has no seat in: near by point, else in the same city, or from home."""
    held = Assignment.objects.live().filter(volunteer=volunteer, shift=OuterRef("pk"))
    shifts: QuerySet[Any] = open_shifts(at).filter(~Exists(held), taken__lt=F("seats"))
    if near := _city_path(volunteer.area):
        if point is None:
            shifts = shifts.filter(Q(area__path__startswith=near) | Q(task__is_remote=True))
        else:
            # Whatever has no point is near when it lies in the same city.
            pointless = Q(longitude=None, area__path__startswith=near)
            shifts = shifts.filter(pointless | Q(longitude__isnull=False) | Q(task__is_remote=True))
    roles = Prefetch("roles", ShiftRole.objects.annotate(lacks=_lacking(volunteer, at)).order_by("pk"))
    return list(shifts.prefetch_related(roles).order_by("starts_at", "pk")[:WEIGHED])


def _city_path(area: Area | None) -> str:
    """The path of the city that holds an area; of the province where the area is one."""
    return "/".join(area.path_codes[: Area.Level.CITY]) + "/" if area else ""


def _lacking(volunteer: Volunteer, at: datetime) -> Exists:
    """Whether a role requires what the volunteer has not: a qualification counts once it was seen."""
    has = (
        VolunteerCapability.objects.filter(volunteer=volunteer, capability=OuterRef("pk"))
        .filter(Q(expires_on=None) | Q(expires_on__gte=localtime(at).date()))
        .filter(Q(confirmed_at__isnull=False) | ~Q(capability__kind=Capability.Kind.QUALIFICATION))
    )
    required = ShiftRole.requirements.through.objects.filter(shiftrole=OuterRef(OuterRef("pk"))).values(
        "capability"
    )
    return Exists(Capability.objects.filter(~Exists(has), pk__in=required))


def _seats(shift: Any) -> Iterator[policies.SeatFacts]:
    """The roles of a shift for which the volunteer has what it takes."""
    for role in shift.roles.all():
        if not role.lacks:
            yield policies.SeatFacts(
                starts_at=localtime(shift.starts_at) if shift.starts_at else None,
                ends_at=localtime(shift.ends_at) if shift.ends_at else None,
                is_open=True,
                is_stopped=False,
                seats_free=role.seats_free,
                min_age=role.min_age,
                is_remote=shift.task.is_remote,
                point=None if shift.longitude is None else (shift.longitude, shift.latitude),
            )
