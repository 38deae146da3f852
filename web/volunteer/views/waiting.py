"""The waiting list: join it, see one's place, take the seat that is held or say no."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
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
from tasks.actions import waiting as line
from tasks.actions.holding import PASSED
from tasks.actions.refusals import words_for
from tasks.models import Waiting
from tasks.policies import Ground
from tasks.queries.candidates import point_of
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.odds import odds_of
from tasks.queries.seats import reasons_for
from tasks.queries.waiting import place_of, waiting_of
from volunteers.models import Volunteer
from volunteers.queries import proxied_by
from web.access import SignedInRequest, VolunteerRequest, signed_in, volunteer_only
from web.forms import posted
from web.live import answer, is_poll
from web.odds import odds_words
from web.public.alternatives import other_rows
from web.public.need_view import need_view
from web.stops import strip_around
from web.undo import say_done
from web.volunteer.forms import FewerForm, JoinLineForm, WaitingCodeForm
from web.volunteer.frame import frame
from web.volunteer.views.find import at_the_door, back_to_need
from web.volunteer.waiting_view import waiting_view

OTHERS = 2


def _back_to_place(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whose session ended while they thought it over comes back to the place after signing in."""

    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponseBase:
        place = reverse("volunteer:waiting_place", args=[code])
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': place})}")
        return view(request, code)

    return kept


def _pressed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whoever comes without pressing the button sees the place."""

    @wraps(view)
    def kept(request: VolunteerRequest, code: str) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponseRedirect(reverse("volunteer:waiting_place", args=[code]))
        return view(request, code)

    return kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@back_to_need
@signed_in
def join_line(request: SignedInRequest, code: str) -> HttpResponse:
    """Wait for a seat of a full shift; where one is free after all, the page says so."""
    return at_the_door(request, code, JoinLineForm(request.POST), line.join_line, _waits)


def _waits(request: SignedInRequest, place: Waiting) -> HttpResponse:
    messages.success(
        request, gettext("You are on the list. When a seat comes free for you, we tell you at once.")
    )
    return _see(place)


def _see(place: Waiting) -> HttpResponse:
    url = reverse("volunteer:waiting_place", args=[place.code])
    return HttpResponseRedirect(url, status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def waiting(request: VolunteerRequest) -> HttpResponse:
    """Where the volunteer waits; and where the code of a text message is typed."""
    at = clock.now()
    form = WaitingCodeForm(posted(request))
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid() and (found := place_of(form.cleaned_data["code"], request.volunteer)):
            return _see(found)
        if form.is_valid():
            form.add_error("code", gettext("No place in line has this code. Look at the message again"))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    places = [waiting_view(place, at) for place in waiting_of(request.volunteer, at)]
    context = frame(request, "today") | {
        "places": places,
        "all_wait": all(place.waits for place in places),
        "form": form,
    }
    return render(request, "volunteer/waiting.html", context, status=status)


@never_cache
@require_safe
@volunteer_only
def waiting_place(request: VolunteerRequest, code: str) -> HttpResponse:
    """One place in line, with its one button where a seat is held."""
    found = place_of(code, request.volunteer)
    if found is None:
        return _for_whom(request, code)
    if is_poll(request):
        place = waiting_view(found, clock.now())
        told = request.GET.get("state", "")
        return answer(request, "volunteer/_place_now.html", {"place": place, "told": told})
    return _page(request, found)


def _page(request: VolunteerRequest, found: Any, refusal: DomainError | None = None) -> HttpResponse:
    at = clock.now()
    volunteer = request.volunteer
    view = waiting_view(found, at)
    shift = shift_with_seats(found.shift.code, volunteer)
    point = point_of(volunteer)
    need = need_view(shift, roles_of(shift), at, signed_in=True, point=point)
    live = need.is_open and (view.is_held or view.waits)
    context: dict[str, Any] = frame(request, "today") | {
        "place": view,
        "need": need,
        "seat": shift.own_seat,
        "live": live,
        "refusal": refusal,
        "stage_notice": strip_around([found.shift.area]),
        "fewer": FewerForm(initial={"seats": min(view.seats - 1, max(view.free, 1))}, most=view.seats - 1)
        if live and view.waits and view.seats > 1
        else None,
    }
    if live and not refusal:
        context["against"] = _against(found, volunteer, shift, at)
        odds = odds_of(found, at=at) if view.waits else None
        context["odds"] = odds_words(odds) if odds else ""
    if not view.is_held and not shift.own_seat:
        context["nearest"] = other_rows(volunteer, shift, at, limit=OTHERS)
    status = HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT
    return render(request, "volunteer/waiting_place.html", context, status=status)


def _against(found: Waiting, volunteer: Volunteer, shift: Any, at: Any) -> list[str]:
    """What counts against the seat by now: while it does, others come first."""
    found.role.shift = found.shift
    reasons = reasons_for(found.role, volunteer, at, is_stopped=shift.is_stopped)
    about_the_person = (reason for reason in reasons if not reason.good and reason.ground not in PASSED)
    return [words_for(reason, shift) for reason in about_the_person if reason.ground != Ground.NOT_OPEN]


def _for_whom(request: VolunteerRequest, code: str) -> HttpResponse:
    """Whoever opens the place of somebody they act for, or their own while they act for somebody, is led there."""
    found = place_of(code, proxied_by(request.user))
    own = found is None and request.acts_for_other
    if own:
        found = place_of(code, Volunteer.objects.filter(user=request.user))
    if found is None:
        raise Http404
    context = frame(request, "today") | {"whose": found.volunteer, "own": own}
    return render(request, "volunteer/waiting_for_other.html", context)


def _own(request: VolunteerRequest, code: str) -> Waiting:
    found = place_of(code, request.volunteer)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_place
@volunteer_only
@_pressed
def accept_held(request: VolunteerRequest, code: str) -> HttpResponse:
    """Say yes: the seat is theirs, or the page says why it is not."""
    try:
        seat = line.accept_held(waiting=_own(request, code), by=request.user, at=clock.now())
    except DomainError as error:
        return _page(request, _own(request, code), refusal=error)
    return HttpResponseRedirect(reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_place
@volunteer_only
@_pressed
def decline_held(request: VolunteerRequest, code: str) -> HttpResponse:
    """Say no: the next one is told at once."""
    found = _own(request, code)
    try:
        line.decline_held(waiting=found, by=request.user, at=clock.now())
    except DomainError as error:
        return _page(request, _own(request, code), refusal=error)
    say_done(
        request,
        gettext("Thank you for saying so. The seat goes to the next."),
        back=reverse("public:need", args=[found.shift.code]),
        label=gettext("I can come after all"),
    )
    return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_place
@volunteer_only
@_pressed
def leave_line(request: VolunteerRequest, code: str) -> HttpResponse:
    """Wait no longer."""
    found = _own(request, code)
    try:
        line.leave_line(waiting=found, by=request.user, at=clock.now())
    except DomainError as error:
        return _page(request, _own(request, code), refusal=error)
    say_done(
        request,
        gettext("You have left the list."),
        back=reverse("public:need", args=[found.shift.code]),
        label=gettext("Join it again, at its end"),
    )
    return HttpResponseRedirect(reverse("volunteer:waiting"), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_place
@volunteer_only
@_pressed
def come_with_fewer(request: VolunteerRequest, code: str) -> HttpResponse:
    """Make a party smaller; the place stays."""
    found = _own(request, code)
    form = FewerForm(request.POST, most=found.seats - 1)
    try:
        seats = form.cleaned_data["seats"] if form.is_valid() else 0
        line.come_with_fewer(waiting=found, seats=seats, by=request.user, at=clock.now())
    except DomainError as error:
        return _page(request, _own(request, code), refusal=error)
    messages.success(request, gettext("Saved. Your place stays the same."))
    return _see(found)
