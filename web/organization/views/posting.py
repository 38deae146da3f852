"""Posting shifts of a task, and asking for help oneself: form, preview, done. What was typed is kept throughout."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext

from core import clock
from core.errors import DomainError
from organizations.models import Membership, Organization
from organizations.queries import areas_served
from tasks.actions.calls import issue_call
from tasks.models import Adoption, Task, TaskTemplate
from tasks.policies.recurrence import TooMany
from tasks.queries.board import own_tasks, task_counts
from tasks.queries.calls import templates_for
from tasks.queries.stages import rules_of
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.beginnings import beginnings, with_last_contact
from web.organization.forms.calling_off import MANY_TOLD
from web.organization.forms.calls import CallForm, call_values
from web.organization.forms.posting import PostShiftsForm
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.posting import Posted, later_of, plan, post, what_posting_does
from web.organization.schedule import said_rule
from web.organization.views.registration import see_other
from web.organization.views.shifts import MISTAKE
from web.organization.views.words import said_where

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
# Names of the domain's fields that the form calls otherwise.
SHIFT_FIELDS = {"starts_at": "first_day", "ends_at": "ends", "ends_on": "last_day", "rule": "every"}
SAME_CALL = timedelta(minutes=10)


def typed(request: OrganizerRequest) -> list[tuple[str, str]]:
    """What was sent, as hidden fields of a preview."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "step", *MANY_TOLD)
    ]


@LEADER
def choose_task(request: OrganizerRequest, code: str) -> HttpResponse:
    """A shift belongs to a task: which one?"""
    leader_of_approved(request)
    organization = request.organization
    tasks = list(task_counts(own_tasks(organization), organization, clock.now())[:60])
    if len(tasks) == 1:
        return see_other("post_shifts", code, tasks[0].code)
    return render(request, "organization/choose_task.html", {**frame(request, "board"), "tasks": tasks})


@LEADER
def post_shifts(request: OrganizerRequest, code: str, task: str) -> HttpResponse:
    leader_of_approved(request)
    organization, at = request.organization, clock.now()
    found: Any = get_object_or_404(with_last_contact(own_tasks(organization), organization), code=task)
    leads = found.share == Adoption.Role.LEAD
    form, step = None, request.POST.get("step", "preview")
    context: dict[str, Any] = {**frame(request, "board", count_calls=False), "task": found}
    if request.method == "POST":
        form = PostShiftsForm(request.POST, task=found, leads=leads)
        if form.is_valid():
            try:
                posted = post(form, organization, by=request.user, at=at, keep=step == "post")
                planned = plan(form, organization) if step == "preview" else []
            except TooMany:
                form.add_error("last_day", gettext("These are too many shifts. Choose an earlier last day"))
            except DomainError as error:
                form.refuse(error, SHIFT_FIELDS)
            else:
                if step == "post":
                    return _done(request, code, posted)
                if step == "preview":
                    chosen = form.cleaned_data.get("filling")
                    context |= {"form": form, "typed": typed(request), "planned": planned}
                    context |= {"filling": Task.Filling(chosen).label if chosen else ""}
                    context |= {"says": what_posting_does(form)}
                    new = len(planned) - sum(each.posted for each in planned)
                    context |= {"later": later_of(planned, posted)}
                    context |= {"count": (new if not form.is_series else len(planned)) if planned else 1}
                    context |= {
                        "rule": said_rule(form.rule(), form.cleaned_data["first_day"])
                        if form.is_series
                        else ""
                    }
                    return render(request, "organization/post_preview.html", context)
    else:
        begins = beginnings(request, found)
        form = PostShiftsForm(task=found, leads=leads, initial=begins.values, roles=begins.roles)
        context["beginnings"] = begins
    return render(request, "organization/post.html", {**context, "form": form})


def _done(request: OrganizerRequest, code: str, posted: Posted) -> HttpResponse:
    """Say how many shifts there are now, where they can be seen."""
    shifts = posted.shifts
    said = ngettext("%(count)d shift is posted.", "%(count)d shifts are posted.", len(shifts))
    said %= {"count": len(shifts)}
    if posted.series is not None:
        undo = reverse("organization:end_series", args=[code, posted.series.code])
        next_page = see_other("series", code, posted.series.code)
    elif len(shifts) > 1 and (start := shifts[0].starts_at):
        chosen = urlencode({"shift": [shift.code for shift in shifts], MISTAKE: "1"}, doseq=True)
        undo = f"{reverse('organization:schedule_cancel', args=[code])}?{chosen}"
        next_page = see_other("schedule", code, query={"week": f"{timezone.localdate(start):%Y-%m-%d}"})
    else:
        undo = f"{reverse('organization:cancel_shift', args=[code, shifts[0].code])}?{MISTAKE}=1"
        next_page = see_other("board", code, query={"shift": shifts[0].code})
    messages.success(request, format_html('{} <a href="{}">{}</a>', said, undo, gettext("Take it back")))
    return next_page


@LEADER
def new_call(request: OrganizerRequest, code: str) -> HttpResponse:
    """Ask for help in the organization's own name."""
    leader_of_approved(request)
    organization = request.organization
    served = list(areas_served(organization))
    step = request.POST.get("step", "preview")
    templates = list(templates_for(rules_of(organization.home_area, clock.now()))[:40])
    if request.method != "POST":
        chosen = next((each for each in templates if each.code == request.GET.get("template")), None)
        form = CallForm(served=served, initial=call_values(chosen, organization))
        return _call_form(request, form, templates, chosen)
    form = CallForm(request.POST, served=served)
    task = None
    if form.is_valid():
        try:
            task = _issue(request, form, keep=step == "post")
        except DomainError as error:
            refuse(form, error)
    if task is None or step == "edit":
        return _call_form(request, form, templates, None)
    if step == "post" and task.status == Task.Status.DRAFT:
        messages.success(request, said_where(task))
        return see_other("draft", code, task.code)
    if step == "post":
        messages.success(request, gettext("The task is yours. Post its first shift."))
        return see_other("post_shifts", code, task.code)
    read_first = task.status == Task.Status.DRAFT
    context = {**frame(request, "calls"), "form": form, "typed": typed(request), "read_first": read_first}
    return render(request, "organization/call_preview.html", context)


def _call_form(
    request: OrganizerRequest, form: BaseForm, templates: list[TaskTemplate], chosen: TaskTemplate | None
) -> HttpResponse:
    english = (get_language() or "").startswith("en")
    named = [(each.code, each.title_en if english else each.title_zh) for each in templates]
    context: dict[str, Any] = {**frame(request, "calls", count_calls=False), "form": form}
    context |= {"templates": named, "chosen": chosen}
    return render(request, "organization/new_call.html", context)


@transaction.atomic
def _issue(request: OrganizerRequest, form: CallForm, *, keep: bool) -> Task:
    """Issue the call, or only try to. The same one again within minutes is the first one."""
    at = clock.now()
    # One at a time for an organization, so that a form sent twice finds what the first one issued.
    Organization.objects.select_for_update(no_key=True).get(pk=request.organization.pk)
    values = {**form.cleaned_data, "language": get_language() or "zh-hans"}
    same = Task.objects.filter(
        issuer=request.organization,
        title=values["title"],
        starts_on=values["starts_on"],
        place=values["place"],
        created_at__gt=at - clock.of_machine(SAME_CALL),
    ).first()
    if same is not None:
        return same
    task = issue_call(issuer=request.organization, by=request.user, at=at, values=values)
    if not keep:
        transaction.set_rollback(True)
    return task
