"""Requests that somebody of the organization writes down for residents."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import DomainError
from organizations.queries import areas_served
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.helping import entered, entry_form, next_query, read_aloud, write_down
from web.organization.frame import frame, short_address
from web.organization.guards import desk_of_approved
from web.organization.views.registration import see_other


@require_http_methods(["GET", "POST"])
@organizer()
def ask_for(request: OrganizerRequest, code: str) -> HttpResponse:
    """The form, one after the other."""
    desk_of_approved(request)
    form = entry_form(request, areas_served(request.organization))
    if request.method == "POST" and form.is_valid():
        try:
            made = write_down(form, by=request.user, at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            return see_other("asked", code, made.ref)
    context = {**frame(request, "residents", count_calls=False), "form": form}
    return render(request, "helping/ask_for.html", context, status=422 if form.errors else 200)


@require_GET
@organizer()
def asked(request: OrganizerRequest, code: str, entered_ref: str) -> HttpResponse:
    """What is read aloud to whoever asked."""
    desk_of_approved(request)
    found = entered(request.user, entered_ref)
    context = {
        **frame(request, "residents", count_calls=False),
        **read_aloud(found),
        "next_url": f"{reverse('organization:ask_for', args=[code])}?{next_query(found)}",
        "slip_url": reverse("organization:slip", args=[code, entered_ref]),
    }
    return render(request, "helping/asked.html", context)


@require_GET
@organizer()
def slip(request: OrganizerRequest, code: str, entered_ref: str) -> HttpResponse:
    """What is printed for whoever asked."""
    desk_of_approved(request)
    found = entered(request.user, entered_ref)
    context = {
        **read_aloud(found),
        "back_to": reverse("organization:asked", args=[code, entered_ref]),
        "address": short_address(request, "public:help_request", found.code),
    }
    return render(request, "helping/slip.html", context)
