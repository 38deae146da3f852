"""Teams: founded, joined by a code, left, ended, and signed up as one."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, rates
from core.errors import DomainError
from tasks.actions.teams import sign_up_team
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.parties import party_of
from tasks.queries.seats import SeatWanted
from volunteers.actions import teams as actions
from volunteers.models import Team
from volunteers.queries import members_of_team, team_of, teams_of
from web.access import VolunteerRequest, volunteer_only
from web.forms import refuse
from web.public.need_view import need_view
from web.volunteer.frame import frame
from web.volunteer.team_forms import CodeForm, FoundForm, TeamSignUpForm
from web.volunteer.views.find import refused

# Seven of 23 letters cannot be guessed at this pace.
TRIES, TRIES_SECONDS = 20, 600


@never_cache
@require_safe
@volunteer_only
def teams(request: VolunteerRequest) -> HttpResponse:
    """My teams, a new one, and a code that I was given."""
    return _teams(request, FoundForm(), CodeForm())


def _teams(
    request: VolunteerRequest, found: FoundForm, code: CodeForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = frame(request, "mine") | {
        "teams": teams_of(request.volunteer),
        "found_form": found,
        "code_form": code,
    }
    return render(request, "volunteer/teams.html", context, status=status)


@never_cache
@require_POST
@volunteer_only
def found_team(request: VolunteerRequest) -> HttpResponse:
    form = FoundForm(request.POST)
    if form.is_valid():
        try:
            team = actions.found_team(
                name=form.cleaned_data["name"],
                leader=request.volunteer,
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Founded. Send its code to those who belong to it."))
            return _see(team)
    return _teams(request, form, CodeForm(), HTTPStatus.UNPROCESSABLE_ENTITY)


@never_cache
@require_POST
@volunteer_only
def join_team(request: VolunteerRequest) -> HttpResponse:
    """Into a team by its code; the code of a party leads to the kept place instead."""
    form = CodeForm(request.POST)
    if form.is_valid() and not rates.hit(
        f"join-code:{request.user.pk}", limit=TRIES, seconds=TRIES_SECONDS, by_machine=True
    ):
        form.add_error("join_code", gettext("Too many tries. Wait a few minutes"))
    if form.is_valid():
        typed = form.cleaned_data["join_code"]
        try:
            team = actions.join_team(
                join_code=typed, volunteer=request.volunteer, by=request.user, at=clock.now()
            )
        except actions.NoSuchTeam as error:
            if party := party_of(typed):
                return HttpResponseRedirect(
                    reverse("public:party", args=[party.join_code]), status=HTTPStatus.SEE_OTHER
                )
            refuse(form, error)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("You belong to %(name)s now.") % {"name": team.name})
            return _see(team)
    return _teams(request, FoundForm(), form, HTTPStatus.UNPROCESSABLE_ENTITY)


@never_cache
@require_safe
@volunteer_only
def team(request: VolunteerRequest, code: str) -> HttpResponse:
    """Its people, and the code that lets others in."""
    found = _own(request, code)
    context = frame(request, "mine") | {
        "team": found,
        "leads": found.leader_id == request.volunteer.pk,
        "members": members_of_team(found),
    }
    return render(request, "volunteer/team.html", context)


@never_cache
@require_POST
@volunteer_only
def leave_team(request: VolunteerRequest, code: str) -> HttpResponse:
    return _out(request, _own(request, code), actions.leave_team, gettext("You have left the team."))


@never_cache
@require_POST
@volunteer_only
def end_team(request: VolunteerRequest, code: str) -> HttpResponse:
    return _out(request, _own(request, code), actions.end_team, gettext("The team has ended."))


def _out(request: VolunteerRequest, found: Team, act: Any, done: str) -> HttpResponse:
    try:
        act(team=found, volunteer=request.volunteer, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
        return _see(found)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("volunteer:teams"), status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def sign_up_my_team(request: VolunteerRequest, code: str) -> HttpResponse:
    """Keep places for a team that I lead; each member is told, and takes one in their own name."""
    shift = shift_with_seats(code, request.volunteer)
    if shift is None:
        raise Http404
    at = clock.now()
    roles = roles_of(shift)
    led = [one for one in teams_of(request.volunteer) if one.leader_id == request.volunteer.pk]
    most = max(min(shift.party_most, max(role.seats_free for role in roles)), 1)
    form = TeamSignUpForm(
        request.POST if request.method == "POST" else None, teams=led, roles=roles, most=most
    )
    if request.method == "POST" and form.is_valid():
        try:
            seat = sign_up_team(
                role=SeatWanted(code, form.chosen_part()),
                team=form.chosen_team(),
                leader=request.volunteer,
                by=request.user,
                at=at,
                seats=form.cleaned_data["seats"],
            )
        except DomainError as error:
            if error.field in form.fields or error.code == "team-of-one":
                refuse(form, error)
            else:
                return refused(request, code, request.volunteer, error)
        else:
            messages.success(request, gettext("The places are kept, and your team is told."))
            return HttpResponseRedirect(
                reverse("volunteer:seat", args=[seat.code]), status=HTTPStatus.SEE_OTHER
            )
    context = frame(request, "find") | {
        "need": need_view(shift, roles, at, signed_in=True),
        "led": led,
        "form": form,
        "seat": shift.own_seat,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "volunteer/sign_up_team.html", context, status=status)


def _own(request: VolunteerRequest, code: str) -> Team:
    found = team_of(request.volunteer, code)
    if found is None:
        raise Http404
    return found


def _see(found: Team) -> HttpResponse:
    return HttpResponseRedirect(reverse("volunteer:team", args=[found.code]), status=HTTPStatus.SEE_OTHER)
