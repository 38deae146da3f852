"""Not coming: giving a seat back, looking for somebody instead, swapping; and answering whoever looks."""

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
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, rates
from core.errors import DomainError
from tasks.actions.handovers import agree, ask_handover, decline_handover, withdraw_handover
from tasks.models import Assignment, Handover, Shift
from tasks.queries.handovers import (
    handover_by,
    known_to,
    live_handover_of,
    seats_to_give,
    shifts_to_want,
)
from tasks.queries.own import seats_of
from volunteers.models import Volunteer
from volunteers.queries import proxied_by
from web.access import VolunteerRequest, volunteer_only
from web.forms import posted, refuse
from web.stops import strip_around
from web.volunteer.frame import frame
from web.volunteer.handover_forms import LINK, NUMBER, GiveForm, StandInForm, SwapForm
from web.volunteer.handover_view import against_and_for, handover_view
from web.volunteer.seat_view import seat_view

NUMBERS_AN_HOUR = 20


def _own_seat(request: VolunteerRequest, code: str) -> Any:
    """A live seat of the volunteer, never of anybody else."""
    found = seats_of(request.volunteer).filter(code=code, status=Assignment.Status.ACTIVE).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@volunteer_only
def cannot_come(request: VolunteerRequest, code: str) -> HttpResponse:
    """The ways that are open: step back, find somebody, swap."""
    at = clock.now()
    found = _own_seat(request, code)
    passing = live_handover_of(found)
    context = frame(request, "today") | {
        "seat": seat_view(found, at),
        "passing": passing,
        "passing_url": reverse("volunteer:handover", args=[passing.code]) if passing else "",
        "may_pass": found.shift.handover_rule != Shift.HandoverRule.NONE,
        "needs_word": found.shift.handover_rule == Shift.HandoverRule.APPROVE,
        "is_here": found.in_at is not None,
        "has_begun": bool(found.shift.starts_at and found.shift.starts_at <= at),
    }
    return render(request, "volunteer/cannot_come.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def find_somebody(request: VolunteerRequest, code: str) -> HttpResponse:
    """Somebody comes instead."""
    found = _own_seat(request, code)
    form = StandInForm(posted(request), known=known_to(request.volunteer, clock.now()))
    return _ask(request, found, form, Handover.Kind.STAND_IN)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def swap(request: VolunteerRequest, code: str) -> HttpResponse:
    """Another seat instead of this one."""
    at = clock.now()
    found = _own_seat(request, code)
    form = SwapForm(
        posted(request), known=known_to(request.volunteer, at), shifts=shifts_to_want(found, at), at=at
    )
    return _ask(request, found, form, Handover.Kind.SWAP)


def _ask(request: VolunteerRequest, seat: Any, form: StandInForm, kind: Handover.Kind) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(request, form)
        if not form.errors:
            shifts = getattr(form, "shifts", {})
            try:
                handover = ask_handover(
                    assignment=seat,
                    kind=kind,
                    by=request.user,
                    at=clock.now(),
                    wanted=wanted,
                    wanted_shift=shifts.get(form.cleaned_data.get("wanted_shift", "")),
                    words=form.cleaned_data["words"],
                )
            except DomainError as error:
                refuse(form, error, {"wanted": "whom"})
            else:
                if wanted is not None:
                    said = gettext("%(name)s is asked. Until they say yes, the seat is yours.")
                    messages.success(request, said % {"name": wanted.user.name})
                return _to(handover)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = frame(request, "today") | {
        "seat": seat_view(seat, clock.now()),
        "form": form,
        "is_swap": kind == Handover.Kind.SWAP,
        "needs_word": seat.shift.handover_rule == Shift.HandoverRule.APPROVE,
    }
    return render(request, "volunteer/find_somebody.html", context, status=status)


def _wanted(request: VolunteerRequest, form: StandInForm) -> Volunteer | None:
    """Whoever is named; a number is looked up, so often an hour and no more."""
    whom = form.cleaned_data["whom"]
    if whom == LINK:
        return None
    if whom != NUMBER:
        return form.known[whom]
    found = None
    if rates.hit(f"number:{request.user.pk}", limit=NUMBERS_AN_HOUR, seconds=3600, by_machine=True):
        people = Volunteer.objects.filter(user__is_active=True).select_related("user")
        found = people.filter(number=form.cleaned_data["number"]).first()
    if found is None:
        form.add_error("number", gettext("Nobody has this number. Compare it with theirs, digit by digit"))
    return found


def _to(handover: Handover) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        reverse("volunteer:handover", args=[handover.code]), status=HTTPStatus.SEE_OTHER
    )


def _back_to_it(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Whose session ended while they thought it over comes back after signing in."""

    @wraps(view)
    def kept(request: HttpRequest, code: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            back = reverse("volunteer:handover", args=[code])
            return HttpResponseRedirect(f"{reverse('account:enter')}?{urlencode({'next': back})}")
        return view(request, code)

    return kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_back_to_it
@volunteer_only
def handover(request: VolunteerRequest, code: str) -> HttpResponse:
    """One handover: its holder passes it on or takes it back, somebody else says yes or no."""
    found = handover_by(code)
    if found is None:
        raise Http404
    volunteer = request.volunteer
    if found.assignment.volunteer_id == volunteer.pk:
        return _holders(request, found)
    if found.wanted_id not in (None, volunteer.pk):
        return _for_whom(request, found)
    return _takers(request, found)


def _holders(request: VolunteerRequest, found: Handover) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        try:
            withdraw_handover(handover=found, by=request.user, at=clock.now())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, gettext("Taken back. The seat is yours, and they count on you."))
            return HttpResponseRedirect(
                reverse("volunteer:seat", args=[found.assignment.code]), status=HTTPStatus.SEE_OTHER
            )
    view = handover_view(found, clock.now())
    context = frame(request, "today") | {
        "handover": view,
        "refusal": refusal,
        # Without a language: whoever follows it gets their own.
        "address": request.build_absolute_uri(view.url.removeprefix(f"/{get_language()}")),
        "stage_notice": strip_around([found.assignment.shift.area]),
    }
    status = HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT
    return render(request, "volunteer/handover_own.html", context, status=status)


def _takers(request: VolunteerRequest, found: Handover) -> HttpResponse:
    at = clock.now()
    volunteer = request.volunteer
    is_swap = found.kind == Handover.Kind.SWAP
    seats = seats_to_give(volunteer, found, at) if is_swap else []
    answer = request.POST.get("answer", "")
    form = GiveForm(request.POST if answer == "yes" else None, seats=seats, at=at)
    refusal = None
    if request.method == "POST":
        try:
            if answer == "no":
                return _declined(request, found)
            if answer == "yes" and (not is_swap or form.is_valid()):
                in_return = form.seats[form.cleaned_data["in_return"]] if is_swap else None
                return _agreed(request, found, in_return)
        except DomainError as error:
            refusal = error
            found = handover_by(found.code) or found
    view = handover_view(found, at)
    stop = strip_around([found.assignment.shift.area])
    reasons = (
        against_and_for(found, volunteer, at, is_stopped=stop is not None)
        if view.stands and not is_swap
        else []
    )
    context = frame(request, "today") | {
        "handover": view,
        "refusal": refusal,
        "form": form,
        "seats": seats,
        "reasons": reasons,
        "forbidden": any(not reason["good"] for reason in reasons),
        "is_mine": found.taker_id == volunteer.pk,
        "is_named": found.wanted_id == volunteer.pk,
        "new_seat": _new_seat(found, volunteer),
        "stage_notice": stop,
    }
    status = HTTPStatus.OK
    if refusal is not None:
        status = HTTPStatus.CONFLICT
    elif request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "volunteer/handover.html", context, status=status)


def _new_seat(found: Handover, volunteer: Volunteer) -> str:
    """The address of the seat that the taker got; empty where they have none."""
    if found.status != Handover.Status.DONE or found.taker_id != volunteer.pk:
        return ""
    mine = Assignment.objects.live().filter(role=found.assignment.role_id, volunteer=volunteer)
    code = mine.values_list("code", flat=True).first()
    return reverse("volunteer:seat", args=[code]) if code else ""


def _agreed(request: VolunteerRequest, found: Handover, in_return: Assignment | None) -> HttpResponse:
    done = agree(
        handover=found, by=request.user, at=clock.now(), volunteer=request.volunteer, in_return=in_return
    )
    if done.status == Handover.Status.DONE:
        seat = Assignment.objects.live().get(role=found.assignment.role_id, volunteer=request.volunteer)
        messages.success(request, gettext("The seat is yours. Thank you for stepping in."))
        return HttpResponseRedirect(reverse("volunteer:seat", args=[seat.code]), status=HTTPStatus.SEE_OTHER)
    messages.success(request, gettext("Thank you. The organizer looks at it, and you hear from us."))
    return _to(found)


def _declined(request: VolunteerRequest, found: Handover) -> HttpResponse:
    """A no to somebody who asked by name, or a yes that is taken back; else nobody waits for an answer."""
    volunteer = request.volunteer
    if volunteer.pk in (found.wanted_id, found.taker_id):
        decline_handover(handover=found, by=request.user, at=clock.now(), volunteer=volunteer)
        messages.success(request, gettext("Thank you for saying so. They can ask somebody else now."))
    return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)


def _for_whom(request: VolunteerRequest, found: Handover) -> HttpResponse:
    """Whoever opens what is asked of somebody they act for, or of themselves while they act for somebody."""
    wanted = proxied_by(request.user).filter(pk=found.wanted_id or 0).first()
    own = wanted is None and request.acts_for_other
    if own:
        wanted = (
            Volunteer.objects.filter(user=request.user, pk=found.wanted_id or 0)
            .select_related("user")
            .first()
        )
    if wanted is None:
        raise Http404
    context = frame(request, "today") | {"whose": wanted, "own": own}
    return render(request, "volunteer/offer_for_other.html", context)
