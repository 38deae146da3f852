"""Papers that a volunteer holds: said here, looked at by an official, of use once they were seen."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import DomainError
from volunteers.actions import claim_qualification, drop_qualification
from volunteers.models import Capability, VolunteerCapability
from volunteers.queries import implied_by, papers_of
from web.access import VolunteerRequest, volunteer_only
from web.account.page import show
from web.account.profile_forms import PaperForm
from web.account.views.enter import see_other
from web.forms import posted, refuse
from web.undo import say_done


@require_http_methods(["GET", "POST"])
@volunteer_only
def papers(request: VolunteerRequest) -> HttpResponse:
    """What somebody holds, how it stands, and another one."""
    at = clock.now()
    held = list(papers_of(request.volunteer))
    settled = {row.capability_id for row in held if _state(row) in ("waiting", "counts")}
    known = Capability.objects.filter(kind=Capability.Kind.QUALIFICATION).order_by("position", "code")
    open_to = [paper for paper in known if paper.pk not in settled]
    form = PaperForm(posted(request), open_to=open_to, initial={"capability": request.GET.get("again")})
    if request.method == "POST" and form.is_valid():
        try:
            claim_qualification(
                volunteer=request.volunteer,
                capability=form.paper(),
                evidence=form.cleaned_data["evidence"],
                expires_on=form.cleaned_data["expires_on"],
                by=request.user,
                at=at,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Noted. An official looks at it, and we tell you"))
            return see_other("account:papers")
    states = [(row, _state(row)) for row in held]
    comes_with = implied_by([row.capability_id for row, state in states if state == "counts"])
    context = {
        "form": form,
        "held": [(row, state, comes_with.get(row.capability_id, ())) for row, state in states],
        "open_to": open_to,
    }
    return show(request, "papers", context)


def _state(row: VolunteerCapability) -> str:
    """How a paper stands today."""
    if row.expires_on is not None and row.expires_on < localdate(clock.now()):
        return "expired"
    if row.confirmed_at:
        return "counts"
    if row.declined_at:
        return "declined"
    return "waiting" if row.is_waiting else "unsaid"


@require_POST
@volunteer_only
def paper_remove(request: VolunteerRequest, code: str) -> HttpResponse:
    """No longer say that one holds it."""
    row = get_object_or_404(papers_of(request.volunteer), capability__code=code)
    drop_qualification(claim=row, by=request.user, at=clock.now())
    say_done(
        request,
        gettext("Removed: %(paper)s.") % {"paper": row.capability.name},
        back=f"{reverse('account:papers')}?{urlencode({'again': code})}#again",
        label=gettext("Write it down again"),
    )
    return see_other("account:papers")
