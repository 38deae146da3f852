"""Who was asked for a call, what both sides said on it, and how far it went up, for tests."""

from typing import Any

from accounts.models import User
from core import clock
from organizations.models import Organization
from tasks.models import CallRequest, Escalation, Step, Task
from tests.factories.accounts import make_user
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task


def make_call_request(
    task: Task | None = None, organization: Organization | None = None, by: User | None = None, **fields: Any
) -> CallRequest:
    """The issuer asks the organization by name; without an answer yet."""
    task = task or make_task()
    return CallRequest.objects.create(
        task=task,
        organization=organization or make_organization(home_area=task.area),
        **{"asker": task.issuer, "asked_at": clock.now(), "asked_by": by or make_user(), **fields},
    )


def make_step(task: Task | None = None, organization: Organization | None = None, **fields: Any) -> Step:
    """The organization (the issuer where none is named) proposes something; without an answer yet."""
    task = task or make_task()
    values = {"kind": "design", "words": "Two shifts a night.", "made_at": clock.now(), **fields}
    values.setdefault("made_by", make_user())
    return Step.objects.create(task=task, organization=organization or task.issuer, **values)


def make_escalation(
    task: Task | None = None, authority: Organization | None = None, **fields: Any
) -> Escalation:
    """The call was brought before an authority, the issuer where none is named."""
    task = task or make_task()
    values = {"escalated_at": clock.now(), **fields}
    return Escalation.objects.create(task=task, authority=authority or task.issuer, **values)
