"""The crisis and its stage in an area: what is in force and what it sets, what was decided, starting and ending one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from core import clock
from core.errors import DomainError
from tasks.actions import stages as actions
from tasks.models import PlaybookStage, Stage
from tasks.permissions.playbooks import can_choose_playbook
from tasks.queries.playbooks import playbooks_for
from tasks.queries.stages import (
    changes_over,
    number_name,
    rules_in,
    running_crisis,
    stage_of,
    stages_below,
)
from tasks.queries.transitions import former_stage, planned_beside, playbook_events, stretches
from web.access import OfficialRequest, official
from web.authority.forms.stages import CrisisForm, SureForm
from web.authority.frame import frame, see_other
from web.authority.stage_words import rules_in_words
from web.forms import posted, refuse

CHANGES_SHOWN = 20
HISTORY_SHOWN = 5
TIMELINE_SHOWN = 100


@official
def stage(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What is in force and what it sets, planned and past, here and above; which areas below go their own way."""
    area, at = request.area, clock.now()
    current = stage_of(area, at)
    crisis = current.crisis if current else running_crisis(area)
    changes = list(changes_over(area)[:CHANGES_SHOWN])
    past = [change for change in changes if change.effective_at <= at]
    own_way = [
        change for change in stages_below(area, at) if current is None or change.effective_at > current.since
    ]
    back = former_stage(past)
    rules = rules_in(crisis, current.stage if current else Stage.NONE) if crisis else None
    context = {
        **frame(request, "stage"),
        "at": at,
        "crisis": crisis,
        "current": current,
        "day_number": current.day_number(at) if current else 0,
        "sets": rules_in_words(rules) if rules and crisis and crisis.playbook_id else [],
        "back_name": number_name(back) if back is not None else "",
        "may_choose": crisis is not None and can_choose_playbook(request.user, crisis),
        "planned": [(change, number_name(change.stage)) for change in changes if change.effective_at > at],
        "past": [(change, number_name(change.stage)) for change in past[:HISTORY_SHOWN]],
        "own_way": [(change, number_name(change.stage)) for change in own_way],
    }
    return render(request, "authority/stage.html", context)


@official
def timeline(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Every transition that reached the area with who and why, and beside it the days that the playbook expected."""
    area, at = request.area, clock.now()
    crisis = running_crisis(area)
    found = stretches(list(changes_over(area)[:TIMELINE_SHOWN]), at) if crisis else []
    stages = (
        list(PlaybookStage.objects.filter(playbook=crisis.playbook_id).order_by("stage"))
        if crisis and crisis.playbook_id
        else []
    )
    context = {
        **frame(request, "stage"),
        "at": at,
        "crisis": crisis,
        "stretches": [(one, number_name(one.change.stage)) for one in found],
        "planned": [(row, number_name(row.stage.stage)) for row in planned_beside(crisis, stages, found)]
        if crisis
        else [],
        "events": [(event, _event_words(event.record.verb)) for event in playbook_events(crisis)]
        if crisis
        else [],
    }
    return render(request, "authority/timeline.html", context)


def _event_words(verb: str) -> str:
    return {
        "crisis.started": gettext("The crisis was started"),
        "crisis.playbook_chosen": gettext("Another playbook was chosen"),
        "playbook.saved": gettext("The playbook was changed"),
    }[verb]


@official
def start(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Begin a crisis here, by a playbook or none."""
    area, at = request.area, clock.now()
    running = running_crisis(area)
    if running is not None:
        messages.info(request, actions.CrisisRunning(crisis=running.name).message)
        return see_other("stage", area_code)
    form = CrisisForm(posted(request), playbooks=list(playbooks_for(area)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.start_crisis(area=area, started_at=at, by=request.user, at=at, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The crisis is on. Now decide its stage."))
            return see_other("change_stage", area_code)
    return _confirm(
        request,
        title=gettext("Start a crisis in %(area)s") % {"area": area.name},
        consequences=[
            gettext("Calls from now on belong to it, here and in every area below."),
            gettext("Stages can be decided once it is on."),
            gettext("Figures since its start are published every day."),
        ],
        label=gettext("Start it"),
        form=form,
    )


@official
def end(request: OfficialRequest, area_code: str) -> HttpResponse:
    """End the crisis that is on in this very area."""
    area, at = request.area, clock.now()
    crisis = running_crisis(area)
    if crisis is None or crisis.area_id != area.pk:
        messages.info(request, gettext("No crisis was started in this very area."))
        return see_other("stage", area_code)
    form = SureForm(posted(request), name=crisis.name, names=[crisis.name_zh, crisis.name_en])
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_crisis(crisis=crisis, by=request.user, at=at, reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The crisis is over."))
            return see_other("stage", area_code)
    return _confirm(
        request,
        title=gettext("End “%(crisis)s”?") % {"crisis": crisis.name},
        consequences=[
            gettext("Its stages stop to count, here and in every area below."),
            gettext("Calls and shifts go on as they are."),
        ],
        label=gettext("Yes, it is over"),
        form=form,
        danger=True,
    )


def _confirm(request: OfficialRequest, *, label: str, **values: object) -> HttpResponse:
    context = {
        **frame(request, "stage"),
        **values,
        "confirm_label": label,
        "cancel_url": reverse("authority:stage", args=[request.area.code]),
    }
    return render(request, "authority/confirm.html", context)
