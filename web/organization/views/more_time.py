"""More time for the first shift of a call that an organization took on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.adoptions import ask_more_time
from tasks.models import Adoption
from web.access import OrganizerRequest, organizer
from web.forms import posted, refuse
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)


@LEADER
def more_time(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Say why; two days more, once."""
    leader_of_approved(request)
    share = get_object_or_404(
        Adoption.objects.live().select_related("task", "organization"),
        organization=request.organization,
        task__code=task,
    )
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            ask_more_time(adoption=share, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, gettext("You have two days more. Whoever asked for the work knows why.")
            )
            return see_other("call", code, task)
    context = {**frame(request, "calls"), "form": form, "task": share.task, "share": share}
    return render(request, "organization/more_time.html", context)
