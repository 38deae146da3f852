"""What every view of the API shares: who asks, for whom, and answering a request with a key once."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from api.throttling import AddressThrottle
from core import clock, request_keys
from core.errors import DomainError
from core.request_keys import Answer, Asked
from volunteers.models import Volunteer
from volunteers.queries import volunteer_of

KEY_HEADER = "Idempotency-Key"
# How long caches may keep what is public: it changes once a day.
FRESH_SECONDS = 10


class NoVolunteer(DomainError):
    code = "no-volunteer"
    text = _("You have not joined as a volunteer yet")


class ApiView(APIView):
    """A view of the API. `access` says who may enter, for the test that asks every address in every role."""

    access: ClassVar[str] = "token"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.access = f"api:{cls.access}"
        # Tells the pages' guards that a refusal is answered here, as a problem document.
        view.answers_problems = True
        return view

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answered = super().finalize_response(request, response, *args, **kwargs)
        if self.access != "public":
            answered.headers.setdefault("Cache-Control", "no-store")
        return answered

    @property
    def user(self) -> User:
        found: User = self.request.user
        return found

    @property
    def volunteer(self) -> Volunteer:
        """The volunteer who asks; raises NoVolunteer."""
        found = volunteer_of(self.user)
        if found is None:
            raise NoVolunteer
        return found

    def valid(self, serializer: type[Any]) -> dict[str, Any]:
        """The body as the serializer reads it; raises the framework's ValidationError."""
        made = serializer(data=self.request.data)
        made.is_valid(raise_exception=True)
        values: dict[str, Any] = made.validated_data
        return values

    def asked(self, at: datetime) -> Asked | None:
        """The request by its key; None where it carries none."""
        key = self.request.headers.get(KEY_HEADER)
        if key is None:
            return None
        request = self.request._request
        return request_keys.asked(
            actor_id=self.user.pk,
            key=key,
            method=request.method or "",
            address=request.get_full_path(),
            body=request.body,
            at=at,
        )

    def once(self, act: Callable[[datetime], Answer]) -> Response:
        """Answer with what the act answers, or what it answered to the same key before."""
        at = clock.now()
        # The bytes are kept before the parser reads them away.
        asked = self.asked(at)
        answer = request_keys.once(asked, lambda: act(at))
        return Response(answer.body, status=answer.status)


class PublicView(ApiView):
    """A view for everybody, the same for everybody: no token or session is read, and caches may keep the answer."""

    access = "public"
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (AddressThrottle,)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answered = super().finalize_response(request, response, *args, **kwargs)
        if answered.status_code == HTTPStatus.OK:
            patch_cache_control(answered, public=True, max_age=clock.seconds_for(FRESH_SECONDS))
        else:
            answered.headers["Cache-Control"] = "no-store"
        return answered
