"""The shifts that a volunteer may join."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.timezone import get_current_timezone, localtime

from accounts.models import Consent
from areas.models import Area
from areas.policies import distance_m
from tasks import policies
from tasks.models import Assignment, Shift, ShiftRole
from tasks.queries.needs import joinable_roles
from volunteers.models import Capability, Volunteer, VolunteerCapability

# How many kinds of seats are weighed for one volunteer at most.
WEIGHED = 400
# Kilometres of a degree of latitude, a little less than it has, so that no box cuts off who is just in reach.
KM_A_DEGREE = 111.0


@dataclass(frozen=True)
class Fit:
    """A shift that a volunteer may join: how far it is, and whether it still needs hands."""

    shift_id: int
    starts_at: datetime | None
    metres: float | None
    is_short: bool


def fitting(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> list[Fit]:
    """Shifts in reach with a free seat that nothing forbids the volunteer, the soonest first; two queries."""
    person = _person(volunteer, at, point)
    if not person.has_consent:
        return []
    fits: dict[int, Fit] = {}
    now = localtime(at)
    for shift_id, seat, is_short in _seats(volunteer, at, point):
        if shift_id in fits or policies.against(policies.weigh(seat, person, at=now)):
            continue
        metres = (
            None if point is None or seat.point is None or seat.is_remote else distance_m(*seat.point, *point)
        )
        fits[shift_id] = Fit(shift_id, seat.starts_at, metres, is_short)
    return list(fits.values())


def shifts_that_fit(fits: Iterable[Fit]) -> list[Any]:
    """The shifts in the order of the fits, with everything that their rows show; one query."""
    ids = [fit.shift_id for fit in fits]
    rows: Any = Shift.objects.filter(pk__in=ids).with_seats()
    found = {shift.pk: shift for shift in rows.select_related("task", "organization", "area__parent__parent")}
    return [found[pk] for pk in ids if pk in found]


def _person(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> policies.PersonFacts:
    words = Consent.objects.filter(user=OuterRef("user"), purpose=Consent.Purpose.TERMS).order_by("-pk")
    busy = (
        Assignment.objects.live()
        .filter(volunteer=OuterRef("pk"), period__endswith__gt=at - policies.NEIGHBOURS)
        .order_by("period")
    )
    row = (
        Volunteer.objects.filter(pk=volunteer.pk)
        .annotate(terms=Subquery(words.values("decision")[:1]), busy=ArraySubquery(busy.values("period")))
        .values("terms", "busy")
        .get()
    )
    return policies.PersonFacts(
        has_consent=row["terms"] == Consent.Decision.GRANTED,
        busy=[(localtime(period.lower), localtime(period.upper)) for period in row["busy"]],
        max_hours_week=volunteer.max_hours_week,
        reach_km=volunteer.reach_km,
        birth_on=volunteer.birth_on,
        has_guardian=volunteer.guardian_consent_at is not None,
        point=point,
    )


Seat = tuple[int, policies.SeatFacts, bool]


def _seats(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> list[Seat]:
    """Free kinds of seats that ask for nothing the volunteer lacks, in shifts they have no seat in: within the box of
    their reach, else in the same city, or from home. Each with its shift and whether the shift needs hands."""
    held = Assignment.objects.live().filter(volunteer=volunteer, shift=OuterRef("shift"))
    roles = joinable_roles(at).filter(
        ~Exists(held), ~_lacking(volunteer, at), seats__gt=F("seats_taken") + F("seats_held")
    )
    if near := _city_path(volunteer.area):
        # Whatever has no point is near when it lies in the same city.
        somewhere = Q(shift__area__path__startswith=near)
        if point is not None:
            somewhere = (somewhere & Q(shift__longitude=None)) | _box(point, volunteer.reach_km)
        roles = roles.filter(somewhere | Q(shift__task__is_remote=True))
    rows = roles.order_by("shift__starts_at", "shift_id", "pk").values_list(
        "shift_id", "shift__starts_at", "shift__ends_at", "seats", "seats_taken", "seats_held", "seats_min", "min_age",
        "shift__task__is_remote", "shift__longitude", "shift__latitude",
    )  # fmt: skip
    zone = get_current_timezone()
    return [
        (
            shift_id,
            policies.SeatFacts(
                starts_at=starts_at.astimezone(zone) if starts_at else None,
                ends_at=ends_at.astimezone(zone) if ends_at else None,
                is_open=True,
                is_stopped=False,
                seats_free=seats - taken - kept,
                min_age=min_age,
                is_remote=is_remote,
                point=None if longitude is None or latitude is None else (longitude, latitude),
            ),
            taken < least,
        )
        for shift_id, starts_at, ends_at, seats, taken, kept, least, min_age, is_remote, longitude, latitude in rows[
            :WEIGHED
        ]
    ]


def _box(point: policies.Point, reach_km: int) -> Q:
    """Shifts in the square around a point that holds everything within reach."""
    longitude, latitude = point
    high = reach_km / KM_A_DEGREE
    wide = high / max(cos(radians(abs(latitude) + high)), 0.01)
    return Q(
        shift__longitude__range=(longitude - wide, longitude + wide),
        shift__latitude__range=(latitude - high, latitude + high),
    )


def _city_path(area: Area | None) -> str:
    """The path of the city that holds an area; of the province where the area is one."""
    return "/".join(area.path_codes[: Area.Level.CITY]) + "/" if area else ""


def _lacking(volunteer: Volunteer, at: datetime) -> Exists:
    """Whether a role requires what the volunteer has not: a qualification counts once it was seen."""
    has = (
        VolunteerCapability.objects.filter(volunteer=volunteer, capability=OuterRef("capability"))
        .filter(Q(expires_on=None) | Q(expires_on__gte=localtime(at).date()))
        .filter(Q(confirmed_at__isnull=False) | ~Q(capability__kind=Capability.Kind.QUALIFICATION))
    )
    required = ShiftRole.requirements.through.objects.filter(shiftrole=OuterRef("pk"))
    return Exists(required.filter(~Exists(has)))
