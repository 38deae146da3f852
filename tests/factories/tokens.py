"""Programs that ask the API in somebody's name, for tests."""

from itertools import count
from typing import Any

from django.test import Client
from django.utils.timezone import localdate

from accounts.actions.tokens import hash_of, new_secret
from accounts.models import ApiToken, User
from core import clock

_keys = count(1)


def make_token(user: User, **fields: Any) -> str:
    """A token of the person that was used today; its secret."""
    secret = new_secret()
    at = clock.now()
    values = {"name": "Test", "made_at": at, "last_used_on": localdate(at), **fields}
    ApiToken.objects.create(user=user, token_hash=hash_of(secret), **values)
    return secret


class Program:
    """Asks with a person's token, in English unless told otherwise."""

    def __init__(self, user: User | None = None, *, token: str = "", language: str = "en") -> None:
        token = token or (make_token(user) if user else "")
        headers = {"accept-language": language}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.client = Client(headers=headers)

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(path, query)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        """POST as JSON; `key` is the Idempotency-Key."""
        headers = {"idempotency-key": key} if key else {}
        return self.client.post(
            path, {} if body is None else body, content_type="application/json", headers=headers
        )


def new_key() -> str:
    return f"key-{next(_keys)}"
