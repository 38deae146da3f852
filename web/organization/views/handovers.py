"""Seats that people pass on among themselves: what waits for an organizer's word, and who still looks for somebody."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.errors import DomainError
from tasks.actions.handovers import approve_handover, refuse_handover
from tasks.models import Handover
from tasks.queries.handovers import LISTED_MOST, handovers, looking_in, waiting_in
from volunteers.models import Volunteer
from web.access import OrganizerRequest
from web.forms import refuse
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.lookup import ABOUT_OTHERS, said_of
from web.organization.views.registration import see_other
from web.organization.views.shifts import LEADER


@require_safe
@LEADER
def handover_list(request: OrganizerRequest, code: str) -> HttpResponse:
    """Those who have agreed and wait, then those who look for somebody; the soonest shift first."""
    leader_of_approved(request)
    at = clock.now()
    context = {
        **frame(request, "board"),
        "waiting": list(waiting_in(request.organization, at)[:LISTED_MOST]),
        "looking": list(looking_in(request.organization, at)[:LISTED_MOST]),
    }
    return render(request, "organization/handovers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@LEADER
def handover(request: OrganizerRequest, code: str, handover: str) -> HttpResponse:
    """Agree, or refuse with a reason that both read."""
    leader_of_approved(request)
    found = (
        handovers()
        .filter(
            code=handover, assignment__shift__organization=request.organization, status=Handover.Status.AGREED
        )
        .first()
    )
    if found is None or found.taker is None:
        if request.method == "POST":
            # Somebody else decided while this page was open, or one of the two changed their mind.
            messages.success(request, gettext("This is settled already."))
            return see_other("handovers", code)
        raise Http404
    answer = request.POST.get("answer", "")
    form = ReasonForm(request.POST if answer == "no" else None)
    refusal = ""
    if request.method == "POST" and (answer == "yes" or form.is_valid()):
        try:
            if answer == "yes":
                approve_handover(handover=found, by=request.user, at=clock.now())
            elif answer == "no":
                reason = form.cleaned_data["reason"]
                refuse_handover(handover=found, by=request.user, at=clock.now(), reason=reason)
        except DomainError as error:
            refusal = _said(found, error)
            if answer == "no":
                refuse(form, error)
        else:
            said = (
                gettext("Agreed. Both are told.")
                if answer == "yes"
                else gettext("Refused. Both are told why.")
            )
            messages.success(request, said)
            return see_other("handovers", code)
    context: dict[str, Any] = {
        **frame(request, "board"),
        "handover": found,
        "shift": found.assignment.shift,
        "form": form,
        "refusal": refusal,
        "board": reverse("organization:board", args=[code]),
    }
    return render(request, "organization/handover.html", context)


def _said(found: Handover, error: DomainError) -> str:
    """What speaks against it, said about whom it speaks of: in a swap that may be either."""
    if found.kind == Handover.Kind.STAND_IN and isinstance(found.taker, Volunteer):
        return said_of(found.taker, error)
    if isinstance(error, tuple(ABOUT_OTHERS)):
        return gettext("For one of the two it does not work any more: %(why)s") % {"why": error.message}
    return error.message
