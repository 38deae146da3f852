"""Pictures of an area: what became of requests, hours by day, which groups are missing, who works with whom."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from areas.models import Area
from areas.queries import children
from core import clock
from insights.queries import DEFINITIONS, Definition, Key, flow, hours_by_day
from insights.queries.lately import PARTS_DOWN_TO, REQUESTS_DOWN_TO
from insights.queries.picture_definitions import PICTURES, PictureKey
from insights.queries.pictures import organizations_in, pictures_of
from tasks.queries.stages import stage_of
from web.access import OfficialRequest, official
from web.authority.frame import frame
from web.authority.overview.days import days_of
from web.authority.overview.hours import calendar
from web.authority.overview.requests import flowing
from web.authority.pictures.gaps import kind_names, rows_of, with_near, without_kind, worst_of
from web.authority.pictures.stages import stage_links, stage_name, stage_of_query
from web.authority.pictures.ties import measures, step_lines, tie_picture

OF_GAPS = (
    PictureKey.GAP_CALLS,
    PictureKey.GAP_UNFILLED,
    PictureKey.GAP_GROUPS,
    PictureKey.GAP_WORKING,
)
OF_REQUESTS = (Key.REQUESTS, Key.REQUESTS_OPEN, Key.REQUESTS_DONE, Key.REQUESTS_DECLINED)


@require_safe
@official
def pictures(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Every picture of the area, with what it shows."""
    return render(request, "authority/pictures/index.html", _context(request))


@require_safe
@official
def requests(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What became of residents' requests."""
    area = request.area
    context = _context(request) | {
        "flowing": flowing(flow(area)),
        "requests_counted": area.level <= REQUESTS_DOWN_TO,
        "states_counted": area.level <= PARTS_DOWN_TO,
        "described": [DEFINITIONS[key] for key in OF_REQUESTS],
    }
    return render(request, "authority/pictures/requests.html", context)


@require_safe
@official
def hours(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Hours served day by day."""
    area, days = request.area, days_of("")
    context = _context(request) | {
        "calendar": calendar(hours_by_day(area, days.weeks), days, stage_of(area, clock.now())),
        "described": [DEFINITIONS[Key.HOURS]],
    }
    return render(request, "authority/pictures/hours.html", context)


@require_safe
@official
def gaps(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Which kinds of organizations are missing in the areas below, in a stage or over all days."""
    area, stage = request.area, stage_of_query(request.GET.get("stage", ""))
    below = _below(area)
    found = pictures_of(area, below, stage)
    # The area itself comes first; without areas below it is the only row.
    rows = rows_of([area, *below], found)
    context = _context(request) | {
        "found": found,
        "stages": stage_links(stage, found.stages),
        "stage_name": "" if stage is None else stage_name(stage),
        "kinds": list(kind_names().values()),
        "rows": rows[1:] or rows,
        "whole": rows[0] if below else None,
        "worst": with_near(worst_of(rows[1:] or rows), below, found),
        "apart": without_kind(found.gaps.get(area.pk, {})),
        "described": [PICTURES[key] for key in OF_GAPS],
    }
    return render(request, "authority/pictures/gaps.html", context)


@require_safe
@official
def together(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Who worked with whom in the area, in a stage or over all days."""
    area, stage = request.area, stage_of_query(request.GET.get("stage", ""))
    found = pictures_of(area, stage=stage)
    context = _context(request) | {
        "found": found,
        "stages": stage_links(stage, found.stages),
        "stage_name": "" if stage is None else stage_name(stage),
        "measures": measures(found.together, area),
        "steps": step_lines(found.together),
        "picture": tie_picture(found.together, organizations_in(found.together)),
        "described": [PICTURES[PictureKey.TIES]],
    }
    return render(request, "authority/pictures/together.html", context)


def _context(request: OfficialRequest) -> dict[str, Any]:
    described: list[Definition] = []
    return frame(request, "overview") | {"described": described}


def _below(area: Area) -> list[Area]:
    """The areas right below; they know the one above."""
    found = list(children(area))
    for one in found:
        one.parent = area
    return found
