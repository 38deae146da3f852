"""Plans of who goes where, for staff: those of every area."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from areas.models import Area
from matching.queries.runs import all_runs
from web import plans as pages
from web.access import SignedInRequest, staff_only
from web.staff.frame import frame


def place(scope: Area | None = None) -> pages.Place:
    def url(name: str, *args: Any) -> str:
        return reverse(f"staff:{name}", args=args)

    return pages.Place(runs=all_runs(), scope=scope, around=partial(frame, "health"), url=url)


@staff_only
@require_GET
def plans(request: SignedInRequest) -> HttpResponse:
    return pages.plans(request, place())


@staff_only
@require_GET
def plan(request: SignedInRequest, run: str) -> HttpResponse:
    return pages.plan(request, place(), run)


@staff_only
@require_POST
def ask_for_plan(request: SignedInRequest, run: str) -> HttpResponse:
    """For the area of a run."""
    return pages.ask_for_plan(request, place(get_object_or_404(all_runs(), code=run).scope))


@staff_only
@require_http_methods(["GET", "POST"])
def call_off_plan(request: SignedInRequest, run: str) -> HttpResponse:
    return pages.call_off_plan(request, place(), run)
