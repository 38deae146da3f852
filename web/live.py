"""Parts of a page that ask anew by themselves, every thirty seconds while somebody looks.

The address of a poll says which version of the part the page shows, so that whoever has the newest gets an empty
answer, and a cache keeps one answer for all who look at the same.
"""

from hashlib import blake2s
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import urlencode

PARAM = "live"
EVERY = "every 30s"


def is_poll(request: HttpRequest) -> bool:
    """Whether a part of the page asks, and not a reader for the page."""
    return PARAM in request.GET


def version_of(html: str) -> str:
    return blake2s(html.encode(), digest_size=4).hexdigest()


def address(request: HttpRequest, version: str, told: dict[str, Any]) -> str:
    """Where the part asks next: the page with its own filters, the version shown, and what else the view should know."""
    kept = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name != PARAM and name not in told
    ]
    return f"{request.path}?{urlencode([*kept, (PARAM, version), *told.items()])}"


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The part, of which the template has one `{% live %}`; nothing (204) where the asker has this version already."""
    html = render_to_string(template, {**context, "polled": True}, request)
    if getattr(request, "live_version", None) == request.GET[PARAM]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponse(html)


def number(request: HttpRequest, name: str) -> int | None:
    """A count that the page told its poll; None where it is none."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else None
