"""Seats near a volunteer with everything that decides about them, weighed by the rules of a sign-up; two queries."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, radians
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import get_current_timezone, localtime

from accounts.models import Consent
from areas.models import Area, reads_chinese
from areas.policies import distance_m
from tasks import policies
from tasks.models import Assignment, ShiftRole
from tasks.policies import Ground
from tasks.queries.needs import joinable_roles
from tasks.queries.transfers import agreed_for
from volunteers.models import Affiliation, Volunteer
from volunteers.queries import rows_that_show

# How many kinds of seats are weighed for one volunteer at most.
WEIGHED = 400
_MOMENTS = ("opens_to_members_at", "opens_to_area_at", "opens_at", "closes_at")
# Kilometres of a degree of latitude, a little less than it has, so that no box cuts off who is just in reach.
KM_A_DEGREE = 111.0

_COLUMNS = (
    "shift_id", "number", "missing", "seats", "seats_taken", "seats_held", "seats_min", "min_age",
    "shift__starts_at", "shift__ends_at", "shift__due_at", "shift__longitude", "shift__latitude",
    "shift__opens_to_members_at", "shift__opens_to_area_at", "shift__opens_at", "shift__closes_at",
    "shift__notice_minutes", "shift__needs_approval", "shift__party_most",
    "shift__task__is_remote", "shift__organization_id",
    "shift__task__type__cause__code", "shift__task__type__cause__name_zh", "shift__task__type__cause__name_en",
    "shift__organization__code", "shift__organization__name", "shift__organization__name_en",
    "shift__area__path", "shift__county__path",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A kind of seats of a shift, and what speaks against it for one volunteer.

    `number` is its place among the roles of the shift, from 1, as addresses and forms name it. `hands_missing` are
    those up to the least number.
    """

    shift_id: int
    number: int
    seat: policies.SeatFacts
    due_at: datetime | None
    hands_missing: int
    metres: float | None
    cause: str
    cause_name: str
    organization: str
    organization_name: str
    against: tuple[policies.Reason, ...]

    @property
    def is_short(self) -> bool:
        return self.hands_missing > 0

    @property
    def asks_first(self) -> bool:
        """Whether nothing stands against it but the organizer's word, which can be asked for."""
        return [reason.ground for reason in self.against] == [Ground.NEEDS_APPROVAL]

    @property
    def fits(self) -> bool:
        return not self.against

    @property
    def opens_at(self) -> datetime | None:
        """When it opens for the volunteer, if they may take it then: nothing else stands against it."""
        if [reason.ground for reason in self.against if reason.ground != Ground.NEEDS_APPROVAL] != [
            Ground.NOT_YET_OPEN
        ]:
            return None
        opens_at = self.against[0].params["opens_at"]
        return opens_at if isinstance(opens_at, datetime) else None


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
    volunteer: Volunteer, roles: QuerySet[ShiftRole], at: datetime, *, seats: int = 1, limit: int = WEIGHED
) -> Iterator[Candidate]:
    """The first of the roles in their order, each with the grounds against it. Two queries."""
    person, organizations = _person(volunteer, at)
    home, now = volunteer.area.path if volunteer.area else "", localtime(at)
    language = "zh" if reads_chinese() else "en"
    for row in _rows(volunteer, roles, at, limit):
        here = row["shift__county__path"] or row["shift__area__path"]
        seat = _seat(row)
        asked = replace(
            person,
            missing=tuple(row["missing"]),
            is_member=row["shift__organization_id"] in organizations,
            is_local=home.startswith(here),
        )
        own, english = row["shift__organization__name"], row["shift__organization__name_en"]
        yield Candidate(
            shift_id=row["shift_id"],
            number=row["number"],
            seat=seat,
            due_at=row["shift__due_at"],
            hands_missing=max(row["seats_min"] - row["seats_taken"], 0),
            metres=metres_between(seat, person.point),
            cause=row["shift__task__type__cause__code"],
            cause_name=row[f"shift__task__type__cause__name_{language}"],
            organization=row["shift__organization__code"],
            organization_name=own if language == "zh" else english or own,
            against=tuple(policies.against(policies.weigh(seat, asked, at=now, seats=seats))),
        )


def metres_between(seat: policies.SeatFacts, point: policies.Point | None) -> float | None:
    """How far a seat is from a point; None where either is unknown, or the work is done from home."""
    if point is None or seat.point is None or seat.is_remote:
        return None
    return distance_m(*seat.point, *point)


def _person(volunteer: Volunteer, at: datetime) -> tuple[policies.PersonFacts, frozenset[int]]:
    """What is known of the volunteer for every seat, and the ids of the organizations that they belong to."""
    words = Consent.objects.filter(user=OuterRef("user"), purpose=Consent.Purpose.TERMS).order_by("-pk")
    busy = (
        Assignment.objects.live()
        .filter(volunteer=OuterRef("pk"), period__endswith__gt=at - policies.NEIGHBOURS)
        .order_by("period")
    )
    belongs = Affiliation.objects.live().filter(volunteer=OuterRef("pk")).values("organization")
    row = (
        Volunteer.objects.filter(pk=volunteer.pk)
        .annotate(
            terms=Subquery(words.values("decision")[:1]),
            busy=ArraySubquery(busy.values("period")),
            belongs=ArraySubquery(belongs),
        )
        .values("terms", "busy", "belongs")
        .get()
    )
    facts = policies.PersonFacts(
        has_consent=row["terms"] == Consent.Decision.GRANTED,
        busy=[(localtime(period.lower), localtime(period.upper)) for period in row["busy"]],
        max_hours_week=volunteer.max_hours_week,
        reach_km=volunteer.reach_km,
        birth_on=volunteer.birth_on,
        has_guardian=volunteer.guardian_consent_at is not None,
        point=point_of(volunteer),
    )
    return facts, frozenset(row["belongs"])


def _rows(
    volunteer: Volunteer, roles: QuerySet[ShiftRole], at: datetime, limit: int
) -> Iterator[dict[str, Any]]:
    rows: Any = roles.annotate(number=_number(), missing=_missing(volunteer, at)).values_list(*_COLUMNS)
    for row in rows[:limit]:
        yield dict(zip(_COLUMNS, row, strict=True))


def _seat(row: dict[str, Any]) -> policies.SeatFacts:
    longitude, latitude = row["shift__longitude"], row["shift__latitude"]
    rules = {name: _here(row[f"shift__{name}"]) for name in _MOMENTS}
    return policies.SeatFacts(
        starts_at=_here(row["shift__starts_at"]),
        ends_at=_here(row["shift__ends_at"]),
        is_open=True,
        is_stopped=False,
        seats_free=row["seats"] - row["seats_taken"] - row["seats_held"],
        min_age=row["min_age"],
        is_remote=row["shift__task__is_remote"],
        point=None if longitude is None or latitude is None else (longitude, latitude),
        admission=policies.Admission(
            **rules,
            notice_minutes=row["shift__notice_minutes"],
            needs_approval=row["shift__needs_approval"],
            party_most=row["shift__party_most"],
        ),
    )


def _here(moment: datetime | None) -> datetime | None:
    return moment.astimezone(get_current_timezone()) if moment else None


def _number() -> Any:
    """The place of a role in its shift, from 1."""
    earlier = ShiftRole.objects.filter(shift=OuterRef("shift"), pk__lt=OuterRef("pk")).order_by()
    counted = earlier.values("shift").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0) + 1


def _missing(volunteer: Volunteer, at: datetime) -> ArraySubquery:
    """What a role requires and the volunteer cannot show on its last day, by name."""
    last_day = Coalesce(TruncDate("shiftrole__shift__ends_at"), Value(localtime(at).date()))
    has = rows_that_show(OuterRef("capability"), OuterRef("last_day")).filter(volunteer=volunteer)
    required = ShiftRole.requirements.through.objects.alias(last_day=last_day).filter(
        ~Exists(has), shiftrole=OuterRef("pk")
    )
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
    if volunteer.area is not None and point is None:
        # Where the own area agreed to help, too; whoever chose a point has said how far they go.
        helped = agreed_for(volunteer.area.paths_above())
        somewhere |= Q(shift__task__in=helped.values("task"))
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
