"""Requests for a seat where the organization looks at each sign-up first."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from tasks.actions.approvals import approve as give_seat
from tasks.actions.approvals import approve_for_line, refuse_request
from tasks.models import Waiting
from tasks.queries.approvals import request_to, requests_shown
from web.access import OrganizerRequest
from web.forms import refuse as put_beside
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other
from web.organization.views.shifts import LEADER

SHOWN = 100


@LEADER
def requests(request: OrganizerRequest, code: str) -> HttpResponse:
    """Those that wait, or those that were answered; of one shift where `shift` names it."""
    leader_of_approved(request)
    answered = request.GET.get("state") == "answered"
    shift = request.GET.get("shift", "")
    rows = requests_shown(request.organization, answered=answered, shift=shift[:12], limit=SHOWN)
    context = {
        **frame(request, "requests"),
        "rows": rows,
        "answered": answered,
        "shift_code": shift,
        "of_shift": rows[0].shift if shift and rows else None,
        "is_cut": len(rows) == SHOWN,
    }
    return render(request, "organization/requests.html", context)


@require_POST
@LEADER
def approve(request: OrganizerRequest, code: str, asked: str) -> HttpResponse:
    """Yes: the seat is theirs; where none is free the list offers the line instead."""
    found = _found(request, asked)
    try:
        give_seat(waiting=found, by=request.user, at=clock.now())
    except DomainError as error:
        return _not_so(request, code, found, error)
    messages.success(
        request, gettext("%(name)s has the seat, and is told.") % {"name": found.volunteer.user.name}
    )
    return see_other("requests", code)


@require_POST
@LEADER
def to_line(request: OrganizerRequest, code: str, asked: str) -> HttpResponse:
    """Yes, once a seat is free."""
    found = _found(request, asked)
    try:
        approve_for_line(waiting=found, by=request.user, at=clock.now())
    except DomainError as error:
        return _not_so(request, code, found, error)
    messages.success(
        request,
        gettext("%(name)s waits in line, and is told.") % {"name": found.volunteer.user.name},
    )
    return see_other("requests", code)


def _not_so(request: OrganizerRequest, code: str, found: Waiting, error: DomainError) -> HttpResponse:
    """Back to the list with what stands in the way; it is about somebody else, so their name goes before it."""
    words = gettext("%(name)s has no seat yet. %(reason)s.")
    messages.error(request, words % {"name": found.volunteer.user.name, "reason": error.message})
    return see_other("requests", code)


@LEADER
def refuse(request: OrganizerRequest, code: str, asked: str) -> HttpResponse:
    """No, with a reason that reaches the person."""
    found = _found(request, asked)
    form = ReasonForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                refuse_request(
                    waiting=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
                )
            except DomainError as error:
                put_beside(form, error)
            else:
                messages.success(
                    request,
                    gettext("%(name)s is told, with your reason.") % {"name": found.volunteer.user.name},
                )
                return see_other("requests", code)
    context = {**frame(request, "requests"), "form": form, "asked": found, "shift": found.shift}
    return render(request, "organization/refuse_request.html", context, status=status)


def _found(request: OrganizerRequest, asked: str) -> Waiting:
    leader_of_approved(request)
    found = request_to(request.organization, asked)
    if found is None:
        raise Http404
    return found
