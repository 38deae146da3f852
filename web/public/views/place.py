"""The page of a place: how many hands are missing there, where in it, what was promised, and who works there."""

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from areas.models import Area
from core import clock
from insights.queries.public import public_figures
from organizations.models import Organization
from tasks.queries.needs import joinable, most_urgent
from tasks.queries.shortage import Shortage, short_now
from tasks.queries.stages import live_stops_around
from web.access import public
from web.live import answer, is_poll, number
from web.public.figures import promises_in
from web.public.frame import briefly_kept, stage_notice, tabs
from web.public.rows import rows_of
from web.states import State, area_state
from web.stops import stop_over, stops_strip

SHOWN = 5
ORGANIZATIONS = 8


@require_safe
@public
@briefly_kept
def place(request: HttpRequest, code: str) -> HttpResponse:
    """A city, a county or a town; to a poll the hands missing there alone."""
    at = clock.now()
    if is_poll(request):
        area = get_object_or_404(Area, code=code)
        hands = {"place": area.short_name, "total": short_now(at, within=area).total}
        return answer(request, "public/_hands.html", hands | {"before": number(request, "taken")})
    figures = public_figures(code)
    if figures is None or figures.area.level > Area.Level.TOWNSHIP:
        raise Http404
    area = figures.area
    shortage = short_now(at, within=area)
    stops = list(live_stops_around([area]))
    large = bool(request.elder)  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "tabs": [] if large else tabs(request, "needs"),
        "area": area,
        "above": area.parent,
        "place": area.short_name,
        "total": shortage.total,
        "before": None,
        "stage_notice": stops_strip(stops) or stage_notice(area, at),
        "stop": stop_over(stops, area),
        "rows": rows_of(most_urgent(at, limit=1 if large else SHOWN, within=area), at),
        "needs_url": f"{reverse('public:needs')}?{urlencode({'area': _filter_of(area)})}",
    }
    if not large:
        context |= {
            "below": _below(area, shortage),
            "promises": promises_in(figures),
            "figures_url": f"{reverse('public:figures')}?{urlencode({'area': area.code})}",
            "organizations": _organizations(area, at),
        }
    return render(request, "public/place.html", context)


def _filter_of(area: Area) -> str:
    """The area by which the list of needs is filtered; it knows none below a county."""
    return area.parent.code if area.level > Area.Level.COUNTY and area.parent else area.code


def _below(area: Area, shortage: Shortage) -> list[dict[str, Any]]:
    """The areas in it where hands are missing, the most first."""
    rows = []
    for below in Area.objects.filter(parent=area, level__lte=Area.Level.TOWNSHIP).by_pinyin():
        seats = shortage.of(below)
        if seats.missing:
            url = reverse("public:place", args=[below.code])
            state = State(area_state(seats.covered, seats.needed), seats.missing)
            rows.append({"name": below.name, "url": url, "state": state})
    return sorted(rows, key=lambda row: -row["state"].count)


def _organizations(area: Area, at: datetime) -> list[Organization]:
    """Those at home in it, those with the most open shifts first."""
    theirs = joinable(at).filter(organization=OuterRef("pk"), area__path__startswith=area.path)
    counted = theirs.order_by().values("organization").annotate(count=Count("pk")).values("count")
    own = Organization.objects.filter(
        status=Organization.Status.APPROVED, home_area__path__startswith=area.path
    ).exclude(kind=Organization.Kind.GOVERNMENT)
    return list(
        own.annotate(open_shifts=Coalesce(Subquery(counted), 0)).order_by("-open_shifts", "name")[
            :ORGANIZATIONS
        ]
    )
