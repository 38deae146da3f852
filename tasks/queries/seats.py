"""What a sign-up reads: the role with its shift, and the volunteer with what bears on the seat. One statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.utils.timezone import localtime
from django.utils.translation import get_language

from accounts.models import Consent
from organizations.models import Organization
from tasks import policies
from tasks.models import AreaStop, Assignment, Shift, ShiftRole, Task
from tasks.policies import PersonFacts, Reason, SeatFacts
from volunteers.models import Capability, Volunteer, VolunteerCapability

# Namespace of the locks that make the sign-ups of one person follow one another.
LOCK = 7204
LIVE_TASKS = (Task.Status.CALLED, Task.Status.ADOPTED)


@dataclass(frozen=True)
class SeatWanted:
    """A role as addresses name it: the shift's code, and the place of the role in the shift, from 1."""

    shift_code: str
    number: int = 1


@dataclass(frozen=True)
class SignUp:
    """A role and a volunteer, loaded together with what decides about the seat."""

    role: ShiftRole
    volunteer: Volunteer
    seat: SeatFacts
    person: PersonFacts

    @property
    def shift(self) -> Shift:
        return self.role.shift

    def reasons(self, at: datetime, seats: int = 1) -> list[Reason]:
        """Everything for and against the seat, the hardest grounds first."""
        return policies.weigh(self.seat, self.person, at=localtime(at), seats=seats)


def for_sign_up(
    *, role: ShiftRole | SeatWanted, user_id: int, at: datetime, lock: bool = False
) -> SignUp | None:
    """Load both with two statements; None where there is no such role, or the person has no volunteer profile.

    `lock` makes every other sign-up of this person wait until the transaction ends, so that what was read of
    their other shifts still holds at the commit.
    """
    found = _role(role, at=at, lock_user_id=user_id if lock else None)
    if found is None:
        return None
    volunteer = _volunteer(found, user_id=user_id, at=at)
    if volunteer is None:
        return None
    return SignUp(found, volunteer, _seat_facts(found), _person_facts(volunteer, found))


def why_not(role: ShiftRole, volunteer: Volunteer, at: datetime) -> list[Reason]:
    """What forbids the volunteer the seat, the hardest first; empty where nothing does."""
    return policies.against(reasons_for(role, volunteer, at))


def reasons_for(role: ShiftRole, volunteer: Volunteer, at: datetime) -> list[Reason]:
    """What speaks for and against the seat, for the volunteer to read."""
    found = for_sign_up(role=role, user_id=volunteer.user_id, at=at)
    return found.reasons(at) if found else []


def lock_people(user_ids: Sequence[int]) -> None:
    """Make the sign-ups of these people wait until the transaction ends; in one order, so that none waits in a ring."""
    if user_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) AS id",
                [LOCK, sorted({_lock_key(user_id) for user_id in user_ids})],
            )


def _lock_key(user_id: int) -> int:
    return user_id % 2**31


def _roles(at: datetime) -> QuerySet[ShiftRole]:
    stop = (
        AreaStop.objects.live()
        .annotate(shift_path=ExpressionWrapper(OuterRef("shift__area__path"), output_field=TextField()))
        .filter(shift_path__startswith=F("area__path"))
    )
    return ShiftRole.objects.select_related(
        "shift__task__issuer", "shift__organization", "shift__area__parent__parent"
    ).annotate(is_stopped=Exists(stop))


def _role(role: ShiftRole | SeatWanted, *, at: datetime, lock_user_id: int | None) -> Any:
    roles = _roles(at)
    if lock_user_id is not None:
        locked = Func(
            Value(LOCK),
            Value(_lock_key(lock_user_id)),
            function="pg_advisory_xact_lock",
            output_field=TextField(),
        )
        roles = roles.annotate(locked=locked)
    if isinstance(role, ShiftRole):
        return roles.filter(pk=role.pk).first()
    named = roles.filter(shift__code=role.shift_code).order_by("pk")
    return named[role.number - 1 : role.number].first() if role.number >= 1 else None


def _volunteer(role: Any, *, user_id: int, at: datetime) -> Any:
    shift = role.shift
    middle = shift.starts_at or at
    near = (middle - policies.NEIGHBOURS, (shift.ends_at or at) + policies.NEIGHBOURS)
    busy = (
        Assignment.objects.live()
        .filter(volunteer=OuterRef("pk"), period__overlap=near)
        .exclude(role=role)
        .order_by("period")
    )
    held = Assignment.objects.live().filter(volunteer=OuterRef("pk"), role=role)
    word = Consent.objects.filter(user=OuterRef("user"), purpose=Consent.Purpose.TERMS).order_by("-pk")
    return (
        Volunteer.objects.filter(user_id=user_id, user__is_active=True)
        .select_related("user")
        .annotate(
            missing=ArraySubquery(_missing(role, shift.ends_at or at)),
            busy_from=ArraySubquery(busy.values("period__startswith")),
            busy_until=ArraySubquery(busy.values("period__endswith")),
            holds_seat=Exists(held),
            terms=Subquery(word.values("decision")[:1]),
        )
        .first()
    )


def _missing(role: ShiftRole, until: datetime) -> QuerySet[Capability, Any]:
    """Names of what the role requires and the volunteer has not: a qualification counts once it was seen."""
    day = localtime(until).date()
    has = (
        VolunteerCapability.objects.filter(volunteer=OuterRef(OuterRef("pk")), capability=OuterRef("pk"))
        .filter(Q(expires_on=None) | Q(expires_on__gte=day))
        .filter(Q(confirmed_at__isnull=False) | ~Q(capability__kind=Capability.Kind.QUALIFICATION))
    )
    name = "name_en" if (get_language() or "").startswith("en") else "name_zh"
    required = ShiftRole.requirements.through.objects.filter(shiftrole=role).values("capability")
    return Capability.objects.filter(~Exists(has), pk__in=required).order_by("position", "pk").values(name)


def _seat_facts(role: Any) -> SeatFacts:
    shift = role.shift
    return SeatFacts(
        starts_at=localtime(shift.starts_at) if shift.starts_at else None,
        ends_at=localtime(shift.ends_at) if shift.ends_at else None,
        is_open=shift.status == Shift.Status.OPEN
        and shift.task.status in LIVE_TASKS
        and shift.organization.status == Organization.Status.APPROVED,
        is_stopped=role.is_stopped,
        seats_free=role.seats_free,
        min_age=role.min_age,
        is_remote=shift.task.is_remote,
        point=None if shift.longitude is None else (shift.longitude, shift.latitude),
    )


def _person_facts(volunteer: Any, role: ShiftRole) -> PersonFacts:
    periods = zip(volunteer.busy_from, volunteer.busy_until, strict=True)
    return PersonFacts(
        has_consent=volunteer.terms == Consent.Decision.GRANTED,
        busy=[(localtime(start), localtime(end)) for start, end in periods],
        max_hours_week=volunteer.max_hours_week,
        reach_km=volunteer.reach_km,
        missing=volunteer.missing,
        holds_seat=volunteer.holds_seat,
        birth_on=volunteer.birth_on,
        has_guardian=volunteer.guardian_consent_at is not None,
        point=None if volunteer.longitude is None else (volunteer.longitude, volunteer.latitude),
    )


def minutes_left(reasons: Sequence[Reason]) -> timedelta | None:
    """What a volunteer may still serve in the shift's week, where the reasons tell."""
    for reason in reasons:
        if reason.ground == policies.Ground.HOURS:
            return timedelta(minutes=int(str(reason.params["left_minutes"])))
    return None
