"""Pages of a signed-in person, with the frame of a volunteer where they are one."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from volunteers.queries import volunteer_of
from web import second_factor
from web.access import SignedInRequest
from web.account.ways import ways_of
from web.volunteer.frame import frame


def show(request: Any, name: str, context: dict[str, Any], *, current: str = "mine") -> HttpResponse:
    """One of the templates of these pages; with errors in its form the answer is 422."""
    return show_public(request, name, {**_around(request, current), **context})


def show_public(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A page for somebody who has not signed in."""
    form = context.get("form")
    wrong = isinstance(form, Form) and form.is_bound and bool(form.errors)
    return render(request, f"account_pages/{name}.html", context, status=422 if wrong else 200)


def library_pages(request: Any) -> dict[str, Any]:
    """For the pages that a library shows, as those of passwords and sessions: the same frame, once signed in."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if not name.startswith(second_factor.OPEN_PAGES) or not request.user.is_authenticated:
        return {}
    return _around(request, "mine")


def _around(request: SignedInRequest, current: str) -> dict[str, Any]:
    """The tabs of a volunteer; of others the way back to where they work."""
    if getattr(request, "volunteer", None) is None:
        volunteer = volunteer_of(request.user)
        if volunteer is None:
            return ways_of(request)
        request.volunteer = volunteer  # type: ignore[attr-defined]
        request.acts_for_other = False  # type: ignore[attr-defined]
    return frame(request, current)  # type: ignore[arg-type]
