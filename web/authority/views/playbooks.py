"""Playbooks of the authorities: read, changed page by page or as a file, taken out of use, and chosen for a crisis."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from areas.models import Area
from core import clock
from core.errors import DomainError
from tasks.actions import playbooks as actions
from tasks.models import Playbook, TaskTemplate, TaskType
from tasks.permissions.playbooks import can_choose_playbook, can_edit_playbook, can_write_for
from tasks.policies.playbooks import KNOWN_STAGES, PlaybookGiven, StageGiven, as_file
from tasks.queries.playbooks import followers, given_of, playbook_by_code, playbooks_for, stages_of
from tasks.queries.stages import number_name, rules_in, running_crisis, stage_of
from tasks.queries.transitions import names
from tasks.rendering.playbooks import fault_in_words
from web.access import OfficialRequest, official
from web.authority.forms.playbooks import (
    PlaybookFileForm,
    PlaybookForm,
    PlaybookStageForm,
    VersionedForm,
    template_title,
)
from web.authority.forms.stages import ChoosePlaybookForm, ReasonForm
from web.authority.frame import frame, see_other, typed_in
from web.authority.stage_words import differences, leads_words, priority_words, publishers_words
from web.forms import posted, refuse


@official
def playbooks(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Those that may be followed here."""
    context = {**frame(request, "stage"), "playbooks": list(playbooks_for(request.area))}
    return render(request, "authority/playbooks.html", context)


@official
def playbook(request: OfficialRequest, area_code: str, playbook: str) -> HttpResponse:
    """What each stage of a playbook sets, side by side."""
    found = _found(playbook)
    stages = stages_of(found)
    urgent = [{one.type_id: one.priority for one in stage.priorities.all()} for stage in stages]
    types = {one.type_id: one.type for stage in stages for one in stage.priorities.all()}
    context = {
        **frame(request, "stage"),
        "playbook": found,
        "places": list(found.areas.all()),
        "followers": list(followers(found)),
        "may_edit": can_edit_playbook(request.user, found),
        "stages": [
            {
                "row": stage,
                "number_name": number_name(stage.stage),
                "publishers": publishers_words(frozenset(stage.publishers)),
                "leads": leads_words(tuple(stage.lead_kinds)),
                "weight": f"{float(stage.seat_weight):g}",
                "templates": [
                    template_title(one) for one in sorted(stage.templates.all(), key=lambda one: one.pk)
                ],
            }
            for stage in stages
        ],
        "priorities": [
            (
                kind.name,
                [
                    (number_name(stage.stage), _priority(of.get(pk)))
                    for stage, of in zip(stages, urgent, strict=True)
                ],
            )
            for pk, kind in sorted(types.items(), key=lambda item: (item[1].position, item[0]))
        ],
    }
    return render(request, "authority/playbook.html", context)


def _priority(priority: int | None) -> str:
    return "–" if priority is None else priority_words(priority)


@official
def edit_playbook(request: OfficialRequest, area_code: str, playbook: str) -> HttpResponse:
    """What it is called, what it is about, and where it may be followed."""
    found = _editable(request, playbook)
    given = given_of(found)
    form = PlaybookForm(posted(request), initial=PlaybookForm.initial_of(given))
    if request.method == "POST" and form.is_valid():
        if not _may_write(request, form.cleaned_data["areas"]):
            form.add_error("areas", gettext("Name areas that you answer for"))
        elif _saved(request, form, None, lambda: form.given(given)):
            return see_other("playbook", area_code, playbook)
    return _form_page(request, form, found, title=gettext("Change “%(playbook)s”") % {"playbook": found.name})


@official
def playbook_stage(request: OfficialRequest, area_code: str, playbook: str, number: int) -> HttpResponse:
    """What one stage sets."""
    found = _editable(request, playbook)
    if number not in KNOWN_STAGES:
        raise Http404
    given = given_of(found)
    stage = next((one for one in given.stages if one.stage == number), StageGiven(number, "", ""))
    form = PlaybookStageForm(
        posted(request),
        initial=PlaybookStageForm.initial_of(stage, given.version),
        types=list(TaskType.objects.order_by("position", "pk")),
        templates=list(TaskTemplate.objects.order_by("pk")),
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and _saved(request, form, number, lambda: form.given(given, number))
    ):
        return see_other("playbook", area_code, playbook)
    title = gettext("What %(stage)s sets") % {"stage": number_name(number)}
    return _form_page(request, form, found, title=title, is_stage=True)


@official
def playbook_file(request: OfficialRequest, area_code: str, playbook: str) -> HttpResponse:
    """The whole playbook, to change elsewhere or to take to another place."""
    text = json.dumps(as_file(given_of(_found(playbook))), ensure_ascii=False, indent=1) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{playbook}.json"'
    return response


@official
def upload_playbook(request: OfficialRequest, area_code: str) -> HttpResponse:
    """A whole playbook from a file: written as it is, or not at all."""
    form = PlaybookFileForm(request.POST if request.method == "POST" else None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            given = actions.read_file(form.cleaned_data["file"])
            _check_upload(request, given)
            saved = actions.save_playbook(
                given=given, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except actions.PlaybookFaulty as error:
            faults = [fault_in_words(fault) for fault in error.faults]
            form.add_error("file", gettext("Nothing was taken over. What is wrong stands below."))
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, gettext("Taken over as version %(version)d.") % {"version": saved.version}
            )
            return see_other("playbook", area_code, saved.code)
    context = {**frame(request, "stage"), "form": form, "faults": faults}
    return render(request, "authority/playbook_upload.html", context)


def _may_write(request: OfficialRequest, codes: Sequence[str]) -> bool:
    """Whether they answer for the areas; unknown ones are said to be unknown when it comes to writing."""
    areas = list(Area.objects.filter(code__in=codes))
    return len(areas) != len(codes) or can_write_for(request.user, areas)


def _check_upload(request: OfficialRequest, given: PlaybookGiven) -> None:
    """Refuse to write over a playbook, or for areas, that are not one's own."""
    existing = playbook_by_code(given.code)
    if existing is not None and not can_edit_playbook(request.user, existing):
        raise PermissionDenied
    if not _may_write(request, given.areas):
        raise PermissionDenied


@official
def retire_playbook(request: OfficialRequest, area_code: str, playbook: str) -> HttpResponse:
    """Take a playbook out of use, with a reason."""
    found = _editable(request, playbook)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire_playbook(
                playbook=found, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("It is not offered any more. It can be put to use again."))
            return see_other("playbook", area_code, playbook)
    context = {
        **frame(request, "stage"),
        "title": gettext("Stop using “%(playbook)s”?") % {"playbook": found.name},
        "consequences": [
            gettext("No crisis can be started with it, and none can change to it."),
            gettext("What it set in earlier crises stays readable."),
        ],
        "confirm_label": gettext("Yes, stop using it"),
        "cancel_url": reverse("authority:playbook", args=[area_code, playbook]),
        "form": form,
    }
    return render(request, "authority/confirm.html", context)


@official
@require_POST
def restore_playbook(request: OfficialRequest, area_code: str, playbook: str) -> HttpResponse:
    """Put a playbook to use again."""
    found = _editable(request, playbook)
    try:
        actions.restore_playbook(playbook=found, by=request.user, at=clock.now())
    except DomainError as error:
        messages.info(request, error.message)
    else:
        messages.success(request, gettext("It can be followed again."))
    return see_other("playbook", area_code, playbook)


@official
def choose_playbook(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Another playbook for the crisis that is on; a page says what changes at once; then it is so."""
    area, at = request.area, clock.now()
    crisis = running_crisis(area)
    if crisis is None:
        messages.info(request, gettext("A stage needs a crisis. Start one first."))
        return see_other("stage", area_code)
    if not can_choose_playbook(request.user, crisis):
        raise PermissionDenied
    now = crisis.playbook
    form = ChoosePlaybookForm(
        posted(request),
        initial={"playbook": now.code if now else ""},
        playbooks=list(playbooks_for(crisis.area)),
    )
    context: dict[str, Any] = {**frame(request, "stage"), "crisis": crisis, "form": form, "now": now}
    step = request.POST.get("step")
    if request.method == "POST" and form.is_valid() and step != "edit":
        chosen = form.cleaned_data["playbook"]
        if step == "confirm":
            try:
                actions.choose_playbook(
                    crisis=crisis, playbook=chosen, by=request.user, at=at, reason=form.cleaned_data["reason"]
                )
            except DomainError as error:
                refuse(form, error)
            else:
                messages.success(request, gettext("The crisis follows it from now on."))
                return see_other("stage", area_code)
        elif chosen == now:
            refuse(form, actions.FollowsAlready(field="playbook"))
        else:
            view = stage_of(crisis.area, at)
            stage = view.stage if view else 0
            before = rules_in(crisis, stage)
            crisis.playbook = chosen
            context |= {
                "chosen": chosen,
                "stage_name": number_name(stage),
                "differences": differences(before, rules_in(crisis, stage), names()),
                "reason": form.cleaned_data["reason"],
                "typed": typed_in(form),
            }
            return render(request, "authority/confirm_playbook.html", context)
    return render(request, "authority/choose_playbook.html", context)


def _saved(
    request: OfficialRequest, form: VersionedForm, stage: int | None, given: Callable[[], PlaybookGiven]
) -> bool:
    """Write what was typed; what the domain refuses stands beside its field."""
    try:
        saved = actions.save_playbook(
            given=given(), by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
        )
    except actions.PlaybookFaulty as error:
        form.add_faults(error.faults, stage)
        return False
    except DomainError as error:
        refuse(form, error)
        return False
    messages.success(request, gettext("Kept as version %(version)d.") % {"version": saved.version})
    return True


def _form_page(
    request: OfficialRequest, form: VersionedForm, playbook: Playbook, *, title: str, is_stage: bool = False
) -> HttpResponse:
    context = {
        **frame(request, "stage"),
        "form": form,
        "title": title,
        "playbook": playbook,
        "is_stage": is_stage,
        "followers": list(followers(playbook)),
    }
    return render(request, "authority/playbook_form.html", context)


def _found(code: str) -> Playbook:
    found = playbook_by_code(code)
    if found is None:
        raise Http404
    return found


def _editable(request: OfficialRequest, code: str) -> Playbook:
    found = _found(code)
    if not can_edit_playbook(request.user, found):
        raise PermissionDenied
    return found
