"""What a calendar reads by its secret address."""

import hashlib
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import override
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.calendars import feed_by_secret
from web.access import public
from web.adapters import client_ip
from web.calendars.entries import organization_calendar, volunteer_calendar
from web.calendars.limits import MINUTE_S, within_limit

FRESH_SECONDS = 300


@require_safe
@public
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whoever gave the address away. Nothing is kept of who reads it."""
    if not within_limit(client_ip(request)):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(int(MINUTE_S))})
    found = feed_by_secret(secret)
    if found is None:
        raise Http404
    at = clock.now()
    if found.volunteer is not None:
        with override(found.volunteer.user.language):
            content = volunteer_calendar(found.volunteer, at)
    elif found.organization is not None:
        with override(found.made_by.language):
            content = organization_calendar(found.organization, at)
    return answer(request, content)


def answer(request: HttpRequest, content: bytes) -> HttpResponse:
    """The file, or that nothing has changed since it was read."""
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, max_age=clock.seconds_for(FRESH_SECONDS))
    return get_conditional_response(request, etag=etag, response=response) or response
