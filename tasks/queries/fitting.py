"""The shifts that a volunteer may join."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.timezone import localtime

from accounts.models import Consent
from areas.models import Area
from tasks import policies
from tasks.models import Assignment, ShiftRole
from tasks.queries.needs import metres_to, open_shifts
from volunteers.models import Capability, Volunteer, VolunteerCapability

# How many shifts are weighed for one volunteer at most.
WEIGHED = 300


@dataclass(frozen=True)
class Fit:
    """A shift that a volunteer may join, and how far it is."""

    shift: Any
    metres: float | None


def fitting(volunteer: Volunteer, at: datetime, point: policies.Point | None) -> list[Fit]:
    """Shifts in reach with a free seat that nothing forbids the volunteer; three queries."""
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
