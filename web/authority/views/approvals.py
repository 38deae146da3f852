"""Organizations that wait for a decision."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from areas.queries import full_names
from core import clock
from core.errors import DomainError
from organizations.models import Verification
from organizations.permissions import can_verify
from organizations.queries import areas_served, verifications_waiting
from web.access import OfficialRequest, official
from web.authority.forms.stages import DecisionForm
from web.authority.frame import frame, see_other
from web.decisions import decide_organization
from web.forms import posted, refuse

PAGE = 25


@official
def approvals(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The queue, the longest waiting first."""
    at = clock.now()
    page = Paginator(verifications_waiting(request.area), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals"),
        "page": page,
        "rows": [(each, at - each.requested_at, each.is_late(at)) for each in page],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/approvals.html", context)


@official
def approval(request: OfficialRequest, area_code: str, code: str) -> HttpResponse:
    """What an organization showed, and the decision."""
    at = clock.now()
    verification = get_object_or_404(verifications_waiting(request.area), organization__code=code)
    organization = verification.organization
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            sentence = decide_organization(verification, form, by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, sentence)
            return see_other("approvals", area_code)
    earlier = (
        Verification.objects.filter(organization=organization)
        .exclude(decision="")
        .select_related("decided_by", "delegation__delegate")
        .order_by("-decided_at")
    )
    context = {
        **frame(request, "approvals"),
        "form": form,
        "verification": verification,
        "organization": organization,
        "areas": list(full_names(areas_served(organization)).values()),
        "earlier": earlier,
        "late": verification.is_late(at),
        "decides": can_verify(request.user, organization, at),
    }
    return render(request, "authority/approval.html", context)
