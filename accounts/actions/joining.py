"""From a confirmed code to a person: somebody known, somebody new, or a changed contact."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.consents import give_consent
from accounts.models import Consent, LoginCode, User
from accounts.queries import people_behind
from core import audit
from core.errors import DomainError

__all__ = [
    "ContactMissing",
    "ContactTaken",
    "NotConfirmed",
    "change_contact",
    "enter",
    "join",
    "people_behind",
    "update_person",
]


class NotConfirmed(DomainError):
    code = "not-confirmed"
    text = _("The code was not confirmed, or it is too long ago. Ask for a new one")


class ContactTaken(DomainError):
    code = "contact-taken"
    text = _("Somebody else signs in with this e-mail address. An address belongs to one person")


class ContactMissing(DomainError):
    code = "contact-missing"
    text = _("We have no such contact of yours. Add it first, then choose it")


@transaction.atomic
def join(
    *,
    login_code: LoginCode,
    name: str,
    language: str,
    at: datetime,
    messages: bool = False,
) -> User:
    """A new person behind a confirmed contact, with what they agreed to. Uses the code up."""
    contact = _use(login_code, at)
    is_email = "@" in contact
    if is_email and User.objects.filter(email__iexact=contact).exists():
        raise ContactTaken(field="name")
    user = User.objects.create_user(
        name=name.strip(),
        language=language,
        phone="" if is_email else contact,
        phone_confirmed_at=None if is_email else at,
        email=contact if is_email else "",
        email_confirmed_at=at if is_email else None,
        contact_by=User.ContactBy.EMAIL if is_email else User.ContactBy.SMS,
        joined_at=at,
    )
    audit.record(verb="account.joined", by=user, at=at, subject=user)
    give_consent(user=user, purpose=Consent.Purpose.TERMS, by=user, at=at)
    if messages:
        give_consent(user=user, purpose=Consent.Purpose.MESSAGES, by=user, at=at)
    return user


@transaction.atomic
def enter(*, login_code: LoginCode, person_code: str, at: datetime) -> User:
    """The person behind a confirmed contact whom its holder says they are. Uses the code up."""
    contact = _use(login_code, at)
    user = people_behind(contact).filter(code=person_code).first()
    if user is None:
        raise NotConfirmed
    field = "email_confirmed_at" if "@" in contact else "phone_confirmed_at"
    if getattr(user, field) is None:
        setattr(user, field, at)
        user.save(update_fields=[field])
    return user


@transaction.atomic
def change_contact(*, login_code: LoginCode, by: User, at: datetime) -> tuple[User, str]:
    """Put a confirmed contact in the place of the old one; also returns the old one, which gets a notice."""
    contact = _use(login_code, at)
    if login_code.user_id != by.pk or login_code.purpose != LoginCode.Purpose.CHANGE:
        raise NotConfirmed
    user = User.objects.select_for_update().get(pk=by.pk)
    if "@" in contact:
        if User.objects.filter(email__iexact=contact).exclude(pk=user.pk).exists():
            raise ContactTaken(field="code")
        old, user.email, user.email_confirmed_at = user.email, contact, at
    else:
        old, user.phone, user.phone_confirmed_at = user.phone, contact, at
    user.save(update_fields=["email", "email_confirmed_at", "phone", "phone_confirmed_at"])
    audit.record(
        verb="account.contact_changed",
        by=by,
        at=at,
        subject=user,
        data={"channel": "email" if "@" in contact else "phone"},
    )
    return user, old


@transaction.atomic
def update_person(*, user: User, name: str, language: str, contact_by: str, by: User, at: datetime) -> User:
    """Change what a person is called, and how and in which language they are reached."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if contact_by == User.ContactBy.EMAIL and not user.email:
        raise ContactMissing(field="contact_by")
    if contact_by != User.ContactBy.EMAIL and not user.phone:
        raise ContactMissing(field="contact_by")
    user.name, user.language, user.contact_by = name.strip(), language, contact_by
    user.save(update_fields=["name", "language", "contact_by"])
    audit.record(verb="account.preferences_changed", by=by, at=at, subject=user)
    return user


def _use(login_code: LoginCode, at: datetime) -> str:
    """Mark a confirmed code as used, exactly once; its contact."""
    used = LoginCode.objects.filter(pk=login_code.pk, used_at=None, confirmed_at__isnull=False).update(
        used_at=at
    )
    if not used:
        raise NotConfirmed
    return login_code.contact
