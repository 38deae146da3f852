"""The first page: how many hands are missing, where, and whether we kept our word."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from areas.models import Area
from core import clock
from tasks.queries.needs import most_urgent, open_shifts
from tasks.queries.recruiting import recruiting_everywhere
from tasks.queries.shortage import short_now
from tasks.queries.stages import live_stops_around
from web.access import public
from web.live import answer, is_poll, number
from web.public.figures import promises
from web.public.forms import AreaForm
from web.public.frame import briefly_kept, closing_notice, stage_notice, tabs
from web.public.places import places
from web.public.rows import rows_of
from web.recruiting import recruiting_view
from web.stops import stop_over, stops_strip

SHOWN = 6
SHOWN_LARGE = 1
# Among how many of the most urgent shifts the page chooses, and how many of one kind of work it shows.
LOOKED_AT = 40
OF_ONE_KIND = 2


@require_safe
@public
@briefly_kept
def home(request: HttpRequest) -> HttpResponse:
    """Hands missing until tomorrow night, two doors, the map, the most urgent shifts; to a poll the hands alone."""
    at = clock.now()
    if is_poll(request):
        root = Area.objects.filter(level=Area.Level.PROVINCE).first()
        hands = {"place": root.short_name if root else "", "total": short_now(at).total}
        return answer(request, "public/_hands.html", hands | {"before": number(request, "taken")})
    known = places()
    shortage = short_now(at)
    large = bool(request.elder)  # type: ignore[attr-defined]
    stops = list(live_stops_around([known.root] if known.root else []))
    context: dict[str, Any] = {
        "tabs": [] if large else tabs(request, "home"),
        "place": known.root.short_name if known.root else "",
        "total": shortage.total,
        "before": None,
        "rows": rows_of(_varied(most_urgent(at, limit=LOOKED_AT), SHOWN_LARGE if large else SHOWN), at),
        "help_url": _help_url(request),
        "stage_notice": stops_strip(stops),
        "stop": stop_over(stops, known.root),
        "recruiting": recruiting_view(recruiting_everywhere(at)),
    }
    if not large:
        context |= {
            "stage_notice": stops_strip(stops) or stage_notice(known.root, at) or closing_notice(at),
            "tiles": known.tiles(shortage),
            "form": AreaForm(places=known),
            "open_count": open_shifts(at).count(),
            "promises": promises(known.root),
        }
    return render(request, "public/home.html", context)


def _varied(shifts: list[Any], count: int) -> list[Any]:
    """The first shifts, with no kind of work more than twice while there are others."""
    kinds: Counter[int] = Counter()
    chosen: list[Any] = []
    rest: list[Any] = []
    for shift in shifts:
        kinds[shift.task.type_id] += 1
        (chosen if kinds[shift.task.type_id] <= OF_ONE_KIND else rest).append(shift)
    return (chosen + rest)[:count]


def _help_url(request: HttpRequest) -> str:
    """Strangers look around first; who has signed in finds what fits."""
    return reverse("volunteer:find") if request.user.is_authenticated else reverse("public:needs")
