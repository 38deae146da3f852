"""What people agree to, and take back. Rows are only added."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from core import audit
from core.errors import DomainError

# Raised when the wording changes in substance; people are asked again.
TERMS_VERSION = "1"


class TermsBindTheAccount(DomainError):
    code = "terms-bind-the-account"
    text = _("Taking part rests on this. To take it back, ask for your data to be erased")


@transaction.atomic
def give_consent(*, user: User, purpose: str, by: User, at: datetime) -> Consent:
    """Add a yes, unless the last word on this wording is a yes."""
    User.objects.select_for_update().get(pk=user.pk)
    last = Consent.objects.current(user).get(purpose)
    if last is not None and last.decision == Consent.Decision.GRANTED and last.version == TERMS_VERSION:
        return last
    return _add(user, purpose, Consent.Decision.GRANTED, by, at)


@transaction.atomic
def withdraw_consent(*, user: User, purpose: str, by: User, at: datetime) -> Consent | None:
    """Add a no, where there was a yes. What the account itself rests on ends only with the account."""
    if purpose == Consent.Purpose.TERMS:
        raise TermsBindTheAccount
    User.objects.select_for_update().get(pk=user.pk)
    last = Consent.objects.current(user).get(purpose)
    if last is None or last.decision == Consent.Decision.WITHDRAWN:
        return last
    return _add(user, purpose, Consent.Decision.WITHDRAWN, by, at)


def _add(user: User, purpose: str, decision: str, by: User, at: datetime) -> Consent:
    consent = Consent.objects.create(
        user=user, purpose=Consent.Purpose(purpose), version=TERMS_VERSION, decision=decision, at=at
    )
    audit.record(
        verb=f"consent.{decision}",
        by=by,
        at=at,
        subject=user,
        data={"purpose": purpose, "version": TERMS_VERSION},
    )
    return consent
