"""Calls that wait in an organization's areas, and those that it has taken on."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.calls import adopt_task, close_task, leave_task
from tasks.models import Adoption, Task
from tasks.queries.board import own_tasks, shifts_of, task_counts
from tasks.queries.calls import calls_to_adopt, holding_words, shares_of
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.board_rows import board_row
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.registration import see_other

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
PAGE = 30
MOST_SHIFTS = 300
MOST_CHARACTERS = 60


@LEADER
def calls(request: OrganizerRequest, code: str) -> HttpResponse:
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    words = request.GET.get("q", "")[:MOST_CHARACTERS]
    waiting = holding_words(calls_to_adopt(organization), words)
    found = list(waiting.select_related("area__parent__parent", "issuer", "type")[: PAGE + 1])
    context = {
        **frame(request, "calls"),
        "waiting": [task for task in found[:PAGE] if task.status == Task.Status.CALLED],
        "led": [task for task in found[:PAGE] if task.status == Task.Status.ADOPTED],
        "more": len(found) > PAGE,
        "own": task_counts(holding_words(own_tasks(organization), words), organization, at)[:PAGE],
        "words": words,
        "now": at,
    }
    return render(request, "organization/calls.html", context)


def visible_task(request: OrganizerRequest, code: str) -> Task:
    """A call that the organization may read here: open to it, shared by it, or its own."""
    organization = request.organization
    reachable = calls_to_adopt(organization).values("pk")
    shared = Adoption.objects.filter(organization=organization, task__code=code).values("task")
    return get_object_or_404(
        Task.objects.select_related("area__parent__parent", "issuer", "type"),
        Q(pk__in=reachable) | Q(pk__in=shared) | Q(issuer=organization),
        code=code,
    )


@LEADER
def call(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """One call; POST takes it on."""
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    found = visible_task(request, task)
    shares = list(shares_of(found))
    own = next((share for share in shares if share.organization_id == organization.pk), None)
    lead = next((share for share in shares if share.role == Adoption.Role.LEAD), None)
    error = ""
    if request.method == "POST":
        if own is not None:
            return see_other("post_shifts", code, found.code)
        try:
            adopt_task(
                task=found,
                organization=organization,
                role=Adoption.Role.LEAD if request.POST.get("role") == "lead" else Adoption.Role.PARTNER,
                by=request.user,
                at=at,
            )
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, gettext("Taken on. Post the first shift, so that people can sign up."))
            return see_other("post_shifts", code, found.code)
    shifts = list(shifts_of(organization).filter(task=found).order_by("-starts_at", "-id")[:MOST_SHIFTS])
    ahead = [shift for shift in reversed(shifts) if shift.ends_at is None or shift.ends_at > at]
    context: dict[str, Any] = {
        **frame(request, "calls"),
        "task": found,
        "shares": shares,
        "own": own,
        "lead": lead,
        "confirm": request.GET.get("take", "") if own is None and found.status in OPEN else "",
        "is_open": found.status in OPEN,
        "rows": [board_row(shift, at) for shift in ahead] if own else [],
        "over_count": len(shifts) - len(ahead) if own else 0,
        "error": error,
        "now": at,
    }
    return render(request, "organization/call.html", context)


OPEN = (Task.Status.CALLED, Task.Status.ADOPTED)


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
