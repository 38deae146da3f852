"""Offers: being asked for a seat, saying yes, saying no."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions.offers import accept_offer, decline_offer
from tasks.models import Offer
from tasks.queries.candidates import point_of
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.offers import offer_among, offer_of, open_offers_of
from volunteers.models import Volunteer
from volunteers.queries import proxied_by
from web.access import VolunteerRequest, volunteer_only
from web.public.alternatives import other_rows
from web.public.need_view import need_view
from web.stops import strip_around
from web.undo import say_done
from web.volunteer.forms import DeclineForm
from web.volunteer.frame import frame
from web.volunteer.offer_view import offer_view

OTHERS = 2


def _back_to_offer(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whose session ended while they thought it over comes back to the offer after signing in."""

    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            offer = reverse("volunteer:offer", args=[code])
            return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': offer})}")
        return view(request, code)

    return kept


def _own_offer(request: VolunteerRequest, code: str) -> Offer:
    """An offer to the volunteer, never to anybody else."""
    offer = offer_of(code, request.volunteer)
    if offer is None:
        raise Http404
    return offer


@never_cache
@require_safe
@volunteer_only
def offers(request: VolunteerRequest) -> HttpResponse:
    """What the volunteer is asked just now."""
    at = clock.now()
    context = frame(request, "today") | {
        "offers": [offer_view(offer, at) for offer in open_offers_of(request.volunteer, at)],
        "a_day": request.volunteer.offers_a_day,
    }
    return render(request, "volunteer/offers.html", context)


@never_cache
@require_safe
@volunteer_only
def offer(request: VolunteerRequest, code: str) -> HttpResponse:
    """One offer, with its one button; where it is over, what else there is."""
    found = offer_of(code, request.volunteer)
    if found is None:
        return _for_whom(request, code)
    return _page(request, found)


def _page(request: VolunteerRequest, found: Offer, refusal: DomainError | None = None) -> HttpResponse:
    at = clock.now()
    volunteer = request.volunteer
    view = offer_view(found, at)
    shift = shift_with_seats(found.shift.code, volunteer)
    point = point_of(volunteer)
    need = need_view(shift, roles_of(shift), at, signed_in=True, point=point)
    stands = view.is_open and need.is_open and not need.is_full and refusal is None
    context: dict[str, Any] = frame(request, "today") | {
        "offer": view,
        "need": need,
        "seat": shift.own_seat,
        "stands": stands,
        "refusal": refusal,
        "stage_notice": strip_around([found.shift.area]),
    }
    if not stands and not shift.own_seat:
        context["nearest"] = other_rows(volunteer, shift, at, limit=OTHERS)
    status = HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT
    return render(request, "volunteer/offer.html", context, status=status)


def _for_whom(request: VolunteerRequest, code: str) -> HttpResponse:
    """Whoever opens the offer of somebody they act for, or their own while they act for somebody, is led there."""
    found = offer_among(code, proxied_by(request.user))
    own = found is None and request.acts_for_other
    if own:
        found = offer_among(code, Volunteer.objects.filter(user=request.user))
    if found is None:
        raise Http404
    context = frame(request, "today") | {"whose": found.volunteer, "own": own}
    return render(request, "volunteer/offer_for_other.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_offer
@volunteer_only
def accept_offer_page(request: VolunteerRequest, code: str) -> HttpResponse:
    """Say yes: the seat is theirs, or the page says why it is not."""
    found = _own_offer(request, code)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("volunteer:offer", args=[code]))
    try:
        seat = accept_offer(offer=found, by=request.user, at=clock.now())
    except DomainError as error:
        return _page(request, _own_offer(request, code), refusal=error)
    return HttpResponseRedirect(reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_offer
@volunteer_only
def decline_offer_page(request: VolunteerRequest, code: str) -> HttpResponse:
    """Say no, with one of five reasons."""
    found = _own_offer(request, code)
    at = clock.now()
    view = offer_view(found, at)
    if not view.is_open:
        return HttpResponseRedirect(view.url, status=HTTPStatus.SEE_OTHER)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            decline_offer(
                offer=found,
                by=request.user,
                at=at,
                answer=Offer.Answer(form.cleaned_data["answer"]),
                words=form.cleaned_data["words"],
            )
        except DomainError as error:
            return _page(request, _own_offer(request, code), refusal=error)
        say_done(
            request,
            gettext("Thank you for saying so. Somebody else can have the seat now."),
            back=reverse("public:need", args=[found.shift.code]),
            label=gettext("I can come after all"),
        )
        return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)
    if form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = frame(request, "today") | {"offer": view, "form": form}
    return render(request, "volunteer/decline.html", context, status=status)
