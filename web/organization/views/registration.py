"""Registering an organization, and taking up an invitation to one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations import actions
from organizations.models import Invitation
from organizations.permissions import role_in
from web import second_factor
from web.access import SignedInRequest, signed_in
from web.forms import refuse
from web.organization.forms.registration import RegistrationForm
from web.organization.forms.team import WHAT_A_ROLE_DOES


def see_other(name: str, *args: str, query: dict[str, str] | None = None) -> HttpResponseRedirect:
    """To a page of ours after a POST."""
    address = reverse(f"organization:{name}", args=args)
    return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address, status=303)


@signed_in
def register(request: SignedInRequest) -> HttpResponse:
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organization = actions.register_organization(by=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            second_factor.forget(request)
            return see_other("board", organization.code)
    return render(request, "organization/register.html", {"form": form})


@signed_in
def invitation(request: SignedInRequest, invitation: str) -> HttpResponse:
    found = get_object_or_404(
        Invitation.objects.select_related("organization__home_area", "invited_by"), code=invitation
    )
    organization = found.organization
    at = clock.now()
    used = found.accepted_at is not None and found.accepted_by_id != request.user.pk
    error = ""
    if request.method == "POST":
        try:
            actions.accept_invitation(invitation=found, by=request.user, at=at)
        except DomainError as refusal:
            error = refusal.message
        else:
            second_factor.forget(request)
            messages.success(
                request, gettext("You now act for %(name)s.") % {"name": organization.display_name}
            )
            return see_other("board", organization.code)
    context = {
        "invitation": found,
        "organization": organization,
        "role_words": WHAT_A_ROLE_DOES[found.role],  # type: ignore[index]
        "member": role_in(request.user, organization),
        "over": used or found.withdrawn_at is not None or found.expires_at <= at,
        "error": error,
    }
    return render(request, "organization/invitation.html", context)
