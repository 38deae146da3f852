"""What a sign-up reads: the role with its shift, and the volunteer with what bears on the seat. One statement each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.utils.timezone import localtime

from accounts.models import Consent, User
from areas.models import Area, reads_chinese
from areas.policies import Point
from core.prepared import Prepared
from organizations.models import Organization
from tasks import policies
from tasks.models import Shift, ShiftRole, Task
from tasks.policies import Admission, PersonFacts, Reason, SeatFacts
from volunteers.models import Volunteer
from volunteers.queries import holds, shown_by

AnyModel = TypeVar("AnyModel", bound=Model)
# Namespace of the locks that make the sign-ups of one person follow one another.
LOCK = 7204
LIVE_TASKS = (Task.Status.CALLED, Task.Status.ADOPTED)


def columns(model: type[Model], alias: str) -> str:
    """The columns of a model for a SELECT, in the order in which `take` reads them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def take(model: type[AnyModel], values: Iterator[Any]) -> AnyModel:
    """The next values of a row as an instance."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db("default", names, [next(values) for _ in names])


# Written by hand: Django would spend three quarters of a sign-up's time on composing these two statements anew.
# Every value is a parameter; the names come from the models.
_ROLE = f"""
SELECT {columns(ShiftRole, "role")}, {columns(Shift, "shift")}, {columns(Task, "task")},
  {columns(Organization, "organization")}, {columns(Area, "area")}, {columns(Area, "above")},
  {columns(Area, "top")}, EXISTS (
    SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
    WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
  )
FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
JOIN organizations_organization organization ON organization.id = shift.organization_id
JOIN areas_area area ON area.id = shift.area_id
LEFT JOIN areas_area above ON above.id = area.parent_id
LEFT JOIN areas_area top ON top.id = above.parent_id
"""  # noqa: S608
_LOCKED_ROLE = _ROLE.replace("EXISTS (", "pg_advisory_xact_lock(%(lock)s, %(key)s), EXISTS (", 1)
_BY_ID = "WHERE role.id = %(role)s"
_BY_CODE = "WHERE shift.code = %(code)s ORDER BY role.id OFFSET %(skip)s LIMIT 1"
_ROLE_TYPES = {"role": "bigint", "code": "text", "skip": "bigint", "lock": "int", "key": "int"}
# By whether the person's other sign-ups wait, and by whether the role is named by its id.
ROLE_READS = {
    (locked, by_id): Prepared(
        f"role_{'locked' if locked else 'read'}_by_{'id' if by_id else 'code'}",
        f"{_LOCKED_ROLE if locked else _ROLE} {_BY_ID if by_id else _BY_CODE}",
        _ROLE_TYPES,
    )
    for locked in (True, False)
    for by_id in (True, False)
}
_BUSY = """
SELECT {}(a.period) FROM tasks_assignment a
WHERE a.volunteer_id = volunteer.id AND a.status = 'active' AND a.role_id <> %(role)s
  AND a.period && tstzrange(%(near_from)s, %(near_until)s)
ORDER BY a.period
"""
# The volunteer with what bears on one role: its values are those that `person_facts` takes.
PERSON = f"""
SELECT {columns(Volunteer, "volunteer")}, {columns(User, "person")},
  ARRAY(
    SELECT capability."NAME" FROM tasks_shiftrole_requirements required
    JOIN volunteers_capability capability ON capability.id = required.capability_id
    WHERE required.shiftrole_id = %(role)s AND NOT {holds("volunteer.id", shown_by("capability.id"), "%(day)s")}
    ORDER BY capability.position, capability.id
  ),
  ARRAY({_BUSY.format("lower")}), ARRAY({_BUSY.format("upper")}),
  EXISTS (
    SELECT FROM tasks_assignment held
    WHERE held.volunteer_id = volunteer.id AND held.role_id = %(role)s AND held.status = 'active'
  ),
  (
    SELECT word.decision FROM accounts_consent word
    WHERE word.user_id = person.id AND word.purpose = 'terms' ORDER BY word.id DESC LIMIT 1
  ),
  %(staged)s AND EXISTS (
    SELECT FROM volunteers_affiliation belongs
    WHERE belongs.volunteer_id = volunteer.id AND belongs.organization_id = %(organization)s
      AND belongs.ended_at IS NULL
  ),
  %(staged)s AND EXISTS (
    SELECT FROM areas_area home JOIN areas_area here ON here.id = %(here)s
    WHERE home.id = volunteer.area_id AND starts_with(home.path, here.path)
  )
"""  # noqa: S608
_VOLUNTEER = f"""{PERSON}
FROM volunteers_volunteer volunteer JOIN accounts_user person ON person.id = volunteer.user_id
WHERE volunteer.user_id = %(user)s AND person.is_active
"""
_VOLUNTEER_TYPES = {
    "user": "bigint",
    "role": "bigint",
    "day": "date",
    "near_from": "timestamptz",
    "near_until": "timestamptz",
    "staged": "boolean",
    "organization": "bigint",
    "here": "bigint",
}
VOLUNTEER_READS = {
    language: Prepared(
        f"volunteer_read_{language}", _VOLUNTEER.replace("NAME", f"name_{language}"), _VOLUNTEER_TYPES
    )
    for language in ("zh", "en")
}


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
    found = _role(role, lock_user_id=user_id if lock else None)
    if found is None:
        return None
    wanted, seat = found
    person = _volunteer(wanted, user_id=user_id, at=at)
    return SignUp(wanted, person[0], seat, person[1]) if person else None


def reasons_for(role: ShiftRole, volunteer: Volunteer, at: datetime, *, is_stopped: bool) -> list[Reason]:
    """What speaks for and against the seat, for the volunteer to read; `role` has its shift. One statement."""
    person = _volunteer(role, user_id=volunteer.user_id, at=at)
    if person is None:
        return []
    return policies.weigh(seat_facts(role, is_stopped=is_stopped), person[1], at=localtime(at))


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


def _role(role: ShiftRole | SeatWanted, *, lock_user_id: int | None) -> tuple[ShiftRole, SeatFacts] | None:
    params: dict[str, Any] = {"lock": LOCK, "key": _lock_key(lock_user_id or 0)}
    by_id = isinstance(role, ShiftRole)
    if isinstance(role, ShiftRole):
        params["role"] = role.pk
    elif role.number >= 1:
        params |= {"code": role.shift_code, "skip": role.number - 1}
    else:
        return None
    row = ROLE_READS[lock_user_id is not None, by_id].one(params)
    if row is None:
        return None
    values = iter(row)
    found = take(ShiftRole, values)
    found.shift = take(Shift, values)
    found.shift.task = take(Task, values)
    found.shift.organization = take(Organization, values)
    found.shift.area = take(Area, values)
    if found.shift.area.parent_id is not None:
        found.shift.area.parent = take(Area, values)
        if found.shift.area.parent.parent_id is not None:
            found.shift.area.parent.parent = take(Area, values)
    return found, seat_facts(found, is_stopped=row[-1])


def _volunteer(role: ShiftRole, *, user_id: int, at: datetime) -> tuple[Volunteer, PersonFacts] | None:
    read = VOLUNTEER_READS["zh" if reads_chinese() else "en"]
    row = read.one({"user": user_id, **person_params(role, at)})
    if row is None:
        return None
    values = iter(row)
    volunteer = take(Volunteer, values)
    volunteer.user = take(User, values)
    return volunteer, person_facts(volunteer, *values)


def person_params(role: ShiftRole, at: datetime) -> dict[str, Any]:
    """The parameters of `PERSON`."""
    shift = role.shift
    end = shift.ends_at or at
    return {
        "role": role.pk,
        "day": localtime(end).date(),
        "near_from": (shift.starts_at or at) - policies.NEIGHBOURS,
        "near_until": end + policies.NEIGHBOURS,
        "staged": admission_of(shift).is_staged,
        "organization": shift.organization_id,
        # Where people live who are near: the shift's county, or its own area where that is wider.
        "here": shift.county_id or shift.area_id,
    }


def role_as_it_is(role: ShiftRole) -> tuple[ShiftRole, SeatFacts] | None:
    """The role with its shift and all that belongs to it, read anew. One statement."""
    return _role(role, lock_user_id=None)


def seat_facts(role: ShiftRole, *, is_stopped: bool) -> SeatFacts:
    shift = role.shift
    return SeatFacts(
        starts_at=localtime(shift.starts_at) if shift.starts_at else None,
        ends_at=localtime(shift.ends_at) if shift.ends_at else None,
        is_open=shift.status == Shift.Status.OPEN
        and shift.task.status in LIVE_TASKS
        and shift.organization.status == Organization.Status.APPROVED,
        is_stopped=is_stopped,
        seats_free=role.seats_free,
        min_age=role.min_age,
        is_remote=shift.task.is_remote,
        point=_point(shift),
        admission=admission_of(shift),
    )


def admission_of(shift: Shift) -> Admission:
    """The rules of a shift as values, on the clock of the place."""
    return Admission(
        opens_to_members_at=_here(shift.opens_to_members_at),
        opens_to_area_at=_here(shift.opens_to_area_at),
        opens_at=_here(shift.opens_at),
        closes_at=_here(shift.closes_at),
        notice_minutes=shift.notice_minutes,
        needs_approval=shift.needs_approval,
        party_most=shift.party_most,
    )


def _here(moment: datetime | None) -> datetime | None:
    return localtime(moment) if moment else None


def person_facts(
    volunteer: Volunteer,
    missing: list[str],
    busy_from: list[datetime],
    busy_until: list[datetime],
    holds_seat: bool,
    terms: str | None,
    is_member: bool,
    is_local: bool,
) -> PersonFacts:
    periods = zip(busy_from, busy_until, strict=True)
    return PersonFacts(
        has_consent=terms == Consent.Decision.GRANTED,
        busy=[(localtime(start), localtime(end)) for start, end in periods],
        max_hours_week=volunteer.max_hours_week,
        reach_km=volunteer.reach_km,
        missing=missing,
        holds_seat=holds_seat,
        birth_on=volunteer.birth_on,
        has_guardian=volunteer.guardian_consent_at is not None,
        point=_point(volunteer),
        is_member=is_member,
        is_local=is_local,
    )


def _point(place: Shift | Volunteer) -> Point | None:
    if place.longitude is None or place.latitude is None:
        return None
    return place.longitude, place.latitude
