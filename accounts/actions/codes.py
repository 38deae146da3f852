"""One-time codes: asked for, sent by whoever asked, confirmed within ten minutes and five tries."""

import secrets
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.actions.contacts import COUNTRY, normalize_contact
from accounts.models import LoginCode, User
from core import clock, rates
from core.errors import DomainError
from core.models import new_digits

CODE_LIFETIME = timedelta(minutes=10)
# How long a confirmed code may wait for the person to say who they are.
CONFIRMED_LIFETIME = timedelta(minutes=30)
TRIES = 5
HOUR = 3600
DAY = 86_400


class TooManyCodes(DomainError):
    code = "too-many-codes"
    text = _("Several codes went to this contact already. Wait ten minutes, then ask again")


class TooManyFromHere(DomainError):
    code = "too-many-from-here"
    text = _("Very many codes were asked for from your network. Wait ten minutes, or call the hotline")


class TooManyTexts(DomainError):
    code = "too-many-texts"
    text = _("No more text messages can go out this hour. Use an e-mail address, or call the hotline")


class WrongCode(DomainError):
    code = "wrong-code"
    text = _("This is not the code in the message. Tries left: %(tries)d")


class CodeTooOld(DomainError):
    code = "code-too-old"
    text = _("This code is no longer valid; a code holds for ten minutes. Ask for a new one")


class TooManyTries(DomainError):
    code = "too-many-tries"
    text = _("Five tries were wrong, so this code is void. Ask for a new one")


def request_code(
    *,
    contact: str,
    name: str,
    language: str,
    at: datetime,
    ip: str,
    purpose: str = LoginCode.Purpose.ENTER,
    user: User | None = None,
) -> LoginCode:
    """Make a code for a contact, whether or not anybody is behind it; its digits are in `.secret`, once.

    Not atomic as a whole: attempts count even where the request is refused, and the counters of the whole
    country must not stay locked until a commit.
    """
    contact = normalize_contact(contact)
    _count(contact, ip)
    token = secrets.token_urlsafe(24)
    digits = new_digits(6)
    with transaction.atomic():
        # A new code takes the place of the older ones.
        LoginCode.objects.open(at=at).filter(contact=contact, purpose=purpose, user=user).update(used_at=at)
        login_code = LoginCode.objects.create(
            token=token,
            purpose=purpose,
            contact=contact,
            name=name.strip(),
            user=user,
            digest=_digest(token, digits),
            created_at=at,
            expires_at=at + clock.of_machine(CODE_LIFETIME),
        )
    login_code.secret = digits
    return login_code


def _count(contact: str, ip: str) -> None:
    """Refuse where a limit is reached: narrow for a contact, wide for an address with an office behind it.

    One person types by a machine's clock; a crowd comes by that of its story.
    """
    for limit, seconds in ((3, 600), (10, DAY)):
        if not rates.hit(f"code:{contact}", limit=limit, seconds=seconds, by_machine=True):
            raise TooManyCodes(field="contact")
    if not rates.hit(f"code-ip:{ip}", limit=600, seconds=600):
        raise TooManyFromHere
    if "@" in contact:
        return
    # Numbers abroad cost more, and are what pumping schemes use; one block of 10,000 numbers has a cap as well.
    wide = contact.startswith(COUNTRY)
    prefix = contact[: len(COUNTRY) + 7] if wide else contact[:3]
    if not rates.hit(f"code-prefix:{prefix}", limit=600 if wide else 60, seconds=HOUR):
        raise TooManyTexts(field="contact")
    if not rates.hit("code-sms", limit=settings.SMS_CODES_PER_HOUR, seconds=HOUR):
        raise TooManyTexts(field="contact")


def _digest(token: str, digits: str) -> str:
    return salted_hmac("accounts.login_code", f"{token}:{digits}", algorithm="sha256").hexdigest()


def confirm_code(*, token: str, code: str, at: datetime) -> LoginCode:
    """The confirmed code; a refusal counts as a try, so it is raised only after the count is committed."""
    login_code, refusal = _try(token, code, at)
    if refusal is not None:
        raise refusal
    assert login_code is not None
    return login_code


@transaction.atomic
def _try(token: str, code: str, at: datetime) -> tuple[LoginCode | None, DomainError | None]:
    login_code = LoginCode.objects.select_for_update().filter(token=token).first()
    if login_code is None or login_code.used_at is not None:
        return None, CodeTooOld(field="code")
    if login_code.attempt_count >= TRIES:
        return None, TooManyTries(field="code")
    if login_code.expires_at <= at:
        return None, CodeTooOld(field="code")
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    if constant_time_compare(_digest(token, digits), login_code.digest):
        login_code.confirmed_at = at
        login_code.save(update_fields=["confirmed_at"])
        return login_code, None
    login_code.attempt_count += 1
    login_code.save(update_fields=["attempt_count"])
    left = TRIES - login_code.attempt_count
    return None, WrongCode(field="code", tries=left) if left else TooManyTries(field="code")


def confirmed_code(*, token: str, at: datetime) -> LoginCode | None:
    """A code that was confirmed and not used yet: its holder may now say who they are."""
    return LoginCode.objects.filter(
        token=token, confirmed_at__gt=at - clock.of_machine(CONFIRMED_LIFETIME), used_at=None
    ).first()
