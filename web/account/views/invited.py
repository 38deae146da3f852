"""The page behind an invitation to volunteer: who asks, what they wrote down, and the answer in one tap."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.queries import mask
from areas.queries import full_names
from core import clock
from core.errors import DomainError
from organizations.models import Organization
from volunteers.actions import (
    AffiliationOver,
    accept_volunteer_invitation,
    decline_volunteer_invitation,
    end_affiliation,
)
from volunteers.models import Capability, VolunteerInvitation
from volunteers.queries import forget, organizations_with, volunteer_of
from web.access import SignedInRequest, public, signed_in
from web.account.forms import NameField
from web.account.page import show
from web.account.sending import send_code
from web.account.views.enter import SESSION_KEY, see_other
from web.forms import BaseForm, refuse

FOUND = VolunteerInvitation.objects.select_related("organization__home_area", "invited_by", "area")


class InvitedForm(BaseForm):
    """What somebody new says; the contact is the one to which the invitation went."""

    name = NameField()
    messages = forms.BooleanField(
        required=False,
        label=_("Tell me when hands are missing near me"),
        help_text=_("Twice a day at most; you can turn it off at any time"),
    )


class AcceptForm(BaseForm):
    """What of the list is right; it goes into the profile."""

    area = forms.BooleanField(required=False)
    capabilities = forms.MultipleChoiceField(
        label=_("They wrote down that you can do this. Untick what is wrong"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, area_name: str, known: list[tuple[str, str]], ask_area: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if area_name and ask_area:
            self.fields["area"].label = gettext("I live in %(area)s") % {"area": area_name}
        else:
            del self.fields["area"]
        if known:
            self.fields["capabilities"].choices = known  # type: ignore[attr-defined]
        else:
            del self.fields["capabilities"]


@require_http_methods(["GET", "POST"])
@public
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Join, say yes, or say no; a refusal needs no sign-in."""
    invitation = get_object_or_404(FOUND, code=code)
    if invitation.ending == VolunteerInvitation.Ending.ACCEPTED and (
        request.user.is_authenticated and request.user.pk == invitation.accepted_by_id
    ):
        return HttpResponseRedirect(reverse("volunteer:today"))
    if _is_over(invitation):
        return _show(request, invitation, form=None)
    form = _form(request, invitation)
    if request.method == "POST":
        step = request.POST.get("step", "")
        try:
            if step == "decline":
                return _decline(request, invitation)
            if form.is_valid():
                return (
                    _accept(request, invitation, form)
                    if _signed_in(request)
                    else _join(request, invitation, form)
                )
        except DomainError as error:
            refuse(form, error)
    return _show(request, invitation, form=form)


def _signed_in(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)


def _is_over(invitation: VolunteerInvitation) -> bool:
    return bool(
        invitation.ending
        or invitation.expires_at <= clock.now()
        or invitation.organization.status != Organization.Status.APPROVED
    )


def _form(request: HttpRequest, invitation: VolunteerInvitation) -> BaseForm:
    data = request.POST if request.method == "POST" and request.POST.get("step") != "decline" else None
    if not _signed_in(request):
        return InvitedForm(data, initial={"name": invitation.name})
    volunteer = volunteer_of(request.user)
    known = [
        (each.code, each.name)
        for each in Capability.objects.filter(code__in=invitation.capability_codes).order_by(
            "position", "code"
        )
    ]
    return AcceptForm(
        data,
        area_name=_area_name(invitation),
        known=known,
        ask_area=volunteer is None or volunteer.area_id is None,
        initial={"area": True, "capabilities": [code for code, _ in known]},
    )


def _area_name(invitation: VolunteerInvitation) -> str:
    return full_names([invitation.area])[invitation.area.pk] if invitation.area else ""


def _join(request: HttpRequest, invitation: VolunteerInvitation, form: BaseForm) -> HttpResponse:
    """A code to the contact of the invitation; afterwards they come back here."""
    sent = send_code(request, invitation.contact, name=form.cleaned_data["name"])
    request.session[SESSION_KEY] = {
        "token": sent.token,
        "joins": True,
        "messages": form.cleaned_data["messages"],
        "next": reverse("account:invited", args=[invitation.code]),
    }
    return see_other("account:code")


def _accept(request: HttpRequest, invitation: VolunteerInvitation, form: BaseForm) -> HttpResponse:
    accept_volunteer_invitation(
        invitation=invitation,
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
        area=form.cleaned_data.get("area", False),
        capability_codes=form.cleaned_data.get("capabilities", []),
    )
    forget(request.user)  # type: ignore[arg-type]
    name = invitation.organization.display_name
    messages.success(
        request, gettext("You now belong to the people of %(name)s. Thank you.") % {"name": name}
    )
    return see_other("account:start")


def _decline(request: HttpRequest, invitation: VolunteerInvitation) -> HttpResponse:
    by = request.user if _signed_in(request) else None
    decline_volunteer_invitation(invitation=invitation, by=by, at=clock.now())  # type: ignore[arg-type]
    return HttpResponseRedirect(reverse("account:invited", args=[invitation.code]), status=303)


def _show(request: HttpRequest, invitation: VolunteerInvitation, *, form: BaseForm | None) -> HttpResponse:
    wrong = form is not None and form.is_bound and bool(form.errors)
    context = {
        "invitation": invitation,
        "organization": invitation.organization,
        "form": form,
        "contact": mask(invitation.contact),
        "area_name": _area_name(invitation) if form is not None and not _signed_in(request) else "",
        "declined": invitation.ending == VolunteerInvitation.Ending.DECLINED,
    }
    return render(request, "account_pages/invited.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def belongs(request: SignedInRequest) -> HttpResponse:
    """To whose people somebody belongs, and the way out."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return see_other("account:start")
    mine = organizations_with(volunteer)
    if request.method == "POST":
        code = request.POST.get("code", "")
        found = mine.select_related("volunteer").filter(organization__code=code).first()
        if found is None:
            messages.error(request, AffiliationOver().message)
            return see_other("account:belongs")
        try:
            end_affiliation(affiliation=found, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            name = found.organization.display_name
            messages.success(
                request, gettext("You no longer belong to the people of %(name)s.") % {"name": name}
            )
        return see_other("account:belongs")
    return show(request, "belongs", {"affiliations": list(mine)})
