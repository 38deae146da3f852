"""The crisis and its stage in an area: what is in force, what was, and changing it."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from tasks.actions import stages as actions
from tasks.models import Crisis, Stage
from tasks.notices.calls import groups_serving
from tasks.queries.stages import changes_over, number_name, running_crisis, stage_of, stages_below
from web.access import OfficialRequest, official
from web.authority.forms.stages import CrisisForm, ReasonForm, StageForm
from web.authority.frame import frame, see_other, typed_in
from web.forms import posted, refuse
from web.wording import moment_words

CHANGES_SHOWN = 20


@official
def stage(request: OfficialRequest, area_code: str) -> HttpResponse:
    """What is in force, planned and past, here and above; which areas below go their own way."""
    area, at = request.area, clock.now()
    current = stage_of(area, at)
    changes = list(changes_over(area)[:CHANGES_SHOWN])
    own_way = [
        change for change in stages_below(area, at) if current is None or change.effective_at > current.since
    ]
    context = {
        **frame(request, "stage"),
        "at": at,
        "crisis": running_crisis(area),
        "current": current,
        "day_number": current.day_number(at) if current else 0,
        "planned": [(change, number_name(change.stage)) for change in changes if change.effective_at > at],
        "past": [(change, number_name(change.stage)) for change in changes if change.effective_at <= at],
        "own_way": [(change, number_name(change.stage)) for change in own_way],
    }
    return render(request, "authority/stage.html", context)


@official
def change(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Choose a stage; a page says what it changes; then it is so."""
    area, at = request.area, clock.now()
    crisis = running_crisis(area)
    if crisis is None:
        messages.info(request, gettext("A stage needs a crisis. Start one first."))
        return see_other("stage", area_code)
    form = StageForm(posted(request))
    step = request.POST.get("step")
    if request.method != "POST" or not form.is_valid() or not _fits(form, crisis, area, at) or step == "edit":
        return _change_page(request, form, crisis)
    if step != "confirm":
        return _consequences(request, form, at)
    try:
        actions.change_stage(
            crisis=crisis,
            area=area,
            stage=form.cleaned_data["stage"],
            effective_at=form.effective(at),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=at,
        )
    except DomainError as error:
        refuse(form, error)
        return _change_page(request, form, crisis)
    messages.success(request, gettext("Decided. The organizations that serve the area have been told."))
    return see_other("stage", area_code)


@official
def start(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Begin a crisis here."""
    area, at = request.area, clock.now()
    running = running_crisis(area)
    if running is not None:
        messages.info(request, actions.CrisisRunning(crisis=running.name).message)
        return see_other("stage", area_code)
    form = CrisisForm(posted(request))
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
    form = ReasonForm(posted(request))
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
    at = clock.now()
    context = {
        **frame(request, "stage"),
        "form": form,
        "crisis": crisis,
        "current": stage_of(request.area, at),
    }
    return render(request, "authority/change_stage.html", context)


def _consequences(request: OfficialRequest, form: StageForm, at: datetime) -> HttpResponse:
    """The page between choosing and deciding."""
    area = request.area
    effective_at = form.effective(at)
    before = stage_of(area, effective_at)
    chosen = Stage(form.cleaned_data["stage"])
    counties = Area.objects.within(area).at_level(Area.Level.COUNTY).count()
    townships = Area.objects.within(area).at_level(Area.Level.TOWNSHIP).count()
    own_way = stages_below(area, effective_at + timedelta(seconds=1)).count()
    groups = groups_serving(area).count()
    if area.level < Area.Level.COUNTY:
        reach = gettext("It holds in %(area)s: in %(counties)d counties and %(townships)d townships")
    else:
        reach = gettext("It holds in %(area)s and all below it")
    consequences = [
        gettext("From %(before)s to %(after)s")
        % {"before": number_name(before.stage if before else Stage.NONE), "after": number_name(chosen)},
        gettext("From now on")
        if form.cleaned_data["starts"] == "now"
        else gettext("From %(moment)s") % {"moment": moment_words(effective_at, at)},
        reach % {"area": area.full_name, "counties": counties, "townships": townships},
    ]
    planned = changes_over(area).filter(effective_at__gt=effective_at).last()
    if planned is not None:
        consequences.append(
            gettext("What is planned for %(moment)s still comes then: %(stage)s.")
            % {"moment": moment_words(planned.effective_at, at), "stage": number_name(planned.stage)}
        )
    if own_way:
        consequences.append(
            ngettext(
                "%(count)d area below had its own stage and follows this one from then on.",
                "%(count)d areas below had their own stages and follow this one from then on.",
                own_way,
            )
            % {"count": own_way}
        )
    consequences.append(
        ngettext(
            "%(count)d organization that serves the area is told, 200 at most.",
            "%(count)d organizations that serve the area are told, 200 at most.",
            groups,
        )
        % {"count": groups}
    )
    consequences.append(gettext("Going back is a new change; this one stays in the history with your name."))
    context = {
        **frame(request, "stage"),
        "chosen": chosen,
        "number_name": number_name(chosen),
        "consequences": consequences,
        "reason": form.cleaned_data["reason"],
        "typed": typed_in(form),
    }
    return render(request, "authority/confirm_stage.html", context)


def _confirm(request: OfficialRequest, *, label: str, **values: object) -> HttpResponse:
    context = {
        **frame(request, "stage"),
        **values,
        "confirm_label": label,
        "cancel_url": reverse("authority:stage", args=[request.area.code]),
    }
    return render(request, "authority/confirm.html", context)
