"""People for tests."""

from itertools import count
from typing import Any

from accounts.models import Consent, User
from core import clock

_numbers = count(1)


def make_user(
    *, name: str = "", phone: str | None = None, consents: tuple[str, ...] = ("terms",), **fields: Any
) -> User:
    """A person with a phone of their own and the consents named; `phone=""` gives none, `password=` sets one."""
    number = next(_numbers)
    at = fields.pop("joined_at", None) or clock.now()
    values: dict[str, Any] = {
        "phone": f"+86139{number:08d}" if phone is None else phone,
        "phone_confirmed_at": at if phone != "" else None,
        "joined_at": at,
        **fields,
    }
    user = User.objects.create_user(name=name or f"Person {number}", **values)
    for purpose in consents:
        Consent.objects.create(user=user, purpose=purpose, version="1", decision="granted", at=at)
    return user
