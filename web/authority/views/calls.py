"""Calls of an area: listed, written, changed, ended."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from notifications.models import Message
from organizations.models import Organization
from tasks.actions import calls as actions
from tasks.models import Shift, Task, TaskTemplate
from tasks.permissions.calls import can_issue, can_manage_call
from tasks.queries.calls import (
    ENDED_MOST,
    NARROWINGS,
    calls_within,
    counts_within,
    response_time,
    shifts_of,
    templates_for,
    with_seats,
)
from tasks.queries.escalations import is_brought_before, seen_by
from tasks.queries.stages import number_name, rules_of
from tasks.queries.suggestions import suggest
from web.access import OfficialRequest, official
from web.authority.forms.calls import CallForm, initial_days, initial_of_task, initial_of_template
from web.authority.forms.stages import ReasonForm
from web.authority.frame import frame, see_other, typed_in
from web.forms import posted, refuse
from web.together import SuggestionRow, suggestion_rows
from web.wording import shown_count

PAGE = 25
CHANGEABLE = (Task.Status.DRAFT, *actions.OPEN)


@official
def calls(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The area's calls by what became of them."""
    area, at = request.area, clock.now()
    counts = counts_within(area)
    narrowings = {**NARROWINGS, "brought": is_brought_before(area)}
    chosen = request.GET.get("state", "")
    if chosen not in narrowings:
        chosen = "waiting" if counts["waiting"] else "taken"
    found = with_seats(calls_within(area).filter(narrowings[chosen])).order_by(
        F("called_at").asc() if chosen in ("waiting", "brought") else F("called_at").desc(nulls_first=True),
        "id",
    )
    if chosen == "brought":
        found = found.annotate(seen_at=seen_by(area))
    paginator = Paginator(found, PAGE, orphans=0)
    paginator.count = counts[chosen]
    page = paginator.get_page(request.GET.get("page"))
    names = {
        "waiting": pgettext("calls", "Waiting"),
        "brought": pgettext("calls", "Brought before you"),
        "taken": gettext("Taken on"),
        "filled": gettext("Enough hands"),
        "drafts": gettext("Drafts"),
        "ended": gettext("Ended"),
    }
    context = {
        **frame(request, "calls"),
        "segments": [
            (key, name, shown_count(counts[key], ENDED_MOST if key == "ended" else None), key == chosen)
            for key, name in names.items()
            # Where there is nobody below to bring it up there is nothing to choose.
            if key != "brought" or counts[key] or key == chosen
        ],
        "chosen": chosen,
        "latest": ENDED_MOST if chosen == "ended" and counts[chosen] >= ENDED_MOST else None,
        "rows": [(task, response_time(task, at)) for task in page],
        "page": page,
        "previous_url": f"?state={chosen}&page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?state={chosen}&page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "authority/calls.html", context)


@official
def choose_template(request: OfficialRequest, area_code: str) -> HttpResponse:
    """Where a call begins: a template of the stage, or an empty form."""
    rules = rules_of(request.area, clock.now())
    templates = list(templates_for(rules))
    context = {
        **frame(request, "calls"),
        "stage": rules if rules.stage else None,
        "number_name": number_name(rules.stage),
        "front": [template for template in templates if template.pk in rules.template_ids],
        "templates": [template for template in templates if template.pk not in rules.template_ids],
    }
    return render(request, "authority/choose_template.html", context)


@official
def new_call(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The form, then its preview, then the call."""
    if not can_issue(request.user, request.authority):
        raise PermissionDenied
    areas = areas_to_call(request.area)
    if request.method != "POST":
        at = clock.now()
        initial: dict[str, Any] = {"area": request.area.code, **initial_days(timezone.localdate(at))}
        code = request.GET.get("template", "")
        template = TaskTemplate.objects.filter(code=code).first() if code else None
        if template is not None:
            initial |= initial_of_template(template)
            rules = rules_of(request.area, at)
            initial["priority"] = rules.priority_of(template.type_id)
        return _form_page(request, CallForm(areas=areas, initial=initial))
    form = CallForm(request.POST, areas=areas)
    step = request.POST.get("step", "preview")
    if not form.is_valid() or not _fits(form, request) or step == "edit":
        return _form_page(request, form)
    if step not in ("publish", "draft"):
        return _preview(request, form)
    status = Task.Status.CALLED if step == "publish" else Task.Status.DRAFT
    try:
        task = actions.issue_call(
            issuer=request.authority,
            by=request.user,
            at=clock.now(),
            values={**form.cleaned_data, "status": status},
            ask_first=_chosen(request),
        )
    except DomainError as error:
        refuse(form, error)
        return _form_page(request, form)
    if status == Task.Status.DRAFT:
        messages.success(request, gettext("Kept as a draft. Nobody else sees it yet."))
    else:
        messages.success(request, _told(f"call-issued:{task.code}"))
    return see_other("call", area_code, task.code)


@official
def edit(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Change what a call says; a preview comes before it is kept."""
    task = managed(request, task_code)
    if task.status not in CHANGEABLE:
        return ended(request, task)
    areas = areas_to_call(request.area)
    if task.area_id not in {area.pk for area in areas}:
        areas.append(task.area)
    if request.method != "POST":
        return _form_page(request, CallForm(areas=areas, initial=initial_of_task(task)), task)
    form = CallForm(request.POST, areas=areas)
    step = request.POST.get("step", "preview")
    if not form.is_valid() or step == "edit":
        return _form_page(request, form, task)
    if step != "publish":
        return _preview(request, form, task)
    at = clock.now()
    try:
        actions.edit_call(task=task, changes=form.cleaned_data, by=request.user, at=at)
    except DomainError as error:
        refuse(form, error)
        return _form_page(request, form, task)
    messages.success(request, gettext("Changed. Whoever took it on has been told."))
    return see_other("call", area_code, task.code)


@official
def publish(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Make a draft public."""
    task = managed(request, task_code)
    if task.status != Task.Status.DRAFT:
        return ended(request, task)
    error = ""
    if request.method == "POST":
        try:
            actions.publish_call(task=task, by=request.user, at=clock.now())
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, _told(f"call-issued:{task.code}"))
            return see_other("call", area_code, task.code)
    return _confirm(
        request,
        task,
        title=gettext("Make “%(title)s” public?") % {"title": task.display_title},
        text=error,
        consequences=[
            gettext("Everybody can read it."),
            gettext("The organizations that serve %(area)s are told.") % {"area": task.area.name},
        ],
        label=gettext("Yes, make it public"),
    )


@official
def cancel(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Call it off, with a reason that everybody concerned reads."""
    task = managed(request, task_code)
    if task.status not in CHANGEABLE:
        return ended(request, task)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_task(
                task=task, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Cancelled. Whoever is concerned has been told."))
            return see_other("call", area_code, task.code)
    return _confirm(
        request,
        task,
        title=gettext("Cancel “%(title)s”?") % {"title": task.display_title},
        consequences=_lost(task),
        label=gettext("Yes, cancel it"),
        form=form,
        danger=True,
    )


@official
def close(request: OfficialRequest, area_code: str, task_code: str) -> HttpResponse:
    """Say that the work is done."""
    task = managed(request, task_code)
    if task.status not in actions.OPEN:
        return ended(request, task)
    error = ""
    if request.method == "POST":
        try:
            actions.close_task(task=task, by=request.user, at=clock.now())
        except DomainError as refusal:
            error = refusal.message
        else:
            messages.success(request, gettext("Closed."))
            return see_other("call", area_code, task.code)
    return _confirm(
        request,
        task,
        title=gettext("Is “%(title)s” done?") % {"title": task.display_title},
        text=error,
        consequences=[
            gettext("Nobody can take it on or post shifts for it any more."),
            gettext("Hours of its shifts can still be confirmed."),
        ],
        label=gettext("Yes, it is done"),
    )


def _lost(task: Task) -> list[str]:
    """What goes with a call that is called off; no line about nothing."""
    at = clock.now()
    ahead = [
        shift
        for shift in shifts_of(task)
        if shift.status == Shift.Status.OPEN and (shift.ends_at is None or shift.ends_at > at)
    ]
    taken = sum(shift.taken for shift in ahead)
    lines = []
    if ahead:
        lines.append(
            ngettext(
                "%(count)d shift that is not over is cancelled.",
                "%(count)d shifts that are not over are cancelled.",
                len(ahead),
            )
            % {"count": len(ahead)}
        )
    if taken:
        lines.append(
            ngettext("%(count)d seat is given up.", "%(count)d seats are given up.", taken) % {"count": taken}
        )
    if task.status == Task.Status.DRAFT:
        lines.append(gettext("Nobody else has read it yet."))
    else:
        lines.append(gettext("Whoever holds a seat and whoever took it on is told why."))
    return [*lines, gettext("This cannot be undone; a new call can be written.")]


def ended(request: OfficialRequest, task: Task) -> HttpResponse:
    """Back to the call, with the sentence that says what it is now: its page has moved on meanwhile."""
    state = {"title": task.display_title, "state": task.get_status_display()}
    messages.info(request, gettext("“%(title)s” is no longer what it was: %(state)s.") % state)
    return see_other("call", request.area.code, task.code)


def areas_to_call(area: Area) -> list[Area]:
    """The areas that a call from here can be for: this one and those below, down to counties in a province."""
    below = Area.objects.within(area)
    if area.level == Area.Level.PROVINCE:
        below = below.filter(level__lte=Area.Level.COUNTY)
    else:
        below = below.filter(level__lte=area.level + 1)
    return list(below.with_parents().order_by("level", "sort_key", "code"))


def _fits(form: CallForm, request: OfficialRequest) -> bool:
    """Whether the domain would take it; what it refuses is put beside its field."""
    try:
        actions.check_call(issuer=request.authority, at=clock.now(), values=_values(form))
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def _values(form: CallForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "requirements"}


def _form_page(request: OfficialRequest, form: CallForm, task: Task | None = None) -> HttpResponse:
    context = {**frame(request, "calls"), "form": form, "task": task}
    return render(request, "authority/call_form.html", context)


def _preview(request: OfficialRequest, form: CallForm, task: Task | None = None) -> HttpResponse:
    context = {
        **frame(request, "calls"),
        "form": form,
        "values": form.cleaned_data,
        "priority": dict(form.fields["priority"].choices)[form.cleaned_data["priority"]],  # type: ignore[attr-defined]
        "typed": typed_in(form),
        "task": task,
        "suggestions": [] if task else _suggested(form),
        "chosen": request.POST.getlist("organization"),
    }
    return render(request, "authority/call_preview.html", context)


def _suggested(form: CallForm) -> list[SuggestionRow]:
    """Whom to ask for the call that the form describes."""
    values = form.cleaned_data
    found = suggest(
        type=values["type"], area=values["area"], requirements=values["requirements"], at=clock.now()
    )
    return suggestion_rows(found, values["area"])


def _chosen(request: OfficialRequest) -> list[Organization]:
    """The organizations that were ticked in the preview."""
    codes = request.POST.getlist("organization")
    return list(Organization.objects.filter(code__in=codes).order_by("pk")) if codes else []


def _confirm(request: OfficialRequest, task: Task, *, label: str, **values: Any) -> HttpResponse:
    context = {
        **frame(request, "calls"),
        **values,
        "confirm_label": label,
        "cancel_url": reverse("authority:call", args=[request.area.code, task.code]),
    }
    return render(request, "authority/confirm.html", context)


def task_here(request: OfficialRequest, task_code: str) -> Task:
    """A call of the area; calls of elsewhere are not found here."""
    found = calls_within(request.area).select_related("area__parent__parent", "issuer__home_area", "type")
    return get_object_or_404(found, code=task_code)


def managed(request: OfficialRequest, task_code: str) -> Task:
    task = task_here(request, task_code)
    if not can_manage_call(request.user, task):
        raise PermissionDenied
    return task


def _told(event: str) -> str:
    count = Message.objects.filter(event=event, channel=Message.Channel.INBOX).count()
    if not count:
        return gettext("Public now. No organization serves the place yet, so nobody else has been told.")
    return ngettext(
        "Public now. %(count)d person in organizations nearby has been told.",
        "Public now. %(count)d people in organizations nearby have been told.",
        count,
    ) % {"count": count}
