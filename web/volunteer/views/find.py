"""Finding work that fits, and taking a seat."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions import seats
from tasks.actions.refusals import NoSuchSeat
from tasks.queries.fitting import fitting, shifts_that_fit
from tasks.queries.needs import nearest_short
from tasks.queries.seats import SeatWanted
from volunteers.models import Volunteer
from volunteers.queries import proxied_volunteer, volunteer_of
from web.access import ACTING_FOR, SignedInRequest, VolunteerRequest, signed_in, volunteer_only
from web.context import link
from web.public.need_context import point_of, shift_context
from web.public.rows import row_of, rows_of
from web.stops import strip_around
from web.volunteer.forms import SignUpForm
from web.volunteer.frame import frame

ON_A_PAGE = 20
FAR = 1e9


@never_cache
@require_safe
@volunteer_only
def find(request: VolunteerRequest) -> HttpResponse:
    """What the volunteer may join, by time or by distance."""
    at = clock.now()
    volunteer = request.volunteer
    point = point_of(volunteer)
    fits = fitting(volunteer, at, point)
    by_distance = request.GET.get("sort") == "near" and point is not None
    if by_distance:
        fits.sort(key=lambda fit: FAR if fit.metres is None else fit.metres)
    page = Paginator(fits, ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = frame(request, "find") | {
        "rows": rows_of(shifts_that_fit(list(page)), at, point),
        "count": len(fits),
        "page_number": page.number,
        "page_count": page.paginator.num_pages,
        "previous_url": _page_url(by_distance, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(by_distance, page.number + 1) if page.has_next() else "",
        "by_distance": by_distance,
        "has_point": point is not None,
        "reach_km": volunteer.reach_km,
        "area": volunteer.area,
        "profile_url": link("account:profile"),
        "stage_notice": strip_around([volunteer.area] if volunteer.area else []),
    }
    if not fits:
        nearest = nearest_short(at, near=volunteer.area, point=point, limit=1)
        context["nearest"] = row_of(nearest[0], at, point) if nearest else None
    return render(request, "volunteer/find.html", context)


def _page_url(by_distance: bool, number: int) -> str:
    return f"?{urlencode({'sort': 'near' if by_distance else 'time', 'page': number})}"


def _back_to_need(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whose session ended comes back to the shift after signing in, not to the start."""

    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponseBase:
        need = reverse("public:need", args=[code])
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': need})}")
        if request.method != "POST":
            return HttpResponseRedirect(need)
        return view(request, code)

    return kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_need
@signed_in
def sign_up(request: SignedInRequest, code: str) -> HttpResponse:
    """Take a seat: six statements of the domain and none of this page, for this is the crowded door."""
    number = request.session.get(ACTING_FOR)
    proxied = proxied_volunteer(request.user, number) if number else None
    form = SignUpForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        seat = seats.sign_up(
            role=SeatWanted(code, form.cleaned_data["part"]),
            by=request.user,
            at=clock.now(),
            volunteer=proxied,
        )
    except NoSuchSeat:
        if proxied is None and volunteer_of(request.user) is None:
            return HttpResponseRedirect(reverse("account:start"), status=HTTPStatus.SEE_OTHER)
        raise Http404 from None
    except DomainError as error:
        return _refused(request, code, proxied or volunteer_of(request.user), error)
    return HttpResponseRedirect(reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER)


def _refused(
    request: SignedInRequest, code: str, volunteer: Volunteer | None, error: DomainError
) -> HttpResponse:
    """The page of the shift again, with the sentence and what else needs hands."""
    context = shift_context(request, code, volunteer, refusal=error)
    if context is None:
        raise Http404
    return render(request, "public/need.html", context, status=HTTPStatus.CONFLICT)
