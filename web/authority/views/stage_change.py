"""Changing the stage of an area: choose, read what it changes, decide; and back again in one step."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from tasks.actions import stages as actions
from tasks.models import Crisis, PlaybookStage, Stage
from tasks.notices.calls import groups_serving
from tasks.queries.stages import (
    changes_over,
    last_word,
    latest_decision,
    number_name,
    running_crisis,
    stage_of,
)
from tasks.queries.transitions import Preview, former_stage, preview
from web.access import OfficialRequest, official
from web.authority.forms.stages import StageForm
from web.authority.frame import frame, see_other, typed_in
from web.authority.stage_words import differences
from web.forms import posted, refuse
from web.wording import full_date, moment_words

OWN_WAY_SHOWN = 6


@official
def change(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Choose a stage; a page says what it changes; then it is so. `?back=1` begins with the stage before this one."""
    area, at = request.area, clock.now()
    crisis = running_crisis(area)
    if crisis is None:
        messages.info(request, gettext("A stage needs a crisis. Start one first."))
        return see_other("stage", area_code)
    stages = list(PlaybookStage.objects.filter(playbook=crisis.playbook_id).order_by("stage"))
    form = StageForm(posted(request), initial=_initial(request, at), stages=stages)
    step = request.POST.get("step")
    if request.method != "POST" or not form.is_valid() or not _fits(form, crisis, area, at) or step == "edit":
        return _change_page(request, form, crisis)
    if step != "confirm":
        return _consequences(request, form, crisis, at)
    try:
        actions.change_stage(
            crisis=crisis,
            area=area,
            stage=form.cleaned_data["stage"],
            effective_at=form.effective(at),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=at,
            seen=request.POST.get("seen"),
        )
    except DomainError as error:
        refuse(form, error)
        return _change_page(request, form, crisis)
    messages.success(request, gettext("Decided. The organizations that serve the area have been told."))
    return see_other("stage", area_code)


def _initial(request: OfficialRequest, at: datetime) -> dict[str, Any]:
    """On the way back: the stage before the one in force, from now on, with words to go on from."""
    if request.method != "GET" or not request.GET.get("back"):
        return {}
    past = list(changes_over(request.area).filter(effective_at__lte=at)[:10])
    stage = former_stage(past)
    if stage is None:
        return {}
    words = gettext("Back to “%(former)s”: “%(now)s”, decided on %(day)s, is taken back.")
    return {
        "stage": stage,
        "starts": "now",
        "reason": words
        % {
            "former": number_name(stage),
            "now": number_name(past[0].stage),
            "day": full_date(past[0].effective_at),
        },
    }


def _fits(form: StageForm, crisis: Crisis, area: Area, at: datetime) -> bool:
    """Whether the domain would take it; what it refuses is put beside its field."""
    try:
        actions.check_stage(
            crisis=crisis,
            area=area,
            stage=form.cleaned_data["stage"],
            effective_at=form.effective(at),
            at=at,
        )
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def _change_page(request: OfficialRequest, form: StageForm, crisis: Crisis) -> HttpResponse:
    context = {
        **frame(request, "stage"),
        "form": form,
        "crisis": crisis,
        "current": stage_of(request.area, clock.now()),
        # Read anew each time the page is shown: what is on it is what whoever decides has read.
        "seen": last_word(latest_decision(request.area)),
    }
    return render(request, "authority/change_stage.html", context)


def _consequences(request: OfficialRequest, form: StageForm, crisis: Crisis, at: datetime) -> HttpResponse:
    """The page between choosing and deciding."""
    effective_at = form.effective(at)
    chosen = Stage(form.cleaned_data["stage"])
    found = preview(crisis=crisis, area=request.area, stage=chosen, effective_at=effective_at, at=at)
    when = (
        gettext("From now on")
        if form.cleaned_data["starts"] == "now"
        else gettext("From %(moment)s") % {"moment": moment_words(effective_at, at)}
    )
    context = {
        **frame(request, "stage"),
        "chosen": chosen,
        "number_name": number_name(chosen),
        "name": found.after.name if chosen else "",
        "consequences": [when, *_sentences(request.area, found, at)],
        "differences": differences(found.before, found.after, found.names),
        "has_playbook": crisis.playbook_id is not None,
        "reason": form.cleaned_data["reason"],
        "typed": [*typed_in(form), ("seen", request.POST.get("seen", ""))],
    }
    return render(request, "authority/confirm_stage.html", context)


def _sentences(area: Area, found: Preview, at: datetime) -> list[str]:
    """Where it holds, who follows, which calls it bears on, who is told."""
    if area.level < Area.Level.COUNTY:
        reach = gettext("It holds in %(area)s: in %(counties)d counties and %(townships)d townships")
    else:
        reach = gettext("It holds in %(area)s and all below it")
    lines = [
        gettext("From %(before)s to %(after)s")
        % {"before": number_name(found.before.stage), "after": number_name(found.after.stage)},
        reach % {"area": area.full_name, "counties": found.counties, "townships": found.townships},
    ]
    if found.planned is not None:
        lines.append(
            gettext("What is planned for %(moment)s still comes then: %(stage)s.")
            % {
                "moment": moment_words(found.planned.effective_at, at),
                "stage": number_name(found.planned.stage),
            }
        )
    return [*lines, *_below(found), *_calls(found), *_told(area)]


def _below(found: Preview) -> list[str]:
    if not found.own_way:
        return []
    count = len(found.own_way)
    said = ngettext(
        "%(count)d area below had its own stage and follows this one from then on.",
        "%(count)d areas below had their own stages and follow this one from then on.",
        count,
    ) % {"count": count}
    shown = [
        gettext("%(area)s: from %(before)s to %(after)s")
        % {
            "area": change.area.name,
            "before": number_name(change.stage),
            "after": number_name(found.after.stage),
        }
        for change in found.own_way[:OWN_WAY_SHOWN]
    ]
    return [said, *shown]


def _calls(found: Preview) -> list[str]:
    """What it means for calls; no line about nothing."""
    calls = found.calls
    lines = []
    if calls.open:
        lines.append(
            ngettext(
                "%(count)d call that is public stays as it is; its shifts and seats too.",
                "%(count)d calls that are public stay as they are; their shifts and seats too.",
                calls.open,
            )
            % {"count": calls.open}
        )
    if calls.lifted:
        lines.append(
            ngettext(
                "%(count)d of them counts as more urgent in plans.",
                "%(count)d of them count as more urgent in plans.",
                calls.lifted,
            )
            % {"count": calls.lifted}
        )
    if calls.alerts:
        lines.append(
            ngettext(
                "Of %(count)d with shifts ahead other people are alerted; whoever has a seat keeps it.",
                "Of %(count)d with shifts ahead other people are alerted; whoever has a seat keeps it.",
                calls.alerts,
            )
            % {"count": calls.alerts}
        )
    if calls.blocked:
        lines.append(
            ngettext(
                "%(count)d draft of a group can no longer be made public by the group.",
                "%(count)d drafts of groups can no longer be made public by the groups.",
                calls.blocked,
            )
            % {"count": calls.blocked}
        )
    if calls.to_review:
        lines.append(
            ngettext(
                "%(count)d draft of a group waits for an official's word once it is sent.",
                "%(count)d drafts of groups wait for an official's word once they are sent.",
                calls.to_review,
            )
            % {"count": calls.to_review}
        )
    return lines


def _told(area: Area) -> list[str]:
    groups = groups_serving(area).count()
    return [
        ngettext(
            "%(count)d organization that serves the area is told, 200 at most.",
            "%(count)d organizations that serve the area are told, 200 at most.",
            groups,
        )
        % {"count": groups},
        gettext("Going back is a new change; this one stays in the history with your name."),
    ]
