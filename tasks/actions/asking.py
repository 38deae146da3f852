"""Organizations asked by name to take a call on, and what they answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from organizations.models import Organization
from tasks.actions.call_errors import (
    AlreadyAdopted,
    AreaNotServed,
    AskedAlready,
    NobodyChosen,
    NotASide,
    RequestAnswered,
    SaidNo,
)
from tasks.actions.reasons import need_reason
from tasks.models import Adoption, CallRequest, Task
from tasks.notices import asking as notices
from tasks.queries.calls import in_reach
from tasks.queries.steps import takes_part


def ask(
    *, task: Task, organizations: Sequence[Organization], asker: Organization, by: User, at: datetime
) -> list[CallRequest]:
    """Write the requests for a call whose row is locked, and tell whoever leads those that are asked."""
    if not organizations:
        raise NobodyChosen
    if not takes_part(task, asker):
        raise NotASide(organization=asker.display_name)
    reached = set(in_reach(task).values_list("pk", flat=True))
    shares = Adoption.objects.live().filter(task=task).values_list("organization", flat=True)
    before = dict(
        CallRequest.objects.filter(Q(answer="") | Q(answer=CallRequest.Answer.DECLINED), task=task)
        .order_by("pk")
        .values_list("organization", "answer")
    )
    for organization in organizations:
        name = organization.display_name
        if organization.pk not in reached or organization.is_authority:
            raise AreaNotServed(organization=name, area=task.area.full_name)
        if organization.pk in set(shares):
            raise AlreadyAdopted(organization=name)
        if organization.pk in before:
            raise SaidNo(organization=name) if before[organization.pk] else AskedAlready(organization=name)
    requests = CallRequest.objects.bulk_create(
        CallRequest(task=task, organization=organization, asker=asker, asked_at=at, asked_by=by)
        for organization in organizations
    )
    audit.record(
        verb="task.asked",
        by=by,
        at=at,
        subject=task,
        area_code=task.area.code,
        data={"organizations": [organization.code for organization in organizations]},
    )
    queue_messages(notices=[each for one in requests for each in notices.call_asked(one)], at=at)
    return requests


def answer_request(*, task: Task, organization: Organization, answer: str, by: User, at: datetime) -> int:
    """Note what the organization said to an open request, where there is one; how many that were."""
    waiting = CallRequest.objects.open().filter(task=task, organization=organization)
    return waiting.update(answer=answer, answered_at=at, answered_by=by)


@transaction.atomic
def decline_request(*, request: CallRequest, by: User, at: datetime, reason: str) -> CallRequest:
    """Say that the organization cannot, and why; whoever asked is told."""
    why = need_reason(reason)
    # The call first, as everywhere: whoever takes it on at this moment has answered.
    Task.objects.select_for_update(of=("self",), no_key=True).get(pk=request.task_id)
    locked = CallRequest.objects.select_related("task__area", "organization", "asker").get(pk=request.pk)
    if locked.answer:
        raise RequestAnswered(answer=locked.get_answer_display())
    locked.answer, locked.reason = CallRequest.Answer.DECLINED, why
    locked.answered_at, locked.answered_by = at, by
    locked.save(update_fields=["answer", "reason", "answered_at", "answered_by"])
    audit.record(
        verb="task.declined",
        by=by,
        at=at,
        subject=locked.task,
        area_code=locked.task.area.code,
        reason=why,
        data={"organization": locked.organization.code},
    )
    queue_messages(notices=notices.call_declined(locked), at=at)
    return locked
