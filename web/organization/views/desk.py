"""The desk on site: check in by code or name, walk-ins, paper lists, and taking a mistake back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.contrib import messages
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import clock
from core.errors import DomainError
from core.models import AccessRecord
from organizations.models import Membership
from tasks.actions.attendance import AlreadyChecked, check, undo_check
from tasks.actions.attendance import walk_in as seat_walk_in
from tasks.models import Assignment, CheckIn, Shift
from tasks.queries.board import shifts_of
from tasks.queries.roster import (
    RosterRow,
    presence_of,
    roster_of,
    seat_by_spoken,
    seats_by_name,
)
from volunteers.models import Volunteer
from web.access import OrganizerRequest, organizer
from web.organization.forms.desk import CodeForm, PaperForm, WalkInForm, moment_in
from web.organization.frame import frame, short_address
from web.organization.guards import desk_of_approved
from web.organization.lookup import LIMITS, people_behind, said_of
from web.organization.pages import page_of
from web.organization.views.registration import see_other
from web.organization.views.shifts import shift_of
from web.wording import duration_words, local

BEFORE = timedelta(hours=24)
AFTER = timedelta(hours=12)
SHOWN = 12
PAGE = 50


@organizer()
def desks(request: OrganizerRequest, code: str) -> HttpResponse:
    """Whose desk? Shifts that run, or are near."""
    desk_of_approved(request)
    at = clock.now()
    shifts = (
        shifts_of(request.organization)
        .filter(Q(starts_at=None) | Q(starts_at__lt=at + BEFORE))
        .filter(Q(ends_at=None) | Q(ends_at__gt=at - AFTER))
        .order_by(F("starts_at").asc(nulls_last=True), "id")
    )
    context = {**frame(request, "desks"), **page_of(request, shifts, PAGE), "now": at}
    return render(request, "organization/desks.html", context)


@dataclass(frozen=True)
class DeskRow:
    """A line of the desk, the key that its button sends once, and whether work goes on there."""

    row: RosterRow
    key: UUID
    is_next: bool = False


@organizer()
def desk(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """One shift's desk; POST checks somebody in or out."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    at = clock.now()
    leaving = (request.POST or request.GET).get("kind") == CheckIn.Kind.OUT
    form = CodeForm()
    same: list[Assignment] = []
    if request.method == "POST":
        form, same, checked = _check(request, found, leaving=leaving, at=at)
        if checked:
            return see_other("desk", code, found.code, query=_where_one_was(request, leaving=leaving))
        form.go_on_here()
    elif request.GET.get("at") == "code":
        form.go_on_here()
    everybody = "all" in request.GET
    kept = {"kind": "out" if leaving else "", "all": "1" if everybody else ""}
    seen = _fingerprint(request, found)
    # The list asks again every half minute, since people check in themselves as well.
    polls = request.htmx and "seen" in request.GET  # type: ignore[attr-defined]
    if polls and request.GET["seen"] == seen:
        return HttpResponse(status=204)
    rows = roster_of(found, at=at)
    context = {
        "organization": request.organization,
        "shift": found,
        "leaving": leaving,
        "all_seats": sum(role.seats for role in found.roles.all()),
        "here": "?" + urlencode({name: value for name, value in {**kept, "seen": seen}.items() if value}),
        **_lists(rows, everybody=everybody, leaving=leaving, after=request.GET.get("after", "")),
    }
    if polls:
        return render(request, "organization/desk_people.html", context)
    context |= {
        **frame(request, "desks", count_calls=False),
        "now": at,
        "form": form,
        "same": [(seat, uuid4()) for seat in same],
        "last": _last_entry(request, found),
        # What became of an entry stands where it was made.
        "at_list": "after" in request.GET and not form.is_bound,
        "nonce": uuid4(),
        "starts_in": duration_words(found.starts_at - at) if found.starts_at and found.starts_at > at else "",
    }
    return render(request, "organization/desk.html", context)


def _where_one_was(request: OrganizerRequest, *, leaving: bool) -> dict[str, str] | None:
    """So that the next page goes on where the entry was made: in the field for codes, or further down the list."""
    chosen = request.POST.get("assignment", "")
    on = {"after": chosen} if chosen else {"at": "code"}
    return {"kind": "out", **on} if leaving else on


def _fingerprint(request: OrganizerRequest, shift: Shift) -> str:
    """A short word for what the list shows: it is another one as soon as something is otherwise."""
    said = (request.path, request.elder, presence_of(shift))  # type: ignore[attr-defined]
    return blake2s(repr(said).encode(), digest_size=6).hexdigest()


def _lists(rows: list[RosterRow], *, everybody: bool, leaving: bool, after: str) -> dict[str, Any]:
    came = sorted(
        (row for row in rows if row.in_at), key=lambda row: row.in_at or row.signed_up_at, reverse=True
    )
    to_do = [row for row in rows if (row.is_here if leaving else row.in_at is None)]
    further = _next_of(rows, to_do, after)
    return {
        "to_do": [DeskRow(row, uuid4(), is_next=row is further) for row in to_do],
        "came": came if everybody else came[:SHOWN],
        "came_count": len(came),
        "came_seats": sum(row.seats for row in came),
        "seats": sum(row.seats for row in rows),
        "more": len(came) > SHOWN and not everybody,
    }


def _next_of(rows: list[RosterRow], to_do: list[RosterRow], after: str) -> RosterRow | None:
    """The line below the one that was just entered, else the first that is left."""
    places = {row.assignment_code: place for place, row in enumerate(rows)}
    if after not in places:
        return None
    below = (row for row in to_do if places[row.assignment_code] > places[after])
    return next(below, to_do[0] if to_do else None)


def _last_entry(request: OrganizerRequest, shift: Shift) -> CheckIn | None:
    """The last entry of this person at this desk: what the green field says and "undo" takes back."""
    return (
        CheckIn.objects.valid()
        .filter(assignment__shift=shift, recorded_by=request.user)
        .select_related("assignment__volunteer__user")
        .order_by("-id")
        .first()
    )


def meant(scanned: str) -> str:
    """The code in what was typed or scanned: a pass holds an address that ends with it."""
    return scanned.strip().split("?")[0].rstrip("/").split("/")[-1]


def _check(
    request: OrganizerRequest, shift: Shift, *, leaving: bool, at: datetime
) -> tuple[CodeForm, list[Assignment], bool]:
    """Check in or out by a button of the list or by a code; what is wrong stands beside the code."""
    chosen = request.POST.get("assignment", "")
    form = CodeForm({"code": request.POST.get("code") or chosen})
    if not form.is_valid():
        return form, [], False
    code = meant(form.cleaned_data["code"])
    seats = seat_by_spoken(shift, code)
    if not seats:
        named = seats_by_name(shift, code)
        said = (
            gettext("Is it one of these? Choose the name")
            if named
            else gettext("No one of this shift has the code or name %(code)s. Ask again, or look in the list")
            % {"code": code[:20]}
        )
        form.add_error("code", said)
        return form, named, False
    if len(seats) > 1:
        form.add_error("code", gettext("Several people have this code. Choose the name"))
        return form, seats, False
    try:
        check(
            assignment=seats[0],
            kind=CheckIn.Kind.OUT if leaving else CheckIn.Kind.IN,
            method=_method(code, by_list=bool(chosen)),
            at=at,
            by=request.user,
            nonce=_nonce(request.POST.get("nonce", "")),
            recorded_at=at,
        )
    except DomainError as error:
        form.add_error(
            "code",
            str(PaperRefused.text) % {"name": seats[0].volunteer.user.name, "sentence": error.message},
        )
        return form, [], False
    return form, [], True


def _method(code: str, *, by_list: bool) -> str:
    if by_list:
        return CheckIn.Method.DESK
    if len(code) == 4:
        return CheckIn.Method.SPOKEN
    return CheckIn.Method.DESK if code.isdigit() else CheckIn.Method.SCAN


def _nonce(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


@require_POST
@organizer()
def undo(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Take an entry back that was a mistake."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    entry = get_object_or_404(
        CheckIn.objects.select_related("assignment__volunteer__user", "assignment__shift__area"),
        assignment__shift=found,
        nonce=_nonce(request.POST.get("nonce", "")),
    )
    try:
        undo_check(check_in=entry, by=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            gettext("The entry of %(name)s is taken back.") % {"name": entry.assignment.volunteer.user.name},
        )
    return see_other("desk", code, found.code)


@organizer()
def walk_in(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Somebody without a seat stands there: a seat and the arrival in one step."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    at = clock.now()
    form = WalkInForm(request.POST or None)
    people: list[Volunteer] = []
    if request.method == "POST" and form.is_valid():
        people = people_behind(request, form, found, purpose=AccessRecord.Purpose.WALK_IN)
        if len(people) == 1 and _seat(request, form, found, people[0], at):
            return see_other("desk", code, found.code)
        if len(people) == 1:
            people = []
    context = {
        **frame(request, "desks", count_calls=False),
        "form": form,
        "shift": found,
        "people": people,
        "nonce": request.POST.get("nonce") or uuid4(),
        "leads": _leads(request),
        "join_address": short_address(request, "account:join"),
    }
    return render(request, "organization/walk_in.html", context)


def _seat(
    request: OrganizerRequest, form: WalkInForm, shift: Shift, volunteer: Volunteer, at: datetime
) -> bool:
    try:
        seat_walk_in(
            shift=shift,
            volunteer=volunteer,
            by=request.user,
            at=at,
            nonce=_nonce(request.POST.get("nonce", "")),
            override_reason=form.cleaned_data["override_reason"],
        )
    except LIMITS as error:
        form.add_error("override_reason" if _leads(request) else "who", said_of(volunteer, error))
        return False
    except DomainError as error:
        form.add_error("who", said_of(volunteer, error))
        return False
    return True


def _leads(request: OrganizerRequest) -> bool:
    return request.membership.role != Membership.Role.DESK


@organizer()
def paper(request: OrganizerRequest, code: str, shift: str) -> HttpResponse:
    """Enter a list on paper: many people with one time; all or none."""
    desk_of_approved(request)
    found = shift_of(request, shift)
    at = clock.now()
    rows = [row for row in roster_of(found, at=at) if row.out_at is None]
    kind = request.GET.get("kind", CheckIn.Kind.IN)
    # Those of whom the paper probably speaks come first.
    rows.sort(key=lambda row: row.is_here is (kind == CheckIn.Kind.IN))
    names = {row.assignment_code: row.name for row in rows}
    choices = [(row.assignment_code, _line(row)) for row in rows]
    form = PaperForm(request.POST or None, people=choices, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            count = _enter(request, found, values, names, at)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else "people", error.message)
        else:
            messages.success(
                request,
                ngettext("%(count)d entry from paper.", "%(count)d entries from paper.", count)
                % {"count": count},
            )
            return see_other("desk", code, found.code)
    context = {**frame(request, "desks", count_calls=False), "form": form, "shift": found, "rows": rows}
    return render(request, "organization/paper.html", context)


def _line(row: RosterRow) -> str:
    line = f"{row.name} {row.number}"
    if row.in_at is None:
        return line
    return gettext("%(person)s, came at %(time)s") % {"person": line, "time": f"{local(row.in_at):%H:%M}"}


@transaction.atomic
def _enter(
    request: OrganizerRequest, shift: Shift, values: dict[str, Any], names: dict[str, str], at: datetime
) -> int:
    moment = moment_in(shift, values["at"], at)
    seats: Iterable[Assignment] = (
        Assignment.objects.live()
        .filter(shift=shift, code__in=values["people"])
        .select_related("shift__area", "volunteer__user")
        .order_by("id")
    )
    count = 0
    for seat in seats:
        try:
            check(
                assignment=seat,
                kind=values["kind"],
                method=CheckIn.Method.PAPER,
                at=moment,
                by=request.user,
                # The same sheet sent twice makes the same entries.
                nonce=uuid5(NAMESPACE_URL, f"paper:{seat.code}:{values['kind']}:{moment.isoformat()}"),
                recorded_at=at,
            )
        except AlreadyChecked:
            # Seen by the desk in the meantime: the earlier entry counts.
            continue
        except DomainError as error:
            raise PaperRefused(field=error.field, name=names[seat.code], sentence=error.message) from error
        count += 1
    return count


class PaperRefused(DomainError):
    """An entry of a paper list that cannot be; the sentence names the person."""

    code = "paper-refused"
    text = _("%(name)s: %(sentence)s")
