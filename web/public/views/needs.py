"""The list of needs."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.calls import calls_within
from tasks.queries.needs import NeedsWanted, narrowed, nearest_short, open_shifts
from tasks.queries.shortage import short_now
from tasks.queries.stages import live_stops_around
from web.access import public
from web.public.forms import NeedsForm
from web.public.frame import briefly_kept, tabs
from web.public.places import places
from web.public.rows import row_of, rows_of
from web.stops import stop_over, stops_strip

PAGE = 20


@require_safe
@public
@briefly_kept
def needs(request: HttpRequest) -> HttpResponse:
    """Open shifts, the soonest first, narrowed by place, day, kind, words."""
    at = clock.now()
    known = places()
    form = NeedsForm(request.GET or None, places=known) if request.GET else NeedsForm({}, places=known)
    wanted = form.wanted(at)
    shifts = narrowed(open_shifts(at), wanted, at).order_by("starts_at", "pk")
    page = Paginator(shifts, PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, at)
    stops = list(live_stops_around([known.root] if known.root else []))
    context: dict[str, Any] = {
        "tabs": tabs(request, "needs"),
        "stage_notice": stops_strip(stops),
        "stop": stop_over(stops, wanted.area or known.root),
        "form": form,
        "more_used": any(request.GET.get(name) for name in ("home", "free", "cause", "q")),
        "area": wanted.area,
        "rows": rows,
        "count": page.paginator.count,
        "tiles": known.tiles(short_now(at)),
        "page_number": page.number,
        "page_count": page.paginator.num_pages,
        "previous_url": _page_url(request, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(request, page.number + 1) if page.has_next() else "",
        "waiting_calls": _waiting(wanted),
    }
    if not rows:
        nearest = nearest_short(at, near=wanted.area, limit=1)
        context["nearest"] = row_of(nearest[0], at) if nearest else None
        context["everything_url"] = reverse("public:needs")
    return render(request, "public/needs.html", context)


def _waiting(wanted: NeedsWanted) -> list[dict[str, Any]]:
    """Calls of the chosen place that no organization has taken on yet."""
    if wanted.area is None:
        return []
    calls = (
        calls_within(wanted.area).waiting().select_related("issuer").order_by("-priority", "starts_on", "pk")
    )
    return [
        {
            "title": call.display_title,
            "issuer": call.issuer.display_name,
            "url": reverse("public:need", args=[call.code]),
            "called_at": call.called_at,
        }
        for call in calls[:5]
    ]


def _page_url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
