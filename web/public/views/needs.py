"""The list of needs."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.calls import calls_within
from tasks.queries.finding import fitting_ids
from tasks.queries.needs import NeedsWanted, joinable, narrowed, nearest_short, open_shifts, page_of
from tasks.queries.shortage import short_now
from tasks.queries.stages import live_stops_around
from volunteers.queries import volunteer_of
from web.access import public
from web.public.forms import NeedsForm
from web.public.frame import briefly_kept, tabs
from web.public.places import places
from web.public.rows import row_of, rows_of
from web.stops import stop_over, stops_strip

PAGE = 20
COUNTED = 1000
# The filters that a reader opens first.
NARROWER = ("home", "free", "mine", "cause", "q", "km", "part", "weekday", "since", "until")


@require_safe
@public
@briefly_kept
def needs(request: HttpRequest) -> HttpResponse:
    """Open shifts, the soonest first, narrowed by place, time, kind, words, and to what the reader can take."""
    at = clock.now()
    known = places()
    form = NeedsForm(request.GET, places=known)
    wanted = form.wanted(at)
    volunteer = volunteer_of(request.user) if request.user.is_authenticated else None
    if volunteer is None:
        del form.fields["mine"]
    elif form.cleaned_data.get("mine"):
        wanted = replace(wanted, ids=fitting_ids(volunteer, at))
    page = page_of(
        narrowed(open_shifts(at), wanted, at),
        size=PAGE,
        after=request.GET.get("after", "")[:12],
        before=request.GET.get("before", "")[:12],
    )
    rows = rows_of(page.shifts, at, wanted.centre)
    stops = list(live_stops_around([known.root] if known.root else []))
    context: dict[str, Any] = {
        "tabs": tabs(request, "needs"),
        "stage_notice": stops_strip(stops),
        "stop": stop_over(stops, wanted.area or known.root),
        "form": form,
        "more_used": any(request.GET.get(name) for name in NARROWER),
        "area": wanted.area,
        "rows": rows,
        # Beyond this nobody counts on: it is many.
        "count": narrowed(joinable(at), wanted, at).order_by()[: COUNTED + 1].count(),
        "counted": COUNTED,
        "tiles": known.tiles(short_now(at), filters=True),
        "previous_url": _page_url(request, before=rows[0].code) if rows and page.has_before else "",
        "next_url": _page_url(request, after=rows[-1].code) if rows and page.has_after else "",
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


def _page_url(request: HttpRequest, **key: str) -> str:
    query = request.GET.copy()
    for name in ("after", "before", "page"):
        query.pop(name, None)
    query.update(key)
    return f"?{query.urlencode()}"
