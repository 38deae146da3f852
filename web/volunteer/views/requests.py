"""Asking for a seat where an organizer looks first, and what became of it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions.approvals import ask_approval, take_back_request
from tasks.models import Shift, Waiting
from tasks.queries.approvals import request_of
from web.access import SignedInRequest, VolunteerRequest, signed_in, volunteer_only
from web.public.rows import place_of
from web.volunteer.forms import AskForm
from web.volunteer.frame import frame
from web.volunteer.views.find import at_the_door, back_to_need


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@back_to_need
@signed_in
def ask(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask the organizer for a seat."""
    return at_the_door(request, code, AskForm(request.POST), ask_approval, _asked)


def _asked(request: SignedInRequest, waiting: Waiting) -> HttpResponse:
    messages.success(request, gettext("Asked. The organizer’s answer comes to your messages."))
    return HttpResponseRedirect(
        reverse("volunteer:request", args=[waiting.code]), status=HTTPStatus.SEE_OTHER
    )


@never_cache
@require_safe
@volunteer_only
def own_request(request: VolunteerRequest, code: str) -> HttpResponse:
    """What was asked for, and the answer."""
    found = _own(request, code)
    if found.kind == Waiting.Kind.SEAT:
        # Agreed to while the shift was full: from then on it is a place in line.
        return HttpResponseRedirect(reverse("volunteer:waiting_place", args=[code]))
    return render(request, "volunteer/request.html", frame(request, "today") | _context(found))


@never_cache
@require_http_methods(["POST"])
@volunteer_only
def take_back(request: VolunteerRequest, code: str) -> HttpResponse:
    """No answer is needed any more."""
    found = _own(request, code)
    try:
        take_back_request(waiting=found, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("volunteer:request", args=[code]), status=HTTPStatus.SEE_OTHER)
    messages.success(request, gettext("Taken back. You can ask again as long as the shift is open."))
    return HttpResponseRedirect(reverse("public:need", args=[found.shift.code]), status=HTTPStatus.SEE_OTHER)


def _own(request: VolunteerRequest, code: str) -> Waiting:
    found = request_of(request.volunteer, code)
    if found is None:
        raise Http404
    return found


def _context(found: Waiting) -> dict[str, Any]:
    shift = found.shift
    return {
        "asked": found,
        "title": shift.task.display_title,
        "organization": shift.organization.display_name,
        "where": gettext("From home") if shift.task.is_remote else place_of(shift),
        "is_waiting": found.status == Waiting.Status.WAITING and shift.status == Shift.Status.OPEN,
        "seat_code": found.assignment.code if found.assignment else "",
    }
