"""Calls, shifts, seats and who holds them, for tests. Factories build rows and check no rule."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Organization
from tasks.models import (
    Adoption,
    AreaStop,
    Assignment,
    CheckIn,
    Crisis,
    Offer,
    ServiceRecord,
    Shift,
    ShiftRole,
    Task,
    TaskType,
)
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_authority, make_organization
from tests.factories.volunteers import make_cause, make_volunteer
from volunteers.models import Capability, Cause, Volunteer

_numbers = count(1)


def tomorrow_at(hour: int, *, days: int = 1) -> datetime:
    """A full hour of tomorrow, or of a later day, on the clock of the place."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days, hours=hour)


def make_task_type(code: str = "", cause: Cause | None = None) -> TaskType:
    code = code or f"type-{next(_numbers)}"
    return TaskType.objects.create(
        code=code, name_zh=f"类型 {code}", name_en=f"Type {code}", cause=cause or make_cause()
    )


def make_task(
    *,
    area: Area | None = None,
    issuer: Organization | None = None,
    type: TaskType | None = None,
    status: str = "called",
    adopted_by: Organization | None = None,
    **fields: Any,
) -> Task:
    """A call of an authority over the area; `adopted_by` makes it a task taken on by that organization."""
    at = clock.now()
    area = area or make_area()
    status = "adopted" if adopted_by and status == "called" else status
    today = timezone.localdate(at)
    values: dict[str, Any] = {
        "title": f"Task {next(_numbers)}",
        "content": "Measure temperatures and note the results.",
        "people_needed": 10,
        "starts_on": today,
        "ends_on": today + timedelta(days=30),
        "place": "East gate",
        "created_at": at,
        "called_at": None if status == "draft" else at,
        "adopted_at": at if status == "adopted" else None,
        "ended_at": at if status in ("closed", "cancelled") else None,
        **fields,
    }
    task = Task.objects.create(
        area=area,
        county_id=area.county_id,
        issuer=issuer or make_authority(area),
        type=type or make_task_type(),
        status=status,
        **values,
    )
    if adopted_by:
        make_adoption(task, adopted_by)
    return task


def make_adoption(
    task: Task, organization: Organization, role: str = "lead", by: User | None = None
) -> Adoption:
    return Adoption.objects.create(
        task=task,
        organization=organization,
        role=role,
        adopted_at=clock.now(),
        adopted_by=by or make_user(),
    )


def make_shift(
    *,
    task: Task | None = None,
    organization: Organization | None = None,
    area: Area | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    hours: float = 3,
    seats: int = 6,
    seats_min: int = 4,
    min_age: int = 0,
    requirements: Iterable[Capability] = (),
    **fields: Any,
) -> Shift:
    """An open shift with one role, tomorrow at nine unless told otherwise; its task is taken on by its organization."""
    if organization is None:
        lead = Adoption.objects.filter(task=task, role="lead").first() if task else None
        organization = lead.organization if lead else None
    area = area or (task.area if task else organization.home_area if organization else make_area())
    organization = organization or make_organization(home_area=area)
    task = task or make_task(area=area, adopted_by=organization)
    starts_at = starts_at or tomorrow_at(9)
    shift = Shift.objects.create(
        task=task,
        organization=organization,
        area=area,
        county_id=area.county_id,
        starts_at=starts_at,
        ends_at=ends_at or starts_at + timedelta(hours=hours),
        **{"place": "East gate", "created_at": clock.now(), **fields},
    )
    make_role(shift, seats=seats, seats_min=seats_min, min_age=min_age, requirements=requirements)
    return shift


def make_role(
    shift: Shift,
    *,
    seats: int = 6,
    seats_min: int = 4,
    requirements: Iterable[Capability] = (),
    **fields: Any,
) -> ShiftRole:
    """One more kind of seats in the shift."""
    role = ShiftRole.objects.create(shift=shift, seats=seats, seats_min=min(seats_min, seats), **fields)
    role.requirements.set(requirements)
    return role


def role_of(shift: Shift) -> ShiftRole:
    """The role that `make_shift` made."""
    return shift.roles.order_by("id")[0]


def make_assignment(
    shift: Shift | None = None,
    volunteer: Volunteer | None = None,
    *,
    role: ShiftRole | None = None,
    seats: int = 1,
    status: str = "active",
    **fields: Any,
) -> Assignment:
    """A seat of the volunteer; one that is active is counted in the role's seats."""
    role = role or role_of(shift or make_shift())
    shift = role.shift
    at = clock.now()
    values: dict[str, Any] = {
        "period": (shift.starts_at, shift.ends_at) if shift.starts_at else None,
        "created_at": at,
        "ended_at": None if status == "active" else at,
        "end_reason": "" if status in ("active", "released") else "A reason.",
        **fields,
    }
    assignment = Assignment.objects.create(
        role=role,
        shift=shift,
        volunteer=volunteer or make_volunteer(),
        county_id=shift.county_id,
        seats=seats,
        status=status,
        **values,
    )
    if status == "active":
        ShiftRole.objects.filter(pk=role.pk).update(seats_taken=F("seats_taken") + seats)
    return assignment


def make_offer(
    role: ShiftRole | None = None,
    volunteer: Volunteer | None = None,
    *,
    status: str = "offered",
    **fields: Any,
) -> Offer:
    """An offer made now that stands for two hours; an accepted one gets its seat, a declined one its answer."""
    role = role or role_of(make_shift())
    at = fields.pop("made_at", None) or clock.now()
    volunteer = volunteer or make_volunteer()
    if status == "accepted" and "assignment" not in fields:
        fields["assignment"] = make_assignment(volunteer=volunteer, role=role)
    day = fields.pop("offered_on", None) or timezone.localdate(at)
    values: dict[str, Any] = {
        "source": "organizer",
        "made_by": None,
        "expires_at": at + timedelta(hours=2),
        "ended_at": None if status == "offered" else at,
        "answer": "no-time" if status == "declined" else "",
        "ration_slot": Offer.objects.filter(volunteer=volunteer, offered_on=day).count() + 1,
        **fields,
    }
    return Offer.objects.create(
        role=role,
        shift=role.shift,
        volunteer=volunteer,
        county_id=role.shift.county_id,
        status=status,
        made_at=at,
        offered_on=day,
        **values,
    )


def make_check(
    assignment: Assignment, kind: str = "in", *, at: datetime | None = None, **fields: Any
) -> CheckIn:
    """A valid check of the seat's holder: at the shift's start or end, unless told otherwise."""
    shift = assignment.shift
    at = at or (shift.starts_at if kind == "in" else shift.ends_at) or clock.now()
    values = {"method": "desk", "nonce": uuid4(), "recorded_at": at, **fields}
    return CheckIn.objects.create(assignment=assignment, kind=kind, at=at, **values)


def make_record(assignment: Assignment | None = None, **fields: Any) -> ServiceRecord:
    """Confirmed hours: those of the whole shift, unless told otherwise."""
    assignment = assignment or make_assignment()
    shift = assignment.shift
    start = shift.starts_at or clock.now()
    end = shift.ends_at or start + timedelta(hours=1)
    values = {
        "served_on": timezone.localdate(start),
        "starts_at": start,
        "ends_at": end,
        "minutes": int((end - start).total_seconds() // 60),
        "confirmed_at": clock.now(),
        **fields,
    }
    values.setdefault("confirmed_by", make_user())
    return ServiceRecord.objects.create(
        assignment=assignment,
        volunteer=assignment.volunteer,
        organization=shift.organization,
        task=shift.task,
        county_id=shift.county_id,
        **values,
    )


def make_crisis(area: Area | None = None, **fields: Any) -> Crisis:
    values = {"name_zh": "疫情", "name_en": "The outbreak", "started_at": clock.now(), **fields}
    return Crisis.objects.create(area=area or make_area(level=Area.Level.PROVINCE), **values)


def make_stop(area: Area, by: User | None = None, **fields: Any) -> AreaStop:
    values = {"stopped_at": clock.now(), "reason": "A leak of gas.", **fields}
    return AreaStop.objects.create(area=area, stopped_by=by or make_user(), **values)
