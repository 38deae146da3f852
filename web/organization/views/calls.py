"""Calls that wait in an organization's areas, and those that it has taken on."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.calls import close_task, leave_task
from tasks.models import Adoption, CallRequest, Task
from tasks.queries.board import own_tasks, task_counts
from tasks.queries.calls import calls_to_adopt, calls_to_look_back_at, holding_words
from tasks.queries.records import records_of
from tasks.queries.stories import with_story
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other
from web.together import page_asked

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 30
# Finished calls to look back at.
FEW = 5
# As many calls as one finds by looking; for more there is a search.
AT_A_GLANCE = 8
MOST_CHARACTERS = 60


@LEADER
def calls(request: OrganizerRequest, code: str) -> HttpResponse:
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    words = request.GET.get("q", "")[:MOST_CHARACTERS]
    page, own_page = page_asked(request, "page"), page_asked(request, "own")
    waiting = holding_words(calls_to_adopt(organization), words).select_related(
        "area__parent__parent", "issuer", "type"
    )
    found: list[Any] = list(waiting[(page - 1) * PAGE : page * PAGE + 1])
    shared = task_counts(holding_words(own_tasks(organization), words), organization, at)
    own = list(shared[(own_page - 1) * PAGE : own_page * PAGE + 1])

    def at_page(page: int, own_page: int) -> str:
        return "?" + urlencode({"q": words, "page": page, "own": own_page})

    context = {
        **frame(request, "calls"),
        "asked": [task for task in found[:PAGE] if task.is_asked],
        "waiting": [task for task in found[:PAGE] if task.status == Task.Status.CALLED and not task.is_asked],
        "led": [task for task in found[:PAGE] if task.status == Task.Status.ADOPTED and not task.is_asked],
        "previous_url": at_page(page - 1, own_page) if page > 1 else "",
        "next_url": at_page(page + 1, own_page) if len(found) > PAGE else "",
        "own": own[:PAGE],
        "previous_own": at_page(page, own_page - 1) if own_page > 1 else "",
        "next_own": at_page(page, own_page + 1) if len(own) > PAGE else "",
        "look_back": list(calls_to_look_back_at(organization, at)[:FEW]),
        "record": records_of([organization], at)[organization.pk],
        "words": words,
        "has_search": bool(words) or len(found) + len(own) > AT_A_GLANCE or page > 1 or own_page > 1,
        "now": at,
    }
    return render(request, "organization/calls.html", context)


def visible_task(request: OrganizerRequest, code: str) -> Any:
    """A call that the organization may read here, with its story: open to it, shared by it, asked of it, or its own."""
    organization = request.organization
    reachable = calls_to_adopt(organization).values("pk")
    shared = Adoption.objects.filter(organization=organization, task__code=code).values("task")
    asked = CallRequest.objects.filter(organization=organization, task__code=code).values("task")
    calls = Task.objects.select_related("area__parent__parent", "issuer__home_area", "type")
    return get_object_or_404(
        with_story(calls, page=page_asked(request, "steps"), asked_page=page_asked(request, "asked")),
        Q(pk__in=reachable) | Q(pk__in=shared) | Q(pk__in=asked) | Q(issuer=organization),
        code=code,
    )


@LEADER
def leave(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Give a share in a call back."""
    leader_of_approved(request)
    share = get_object_or_404(
        Adoption.objects.live().select_related("task__area", "organization"),
        organization=request.organization,
        task__code=task,
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            leave_task(adoption=share, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Given back. Whoever asked has been told why."))
            return see_other("calls", code)
    context = {**frame(request, "calls"), "form": form, "task": share.task, "share": share}
    return render(request, "organization/leave_call.html", context)


@LEADER
def close(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Say that a call of one's own is done."""
    leader_of_approved(request)
    found = get_object_or_404(Task, code=task, issuer=request.organization)
    error = ""
    if request.method == "POST":
        try:
            close_task(task=found, by=request.user, at=clock.now())
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, gettext("The task is closed. Its hours stay open to confirm."))
            return see_other("calls", code)
    context = {**frame(request, "calls"), "task": found, "error": error}
    return render(request, "organization/close_call.html", context)
