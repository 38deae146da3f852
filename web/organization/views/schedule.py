"""The schedule of a week, and what is done to many of its shifts at once: shown first, then done."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import DomainError
from organizations.queries import LEADERS
from tasks.actions.bulk import BulkChanges, edit_many
from tasks.actions.copying import Copied, SomeNotCopied, copy_shifts
from tasks.actions.outcomes import Outcome, SomeRefused
from web.access import OrganizerRequest, organizer
from web.forms import posted, refuse
from web.organization import schedule
from web.organization.forms.bulk import BulkForm, CopyForm, next_week
from web.organization.forms.calling_off import ManyToldForm, is_sure, many_told
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame
from web.organization.guards import desk_of_approved, leader_of_approved
from web.organization.outcomes import copy_rows, outcome_rows
from web.organization.views.posting import LEADER, typed
from web.organization.views.registration import see_other
from web.organization.views.shifts import because

SAVE = ("save", "save-good")


@require_GET
@organizer()
def week(request: OrganizerRequest, code: str) -> HttpResponse:
    """The shifts of a week by day; organizers tick some and act on them."""
    desk_of_approved(request)
    at = clock.now()
    today = timezone.localdate(at)
    wanted = schedule.wanted_of(request.GET, today)
    page = Paginator(schedule.of_week(request.organization, wanted), schedule.PAGE).get_page(
        request.GET.get("page")
    )
    timed, untimed = list(page.object_list), list(schedule.without_time(request.organization, wanted)[:20])
    prefetch_related_objects([*timed, *untimed], "roles")
    found, anytime = schedule.entries(timed, at), schedule.entries(untimed, at)
    context = {
        **frame(request, "schedule"),
        "wanted": wanted,
        "last": wanted.monday + timedelta(days=6),
        "days": schedule.days_of(wanted.monday, found, today),
        "anytime": anytime,
        "count": page.paginator.count,
        "needed": sum(entry.shift.needed for entry in found),
        "taken": sum(min(entry.shift.taken, entry.shift.needed) for entry in found),
        "before": wanted.query(week=f"{wanted.monday - schedule.WEEK:%Y-%m-%d}"),
        "after": wanted.query(week=f"{wanted.monday + schedule.WEEK:%Y-%m-%d}"),
        "this_week": "" if wanted.monday == schedule.monday_of(today) else wanted.query(week=""),
        "query": wanted.query(),
        "leads": request.membership.role in LEADERS,
        "previous_url": f"?{wanted.query(page=page.number - 1)}" if page.has_previous() else "",
        "next_url": f"?{wanted.query(page=page.number + 1)}" if page.has_next() else "",
        **schedule.choices(request.organization, wanted),
    }
    return render(request, "organization/schedule.html", context)


def _chosen(request: OrganizerRequest) -> list[Any]:
    leader_of_approved(request)
    data = request.POST if request.method == "POST" else request.GET
    return schedule.chosen(request.organization, data, timezone.localdate(clock.now()))


def _nothing(request: OrganizerRequest, code: str) -> HttpResponse:
    """Nobody ticked anything: back to the week."""
    messages.error(request, gettext("Tick the shifts first, or choose a day."))
    return see_other("schedule", code, query={"week": request.GET.get("week", "")})


def _only_task(request: OrganizerRequest) -> str:
    """The call to which the week was narrowed, so that the way back leads to the same list."""
    data = request.POST if request.method == "POST" else request.GET
    return data.get("task", "")[:12]


def _context(request: OrganizerRequest, shifts: list[Any], **values: Any) -> dict[str, Any]:
    first = next((shift.starts_at for shift in shifts if shift.starts_at), None)
    back = f"{timezone.localdate(first):%Y-%m-%d}" if first else ""
    only = {"back_week": back, "only_task": _only_task(request)}
    return {**frame(request, "schedule", count_calls=False), "shifts": shifts, **only, **values}


def _back(request: OrganizerRequest, code: str, shifts: list[Any], *, days: int = 0) -> HttpResponse:
    """To the week in which the first of them lies, or its copy."""
    first = next((shift.starts_at for shift in shifts if shift.starts_at), None)
    query = {"task": only} if (only := _only_task(request)) else {}
    if first is not None:
        query["week"] = f"{timezone.localdate(first + timedelta(days=days)):%Y-%m-%d}"
    return see_other("schedule", code, query=query)


@require_http_methods(["GET", "POST"])
@LEADER
def change(request: OrganizerRequest, code: str) -> HttpResponse:
    """Change shifts together."""
    shifts = _chosen(request)
    if not shifts:
        return _nothing(request, code)
    form = BulkForm(posted(request), shifts=shifts)
    if request.method == "POST" and form.is_valid() and request.POST.get("step") != "edit":
        outcomes = _try(request, form, shifts, form.changes())
        if outcomes is not None:
            if done := _done(request, outcomes):
                said = ngettext("%(count)d shift is changed.", "%(count)d shifts are changed.", done)
                messages.success(request, said % {"count": done})
                return _back(request, code, shifts)
            context = _context(
                request, shifts, outcomes=outcome_rows(outcomes, moved=form.moved()), typed=typed(request)
            )
            return render(request, "organization/bulk_preview.html", {**context, "said": form.said()})
    return render(request, "organization/bulk.html", _context(request, shifts, form=form))


@require_http_methods(["GET", "POST"])
@LEADER
def cancel(request: OrganizerRequest, code: str) -> HttpResponse:
    """Cancel shifts together, with a reason that reaches everybody in them."""
    shifts = _chosen(request)
    if not shifts:
        return _nothing(request, code)
    form = ReasonForm(posted(request), initial=because(request))
    if request.method == "POST" and form.is_valid() and request.POST.get("step") != "edit":
        sure = sure_of(request)
        outcomes = _try(request, form, shifts, BulkChanges(cancel=True), keep=is_sure(sure))
        if outcomes is not None:
            if is_sure(sure) and (done := _done(request, outcomes)):
                said = ngettext("%(count)d shift is cancelled.", "%(count)d shifts are cancelled.", done)
                messages.success(request, said % {"count": done})
                return _back(request, code, shifts)
            found = outcome_rows(outcomes)
            context = _context(request, shifts, outcomes=found, typed=typed(request))
            context |= {"cancels": True, "many": sure or many_told(found.told_count)}
            return render(request, "organization/bulk_preview.html", context)
    return render(request, "organization/bulk_cancel.html", _context(request, shifts, form=form))


def sure_of(request: OrganizerRequest) -> ManyToldForm | None:
    """What was typed below a preview before many are told; None where nothing was asked, or nothing is done yet."""
    told = request.POST.get("told", "")
    if request.POST.get("step") not in SAVE or not told.isdecimal():
        return None
    return many_told(int(told[:6]), request.POST)


def _done(request: OrganizerRequest, outcomes: list[Outcome]) -> int:
    """How many were done; 0 where it was only tried, or one of them stood in the way of all."""
    good = sum(each.is_good for each in outcomes)
    step = request.POST.get("step")
    return good if step == "save-good" or (step == "save" and good == len(outcomes)) else 0


def _try(
    request: OrganizerRequest,
    form: Any,
    shifts: list[Any],
    changes: BulkChanges,
    *,
    keep: bool = True,
) -> list[Outcome] | None:
    """Do it, or only try to; what becomes of each. None where the whole is refused, which the form then says."""
    step = request.POST.get("step")
    try:
        return edit_many(
            shifts=shifts,
            changes=changes,
            by=request.user,
            at=clock.now(),
            reason=form.cleaned_data["reason"],
            versions=schedule.versions_of(request.POST, shifts),
            keep=keep and step in SAVE,
            only_good=step == "save-good",
        )
    except SomeRefused as error:
        return error.outcomes
    except DomainError as error:
        refuse(form, error)
        return None


@require_http_methods(["GET", "POST"])
@LEADER
def copy(request: OrganizerRequest, code: str) -> HttpResponse:
    """Post shifts again: on other days, for several weeks, or at another place."""
    shifts = _chosen(request)
    if not shifts:
        return _nothing(request, code)
    starts = [shift.starts_at for shift in shifts if shift.starts_at]
    first = timezone.localdate(starts[0] if starts else clock.now())
    form = CopyForm(posted(request), shifts=shifts, initial={"to_day": next_week(first)})
    context = _context(request, shifts, form=form, first=first)
    step = request.POST.get("step", "")
    if request.method == "POST" and form.is_valid() and step != "edit":
        copies, done = _copy(request, form, shifts, form.distances(first), step)
        if done:
            made = sum(each.posted is not None for each in copies)
            said = ngettext("%(count)d shift is posted.", "%(count)d shifts are posted.", made)
            messages.success(request, said % {"count": made})
            return _back(request, code, shifts, days=form.distances(first)[0])
        if copies:
            context |= {"outcomes": copy_rows(copies), "typed": typed(request)}
            return render(request, "organization/copy_preview.html", context)
    return render(request, "organization/copy.html", context)


@transaction.atomic
def _copy(
    request: OrganizerRequest, form: CopyForm, shifts: list[Any], distances: list[int], step: str
) -> tuple[list[Copied], bool]:
    """Post the copies of every week or only try to; what becomes of each, and whether it is done."""
    copies: list[Copied] = []
    try:
        for days in distances:
            copies += copy_shifts(
                shifts=shifts,
                days=days,
                details=form.details(),
                by=request.user,
                at=clock.now(),
                only_good=True,
            )
    except SomeNotCopied as error:
        copies += error.copies
    except DomainError as error:
        refuse(form, error, {"days": "to_day"})
        transaction.set_rollback(True)
        return [], False
    done = step == "save-good" or (step == "save" and all(each.is_good for each in copies))
    if not done:
        transaction.set_rollback(True)
    return copies, done
