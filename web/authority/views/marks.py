"""Objections on which nobody else in an organization can decide."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from tasks.actions.marks import decide_appeal
from tasks.permissions.marks import can_decide_mark
from tasks.queries.marks import appeals_within
from web.access import OfficialRequest, official
from web.authority.forms.marks import ObjectionForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse


@never_cache
@official
def objection(request: OfficialRequest, area_code: str, mark: str) -> HttpResponse:
    """What was noted, what the person says, and the decision. That somebody looked is noted."""
    at = clock.now()
    found = get_object_or_404(appeals_within(request.area), code=mark)
    if not can_decide_mark(request.user, found):
        raise PermissionDenied
    form = ObjectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            decide_appeal(
                mark=found, uphold=said["decision"] == "stays", by=request.user, at=at, reason=said["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Done. The volunteer is told why."))
            return see_other("overview", area_code)
    access_log.record(
        person_ids=[found.volunteer.user_id],
        by=request.user,
        label=request.authority.name,
        at=at,
        purpose=AccessRecord.Purpose.REVIEW,
        what=AccessRecord.What.ACTS,
    )
    context = {**frame(request, "approvals"), "mark": found, "form": form}
    return render(request, "authority/objection.html", context)
