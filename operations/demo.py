"""The demo's front door: one way in per role, with the second factor's digits of this moment."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from operations.synthetic import logins
from web.access import public


@public
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    # By the clock that the second factor is checked by, whatever time the story has.
    at = clock.machine_now()
    return render(
        request,
        "demo/start.html",
        {
            "logins": logins.ALL,
            "password": logins.PASSWORD,
            "digits": logins.current_code(at),
            "seconds_left": 30 - int(at.timestamp()) % 30,
        },
    )
