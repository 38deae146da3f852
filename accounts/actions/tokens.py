"""Tokens that let a person's own programs act as that person."""

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User
from core import audit
from core.errors import DomainError

# Says what it is to whoever finds one in a file.
PREFIX = "mh_"
RANDOM_BYTES = 32
MOST = 20
NAME_MOST = 60


class TokenNameMissing(DomainError):
    code = "token-name-missing"
    text = _("Say what the token is for, so that you know later which one to revoke")


class TooManyTokens(DomainError):
    code = "too-many-tokens"
    text = _("You have %(most)s tokens. Revoke one that you no longer use")


class AlreadyRevoked(DomainError):
    code = "already-revoked"
    text = _("This token was revoked already")


def hash_of(secret: str) -> bytes:
    """What is kept of a token. It is random, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


@transaction.atomic
def make_token(*, user: User, name: str, by: User | None, at: datetime) -> tuple[ApiToken, str]:
    """A new token of the person, and its secret, which is shown this once."""
    name = name.strip()[:NAME_MOST]
    if not name:
        raise TokenNameMissing(field="name")
    # Two at once are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiToken.objects.live().filter(user=user).count() >= MOST:
        raise TooManyTokens(most=MOST)
    secret = new_secret()
    token = ApiToken.objects.create(user=user, name=name, token_hash=hash_of(secret), made_at=at)
    audit.record(verb="token.made", by=by, at=at, subject=token, data={"token": token.code})
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: datetime) -> ApiToken:
    """It opens nothing any more, from the next request on."""
    if not ApiToken.objects.live().filter(pk=token.pk).update(revoked_at=at):
        raise AlreadyRevoked
    token.revoked_at = at
    audit.record(verb="token.revoked", by=by, at=at, subject=token, data={"token": token.code})
    return token


def revoke_all(*, user: User, at: datetime) -> int:
    """No program opens anything in this person's name any more; how many did."""
    return ApiToken.objects.live().filter(user=user).update(revoked_at=at)


def note_use(*, token: ApiToken, on: date) -> bool:
    """Note the day on which it was used; one statement a day, which is returned as True."""
    if token.last_used_on == on:
        return False
    ApiToken.objects.filter(pk=token.pk).update(last_used_on=on)
    token.last_used_on = on
    return True
