"""One link from the message that a seat is gone or was moved: what else there is, each with one tap."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from tasks.actions.rebooking import rebook as rebook_seat
from tasks.models import Assignment, Shift, Waiting
from tasks.queries.candidates import point_of
from tasks.queries.rebooking import instead_of, lost_seat
from tasks.queries.seats import SeatWanted
from web.access import VolunteerRequest, volunteer_only
from web.public.rows import row_of
from web.stops import strip_around
from web.volunteer.forms import SignUpForm
from web.volunteer.frame import frame


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def rebook(request: VolunteerRequest, code: str) -> HttpResponse:
    """What became of the seat and why, and up to six others; POST takes one of them."""
    volunteer = request.volunteer
    lost = lost_seat(code, volunteer)
    if lost is None:
        raise Http404
    at = clock.now()
    refusal = None
    if request.method == "POST":
        form = SignUpForm(request.POST)
        if not form.is_valid():
            raise Http404
        lost.volunteer = volunteer
        wanted = SeatWanted(request.POST.get("shift", "")[:12], form.cleaned_data["part"])
        try:
            seat = rebook_seat(lost=lost, role=wanted, by=request.user, at=at)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, gettext("The new seat is yours."))
            return HttpResponseRedirect(
                reverse("volunteer:done", args=[seat.code]), status=HTTPStatus.SEE_OTHER
            )
    others = [
        (row_of(one.shift, at, point_of(volunteer)), one.number) for one in instead_of(lost, volunteer, at)
    ]
    shift = lost.shift
    holds = isinstance(lost, Assignment) and lost.status == Assignment.Status.ACTIVE
    context = frame(request, "find") | {
        "lost": lost,
        "shift": shift,
        "title": shift.task.display_title,
        "others": others,
        "refusal": refusal,
        "holds": holds,
        "waits": isinstance(lost, Waiting)
        and lost.status in (Waiting.Status.WAITING, Waiting.Status.OFFERED),
        "reason": _reason(lost),
        "seat_url": reverse("volunteer:seat", args=[lost.code]) if holds else "",
        "stage_notice": strip_around([shift.area]),
    }
    status = HTTPStatus.OK if refusal is None else HTTPStatus.CONFLICT
    return render(request, "volunteer/rebook.html", context, status=status)


def _reason(lost: Assignment | Waiting) -> str:
    """Why the seat is gone, in the words of whoever decided it; what a person did themselves needs none."""
    if lost.shift.status == Shift.Status.CANCELLED:
        return lost.shift.cancel_reason
    if isinstance(lost, Assignment) and lost.status in (
        Assignment.Status.REMOVED,
        Assignment.Status.WAITING,
        Assignment.Status.LAPSED,
    ):
        return lost.end_reason
    return ""
