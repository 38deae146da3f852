"""Seats near a volunteer with everything that decides about them, weighed by the rules of a sign-up; two queries."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, radians
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import get_current_timezone, localtime

from accounts.models import Consent
from areas.models import Area, reads_chinese
from areas.policies import distance_m
from tasks import policies
from tasks.models import Assignment, ShiftRole
from tasks.queries.needs import joinable_roles
from volunteers.models import Capability, Volunteer, VolunteerCapability

# How many kinds of seats are weighed for one volunteer at most.
WEIGHED = 400
# Kilometres of a degree of latitude, a little less than it has, so that no box cuts off who is just in reach.
KM_A_DEGREE = 111.0

_COLUMNS = (
    "shift_id", "shift__starts_at", "shift__ends_at", "seats", "seats_taken", "seats_held", "seats_min", "min_age",
    "shift__task__is_remote", "shift__longitude", "shift__latitude", "number", "missing",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A kind of seats of a shift, and what speaks for and against it for one volunteer.

    `number` is its place among the roles of the shift, from 1, as addresses and forms name it.
    """

    shift_id: int
    number: int
    seat: policies.SeatFacts
    is_short: bool
    metres: float | None
    against: tuple[policies.Reason, ...]

    @property
    def fits(self) -> bool:
        return not self.against


def point_of(volunteer: Volunteer | None) -> policies.Point | None:
    """Where a volunteer chose to be found, if they chose a point."""
    if volunteer is None or volunteer.longitude is None or volunteer.latitude is None:
        return None
    return volunteer.longitude, volunteer.latitude


def seats_near(volunteer: Volunteer, at: datetime) -> QuerySet[ShiftRole]:
    """Kinds of seats that can be joined within the box of a volunteer's reach, else in the same city, or from home.

    Not those of shifts in which they hold a seat; free or full.
    """
    held = Assignment.objects.live().filter(volunteer=volunteer, shift=OuterRef("shift"))
    return joinable_roles(at).filter(~Exists(held), _near(volunteer))


def weighed(
    volunteer: Volunteer, roles: QuerySet[ShiftRole], at: datetime, *, limit: int = WEIGHED
) -> Iterator[Candidate]:
    """The first of the roles in their order, each with the grounds against it; none without consent. Two queries."""
    person = _person(volunteer, at)
    if not person.has_consent:
        return
    now, point = localtime(at), person.point
    for shift_id, number, seat, is_short, missing in _rows(volunteer, roles, at, limit):
        asked = replace(person, missing=missing) if missing else person
        grounds = policies.against(policies.weigh(seat, asked, at=now))
        yield Candidate(shift_id, number, seat, is_short, metres_between(seat, point), tuple(grounds))


def metres_between(seat: policies.SeatFacts, point: policies.Point | None) -> float | None:
    """How far a seat is from a point; None where either is unknown, or the work is done from home."""
    if point is None or seat.point is None or seat.is_remote:
        return None
    return distance_m(*seat.point, *point)


def _person(volunteer: Volunteer, at: datetime) -> policies.PersonFacts:
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
        point=point_of(volunteer),
    )


Row = tuple[int, int, policies.SeatFacts, bool, tuple[str, ...]]


def _rows(volunteer: Volunteer, roles: QuerySet[ShiftRole], at: datetime, limit: int) -> Iterator[Row]:
    rows: Any = roles.annotate(number=_number(), missing=_missing(volunteer, at)).values_list(*_COLUMNS)
    zone = get_current_timezone()
    for (
        shift_id, starts_at, ends_at, seats, taken, kept, least, min_age,
        is_remote, longitude, latitude, number, missing,
    ) in rows[:limit]:  # fmt: skip
        seat = policies.SeatFacts(
            starts_at=starts_at.astimezone(zone) if starts_at else None,
            ends_at=ends_at.astimezone(zone) if ends_at else None,
            is_open=True,
            is_stopped=False,
            seats_free=seats - taken - kept,
            min_age=min_age,
            is_remote=is_remote,
            point=None if longitude is None or latitude is None else (longitude, latitude),
        )
        yield shift_id, number, seat, taken < least, tuple(missing)


def _number() -> Any:
    """The place of a role in its shift, from 1."""
    earlier = ShiftRole.objects.filter(shift=OuterRef("shift"), pk__lt=OuterRef("pk")).order_by()
    counted = earlier.values("shift").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0) + 1


def _missing(volunteer: Volunteer, at: datetime) -> ArraySubquery:
    """What a role requires and the volunteer has not, by name: a qualification counts once it was seen."""
    has = (
        VolunteerCapability.objects.filter(volunteer=volunteer, capability=OuterRef("capability"))
        .filter(Q(expires_on=None) | Q(expires_on__gte=localtime(at).date()))
        .filter(Q(confirmed_at__isnull=False) | ~Q(capability__kind=Capability.Kind.QUALIFICATION))
    )
    required = ShiftRole.requirements.through.objects.filter(~Exists(has), shiftrole=OuterRef("pk"))
    name = "capability__name_zh" if reads_chinese() else "capability__name_en"
    return ArraySubquery(required.order_by("capability__position", "capability_id").values(name))


def _near(volunteer: Volunteer) -> Q:
    point, city = point_of(volunteer), city_path(volunteer.area)
    if point is None and not city:
        return Q()
    somewhere = Q(shift__task__is_remote=True)
    if city:
        # Whatever has no point is near when it lies in the same city.
        here = Q(shift__area__path__startswith=city)
        somewhere |= here if point is None else here & Q(shift__longitude=None)
    return somewhere if point is None else somewhere | box(point, volunteer.reach_km)


def box(point: policies.Point, reach_km: float) -> Q:
    """Shifts in the square around a point that holds everything within reach."""
    longitude, latitude = point
    high = reach_km / KM_A_DEGREE
    wide = high / max(cos(radians(abs(latitude) + high)), 0.01)
    return Q(
        shift__longitude__range=(longitude - wide, longitude + wide),
        shift__latitude__range=(latitude - high, latitude + high),
    )


def city_path(area: Area | None) -> str:
    """The path of the city that holds an area; of the province where the area is one."""
    return "/".join(area.path_codes[: Area.Level.CITY]) + "/" if area else ""


def free() -> Q:
    """Whether a role has a seat left."""
    return Q(seats__gt=F("seats_taken") + F("seats_held"))
