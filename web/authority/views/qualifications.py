"""Papers of volunteers that wait for somebody to look at them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from volunteers.actions import confirm_capability, decline_capability
from volunteers.permissions import can_confirm_capability
from volunteers.queries import claims_waiting
from web.access import OfficialRequest, official
from web.authority.forms.stages import PaperDecisionForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse

PAGE = 25


@official
def qualifications(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The queue, the longest waiting first. It names papers and places; the person stands on the page of one."""
    at = clock.now()
    page = Paginator(claims_waiting(request.area), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals", "qualifications"),
        "page": page,
        "rows": [(claim, at - claim.claimed_at) for claim in page if claim.claimed_at],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/qualifications.html", context)


@never_cache
@official
def qualification(request: OfficialRequest, area_code: str, number: str, paper: str) -> HttpResponse:
    """Who holds it, what they wrote, and the decision. That somebody looked is noted."""
    at = clock.now()
    waiting = claims_waiting(request.area)
    claim = get_object_or_404(waiting, volunteer__number=number, capability__code=paper)
    form = PaperDecisionForm(
        posted(request), initial={"evidence": claim.evidence, "expires_on": claim.expires_on}
    )
    decides = can_confirm_capability(request.user, claim.volunteer)
    if request.method == "POST" and decides and form.is_valid():
        said = form.cleaned_data
        confirms = said["decision"] == "confirm"
        try:
            if confirms:
                confirm_capability(
                    capability=claim,
                    evidence=said["evidence"],
                    expires_on=said["expires_on"],
                    by=request.user,
                    at=at,
                )
            else:
                decline_capability(capability=claim, reason=said["reason"], by=request.user, at=at)
        except DomainError as error:
            refuse(form, error)
        else:
            sentence = gettext("It counts from now on.") if confirms else gettext("It was not counted.")
            messages.success(request, sentence + " " + gettext("The volunteer is told."))
            return see_other("qualifications", area_code)
    access_log.record(
        person_ids=[claim.volunteer.user_id],
        by=request.user,
        label=request.authority.name,
        at=at,
        purpose=AccessRecord.Purpose.PAPER,
        what=AccessRecord.What.PAPER,
        about={"zh": claim.capability.name_zh, "en": claim.capability.name_en},
    )
    context = {
        **frame(request, "approvals", "qualifications"),
        "form": form,
        "claim": claim,
        "volunteer": claim.volunteer,
        "decides": decides,
    }
    return render(request, "authority/qualification.html", context)
