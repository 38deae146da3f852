"""Requests that somebody of the authority writes down for residents."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import DomainError
from web.access import OfficialRequest, official
from web.authority.frame import frame, see_other
from web.forms import refuse
from web.helping import entered, entry_form, read_aloud, write_down
from web.organization.frame import short_address


@require_http_methods(["GET", "POST"])
@official
def ask_for(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The form, one after the other."""
    form = entry_form(request, [request.area])
    if request.method == "POST" and form.is_valid():
        try:
            made = write_down(form, by=request.user, at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            return see_other("asked", area_code, made.ref)
    context = {**frame(request, "requests"), "form": form}
    return render(request, "helping/ask_for.html", context, status=422 if form.errors else 200)


@require_GET
@official
def asked(request: OfficialRequest, area_code: str, entered_ref: str) -> HttpResponse:
    """What is read aloud to whoever asked."""
    context = {
        **frame(request, "requests"),
        **read_aloud(entered(request.user, entered_ref)),
        "next_url": reverse("authority:ask_for", args=[area_code]),
        "slip_url": reverse("authority:slip", args=[area_code, entered_ref]),
    }
    return render(request, "helping/asked.html", context)


@require_GET
@official
def slip(request: OfficialRequest, area_code: str, entered_ref: str) -> HttpResponse:
    """What is printed for whoever asked."""
    found = entered(request.user, entered_ref)
    context = {
        **read_aloud(found),
        "back_to": reverse("authority:asked", args=[area_code, entered_ref]),
        "address": short_address(request, "public:help_request", found.code),
    }
    return render(request, "helping/slip.html", context)
