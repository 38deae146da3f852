"""Forms that are sent twice: one effect, and the same page afterwards.

`{% csrf_token %}` puts a key into every form that is sent (`web.templatetags.form_keys`). What a signed-in person sends
with one runs in one transaction with the row that keeps where it led to (`core.request_keys`).
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import SUCCESS, get_messages
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core import clock, faults, request_keys
from core.request_keys import Answer, Asked, KeyMalformed, KeyReused
from web.second_factor import OPEN_PAGES
from web.templatetags.form_keys import FIELD

logger = logging.getLogger(__name__)

# Codes are counted by how often they are tried, whatever came of it; what they open is a session, not a row.
CODES = {
    "account:enter", "account:code", "account:code_again", "account:who", "account:join", "account:contact_change",
    "account:contact_code", "account:lost_phone_code", "account:second_factor", "demo_start",
}  # fmt: skip
# Differs from page to page without being said by anybody.
NOT_SAID = {FIELD, "csrfmiddlewaretoken"}
REDIRECTS = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
# Answers that a view gives by raising: what it wrote before, such as a count of tries, stays.
ANSWERS = (Http404, PermissionDenied, BadRequest, SuspiciousOperation)

View = Callable[..., HttpResponseBase]


class RequestKeyMiddleware:
    """Run a view that a form with a key was sent to as one transaction, and keep the address that it leads to.

    Stands last, since it runs the view itself. A page that is shown again, with errors or as a preview, is not kept:
    nothing was done, and its form has a new key.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        asked = _asked(request, view)
        if asked is None:
            return None
        try:
            response = _once(asked, request, lambda: view(request, *args, **kwargs))
        except KeyReused:
            context = {"again": _page_of_the_form(request)}
            response = render(request, "422.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            add_never_cache_headers(response)
        return response


def _asked(request: HttpRequest, view: View) -> Asked | None:
    """The request by its key; None where it has none, or is of those left out."""
    if (
        request.method != "POST"
        or getattr(view, "answers_problems", False)
        or not request.user.is_authenticated
    ):
        return None
    name = request.resolver_match.view_name if request.resolver_match else ""
    # The first: a preview may pass on what it was sent, that form's key too.
    key = next(iter(request.POST.getlist(FIELD)), "")
    # A file is read once, and what becomes of it is a row of its own.
    if not key or request.FILES or name in CODES or name.startswith(OPEN_PAGES):
        return None
    said = [
        (field, value) for field, values in request.POST.lists() for value in values if field not in NOT_SAID
    ]
    try:
        return request_keys.asked(
            actor_id=request.user.pk,
            key=key,
            method=request.method,
            address=request.get_full_path(),
            body=urlencode(said).encode(),
            at=clock.now(),
        )
    except KeyMalformed:
        logger.warning("a form with a key that is none, at %s", request.path)
        return None


def _page_of_the_form(request: HttpRequest) -> str:
    """Where the form stood: its own address may take nothing but forms."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else request.get_full_path()


def _once(asked: Asked, request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Raises KeyReused, and what the view raises."""
    raised: Exception | None = None
    response: HttpResponseBase | None = None
    try:
        with transaction.atomic():
            try:
                response = run()
            except ANSWERS as error:
                raised = error
            else:
                if response.status_code in REDIRECTS:
                    asked.keep(Answer(response.status_code, response.headers["Location"]))
    except IntegrityError as error:
        if not request_keys.is_second(error):
            raise
        earlier = asked.earlier()
        if earlier is None:
            raise
        return _again(request, earlier)
    faults.point("form-kept")
    if response is not None and response.status_code in REDIRECTS:
        return response
    # Perhaps it was refused since its twin has done it already.
    earlier = asked.earlier()
    if earlier is not None:
        return _again(request, earlier)
    if raised is not None:
        raise raised
    assert response is not None
    return response


def _again(request: HttpRequest, earlier: Answer) -> HttpResponse:
    """Lead to where the first one led, without the words of this one's refusal and without what it put aside."""
    request.session = type(request.session)(request.session.session_key)
    waiting: Any = get_messages(request)
    waiting._queued_messages = [said for said in waiting._queued_messages if said.level == SUCCESS]
    response = HttpResponseRedirect(earlier.body, status=earlier.status)
    add_never_cache_headers(response)
    return response
