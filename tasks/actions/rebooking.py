"""Another seat for one that is gone or was moved, in one step; and a new plan for the people of a shift that changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db import transaction

from accounts.models import User
from core import doorbell
from core.doorbell import Job
from tasks.actions.handovers.errors import NotYourHandover
from tasks.actions.refusals import NoSuchSeat
from tasks.actions.seats import release, sign_up
from tasks.models import Assignment, ShiftRole, Task, Waiting
from tasks.permissions.shifts import can_act_for
from tasks.queries.seats import SeatWanted, lock_people


@transaction.atomic
def rebook(*, lost: Assignment | Waiting, role: SeatWanted, by: User, at: datetime) -> Assignment:
    """Take another seat for as many people; a seat that is still held is given back with it, or nothing happens.

    Raises what stepping back and what signing up raise.
    """
    if not can_act_for(by, lost.volunteer):
        raise NotYourHandover
    if isinstance(lost, Assignment) and lost.status == Assignment.Status.ACTIVE:
        lock_people([lost.volunteer.user_id])
        _lock_both(lost.role_id, role)
        release(assignment=lost, by=by, at=at)
    return sign_up(role=role, by=by, at=at, volunteer=lost.volunteer, seats=lost.seats)


def _lock_both(old: int, wanted: SeatWanted) -> None:
    """In one order, so that two who change places do not wait for each other."""
    roles = (
        ShiftRole.objects.filter(shift__code=wanted.shift_code).order_by("pk").values_list("pk", flat=True)
    )
    found = list(roles[wanted.number - 1 : wanted.number]) if wanted.number >= 1 else []
    if not found:
        raise NoSuchSeat
    both = ShiftRole.objects.select_for_update(no_key=True).filter(pk__in=[old, *found])
    list(both.order_by("pk").values_list("pk"))


def match_anew(task: Task) -> None:
    """Look at once whether a plan is due where people are asked or placed by itself, instead of at the next minute."""
    if task.filling != Task.Filling.PROPOSE:
        doorbell.ring(Job.PLAN_MATCHES)


def repair_plan(role_ids: Iterable[int], kind: Literal["urgent", "moved", "seats"]) -> None:
    """Let the plan that stands be suited to these roles at once, until another one does."""
    for role_id in sorted(set(role_ids)):
        doorbell.ring(Job.REPAIR_PLAN, role_id=role_id, kind=kind)
