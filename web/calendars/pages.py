"""Making, renewing and revoking the secret address of a calendar: the same page for a volunteer and an organization."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import DomainError
from organizations.models import Organization
from volunteers.actions.feeds import make_feed, revoke_feed
from volunteers.models import Volunteer
from volunteers.queries import live_feed
from web.access import OrganizerRequest, SignedInRequest, VolunteerRequest, organizer, volunteer_only
from web.organization.frame import frame as organization_frame
from web.volunteer.frame import frame


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_only
def mine(request: VolunteerRequest) -> HttpResponse:
    """A volunteer's own seats."""
    return _calendar(request, request.volunteer, frame(request, "mine"), "calendars/mine.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@organizer("owner", "organizer")
def ours(request: OrganizerRequest, code: str) -> HttpResponse:
    """The shifts of an organization."""
    context = organization_frame(request, "schedule")
    return _calendar(request, request.organization, context, "calendars/ours.html")


def _calendar(
    request: SignedInRequest,
    owner: Volunteer | Organization,
    context: dict[str, Any],
    template: str,
) -> HttpResponse:
    """The page, and what its two buttons do."""
    if request.method == "POST":
        try:
            _act(request, owner)
        except DomainError as error:
            context["refusal"] = error
            return _page(request, owner, context, template, HTTPStatus.CONFLICT)
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    return _page(request, owner, context, template, HTTPStatus.OK)


def _act(request: SignedInRequest, owner: Volunteer | Organization) -> None:
    if request.POST.get("act") == "revoke":
        revoke_feed(owner=owner, by=request.user, at=clock.now())
        messages.success(request, gettext("The address opens nothing any more."))
    else:
        make_feed(owner=owner, by=request.user, at=clock.now())
        messages.success(request, gettext("This is the address. Keep it to yourself."))


def _page(
    request: SignedInRequest,
    owner: Volunteer | Organization,
    context: dict[str, Any],
    template: str,
    status: HTTPStatus,
) -> HttpResponse:
    feed = live_feed(owner)
    if feed is not None:
        address = request.build_absolute_uri(reverse("calendars:feed", args=[feed.secret]))
        context |= {
            "feed": feed,
            "address": address,
            # What opens the calendar of a phone by a tap.
            "subscribe_url": "webcal" + address[address.index(":") :],
        }
    return render(request, template, context, status=status)
