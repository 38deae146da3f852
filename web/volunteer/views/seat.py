"""One seat: what its holder must know, passing it on, giving it back, writing to the organizer."""

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
from residents.actions.telling import looked_each
from residents.queries.own import waiting_at
from tasks.actions.attendance import contact_organizer, report_incident
from tasks.actions.seats import release
from tasks.models import Assignment
from tasks.queries.own import seats_of
from web.access import VolunteerRequest, volunteer_only
from web.calendars.entries import seat_entry, single
from web.calendars.views import answer
from web.forms import refuse
from web.undo import say_done
from web.volunteer.forms import IncidentForm, MessageForm, StepBackForm
from web.volunteer.frame import frame
from web.volunteer.handover_view import passing_context
from web.volunteer.party_view import party_context
from web.volunteer.seat_view import SeatView, seat_view


def _own_seat(request: VolunteerRequest, code: str, *, live: bool = False) -> Any:
    """A seat of the volunteer, never of anybody else."""
    seats = seats_of(request.volunteer).filter(code=code)
    if live:
        seats = seats.filter(status=Assignment.Status.ACTIVE)
    found = seats.first()
    if found is None:
        raise Http404
    return found


def _context(request: VolunteerRequest, view: SeatView) -> dict[str, Any]:
    return frame(request, "today") | {"seat": view}


@never_cache
@require_safe
@volunteer_only
def seat(request: VolunteerRequest, code: str) -> HttpResponse:
    """Everything about one's own seat."""
    at = clock.now()
    found = _own_seat(request, code)
    claim = found if found.begin_by and found.status == Assignment.Status.ACTIVE else None
    context = _context(request, seat_view(found, at)) | passing_context(found, at) | {"claim": claim}
    context |= party_context(found, request)
    # Whom to ask for, and where: for whoever holds the seat now, and each look is written down.
    helped = waiting_at(found.shift) if context["seat"].is_live else []
    if helped:
        looked_each(requests=helped, by=request.user, at=at, task=found.shift.task)
    context["helped"] = helped
    return render(request, "volunteer/seat.html", context)


@never_cache
@require_safe
@volunteer_only
def done(request: VolunteerRequest, code: str) -> HttpResponse:
    """The seat is yours: a poster to pass on, without your name."""
    view = seat_view(_own_seat(request, code, live=True), clock.now())
    context = _context(request, view) | {
        "missing": view.state.count,
        "address": request.build_absolute_uri(view.need_url),
    }
    return render(request, "volunteer/done.html", context)


@never_cache
@require_safe
@volunteer_only
def calendar(request: VolunteerRequest, code: str) -> HttpResponse:
    """The shift for the calendar of a phone: public details only, for calendars are copied elsewhere."""
    found = _own_seat(request, code, live=True)
    if found.shift.starts_at is None:
        raise Http404
    response = answer(request, single([seat_entry(found)], found.shift.task.display_title))
    response["Content-Disposition"] = f'attachment; filename="{found.shift.code}.ics"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def step_back(request: VolunteerRequest, code: str) -> HttpResponse:
    """Give the seat back, after one question."""
    found = _own_seat(request, code, live=True)
    form = StepBackForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            release(assignment=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, error.message)
            status = HTTPStatus.CONFLICT
        else:
            say_done(
                request,
                gettext("The seat is free for the next. It is good that you said so."),
                back=reverse("public:need", args=[found.shift.code]),
                label=gettext("I can come after all"),
            )
            return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)
    context = _context(request, seat_view(found, clock.now())) | {"form": form}
    return render(request, "volunteer/step_back.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def message(request: VolunteerRequest, code: str) -> HttpResponse:
    """Write to whoever runs the shift."""
    found = _own_seat(request, code, live=True)
    form = MessageForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not form.is_valid() else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            contact_organizer(
                assignment=found, text=form.cleaned_data["text"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, gettext("Sent to the organizer."))
            return HttpResponseRedirect(reverse("volunteer:seat", args=[code]), status=HTTPStatus.SEE_OTHER)
    context = _context(request, seat_view(found, clock.now())) | {"form": form}
    return render(request, "volunteer/message.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def incident(request: VolunteerRequest, code: str) -> HttpResponse:
    """Report what went wrong."""
    found = _own_seat(request, code, live=True)
    form = IncidentForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not form.is_valid() else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            report_incident(shift=found.shift, by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
            status = HTTPStatus.CONFLICT
        else:
            messages.success(
                request, gettext("The organizer knows now. If a life is in danger, call 120 or 110.")
            )
            return HttpResponseRedirect(reverse("volunteer:seat", args=[code]), status=HTTPStatus.SEE_OTHER)
    context = _context(request, seat_view(found, clock.now())) | {"form": form}
    return render(request, "volunteer/incident.html", context, status=status)
