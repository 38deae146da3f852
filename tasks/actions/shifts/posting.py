"""Opening a shift."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from organizations.models import Organization
from tasks import policies
from tasks.actions.rebooking import repair_plan
from tasks.actions.shifts.checks import check_place, check_rules, check_time
from tasks.actions.shifts.errors import NotTakenOn, TaskEnded
from tasks.actions.shifts.fields import OPEN_TASKS, RoleWanted, from_task, known
from tasks.actions.shifts.roles import add_roles
from tasks.actions.standstill import refuse_if_stopped
from tasks.models import Adoption, Series, Shift, Task
from volunteers.models import Capability


@transaction.atomic
def post_shift(
    *,
    task: Task,
    organization: Organization,
    by: User,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    due_at: datetime | None = None,
    roles: Sequence[RoleWanted] | None = None,
    seats_min: int = 1,
    seats: int | None = None,
    requirements: Iterable[Capability] | None = None,
    min_age: int = 0,
    role_name: str = "",
    series: Series | None = None,
    occurs_at: datetime | None = None,
    **details: Any,
) -> Shift:
    """Open a shift of a call that the organization has taken on.

    With a start and an end; or with a deadline only, `due_at`; or with neither, open-ended. `roles` are its kinds of
    seats; a single one can be given by `seats`, `seats_min`, `role_name`, … instead. `details` are names of DETAILS:
    area, place, contact_name, opens_at, needs_approval, … What is left out comes from the call, and so do the
    requirements where they are None.
    """
    if (roles is None) == (seats is None):
        raise TypeError("post_shift takes either roles or seats")
    wanted = (
        roles if roles is not None else [RoleWanted(role_name, seats_min, seats or 0, min_age, requirements)]
    )
    if task.status not in OPEN_TASKS:
        raise TaskEnded
    if not Adoption.objects.live().filter(task=task, organization=organization).exists():
        raise NotTakenOn(organization=organization.display_name)
    shift = Shift(
        task=task,
        organization=organization,
        starts_at=starts_at,
        ends_at=ends_at,
        due_at=due_at,
        series=series,
        occurs_at=occurs_at,
        created_at=at,
        created_by=by,
        **{**from_task(task), **known(details)},
    )
    shift.county_id = shift.area.county_id
    check_time(shift, at=at)
    check_place(shift)
    check_rules(shift)
    refuse_if_stopped(shift.area)
    shift.save(force_insert=True)
    kept = add_roles(shift, wanted, task.requirements.all())
    if policies.is_urgent(starts_at, at):
        repair_plan([role.pk for role in kept], "urgent")
    audit.record(
        verb="shift.posted",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        data={
            "shift": shift.code,
            "seats": sum(role.seats for role in kept),
            "seats_min": sum(role.seats_min for role in kept),
        },
    )
    return shift
