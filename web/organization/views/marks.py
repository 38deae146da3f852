"""Who did not come and who came late: what could be noted, what is noted, and objections to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.marks import decide_appeal, withdraw_mark
from tasks.actions.marks import mark as note
from tasks.models import Mark
from tasks.permissions.marks import can_decide_mark, can_mark
from tasks.queries.marks import marks_of, proposals
from web.access import OrganizerRequest, organizer
from web.forms import posted, refuse
from web.organization.forms.marks import DecisionForm
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.pages import page_of
from web.organization.views.registration import see_other
from web.undo import say_done

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 50


@LEADER
def marks(request: OrganizerRequest, code: str) -> HttpResponse:
    """What could be noted of the last two weeks' shifts, and what is noted; POST notes one."""
    leader_of_approved(request)
    at = clock.now()
    found = proposals(request.organization, at)
    error = ""
    if request.method == "POST":
        wanted = next((one for one in found if one.key == request.POST.get("key")), None)
        if wanted is None:
            error = gettext("Somebody has noted this, or they were checked in by now")
        else:
            try:
                noted = note(assignment=wanted.seat, kind=wanted.kind, by=request.user, at=at)
            except DomainError as refusal:
                error = refusal.message
            else:
                say_done(
                    request,
                    gettext("Noted. The volunteer is told, and can object."),
                    back=reverse("organization:mark", args=[code, noted.code]),
                    label=gettext("Take it back"),
                )
                return see_other("marks", code)
    context = {
        **frame(request, "hours"),
        "proposals": [one for one in found if one.seat.volunteer.user_id != request.user.pk],
        "error": error,
        **page_of(request, marks_of(request.organization), PAGE),
    }
    return render(request, "organization/marks.html", context)


@LEADER
def one_mark(request: OrganizerRequest, code: str, mark: str) -> HttpResponse:
    """One of them: take it back, or decide on the objection."""
    leader_of_approved(request)
    at = clock.now()
    found = get_object_or_404(marks_of(request.organization), code=mark)
    decides = found.status == Mark.Status.APPEALED and can_decide_mark(request.user, found)
    stands = found.status not in (Mark.Status.LIFTED, Mark.Status.WITHDRAWN)
    withdraws = stands and not decides and can_mark(request.user, found.assignment)
    form = DecisionForm(posted(request)) if decides else ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if decides:
                decide_appeal(
                    mark=found,
                    uphold=said["decision"] == "stays",
                    by=request.user,
                    at=at,
                    reason=said["reason"],
                )
            else:
                withdraw_mark(mark=found, by=request.user, at=at, reason=said["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Done. The volunteer is told why."))
            return see_other("marks", code)
    context = {
        **frame(request, "hours"),
        "mark": found,
        "form": form,
        "decides": decides,
        "withdraws": withdraws,
        "waits": found.status == Mark.Status.APPEALED and not decides,
    }
    return render(request, "organization/mark.html", context)
