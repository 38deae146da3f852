"""Where a person lands after signing in, and what to do next."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from core import clock
from organizations.models import Invitation, Membership, Organization
from organizations.permissions import organizations_of
from volunteers.actions import create_profile
from volunteers.queries import forget, invitations_to, proxied_by, proxied_volunteer, volunteer_of
from web.access import ACTING_FOR, SignedInRequest, public, signed_in
from web.account.page import show
from web.context import link


@require_GET
@signed_in
def home_of_role(request: SignedInRequest) -> HttpResponse:
    """On to the overview, the board, the pages of staff, today, or the first steps."""
    return HttpResponseRedirect(_home_of(request))


def _home_of(request: SignedInRequest) -> str:
    memberships = organizations_of(request.user)
    for membership in memberships:
        organization = membership.organization
        if (
            organization.is_authority
            and organization.status == Organization.Status.APPROVED
            and membership.role != Membership.Role.DESK
        ):
            return reverse("authority:overview", kwargs={"area_code": organization.home_area.code})
    if memberships:
        return reverse("organization:board", kwargs={"code": memberships[0].organization.code})
    if request.user.is_staff:
        return reverse("staff:health")
    return reverse("volunteer:today" if volunteer_of(request.user) else "account:start")


@require_GET
@signed_in
def start(request: SignedInRequest) -> HttpResponse:
    """What to do next, for somebody who has just come."""
    return show(
        request,
        "start",
        {
            "volunteer": volunteer_of(request.user),
            "memberships": organizations_of(request.user),
            "invitations": list(_invitations_for(request.user)),
            "asked": list(invitations_to(request.user, at=clock.now())),
            "proxied": list(proxied_by(request.user)),
            "needs_url": link("public:needs"),
        },
    )


def _invitations_for(user: User) -> QuerySet[Invitation]:
    contacts = [contact for contact in (user.phone, user.email) if contact]
    return Invitation.objects.open(at=clock.now()).filter(contact__in=contacts).select_related("organization")


@require_POST
@signed_in
def volunteer(request: SignedInRequest) -> HttpResponse:
    """Make a profile for somebody who signed in for something else."""
    create_profile(user=request.user, at=clock.now(), by=request.user)
    forget(request.user)
    return HttpResponseRedirect(reverse("account:profile"), status=303)


@require_POST
@signed_in
def act_for(request: SignedInRequest) -> HttpResponse:
    """Act for the volunteer of the number, or for oneself again."""
    number = request.POST.get("number", "")
    if not number:
        request.session.pop(ACTING_FOR, None)
        return HttpResponseRedirect(reverse("home_of_role"), status=303)
    proxied = proxied_volunteer(request.user, number)
    if proxied is None:
        messages.error(request, gettext("You do not act for this person, or no longer"))
        return HttpResponseRedirect(reverse("account:start"), status=303)
    request.session[ACTING_FOR] = proxied.number
    messages.success(request, gettext("You now act for %(name)s") % {"name": proxied.user.name})
    return HttpResponseRedirect(reverse("volunteer:today"), status=303)


@require_GET
@public
def to_contact(request: HttpRequest) -> HttpResponse:
    """The library's page of addresses is ours, which sends a code and tells the old contact."""
    return HttpResponseRedirect(reverse("account:contact"))


@require_GET
@public
def to_join(request: HttpRequest) -> HttpResponse:
    """Nobody signs up with a password: people join by a code."""
    return HttpResponseRedirect(reverse("account:join"))
