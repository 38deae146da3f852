"""Pages of a signed-in person, with the frame of a volunteer where they are one."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from volunteers.queries import volunteer_of
from web.access import SignedInRequest
from web.volunteer.frame import frame


def show(request: Any, name: str, context: dict[str, Any], *, current: str = "mine") -> HttpResponse:
    """One of the templates of these pages; with errors in its form the answer is 422."""
    return show_public(request, name, {**_around(request, current), **context})


def show_public(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A page for somebody who has not signed in."""
    form = context.get("form")
    wrong = isinstance(form, Form) and form.is_bound and bool(form.errors)
    return render(request, f"account_pages/{name}.html", context, status=422 if wrong else 200)


def _around(request: SignedInRequest, current: str) -> dict[str, Any]:
    """The tabs of a volunteer; nothing for others, who come from boards of their own."""
    if getattr(request, "volunteer", None) is None:
        volunteer = volunteer_of(request.user)
        if volunteer is None:
            return {}
        request.volunteer = volunteer  # type: ignore[attr-defined]
        request.acts_for_other = False  # type: ignore[attr-defined]
    return frame(request, current)  # type: ignore[arg-type]
