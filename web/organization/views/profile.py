"""What an organization says of itself, and asking again after a refusal."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations import actions
from organizations.models import Membership, Organization
from organizations.queries import areas_served
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.registration import EvidenceForm, ProfileForm
from web.organization.frame import frame
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)


@LEADER
def profile(request: OrganizerRequest, code: str) -> HttpResponse:
    organization = request.organization
    keeps_name = organization.status in (Organization.Status.APPROVED, Organization.Status.SUSPENDED)
    served = [area for area in areas_served(organization) if area.pk != organization.home_area_id]
    initial = {
        "name": organization.name,
        "name_en": organization.name_en,
        "summary": organization.summary,
        "contact_phone": organization.contact_phone,
        "registration_number": organization.registration_number,
        "service_areas": served,
    }
    form = ProfileForm(request.POST or None, initial=initial, keeps_name=keeps_name)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        areas = values.pop("service_areas")
        try:
            actions.edit_organization(
                organization=organization, values=values, service_areas=areas, by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Saved."))
            return see_other("profile", code)
    context = {**frame(request, "team"), "form": form, "keeps_name": keeps_name}
    return render(request, "organization/profile.html", context)


@LEADER
def again(request: OrganizerRequest, code: str) -> HttpResponse:
    if request.organization.status == Organization.Status.PENDING:
        return see_other("board", code)
    if request.organization.status != Organization.Status.DECLINED:
        raise Http404
    last = request.organization.verifications.order_by("-id").first()
    form = EvidenceForm(request.POST or None, initial={"evidence": last.evidence if last else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_verification(
                organization=request.organization,
                evidence=form.cleaned_data["evidence"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return see_other("board", code)
    context = {**frame(request, "board"), "form": form, "last": last}
    return render(request, "organization/again.html", context)
