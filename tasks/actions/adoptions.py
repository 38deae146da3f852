"""Calls that an organization took on and does not act on: they wait for an organization again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, faults
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.actions.reasons import need_reason
from tasks.models import Adoption, Shift, ShiftRole, Task
from tasks.notices import claims as notices
from tasks.policies.claims import MORE_TIME
from tasks.queries.claims import adoptions_to_remind, adoptions_waiting, shifts_since


class NothingToExtend(DomainError):
    code = "nothing-to-extend"
    text = _("Nothing runs out here: a shift is posted, or the call was given back")


class ExtendedAlready(DomainError):
    code = "extended-already"
    text = _("More time was given once already. Post a first shift, or give the call back")


@transaction.atomic
def ask_more_time(*, adoption: Adoption, by: User, at: datetime, reason: str) -> Adoption:
    """Two days more for the first shift, once; whoever asked for the work reads why."""
    why = need_reason(reason)
    locked = _locked(adoption.pk)
    if locked is None or locked.act_by is None or _has_acted(locked, at):
        raise NothingToExtend
    if locked.extended_at is not None:
        raise ExtendedAlready
    locked.act_by = max(locked.act_by, at) + MORE_TIME
    locked.extended_at = at
    locked.save(update_fields=["act_by", "extended_at"])
    audit.record(
        verb="task.more_time",
        by=by,
        at=at,
        subject=locked.task,
        area_code=locked.task.area.code,
        reason=why,
        data={"organization": locked.organization.code, "act_by": locked.act_by.isoformat()},
    )
    queue_messages(notices=notices.call_more_time(locked, why), at=at)
    return locked


def remind_adoptions(*, at: datetime) -> int:
    """Ask the organizations that have posted nothing at half of their time; return how many."""
    due = list(_with_names(adoptions_to_remind(at).order_by("pk")))
    queue_messages(notices=[each for adoption in due for each in notices.call_to_act(adoption)], at=at)
    return len(due)


def lapse_adoptions(*, at: datetime) -> int:
    """End the shares whose time is over without a shift; the call waits again. Return how many; each by itself."""
    Adoption.objects.live().filter(Exists(shifts_since(at)), act_by__isnull=False).update(act_by=None)
    over = adoptions_waiting(at).filter(act_by__lte=at).order_by("act_by", "pk")
    return sum(_lapse(pk, at) for pk in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _lapse(pk: int, at: datetime) -> bool:
    adoption = _locked(pk)
    if adoption is None or adoption.act_by is None or adoption.act_by > at or _has_acted(adoption, at):
        return False
    task = adoption.task
    adoption.ended_at, adoption.lapsed = at, True
    adoption.save(update_fields=["ended_at", "lapsed"])
    if adoption.role == Adoption.Role.LEAD and task.status == Task.Status.ADOPTED:
        call_again(task)
    audit.record(
        verb="task.lapsed",
        by=None,
        at=at,
        subject=task,
        area_code=task.area.code,
        data={"organization": adoption.organization.code, "role": adoption.role},
    )
    faults.point("after-lapse")
    queue_messages(
        notices=[*notices.call_lapsed(adoption), *notices.call_open_again(adoption)],
        at=at,
    )
    return True


def call_again(task: Task) -> None:
    """The call waits for an organization; it has its people only if their seats are still there."""
    task.status = Task.Status.CALLED
    task.adopted_at = None
    keep_filled(task)
    task.save(update_fields=["status", "adopted_at", "filled_at"])


def keep_filled(task: Task) -> None:
    """Forget since when the task had its people where it has them no longer. Does not save."""
    if task.filled_at is None:
        return
    roles = ShiftRole.objects.filter(shift__task=task, shift__status=Shift.Status.OPEN)
    taken = roles.aggregate(total=Coalesce(Sum("seats_taken"), 0))["total"]
    if taken < task.people_needed:
        task.filled_at = None


def _has_acted(adoption: Adoption, at: datetime) -> bool:
    return Adoption.objects.filter(Exists(shifts_since(at)), pk=adoption.pk).exists()


def _with_names(adoptions: QuerySet[Adoption]) -> QuerySet[Adoption]:
    return adoptions.select_related("organization", "task__issuer", "task__area__parent__parent")


def _locked(pk: int) -> Adoption | None:
    """The live share with its task, both kept from others until the end of the transaction, the task first."""
    task_id = Adoption.objects.filter(pk=pk).values_list("task_id", flat=True).first()
    if task_id is None:
        return None
    Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task_id)
    rows = Adoption.objects.live().filter(pk=pk).select_for_update(of=("self",), no_key=True)
    return _with_names(rows).first()
