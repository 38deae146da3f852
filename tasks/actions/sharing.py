"""An organization's share in a call, written down."""

from datetime import datetime

from django.utils.timezone import localtime

from accounts.models import User
from core import audit
from organizations.models import Organization
from tasks.models import Adoption, Task
from tasks.policies.claims import adoption_deadline


def share(
    task: Task,
    organization: Organization,
    role: str,
    *,
    by: User,
    at: datetime,
    people: int | None = None,
) -> Adoption:
    """Give the organization a share in a call whose row is locked. A lead makes it taken on."""
    # Only a lead keeps others from the call, and nobody waits for those who wrote it themselves.
    waited_for = role == Adoption.Role.LEAD and organization.pk != task.issuer_id
    adoption = Adoption.objects.create(
        task=task,
        organization=organization,
        role=role,
        people=people,
        adopted_at=at,
        adopted_by=by,
        act_by=adoption_deadline(task.starts_on, localtime(at)) if waited_for else None,
    )
    if role == Adoption.Role.LEAD:
        task.status = Task.Status.ADOPTED
        task.adopted_at = at
        task.save(update_fields=["status", "adopted_at"])
    audit.record(
        verb="task.adopted",
        by=by,
        at=at,
        subject=task,
        area_code=task.area.code,
        data={"organization": organization.code, "role": role, "people": people},
    )
    return adoption
