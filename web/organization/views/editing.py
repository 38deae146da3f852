"""Changing a shift, or with it the others of its series; whoever has a seat is named before anything happens."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from organizations.models import Membership
from tasks.actions.outcomes import Outcome, SomeRefused
from tasks.actions.series import edit_all, edit_following
from tasks.actions.shifts import RoleWanted, edit_shift
from tasks.models import Assignment, Shift
from tasks.queries.board import signed_up
from web.access import OrganizerRequest, organizer
from web.organization.forms.editing import EditShiftForm, Scope
from web.organization.forms.rules import WINDOWS, length_words
from web.organization.frame import frame
from web.organization.guards import leader_of_approved
from web.organization.lowering import SeatsBelowPresent, is_question, question
from web.organization.outcomes import outcome_rows
from web.organization.views.posting import typed
from web.organization.views.registration import see_other
from web.organization.views.shifts import shift_of
from web.wording import full_date, moment_words

LEADER = organizer(Membership.Role.OWNER, Membership.Role.ORGANIZER)
SHIFT_FIELDS = {"starts_at": "day", "ends_at": "ends"}
STEPS = ("save", "save-good")


@LEADER
def edit(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Form, what it does and whom it concerns, done. Without anybody concerned a single shift is changed at once."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    roles = list(found.roles.prefetch_related("requirements").order_by("id"))
    version = request.POST.get("version") or str(found.version)
    step = request.POST.get("step", "preview")
    form = EditShiftForm(request.POST or None, shift=found, existing=roles)
    context = {**frame(request, "board"), "form": form, "shift": found, "version": version}
    if request.method == "POST" and form.is_valid() and step != "edit":
        changes = form.changes()
        wanted = form.roles.wanted if form.roles.is_changed else None
        if not changes and wanted is None:
            messages.success(request, gettext("Nothing was changed."))
            return see_other("board", code, query={"shift": found.code})
        people = list(signed_up(found))
        alone = form.reach() == Scope.ONE
        keep = step in STEPS or (alone and not people)
        try:
            outcomes = _edit(request, form, changes, wanted, version=version, keep=keep, step=step)
        except SomeRefused as error:
            outcomes, keep = error.outcomes, False
        except DomainError as error:
            try:
                if alone and wanted is not None and is_question(error, request):
                    return _ask(request, error, context, wanted, _named(form, changes, None))
            except SeatsBelowPresent as too_few:
                error = too_few
            form.refuse(error, SHIFT_FIELDS)
            return render(request, "organization/edit_shift.html", context)
        if keep:
            _say(request, outcomes)
            if outcomes is not None and found.series is not None:
                return see_other("series", code, found.series.code)
            return see_other("board", code, query={"shift": found.code})
        context |= {
            "people": people,
            "changes": _named(form, changes, wanted),
            "torn": _torn(found, changes),
            "outcomes": outcome_rows(outcomes, moved=form.moved()) if outcomes is not None else None,
            "typed": typed(request),
        }
        return render(request, "organization/edit_preview.html", context)
    return render(request, "organization/edit_shift.html", context)


def _ask(
    request: OrganizerRequest,
    error: DomainError,
    context: dict[str, Any],
    wanted: Sequence[RoleWanted],
    changes: list[tuple[str, str]],
) -> HttpResponse:
    """Fewer seats than people have: what becomes of them is asked, and nothing changes before."""
    answered = ("lowered", "reason", "asked")
    sent = [pair for pair in typed(request) if pair[0] not in answered]
    context |= {**question(request, error, wanted), "changes": changes, "typed": sent}
    return render(request, "organization/lowered.html", context)


@transaction.atomic
def _edit(
    request: OrganizerRequest,
    form: EditShiftForm,
    changes: dict[str, Any],
    wanted: Sequence[RoleWanted] | None,
    *,
    version: str,
    keep: bool,
    step: str,
) -> list[Outcome] | None:
    """Change the shift, or those of its series, or only try to; what becomes of each where they are several."""
    given: dict[str, Any] = {
        "shift": form.shift,
        "changes": changes,
        "roles": wanted,
        "by": request.user,
        "at": clock.now(),
        "reason": form.cleaned_data["reason"],
        "version": int(version) if version.isdigit() else 0,
    }
    if form.reach() == Scope.ONE:
        edit_shift(**given, lowered=request.POST.get("lowered", ""))
        if not keep:
            transaction.set_rollback(True)
        return None
    act = edit_following if form.reach() == Scope.FOLLOWING else edit_all
    return act(**given, keep=keep, only_good=step == "save-good")


def _say(request: OrganizerRequest, outcomes: list[Outcome] | None) -> None:
    if outcomes is None:
        messages.success(request, gettext("The shift is changed."))
        return
    count = sum(each.is_good for each in outcomes)
    said = ngettext("%(count)d shift is changed.", "%(count)d shifts are changed.", count)
    messages.success(request, said % {"count": count})


def _named(
    form: EditShiftForm, changes: dict[str, Any], wanted: Sequence[RoleWanted] | None
) -> list[tuple[str, str]]:
    """What changes and what it becomes, in the form's order; the roles last."""
    names = set(changes)
    if names & {"starts_at", "ends_at"}:
        names |= {"day", "starts", "ends"} & set(form.changed_data)
    found = [
        (str(field.label), new_value(name, form.cleaned_data.get(name)))
        for name, field in form.fields.items()
        if name in names
    ]
    if wanted is None:
        return found
    for role in form.roles:
        if role.is_changed:
            seats = gettext("%(seats)d seats, %(least)d needed") % {
                "seats": role.wanted.seats,
                "least": role.wanted.seats_min,
            }
            found.append((role.wanted.name or gettext("Seats"), seats))
    kept = {role.of.pk for role in form.roles if role.of is not None}
    gone = [role for role in form.roles.existing if role.pk not in kept]
    return [*found, *((role.name or gettext("Seats"), gettext("is removed")) for role in gone)]


def new_value(name: str, value: Any) -> str:
    """A value as it will be read; nothing for what needs no more than its label."""
    if isinstance(value, datetime):
        return moment_words(value, clock.now())
    if value is None and name in WINDOWS:
        return gettext("empty")
    if isinstance(value, date):
        return full_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name.endswith("_minutes"):
        return length_words(value)
    if name == "handover_rule":
        return str(Shift.HandoverRule(value).label)
    if isinstance(value, Area):
        return value.full_name
    return str(value).strip() or gettext("empty")


def _torn(shift: Shift, changes: dict[str, Any]) -> int:
    """How many people a new time would put in two places at once: they lose this seat."""
    if not {"starts_at", "ends_at"} & set(changes):
        return 0
    period = (changes.get("starts_at", shift.starts_at), changes.get("ends_at", shift.ends_at))
    elsewhere = Assignment.objects.live().filter(period__overlap=period).exclude(shift=shift)
    return Assignment.objects.live().filter(shift=shift, volunteer__in=elsewhere.values("volunteer")).count()
