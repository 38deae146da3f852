"""Plans of who goes where, for officials: those of the province that holds their area."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.queries.runs import runs_around
from web import plans as pages
from web.access import OfficialRequest, official
from web.authority.frame import frame


def place_of(request: OfficialRequest) -> pages.Place:
    area = request.area

    def url(name: str, *args: Any) -> str:
        return reverse(f"authority:{name}", args=[area.code, *args])

    return pages.Place(runs=runs_around(area), scope=area, around=partial(frame, request, "calls"), url=url)


@official
@require_GET
def plans(request: OfficialRequest, area_code: str) -> HttpResponse:
    return pages.plans(request, place_of(request))


@official
@require_GET
def plan(request: OfficialRequest, area_code: str, run: str) -> HttpResponse:
    return pages.plan(request, place_of(request), run)


@official
@require_POST
def ask_for_plan(request: OfficialRequest, area_code: str) -> HttpResponse:
    return pages.ask_for_plan(request, place_of(request))


@official
@require_http_methods(["GET", "POST"])
def call_off_plan(request: OfficialRequest, area_code: str, run: str) -> HttpResponse:
    return pages.call_off_plan(request, place_of(request), run)
