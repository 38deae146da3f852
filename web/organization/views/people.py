"""Who is in a shift: the roster to print, the call list, and taking a seat back."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from core import access_log, clock
from core.errors import DomainError
from core.models import AccessRecord
from tasks.actions.refusals import ShiftFull
from tasks.actions.seats import remove as remove_seat
from tasks.actions.seats import sign_up
from tasks.models import Assignment, Shift, Waiting
from tasks.queries.roster import RosterRow, roster_of
from volunteers.models import Volunteer
from web.access import OrganizerRequest, organizer
from web.forms import refuse
from web.organization.forms.desk import PURPOSES, ByTelephoneForm, PurposeForm
from web.organization.forms.team import ReasonForm
from web.organization.frame import frame, short_address
from web.organization.guards import desk_of_approved, leader_of_approved
from web.organization.lookup import LIMITS, people_behind, said_of
from web.organization.views.posting import typed
from web.organization.views.registration import see_other
from web.organization.views.shifts import LEADER, shift_of

# So long after a shift nobody needs to call its people any more.
CALLS_UNTIL = timedelta(days=3)
OPEN_FOR = timedelta(minutes=30)
GRANTS = "call_lists"
BLANK_LINES = 6
LINES_LEAST = 18
LINE_SHOWN = 30


@organizer()
def roster(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """The list on paper: names and numbers, room to sign, blank lines. No telephone stands on it."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    at = clock.now()
    rows = roster_of(found, at=at)
    lines = max(len(rows) + BLANK_LINES, LINES_LEAST)
    roles = list(found.roles.order_by("id"))
    line = Waiting.objects.live().filter(shift=found, kind=Waiting.Kind.SEAT)
    context = {
        "shift": found,
        "roles": roles,
        "waiting": line.in_line().select_related("volunteer__user", "role")[:LINE_SHOWN],
        "now": at,
        "rows": rows,
        "blank": range(len(rows) + 1, lines + 1),
        "first_blank": len(rows) + 1,
        "needed": sum(role.seats_min for role in roles),
        "seats": sum(role.seats for role in roles),
        "desk_address": short_address(request, "public:site", found.site_code),
        "organization": request.organization,
    }
    return render(request, "organization/roster.html", context)


@organizer()
def call_list(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Telephone numbers, opened with a purpose for half an hour; each person can read that it was opened."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    at = clock.now()
    if found.ends_at is not None and at > found.ends_at + CALLS_UNTIL:
        request.session.get(GRANTS, {}).pop(found.code, None)
        return render(
            request, "organization/call_list_closed.html", {**frame(request, "board"), "shift": found}
        )
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grants = request.session.get(GRANTS, {})
        grants[found.code] = {
            "until": (at + clock.of_machine(OPEN_FOR)).isoformat(),
            "purpose": form.cleaned_data["purpose"],
            "own_words": form.own_words(),
            "seen": [],
        }
        request.session[GRANTS] = grants
        return see_other("call_list", code, found.code)
    grant = request.session.get(GRANTS, {}).get(found.code)
    if not grant or datetime.fromisoformat(grant["until"]) <= at:
        context = {**frame(request, "board"), "form": form, "shift": found}
        return render(request, "organization/call_list_purpose.html", context)
    rows = roster_of(found, at=at)
    _log(request, found, grant, at)
    context = {
        **frame(request, "board"),
        "shift": found,
        "rows": sorted(rows, key=_missing_first),
        "until": datetime.fromisoformat(grant["until"]),
        "purpose": grant["own_words"] or dict(PURPOSES)[grant["purpose"]],
    }
    template = "call_sheet" if request.GET.get("print") else "call_list"
    return render(request, f"organization/{template}.html", context)


def _missing_first(row: RosterRow) -> tuple[bool, datetime]:
    return row.in_at is not None, row.signed_up_at


def _log(request: OrganizerRequest, shift: Shift, grant: dict[str, Any], at: datetime) -> None:
    """One record a person and opening, also for whoever signs up while the list is open."""
    live = Assignment.objects.live().filter(shift=shift).values_list("volunteer__user_id", flat=True)
    new = sorted(set(live) - set(grant["seen"]))
    if not new:
        return
    access_log.record(
        person_ids=new,
        by=request.user,
        label=request.organization.name,
        at=at,
        purpose=AccessRecord.Purpose(grant["purpose"]),
        own_words=grant["own_words"],
        what=AccessRecord.What.TELEPHONE,
        about=shift.task.titles,
    )
    grant["seen"] = [*grant["seen"], *new]
    request.session.modified = True


@LEADER
def add(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Give a seat to somebody who called in; they are told who did it, and can step back."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    form = ByTelephoneForm(request.POST or None, roles=list(found.roles.order_by("id")))
    people: list[Volunteer] = []
    if request.method == "POST" and form.is_valid():
        people = people_behind(request, form, found, purpose=AccessRecord.Purpose.BY_TELEPHONE)
        if len(people) == 1:
            if _give_seat(request, form, people[0]):
                messages.success(
                    request,
                    gettext("%(name)s has a seat, and is told.") % {"name": people[0].user.name},
                )
                return see_other("board", code, query={"shift": found.code})
            people = []
    context = {
        **frame(request, "board"),
        "form": form,
        "shift": found,
        "people": people,
        "sent": [pair for pair in typed(request) if pair[0] not in ("who", "volunteer")],
        "join_address": short_address(request, "account:join"),
    }
    return render(request, "organization/add_person.html", context)


def _give_seat(request: OrganizerRequest, form: ByTelephoneForm, volunteer: Volunteer) -> bool:
    """Sign them up; what stands in the way is said beside the field that can change it."""
    try:
        sign_up(
            role=form.chosen_role(),
            volunteer=volunteer,
            by=request.user,
            at=clock.now(),
            seats=form.cleaned_data["seats"],
            override_reason=form.cleaned_data["override_reason"],
        )
    except LIMITS as error:
        form.add_error("override_reason", said_of(volunteer, error))
    except ShiftFull as error:
        form.add_error("seats", error.message)
    except DomainError as error:
        form.add_error("who", said_of(volunteer, error))
    else:
        return True
    return False


@LEADER
def remove(request: OrganizerRequest, code: str, shift: str, assignment: str) -> HttpResponse:
    """Take a seat back, with a reason that reaches the person."""
    leader_of_approved(request)
    found = shift_of(request, shift)
    seat = get_object_or_404(
        Assignment.objects.live().select_related("volunteer__user", "shift__task", "shift__area", "role"),
        shift=found,
        code=assignment,
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_seat(assignment=seat, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request,
                gettext("%(name)s has been told. The seat is free.") % {"name": seat.volunteer.user.name},
            )
            return see_other("board", code, query={"shift": found.code})
    context = {**frame(request, "board"), "form": form, "shift": found, "seat": seat}
    return render(request, "organization/remove.html", context)
