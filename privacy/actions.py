"""A person's wish to be forgotten: asked for, thought over, taken back or carried out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ErasureRequest, User
from core import audit
from core.errors import DomainError
from organizations.models import Membership

DAYS_TO_THINK = timedelta(days=7)


class OnlyOwner(DomainError):
    code = "only-owner"
    text = _("You are the only owner of %(organization)s. Make somebody else an owner first")


@transaction.atomic
def request_erasure(*, user: User, by: User, at: datetime) -> ErasureRequest:
    """Ask to be forgotten in seven days; asking again changes nothing."""
    User.objects.select_for_update().get(pk=user.pk)
    for membership in Membership.objects.live().filter(user=user, role=Membership.Role.OWNER):
        owners = membership.organization.memberships.live().filter(role=Membership.Role.OWNER)
        if not owners.exclude(user=user).exists():
            raise OnlyOwner(organization=membership.organization.display_name)
    announced = ErasureRequest.objects.filter(user=user, cause=ErasureRequest.Cause.UNUSED)
    announced.filter(cancelled_at=None, carried_out_at=None).update(cancelled_at=at)
    request, made = ErasureRequest.objects.get_or_create(
        user=user,
        cancelled_at=None,
        carried_out_at=None,
        defaults={"requested_at": at, "due_at": at + DAYS_TO_THINK},
    )
    if made:
        audit.record(verb="erasure.requested", by=by, at=at, subject=user)
    return request


@transaction.atomic
def cancel_erasure(*, user: User, by: User, at: datetime) -> bool:
    """Stay; True where there was a request."""
    waiting = ErasureRequest.objects.filter(user=user, cancelled_at=None, carried_out_at=None)
    if not waiting.update(cancelled_at=at):
        return False
    audit.record(verb="erasure.cancelled", by=by, at=at, subject=user)
    return True
