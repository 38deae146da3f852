"""Decisions that an authority lets others make in its place."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.actions import grant_delegation, revoke_delegation
from organizations.queries import delegations_of, possible_delegates
from web.access import OfficialRequest, official
from web.authority.forms.governing import DelegationForm
from web.authority.forms.stages import ReasonForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse

PAGE = 25


@official
def delegations(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What this authority lent, in force and over."""
    at = clock.now()
    found = delegations_of(request.authority)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals", "delegations"),
        "page": page,
        "rows": [(lent, lent.revoked_at is None and lent.starts_at <= at < lent.ends_at) for lent in page],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/delegations.html", context)


@official
def new_delegation(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Let an organization decide for a time."""
    authority = request.authority
    below = Area.objects.within(authority.home_area).filter(level__lte=authority.home_area.level + 1)
    areas = list(below.with_parents().order_by("level", "sort_key", "code"))
    form = DelegationForm(
        posted(request),
        delegates=possible_delegates(authority),
        areas=areas,
        initial={"area": request.area.code},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            lent = grant_delegation(
                authority=authority,
                delegate=said["delegate"],
                kind=said["kind"],
                area=said["area"],
                ends_at=form.ends_at,
                reason=said["reason"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            sentence = gettext("%(name)s decides in your place now, and has been told.")
            messages.success(request, sentence % {"name": lent.delegate.display_name})
            return see_other("delegations", area_code)
    context = {
        **frame(request, "approvals", "delegations"),
        "title": gettext("Let somebody decide in your place"),
        "consequences": [
            gettext("Each decision is kept as one of your authority, with who made it."),
            gettext(
                "Nobody decides on their own organization, and authorities are checked by officials alone."
            ),
            gettext("You can decide all the same, and take it back at any time."),
        ],
        "form": form,
        "confirm_label": gettext("Let them decide"),
        "cancel_url": reverse("authority:delegations", args=[area_code]),
    }
    return render(request, "authority/confirm.html", context)


@official
def revoke(request: OfficialRequest, area_code: str, delegation: str) -> HttpResponse:
    """Take a decision back."""
    lent = get_object_or_404(delegations_of(request.authority).select_related("authority"), code=delegation)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            revoke_delegation(
                delegation=lent, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Taken back. They have been told."))
            return see_other("delegations", area_code)
    context = {
        **frame(request, "approvals", "delegations"),
        "title": gettext("Take this back from %(name)s?") % {"name": lent.delegate.display_name},
        "text": lent.get_kind_display(),
        "consequences": [gettext("It ends at once."), gettext("What they decided stays decided.")],
        "form": form,
        "danger": True,
        "confirm_label": gettext("Yes, take it back"),
        "cancel_url": reverse("authority:delegations", args=[area_code]),
    }
    return render(request, "authority/confirm.html", context)
