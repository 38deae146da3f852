"""One call: taken on or not, with how many people; what was asked of the organization; what both sides said."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from organizations.models import Organization
from tasks.actions.asking import decline_request
from tasks.actions.calls import OPEN, adopt_task, ask_organizations, change_share
from tasks.actions.steps import answer_step, propose_step
from tasks.models import Adoption, CallRequest, Step, Task
from tasks.queries.board import shifts_of
from tasks.queries.modes import rights_in
from tasks.queries.stories import Story, story_in
from web.access import OrganizerRequest
from web.forms import posted, refuse
from web.organization.board_rows import board_row
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.views.calls import LEADER, MOST_CHARACTERS, visible_task
from web.organization.views.registration import see_other
from web.together import (
    MANY,
    AnswerForm,
    AssessmentForm,
    CannotForm,
    ShareForm,
    StepForm,
    named_in_reach,
    page_asked,
    pages_of_asked,
    said_asked,
    suggested,
)
from web.undo import say_done

MOST_SHIFTS = 300
TAKES = ("lead", "partner")


@LEADER
def call(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """One call; POST takes it on."""
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    found = visible_task(request, task)
    story = story_in(found)
    own = next((share for share in story.shares if share.organization_id == organization.pk), None)
    form = ShareForm(posted(request))
    if request.method == "POST":
        if own is not None:
            return see_other("post_shifts", code, found.code)
        if form.is_valid():
            try:
                adopt_task(
                    task=found,
                    organization=organization,
                    role=Adoption.Role.LEAD if request.POST.get("role") == "lead" else Adoption.Role.PARTNER,
                    by=request.user,
                    at=at,
                    people=form.cleaned_data["people"],
                )
            except DomainError as refusal:
                refuse(form, refusal)
            else:
                say_done(
                    request,
                    gettext("Taken on. Post the first shift, so that people can sign up."),
                    back=reverse("organization:leave", args=[code, found.code]),
                    label=gettext("Give it back"),
                )
                return see_other("post_shifts", code, found.code)
    shifts = list(shifts_of(organization).filter(task=found).order_by("-starts_at", "-id")[:MOST_SHIFTS])
    ahead = [shift for shift in reversed(shifts) if shift.ends_at is None or shift.ends_at > at]
    take = request.POST.get("role", request.GET.get("take", ""))
    context: dict[str, Any] = {
        **frame(request, "calls"),
        "task": found,
        "story": story,
        "own": own,
        "lead": story.lead,
        "asked": story.waits_for(organization) if own is None else None,
        "confirm": take if own is None and found.status in OPEN and take in TAKES else "",
        "is_open": found.status in OPEN,
        "rows": [board_row(shift, at) for shift in ahead] if own else [],
        "over_count": len(shifts) - len(ahead) if own else 0,
        "form": form,
        "calls_partners": bool(own and own.is_lead)
        and found.status in OPEN
        and rights_in(found.area, at).groups_call_partners,
        "now": at,
        **_step_ways(request, found, story, has_part=bool(own) or found.issuer_id == organization.pk),
    }
    return render(request, "organization/call.html", context)


@LEADER
def ask_partners(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Ask other organizations by name to join, where the authority leaves that to groups."""
    leader_of_approved(request)
    organization = request.organization
    found = visible_task(request, task)
    story = story_in(found)
    leads = story.lead is not None and story.lead.organization_id == organization.pk
    if not (leads or found.issuer_id == organization.pk) or found.status not in OPEN:
        raise Http404
    error = ""
    if request.method == "POST":
        codes = request.POST.getlist("organization")
        try:
            asked = ask_organizations(
                task=found,
                organizations=list(Organization.objects.filter(code__in=codes).order_by("pk")),
                asker=organization,
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, said_asked(len(asked)))
            return see_other("call", code, task)
    words = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    context = {
        **frame(request, "calls"),
        "task": found,
        "story": story,
        "error": error,
        "words": words,
        "found": named_in_reach(found, story, words) if words else [],
        "suggestions": [] if words else suggested(found, story, MANY),
        "back_url": reverse("organization:call", args=[code, task]),
        **pages_of_asked(request, story),
    }
    return render(request, "together/ask.html", context)


@LEADER
def cannot(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Say that the organization, which was asked by name, cannot."""
    leader_of_approved(request)
    asked = (
        CallRequest.objects.filter(organization=request.organization, task__code=task)
        .select_related("task", "asker")
        .order_by("-id")
        .first()
    )
    if asked is None:
        raise Http404
    form = CannotForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            decline_request(
                request=asked, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            say_done(
                request,
                gettext("Answered. Whoever asked has been told why."),
                back=reverse("organization:call", args=[code, task]),
                label=gettext("Take it on after all"),
            )
            return see_other("calls", code)
    context = {**frame(request, "calls"), "form": form, "asked": asked, "task": asked.task}
    return render(request, "organization/cannot.html", context)


@LEADER
def share(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Say anew how many people the organization brings."""
    leader_of_approved(request)
    own = get_object_or_404(
        Adoption.objects.live().select_related("task", "organization"),
        organization=request.organization,
        task__code=task,
    )
    form = ShareForm(posted(request), initial={"people": own.people})
    if request.method == "POST" and form.is_valid():
        try:
            change_share(adoption=own, people=form.cleaned_data["people"], by=request.user, at=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Noted. Both sides see it on the page of the call."))
            return see_other("call", code, task)
    context = {**frame(request, "calls"), "form": form, "task": own.task}
    return render(request, "organization/share_of_call.html", context)


@LEADER
def new_step(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    """Propose something to the authority, or look back at the work with it."""
    leader_of_approved(request)
    found = visible_task(request, task)
    looks_back = found.status == Task.Status.CLOSED
    form = AssessmentForm(posted(request)) if looks_back else StepForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            propose_step(
                task=found,
                kind=form.cleaned_data.get("kind", Step.Kind.ASSESS),
                organization=request.organization,
                by=request.user,
                at=clock.now(),
                words=form.cleaned_data["words"],
                score=form.cleaned_data.get("score"),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Written down. The other side has been told."))
            return see_other("call", code, task)
    return _step_page(request, found, form, looks_back=looks_back)


@LEADER
def step(request: OrganizerRequest, code: str, task: str, step: str) -> HttpResponse:
    """Answer what the authority proposed."""
    leader_of_approved(request)
    found = visible_task(request, task)
    proposed = get_object_or_404(Step.objects.select_related("organization", "task"), code=step, task=found)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            answer_step(
                step=proposed,
                organization=request.organization,
                by=request.user,
                at=clock.now(),
                agreed=form.cleaned_data["answer"] == Step.Answer.AGREED,
                words=form.cleaned_data["words"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Answered. The other side has been told."))
            return see_other("call", code, task)
    return _step_page(request, found, form, step=proposed)


def _step_ways(request: OrganizerRequest, task: Task, story: Story, *, has_part: bool) -> dict[str, Any]:
    """The steps, for whoever has a part in the call, with where they are answered and proposed."""
    if not has_part:
        return {"steps": [], "new_step_url": ""}
    page = page_asked(request, "steps")
    args = [request.organization.code, task.code]
    may = task.status in OPEN or (
        task.status == Task.Status.CLOSED and not story.assessed_by(request.organization)
    )
    return {
        "steps": [
            (
                said,
                reverse("organization:step", args=[*args, said.code])
                if said.by_authority and not said.answer
                else "",
            )
            for said in story.steps
        ],
        "new_step_url": reverse("organization:new_step", args=args) if may else "",
        "previous_steps": f"?steps={page - 1}" if page > 1 else "",
        "next_steps": f"?steps={page + 1}" if story.has_more_steps else "",
    }


def _step_page(request: OrganizerRequest, task: Task, form: Any, **values: Any) -> HttpResponse:
    context = {
        **frame(request, "calls"),
        **values,
        "form": form,
        "task": task,
        "back_url": reverse("organization:call", args=[request.organization.code, task.code]),
    }
    return render(request, "together/step.html", context)
