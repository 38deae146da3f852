"""What a volunteer can do: the work that fits, what opens later, and what stands between them and the rest."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from tasks.queries.candidates import Candidate, point_of
from tasks.queries.finding import find_work, rows_of_shifts
from tasks.queries.needs import nearest_short
from tasks.queries.recruiting import recruiting_of
from tasks.queries.waiting import waiting_of
from web.access import VolunteerRequest, volunteer_only
from web.context import link
from web.public.rows import row_of
from web.recruiting import recruiting_view
from web.stops import strip_around
from web.volunteer.find_form import FindForm
from web.volunteer.find_view import place_view, step_of, with_note
from web.volunteer.frame import frame

ON_A_PAGE = 20
ON_A_LARGE_PAGE = 3
LATER = 5


@never_cache
@require_safe
@volunteer_only
def find(request: VolunteerRequest) -> HttpResponse:
    """Only what the volunteer may join, by time, distance or need."""
    at = clock.now()
    volunteer, point = request.volunteer, point_of(request.volunteer)
    form = FindForm(
        request.GET,
        reach_km=volunteer.reach_km if point else None,
        timed=request.GET.get("tab") != "any",
    )
    wanted = form.wanted(at)
    found = find_work(volunteer, wanted, at)
    form.offer(found, wanted)
    large = bool(request.elder)  # type: ignore[attr-defined]
    page = Paginator(found.fits, ON_A_LARGE_PAGE if large else ON_A_PAGE).get_page(request.GET.get("page"))
    later = [] if page.number > 1 or large else found.later[:LATER]
    nearest = [found.nearest_short] if found.nearest_short else []
    # One read for every row of the page.
    shown: list[Candidate] = [*page, *later, *nearest]
    shifts = {shift.pk: shift for shift in rows_of_shifts(dict.fromkeys(one.shift_id for one in shown))}
    rows = {
        one.shift_id: with_note(row_of(shifts[one.shift_id], at, point), one, at)
        for one in shown
        if one.shift_id in shifts
    }
    context: dict[str, Any] = frame(request, "find") | {
        "form": form,
        "narrowed": any(value for name, value in request.GET.items() if name not in ("tab", "page", "sort")),
        "timed": wanted.timed,
        "rows": [rows[one.shift_id] for one in page if one.shift_id in rows],
        "later": [rows[one.shift_id] for one in later if one.shift_id in rows],
        "later_count": len(found.later),
        "short": rows.get(nearest[0].shift_id) if nearest else None,
        "count": len(found.fits),
        "is_cut": found.is_cut,
        "steps": [step_of(hindrance, volunteer) for hindrance in found.hindrances],
        "places": [place_view(waiting, at) for waiting in waiting_of(volunteer, at)],
        "recruiting": recruiting_view(recruiting_of(volunteer.area, at)),
        "page_number": page.number,
        "page_count": page.paginator.num_pages,
        "previous_url": _url(request, page=page.number - 1) if page.has_previous() else "",
        "next_url": _url(request, page=page.number + 1) if page.has_next() else "",
        "timed_url": _url(request, tab="", page=""),
        "timeless_url": _url(request, tab="any", page=""),
        "plain_url": "?tab=any" if not wanted.timed else request.path,
        "has_point": point is not None,
        "reach_km": volunteer.reach_km,
        "area": volunteer.area,
        "profile_url": link("account:profile"),
        "stage_notice": strip_around([volunteer.area] if volunteer.area else []),
    }
    if not found.fits and not nearest:
        others = nearest_short(at, near=volunteer.area, point=point, limit=1)
        context["elsewhere"] = row_of(others[0], at, point) if others else None
    return render(request, "volunteer/find.html", context)


def _url(request: HttpRequest, **changes: object) -> str:
    """The same list with some values changed; empty ones are left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    for name in [name for name in query if not query[name]]:
        del query[name]
    return f"?{query.urlencode()}"
