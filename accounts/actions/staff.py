"""Who is staff of the platform: granted and withdrawn by the operator's command alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.recovery import end_sessions
from accounts.models import User
from core import audit
from core.errors import DomainError


class AlreadyStaff(DomainError):
    code = "already-staff"
    text = _("This person is staff already")


class NotStaff(DomainError):
    code = "not-staff"
    text = _("This person is not staff")


class AccountIsClosed(DomainError):
    code = "account-is-closed"
    text = _("This account is closed")


@transaction.atomic
def grant_staff(*, user: User, by: User | None, at: datetime) -> None:
    """Make somebody staff. They enter with a password and a second factor; whoever has none is led to it."""
    found = User.objects.select_for_update().get(pk=user.pk)
    if not found.is_active:
        raise AccountIsClosed
    if found.is_staff:
        raise AlreadyStaff
    found.is_staff = True
    found.save(update_fields=["is_staff"])
    audit.record(verb="staff.granted", by=by, at=at, subject=found)


@transaction.atomic
def withdraw_staff(*, user: User, by: User | None, at: datetime) -> None:
    """Take the rights back, and sign the person out everywhere."""
    found = User.objects.select_for_update().get(pk=user.pk)
    if not found.is_staff:
        raise NotStaff
    found.is_staff = False
    found.save(update_fields=["is_staff"])
    end_sessions(found)
    audit.record(verb="staff.withdrawn", by=by, at=at, subject=found)
