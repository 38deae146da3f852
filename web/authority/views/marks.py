"""Objections on which nobody else in an organization can decide."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from tasks.actions.marks import decide_appeal
from tasks.permissions.marks import can_decide_mark
from tasks.queries.marks import appeals_for_officials, appeals_within
from web.access import OfficialRequest, official
from web.authority.forms.marks import ObjectionForm
from web.authority.frame import frame, see_other
from web.forms import posted, refuse

PAGE = 25


@official
def objections(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The queue, the longest waiting first. It names shifts; the person stands on the page of one."""
    at = clock.now()
    page = Paginator(appeals_for_officials(request.area), PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request, "approvals", "objections"),
        "page": page,
        "rows": [(mark, at - mark.appealed_at) for mark in page if mark.appealed_at],
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/objections.html", context)


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
            return see_other("objections", area_code)
    access_log.record(
        person_ids=[found.volunteer.user_id],
        by=request.user,
        label=request.authority.name,
        at=at,
        purpose=AccessRecord.Purpose.REVIEW,
        what=AccessRecord.What.ACTS,
    )
    context = {**frame(request, "approvals", "objections"), "mark": found, "form": form}
    return render(request, "authority/objection.html", context)
