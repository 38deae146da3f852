"""What went wrong at shifts: report, read, deal with it."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.attendance import handle_incident
from tasks.actions.attendance import report_incident as write_incident
from tasks.models import Incident
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.desk import HandlingForm, IncidentForm
from web.organization.frame import frame
from web.organization.guards import desk_of_approved, leader_of_approved
from web.organization.pages import page_of
from web.organization.views.registration import see_other
from web.organization.views.shifts import shift_of

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 50


@organizer()
def report(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    desk_of_approved(request)
    found = shift_of(request, shift)
    form = IncidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        values = form.cleaned_data
        same = Incident.objects.filter(
            shift=found, kind=values["kind"], text=values["text"].strip(), reported_by=request.user
        )
        try:
            # The same words once more are the same report, sent twice.
            if not same.exists():
                write_incident(shift=found, by=request.user, at=at, **values)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Written down. Owners and organizers have been told."))
            return see_other("desk", code, found.code)
    context = {**frame(request, "desks"), "form": form, "shift": found}
    return render(request, "organization/report_incident.html", context)


@LEADER
def incidents(request: OrganizerRequest, code: str) -> HttpResponse:
    """What waits for somebody first."""
    leader_of_approved(request)
    rows = (
        Incident.objects.filter(shift__organization=request.organization)
        .select_related("shift__task", "reported_by", "handled_by")
        .order_by(F("handled_at").asc(nulls_first=True), "-is_urgent", "-id")
    )
    context = {**frame(request, "board"), **page_of(request, rows, PAGE)}
    return render(request, "organization/incidents.html", context)


@LEADER
def handle(request: OrganizerRequest, code: str, incident: str) -> HttpResponse:
    leader_of_approved(request)
    found = get_object_or_404(
        Incident.objects.select_related("shift__task", "shift__area", "reported_by", "handled_by"),
        code=incident,
        shift__organization=request.organization,
    )
    form = HandlingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            handle_incident(
                incident=found, handling=form.cleaned_data["handling"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Noted as dealt with."))
            return see_other("incidents", code)
    context = {**frame(request, "board"), "form": form, "incident": found}
    return render(request, "organization/handle_incident.html", context)
