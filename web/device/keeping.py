"""Which pages a device may keep for being offline, and for whom.

Only a volunteer's own day and seats, only on a device that stays signed in, and only until somebody else signs in or the
reader signs out. The worker that keeps them knows the reader by a word that says nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

# The word of the reader for whom the worker may keep this page.
HEADER = "Keep-For"
# Where somebody signs out, the browser forgets the worker, what it kept and what was typed.
FORGET = '"cache", "storage"'
View = Callable[..., HttpResponseBase]


def reader_word(request: HttpRequest) -> str:
    """The same word for the same person everywhere; empty for whoever has not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("web.device.reader", str(user.pk)).hexdigest()[:16]


def may_keep(request: Any) -> bool:
    """Whether this device is the volunteer's own: it stays signed in, and nobody else acts in their name."""
    return not request.acts_for_other and not request.session.get_expire_at_browser_close()


def kept(view: View) -> View:
    """Let the reader's device keep the page of a volunteer."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and hasattr(request, "volunteer") and may_keep(request):
            response[HEADER] = reader_word(request)
        return response

    return keeping


class ForgetMiddleware:
    """Whenever a session is taken back, so is what the device keeps. Stands around the sessions' own middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie["max-age"] == 0:
            response["Clear-Site-Data"] = FORGET
        return response
