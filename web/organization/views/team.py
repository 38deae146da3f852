"""Colleagues of an organization."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from accounts.queries import mask
from core import clock
from core.errors import DomainError
from organizations import actions
from organizations.models import Membership
from organizations.permissions import can_grant, organizations_of
from organizations.queries import members_of
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.team import InvitationForm, LeaveForm, RoleForm
from web.organization.frame import frame
from web.organization.views.registration import see_other


def grantable(request: OrganizerRequest) -> list[str]:
    return [role for role in Membership.Role if can_grant(request.user, request.organization, role)]


@organizer()
def team(request: OrganizerRequest, code: str) -> HttpResponse:
    organization = request.organization
    at = clock.now()
    roles = grantable(request)
    form = None
    if roles:
        data = request.POST if request.method == "POST" else None
        form = InvitationForm(
            data,
            roles=roles,
            initial={"language": get_language(), "role": roles[-1] if len(roles) == 1 else ""},
        )
    elif request.method == "POST":
        raise PermissionDenied
    if form is not None and form.is_bound and form.is_valid():
        try:
            actions.invite_member(organization=organization, by=request.user, at=at, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            contact = form.cleaned_data["contact"]
            messages.success(
                request, gettext("The invitation to %(contact)s is on its way.") % {"contact": contact}
            )
            return see_other("team", code)
    invitations = (
        organization.invitations.open(at=at).select_related("invited_by").order_by("-id") if roles else []
    )
    context = {
        **frame(request, "team"),
        "form": form,
        "others": [
            each.organization
            for each in organizations_of(request.user)
            if each.organization_id != organization.pk
        ],
        "members": [_row(request, member) for member in members_of(organization)],
        "invitations": [
            {
                "row": row,
                "contact": mask(row.contact),
                "withdrawable": can_grant(request.user, organization, row.role),
            }
            for row in invitations
        ],
    }
    return render(request, "organization/team.html", context)


def _row(request: OrganizerRequest, member: Membership) -> dict[str, Any]:
    own = member.user_id == request.user.pk
    may = can_grant(request.user, request.organization, member.role)
    return {"member": member, "own": own, "may_change": may, "may_end": may or own}


@organizer()
def role(request: OrganizerRequest, code: str, member: str) -> HttpResponse:
    """Give a colleague another role."""
    membership = get_object_or_404(members_of(request.organization), user__code=member)
    if not can_grant(request.user, request.organization, membership.role):
        raise PermissionDenied
    form = RoleForm(request.POST or None, roles=grantable(request), initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_role(
                membership=membership, role=form.cleaned_data["role"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, gettext("The role of %(name)s is changed.") % {"name": membership.user.name}
            )
            return see_other("team", code)
    return render(
        request, "organization/role.html", {**frame(request, "team"), "form": form, "member": membership}
    )


@organizer()
def end(request: OrganizerRequest, code: str, member: str) -> HttpResponse:
    """Let a colleague go, or leave oneself."""
    membership = get_object_or_404(members_of(request.organization), user__code=member)
    leaves = membership.user_id == request.user.pk
    if not leaves and not can_grant(request.user, request.organization, membership.role):
        raise PermissionDenied
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_membership(
                membership=membership, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            if leaves:
                return HttpResponseRedirect(reverse("home_of_role"), status=303)
            messages.success(
                request,
                gettext("%(name)s no longer acts for the organization.") % {"name": membership.user.name},
            )
            return see_other("team", code)
    context = {**frame(request, "team"), "form": form, "member": membership, "leaves": leaves}
    return render(request, "organization/end.html", context)


@organizer()
def withdraw(request: OrganizerRequest, code: str) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(request.organization.invitations, code=request.POST.get("invitation", ""))
    if not can_grant(request.user, request.organization, invitation.role):
        raise PermissionDenied
    if request.method == "POST":
        try:
            actions.withdraw_invitation(invitation=invitation, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, gettext("The invitation is taken back."))
    return see_other("team", code)
