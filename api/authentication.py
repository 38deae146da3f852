"""Who asks: a program by its token, or a page of this site by its session."""

from typing import Any

from django.utils.timezone import localdate
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as FrameworkSession
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.actions.tokens import hash_of, note_use
from accounts.models import ApiToken, User
from accounts.queries import live_token
from api.errors import SecondFactorNeeded
from core import clock


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mh_…`: one statement, and one more on the first request of a day."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        token = live_token(hash_of(secret.strip())) if scheme.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed
        note_use(token=token, on=localdate(clock.now()))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="manyhands"'


class SessionAuthentication(FrameworkSession):
    """The session of the pages, with the token against forged requests, and with the second factor where needed."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found: tuple[Any, None] | None = super().authenticate(request)
        # Said by `web.second_factor`, which sends to a page elsewhere.
        if found is not None and getattr(request._request, "second_factor_missing", False):
            raise SecondFactorNeeded
        return found
