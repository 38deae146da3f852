"""Those who belong to an organization's people, and those invited to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.queries import mask
from core import clock
from core.errors import DomainError
from volunteers.actions import end_affiliation, withdraw_volunteer_invitation
from volunteers.queries import invited_by_organization, people_of
from web.access import OrganizerRequest
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.posting import LEADER
from web.organization.views.registration import see_other

PAGE = 50
INVITED_SHOWN = 20


@require_GET
@LEADER
def our_people(request: OrganizerRequest, code: str) -> HttpResponse:
    """Names and numbers; a telephone shows with a shift alone."""
    leader_of_approved(request)
    page = Paginator(people_of(request.organization), PAGE).get_page(request.GET.get("page"))
    invited = invited_by_organization(request.organization, at=clock.now())
    context = {
        **frame(request, "team", count_calls=False),
        "page": page,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
        "invited": [(row, mask(row.contact)) for row in invited[:INVITED_SHOWN]],
        "invited_count": invited.count(),
    }
    return render(request, "organization/our_people.html", context)


@require_http_methods(["GET", "POST"])
@LEADER
def end(request: OrganizerRequest, code: str, number: str) -> HttpResponse:
    """Let somebody go from the list."""
    leader_of_approved(request)
    affiliation = get_object_or_404(people_of(request.organization), volunteer__number=number)
    if request.method == "POST":
        affiliation.organization = request.organization
        try:
            end_affiliation(affiliation=affiliation, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            name = affiliation.volunteer.user.name
            messages.success(request, gettext("%(name)s is no longer on your list.") % {"name": name})
        return see_other("our_people", code)
    context = {**frame(request, "team", count_calls=False), "person": affiliation.volunteer}
    return render(request, "organization/our_people_end.html", context)


@require_POST
@LEADER
def withdraw(request: OrganizerRequest, code: str) -> HttpResponse:
    """Take an invitation back."""
    leader_of_approved(request)
    found = invited_by_organization(request.organization, at=clock.now())
    invitation = get_object_or_404(found, code=request.POST.get("invitation", ""))
    try:
        withdraw_volunteer_invitation(invitation=invitation, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("The invitation is taken back."))
    return see_other("our_people", code)
