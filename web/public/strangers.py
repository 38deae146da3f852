"""Forms that somebody without an account sends twice: one effect, and the same page afterwards.

Whoever has signed in has the key that `{% csrf_token %}` writes (`web.request_keys`); a stranger's form carries one of
its own, under which nobody's name is kept.
"""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from core import clock, request_keys
from core.errors import DomainError
from core.request_keys import Answer, Asked, KeyMalformed, KeyReused

FIELD = "once"
# No row of a person has this number.
NOBODY = 0


class SentBefore(DomainError):
    code = "sent-before"
    text = _(
        "This form was sent already, with something else in it. If you mean it a second time, send it again"
    )


def new_key() -> str:
    """The beginning of the keys of a page: each of its forms adds a word of its own."""
    return secrets.token_urlsafe(12)


def once(request: HttpRequest, act: Callable[[], str], *, words: str) -> HttpResponseRedirect:
    """Do it and lead to the address that it returns, where these words stand above the page; sent again, it leads
    there without them. Raises what the act raises, and SentBefore where it was sent with something else in it."""
    first: list[str] = []

    def acted() -> Answer:
        first.append(act())
        return Answer(HTTPStatus.SEE_OTHER, first[0])

    try:
        answer = request_keys.once(_asked(request), acted)
    except KeyReused as error:
        raise SentBefore from error
    if first == [answer.body]:
        messages.success(request, words)
    return HttpResponseRedirect(answer.body, status=answer.status)


def _asked(request: HttpRequest) -> Asked | None:
    key = request.POST.get(FIELD, "")
    # What a signed-in person sends has its key from the frame of every form.
    if request.user.is_authenticated or not key:
        return None
    said = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {FIELD, "csrfmiddlewaretoken"}
    ]
    try:
        return request_keys.asked(
            actor_id=NOBODY,
            key=key,
            method="POST",
            address=request.get_full_path(),
            body=urlencode(said).encode(),
            at=clock.now(),
        )
    except KeyMalformed:
        return None
