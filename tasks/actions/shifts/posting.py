"""Opening a shift."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from organizations.models import Organization
from tasks.actions.shifts.checks import check_place, check_seats, check_time
from tasks.actions.shifts.errors import NotTakenOn, TaskEnded
from tasks.actions.shifts.fields import OPEN_TASKS, from_task, known
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Adoption, Shift, ShiftRole, Task
from volunteers.models import Capability


@transaction.atomic
def post_shift(
    *,
    task: Task,
    organization: Organization,
    starts_at: datetime | None,
    ends_at: datetime | None,
    seats_min: int,
    seats: int,
    by: User,
    at: datetime,
    requirements: Iterable[Capability] | None = None,
    min_age: int = 0,
    role_name: str = "",
    **details: Any,
) -> Shift:
    """Open a shift of a call that the organization has taken on.

    `details` are names of SHIFT_FIELDS: area, place, address, contact_name, … What is left out comes from the call,
    and so do the requirements where they are None.
    """
    if task.status not in OPEN_TASKS:
        raise TaskEnded
    if not Adoption.objects.live().filter(task=task, organization=organization).exists():
        raise NotTakenOn(organization=organization.display_name)
    shift = Shift(
        task=task,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=at,
        created_by=by,
        **{**from_task(task), **known(details)},
    )
    shift.county_id = shift.area.county_id
    check_time(shift, at=at)
    check_place(shift)
    refuse_if_stopped(shift.area)
    check_seats(seats_min, seats)
    shift.save(force_insert=True)
    role = ShiftRole.objects.create(
        shift=shift, name=role_name, seats_min=seats_min, seats=seats, min_age=min_age
    )
    role.requirements.set(task.requirements.all() if requirements is None else requirements)
    audit.record(
        verb="shift.posted",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        data={"shift": shift.code, "seats": seats, "seats_min": seats_min},
    )
    return shift
