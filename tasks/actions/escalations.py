"""Calls that nobody takes on go up, authority by authority."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, faults
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.models import Escalation, Task
from tasks.notices import escalations as notices
from tasks.queries.escalations import Silent, calls_in_silence
from tasks.queries.stages import rules_of


class NoLongerWaiting(DomainError):
    code = "no-longer-waiting"
    text = _("This call does not wait for an organization any more: %(state)s")


class LookedAfter(DomainError):
    code = "looked-after"
    text = _("A colleague of %(authority)s looks after it already")


def escalate_calls(*, at: datetime) -> int:
    """Bring every call that stayed without a lead for as long as its stage allows before the next authority above,
    and again each time as much goes by, up to the top. Return how many went up; each by itself."""
    hours: dict[int, int] = {}
    count = 0
    for silent in calls_in_silence(at):
        area = silent.task.area
        if area.pk not in hours:
            hours[area.pk] = rules_of(area, at).escalate_hours
        if silent.quiet_since + timedelta(hours=hours[area.pk]) <= at:
            count += _escalate(silent, at)
    return count


@transaction.atomic
def _escalate(silent: Silent, at: datetime) -> bool:
    # Whoever takes it on at this moment comes first, and so does another run of the same job.
    rows = Task.objects.select_for_update(of=("self",), no_key=True).select_related(
        "area__parent__parent", "issuer"
    )
    task = rows.get(pk=silent.task.pk)
    gone_up = Escalation.objects.filter(task=task, authority=silent.authority)
    if task.status != Task.Status.CALLED or gone_up.exists():
        return False
    escalation = Escalation.objects.create(task=task, authority=silent.authority, escalated_at=at)
    audit.record(
        verb="task.escalated",
        by=None,
        at=at,
        subject=task,
        area_code=task.area.code,
        data={"authority": silent.authority.code},
    )
    faults.point("after-escalation")
    queue_messages(notices=notices.call_escalated(escalation, silent.waits_since), at=at)
    return True


@transaction.atomic
def see_escalation(*, escalation: Escalation, by: User, at: datetime) -> Escalation:
    """An official says that their authority looks after it; whoever asked for the work is told."""
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=escalation.task_id)
    locked = Escalation.objects.select_related(
        "authority__home_area", "task__issuer", "task__area__parent__parent"
    ).get(pk=escalation.pk)
    if task.status != Task.Status.CALLED:
        raise NoLongerWaiting(state=task.get_status_display())
    if locked.seen_at is not None:
        raise LookedAfter(authority=locked.authority.display_name)
    locked.seen_at, locked.seen_by = at, by
    locked.save(update_fields=["seen_at", "seen_by"])
    audit.record(
        verb="task.looked_after",
        by=by,
        at=at,
        subject=task,
        area_code=locked.task.area.code,
        data={"authority": locked.authority.code},
    )
    queue_messages(notices=notices.call_looked_after(locked), at=at)
    return locked
