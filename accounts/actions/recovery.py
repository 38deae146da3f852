"""Giving an account back to somebody who lost a phone or a second factor, once another person has decided."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.joining import ContactTaken
from accounts.actions.tokens import revoke_all
from accounts.models import Recovery, User
from core import audit, rates
from core.errors import DomainError
from core.models import new_long_code

DAY = 86_400


class RecoveryDecided(DomainError):
    code = "recovery-decided"
    text = _("Somebody has decided this already")


class RecoveryChanged(DomainError):
    code = "recovery-changed"
    text = _("The request was written anew meanwhile. Open it again from the list")


class OwnRecovery(DomainError):
    code = "own-recovery"
    text = _("Nobody decides their own case; another person must")


class RecoveryReasonNeeded(DomainError):
    code = "recovery-reason-needed"
    text = _("Write how you know who it is, or why not; it stays on record")


class TooManyRecoveries(DomainError):
    code = "too-many-recoveries"
    text = _("Several requests were made for this already. Wait until tomorrow, or call the hotline")


def count_request(*, key: str, ip: str) -> None:
    """Refuse floods of requests, in the same way whether or not anybody is behind the key."""
    if not rates.hit(f"recovery:{key}", limit=3, seconds=DAY, by_machine=True):
        raise TooManyRecoveries
    if not rates.hit(f"recovery-ip:{ip}", limit=100, seconds=DAY, by_machine=True):
        raise TooManyRecoveries


@transaction.atomic
def request_recovery(*, user: User, kind: str, reason: str, at: datetime, new_contact: str = "") -> Recovery:
    """Ask another person to decide; an open request takes the newer words, under a new code.

    A decision about the older words then finds nothing: nobody slips a contact under a page that is being read.
    """
    User.objects.select_for_update().get(pk=user.pk)
    recovery, made = Recovery.objects.get_or_create(
        user=user,
        kind=kind,
        decision="",
        defaults={"reason": reason, "new_contact": new_contact, "requested_at": at},
    )
    if not made and (recovery.reason, recovery.new_contact) != (reason, new_contact):
        recovery.reason, recovery.new_contact = reason, new_contact
        recovery.code = new_long_code()
        recovery.save(update_fields=["reason", "new_contact", "code"])
    audit.record(verb="recovery.requested", by=None, at=at, subject=recovery, data={"kind": kind})
    return recovery


@transaction.atomic
def decide_recovery(*, recovery: Recovery, approve: bool, reason: str, by: User, at: datetime) -> Recovery:
    """Give the account back, or not. Whoever calls this has checked that `by` may decide."""
    read = recovery.code
    recovery = Recovery.objects.select_for_update(of=("self",)).select_related("user").get(pk=recovery.pk)
    if recovery.decision:
        raise RecoveryDecided
    if recovery.code != read:
        raise RecoveryChanged
    if recovery.user_id == by.pk:
        raise OwnRecovery
    if not reason.strip():
        raise RecoveryReasonNeeded(field="reason")
    recovery.decision = Recovery.Decision.APPROVED if approve else Recovery.Decision.DECLINED
    recovery.decided_at, recovery.decided_by, recovery.decision_reason = at, by, reason.strip()
    recovery.save()
    if approve:
        _give_back(recovery, at)
    audit.record(
        verb=f"recovery.{recovery.decision}",
        by=by,
        at=at,
        subject=recovery,
        reason=recovery.decision_reason,
        data={"kind": recovery.kind},
    )
    return recovery


def _give_back(recovery: Recovery, at: datetime) -> None:
    user = recovery.user
    if recovery.kind == Recovery.Kind.SECOND_FACTOR:
        Authenticator.objects.filter(user=user).delete()
    elif "@" in recovery.new_contact:
        if User.objects.filter(email__iexact=recovery.new_contact).exclude(pk=user.pk).exists():
            raise ContactTaken
        user.email, user.email_confirmed_at = recovery.new_contact, at
        user.contact_by = User.ContactBy.EMAIL
    else:
        user.phone, user.phone_confirmed_at = recovery.new_contact, at
        user.contact_by = User.ContactBy.SMS
    user.save()
    # Whoever found the phone may have made a token with it.
    end_sessions(user)
    revoke_all(user=user, at=at)


def end_sessions(user: User) -> None:
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()
