"""Reads of accounts."""

from django.db import connection
from django.db.models import Model, Q, QuerySet

from accounts.models import ApiToken, User


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


# Asked by every request of a program: made once, since composing it anew would cost more than running it.
_TOKEN = f"""
SELECT {_columns(ApiToken, "token")}, {_columns(User, "person")}
FROM accounts_apitoken token JOIN accounts_user person ON person.id = token.user_id
WHERE token.token_hash = %s AND token.revoked_at IS NULL AND person.is_active
"""  # noqa: S608
_TOKEN_NAMES = [field.attname for field in ApiToken._meta.concrete_fields]
_USER_NAMES = [field.attname for field in User._meta.concrete_fields]


def live_token(token_hash: bytes) -> ApiToken | None:
    """The token with this SHA-256 and its `user`, where both are in force. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TOKEN, [token_hash])
        row = cursor.fetchone()
    if row is None:
        return None
    own = len(_TOKEN_NAMES)
    token = ApiToken.from_db("default", _TOKEN_NAMES, row[:own])
    token.user = User.from_db("default", _USER_NAMES, row[own:])
    return token


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The tokens of a person that are in force, the latest first."""
    return ApiToken.objects.live().filter(user=user).order_by("-pk")


def people_behind(contact: str) -> QuerySet[User]:
    """Those who are reached by a phone or an e-mail address; a family may share a phone."""
    is_theirs = Q(email__iexact=contact) if "@" in contact else Q(phone=contact)
    return User.objects.filter(is_theirs, is_active=True).order_by("joined_at", "pk")


def mask(contact: str) -> str:
    """A contact as its owner recognizes it and nobody else learns it: 138 **** 0044."""
    if "@" in contact:
        local, _, domain = contact.partition("@")
        return f"{local[:1]}***@{domain}"
    digits = contact.removeprefix("+86")
    return f"{digits[:3]} **** {digits[-4:]}" if contact else ""
