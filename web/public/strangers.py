"""Forms that somebody without an account sends twice: one effect, and the same page afterwards.

Whoever has signed in has the key that `{% csrf_token %}` writes (`web.request_keys`); a stranger's form carries one of
its own, under which nobody's name is kept.
"""

import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect

from core import clock, request_keys
from core.request_keys import Answer, Asked, KeyMalformed

FIELD = "once"
# No row of a person has this number.
NOBODY = 0


def new_key() -> str:
    """The beginning of the keys of a page: each of its forms adds a word of its own."""
    return secrets.token_urlsafe(12)


def once(request: HttpRequest, act: Callable[[], str]) -> HttpResponseRedirect:
    """Do it and lead to the address that it returns, or lead there again. Raises what it raises, and KeyReused."""
    answer = request_keys.once(_asked(request), lambda: Answer(HTTPStatus.SEE_OTHER, act()))
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
