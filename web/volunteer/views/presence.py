"""Checking in and out at a site by its code."""

from http import HTTPStatus
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from core.rates import hit
from tasks.actions.attendance import check
from tasks.models import CheckIn
from tasks.queries.own import seat_at_site
from web.access import VolunteerRequest, volunteer_only
from web.forms import refuse
from web.volunteer.forms import SiteCodeForm
from web.volunteer.frame import frame
from web.volunteer.seat_view import seat_view

# Six of 23 letters cannot be guessed at this pace.
TRIES = 20
TRIES_SECONDS = 600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def check_in(request: VolunteerRequest) -> HttpResponse:
    """Type the code of the site, or come with it from its poster; whoever is in goes out."""
    at = clock.now()
    status = HTTPStatus.OK
    found = None
    if request.method == "POST":
        form = SiteCodeForm(request.POST)
        if form.is_valid():
            code = form.cleaned_data["code"]
            if not hit(
                f"site-code:{request.volunteer.pk}", limit=TRIES, seconds=TRIES_SECONDS, by_machine=True
            ):
                form.add_error("code", gettext("Too many tries. Ask somebody at the desk to check you in."))
            elif (found := seat_at_site(request.volunteer, code)) is None:
                form.add_error(
                    "code",
                    gettext(
                        "You have no seat at the site with this code. Look at the code again, or ask at the desk."
                    ),
                )
            else:
                kind = CheckIn.Kind.IN if found.in_at is None else CheckIn.Kind.OUT
                try:
                    check(
                        assignment=found,
                        kind=kind,
                        method=CheckIn.Method.SITE_CODE,
                        at=at,
                        by=request.user,
                        nonce=form.cleaned_data["nonce"],
                        recorded_at=at,
                        site_code=code,
                    )
                except DomainError as error:
                    refuse(form, error)
                else:
                    messages.success(request, _words(kind))
                    return HttpResponseRedirect(reverse("volunteer:today"), status=HTTPStatus.SEE_OTHER)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        code = request.GET.get("code", "")
        found = seat_at_site(request.volunteer, code) if code else None
        form = SiteCodeForm(initial={"code": code, "nonce": uuid4()})
    context = frame(request, "today") | {"form": form, "seat": seat_view(found, at) if found else None}
    return render(request, "volunteer/check_in.html", context, status=status)


def _words(kind: str) -> str:
    if kind == CheckIn.Kind.IN:
        return gettext("You are checked in. Thank you for coming.")
    return gettext("You are checked out. The organizer confirms your hours.")
