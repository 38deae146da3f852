"""One call: who took it on, who was asked, what both sides said, how far it went up."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from organizations.models import Organization
from tasks.actions.calls import OPEN, ask_organizations
from tasks.actions.escalations import see_escalation
from tasks.actions.steps import answer_step, propose_step
from tasks.models import Escalation, Step, Task
from tasks.permissions.calls import can_manage_call
from tasks.queries.calls import calls_within, response_time, shifts_of
from tasks.queries.stories import Story, story_in, with_story
from web.access import OfficialRequest, official
from web.authority.forms.calls import PRIORITIES
from web.authority.frame import frame, see_other
from web.authority.views.calls import ended, task_here
from web.forms import posted, refuse
from web.states import state_of
from web.together import (
    MANY,
    AnswerForm,
    AssessmentForm,
    StepForm,
    named_in_reach,
    page_asked,
    pages_of_asked,
    said_asked,
    suggested,
)

FEW = 5
MINUTE = timedelta(minutes=1)
MOST_CHARACTERS = 60


@official
def call(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """One call: who took it on, its shifts, how full they are."""
    task, story = _with_story(request, task_code)
    at = clock.now()
    rows = [
        (
            shift,
            state_of(shift.taken, shift.needed, shift.seats, shift.starts_at, shift.ends_at, at, cancelled),
        )
        for shift in shifts_of(task)
        for cancelled in [shift.status == shift.Status.CANCELLED]
    ]
    open_rows = [shift for shift, _ in rows if shift.status == shift.Status.OPEN]
    manages = can_manage_call(request.user, task)
    waited = response_time(task, at)
    context = {
        **frame(request, "calls"),
        "task": task,
        "story": story,
        "rows": rows,
        "taken": sum(shift.taken for shift in open_rows),
        "seats": sum(shift.seats for shift in open_rows),
        "response": waited if waited is not None and waited >= MINUTE else None,
        "requirements": story.requirements,
        "manages": manages,
        "is_draft": task.status == Task.Status.DRAFT,
        "is_open": task.status in OPEN,
        "priority": dict(PRIORITIES)[task.priority],
        # Whom to ask is the question as long as nobody leads it; later a page of its own answers it.
        "suggestions": suggested(task, story, FEW) if manages and task.status == Task.Status.CALLED else [],
        "brought_here": next((up for up in story.gone_up if up.area_id == request.area.pk), None),
        **step_ways(request, task, story),
    }
    return render(request, "authority/call.html", context)


@official
def ask(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Ask organizations by name: suggested ones, or others that serve the area, by a word of their names."""
    task, story = _with_story(request, task_code)
    if not can_manage_call(request.user, task):
        raise PermissionDenied
    if task.status not in OPEN:
        return ended(request, task)
    error = ""
    if request.method == "POST":
        codes = request.POST.getlist("organization")
        try:
            asked = ask_organizations(
                task=task,
                organizations=list(Organization.objects.filter(code__in=codes).order_by("pk")),
                asker=request.authority,
                by=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, said_asked(len(asked)))
            return see_other("call", area_code, task.code)
    words = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    context = {
        **frame(request, "calls"),
        "task": task,
        "story": story,
        "error": error,
        "words": words,
        "found": named_in_reach(task, story, words) if words else [],
        "suggestions": [] if words else suggested(task, story, MANY),
        "back_url": reverse("authority:call", args=[request.area.code, task.code]),
        **pages_of_asked(request, story),
    }
    return render(request, "together/ask.html", context)


@official
@require_POST
def look_after(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Say that this authority looks after a call that was brought before it."""
    escalation = get_object_or_404(
        Escalation.objects.order_by("id"), task__code=task_code, authority__home_area=request.area
    )
    try:
        see_escalation(escalation=escalation, by=request.user, at=clock.now())
    except DomainError as refusal:
        messages.info(request, refusal.message)
    else:
        messages.success(request, gettext("Noted. Whoever asked for this work has been told."))
    return see_other("call", area_code, task_code)


@official
def new_step(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Propose something to the organizations that share the call, or look back at it with them."""
    task = task_here(request, task_code)
    looks_back = task.status == Task.Status.CLOSED
    form = AssessmentForm(posted(request)) if looks_back else StepForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            propose_step(
                task=task,
                kind=form.cleaned_data.get("kind", Step.Kind.ASSESS),
                organization=request.authority,
                by=request.user,
                at=clock.now(),
                words=form.cleaned_data["words"],
                score=form.cleaned_data.get("score"),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Written down. The other side has been told."))
            return see_other("call", area_code, task.code)
    return _step_page(request, task, form, looks_back=looks_back)


@official
def step(request: OfficialRequest, area_code: str, task_code: str, step: str) -> HttpResponse:
    """Answer what the other side proposed."""
    task = task_here(request, task_code)
    found = get_object_or_404(Step.objects.select_related("organization", "task"), code=step, task=task)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            answer_step(
                step=found,
                organization=request.authority,
                by=request.user,
                at=clock.now(),
                agreed=form.cleaned_data["answer"] == Step.Answer.AGREED,
                words=form.cleaned_data["words"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Answered. The other side has been told."))
            return see_other("call", area_code, task.code)
    return _step_page(request, task, form, step=found)


def step_ways(request: OfficialRequest, task: Task, story: Story) -> dict[str, Any]:
    """The steps with the addresses at which an official answers them, and where one is proposed."""
    page = page_asked(request, "steps")
    args = [request.area.code, task.code]
    may = (task.status in OPEN and story.shares) or (
        task.status == Task.Status.CLOSED and not story.assessed_by(request.authority)
    )
    return {
        "steps": [
            (
                said,
                ""
                if said.answer or said.by_authority
                else reverse("authority:step", args=[*args, said.code]),
            )
            for said in story.steps
        ],
        "new_step_url": reverse("authority:new_step", args=args) if may else "",
        "previous_steps": f"?steps={page - 1}" if page > 1 else "",
        "next_steps": f"?steps={page + 1}" if story.has_more_steps else "",
    }


def _step_page(request: OfficialRequest, task: Task, form: Any, **values: Any) -> HttpResponse:
    context = {
        **frame(request, "calls"),
        **values,
        "form": form,
        "task": task,
        "back_url": reverse("authority:call", args=[request.area.code, task.code]),
    }
    return render(request, "together/step.html", context)


def _with_story(request: OfficialRequest, task_code: str) -> tuple[Task, Story]:
    """A call of the area with its story; calls of elsewhere are not found here."""
    found = calls_within(request.area).select_related("area__parent__parent", "issuer__home_area", "type")
    pages = {"page": page_asked(request, "steps"), "asked_page": page_asked(request, "asked")}
    task = get_object_or_404(with_story(found, **pages), code=task_code)
    return task, story_in(task)
