"""What the page of a shift shows its reader. Every part of it adds its own keys, in a function of its own."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from core import clock
from core.errors import DomainError
from matching.queries.plan import why_not
from matching.rendering.reasons import why_not_in_words
from tasks.actions.refusals import words_for
from tasks.models import Offer, ShiftRole
from tasks.policies import Ground, Reason, SeatFacts
from tasks.queries.candidates import point_of
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.seats import reasons_for, seat_facts
from volunteers.models import Volunteer
from web.account.wanted import ANSWERABLE
from web.live import number
from web.public.alternatives import other_rows
from web.public.door import OF_THE_DOOR, door_context
from web.public.frame import tabs
from web.public.line import Line, line_context
from web.public.need_view import NeedView, need_view
from web.public.watching import watch_context

NOT_ABOUT_THE_PERSON = (Ground.SHIFT_FULL, Ground.NOT_OPEN, Ground.TOO_LATE, *OF_THE_DOOR)


def shift_context(
    request: HttpRequest,
    code: str,
    volunteer: Volunteer | None,
    refusal: DomainError | None = None,
    seats_typed: int = 1,
) -> dict[str, Any] | None:
    """Everything that the page of a shift shows; also after a refused sign-up for some seats.

    None where there is no such shift.
    """
    at = clock.now()
    shift = shift_with_seats(code, volunteer)
    if shift is None:
        return None
    roles = roles_of(shift)
    point = point_of(volunteer)
    view = need_view(shift, roles, at, signed_in=request.user.is_authenticated, point=point)
    context: dict[str, Any] = {
        "tabs": tabs(request, "needs"),
        "need": view,
        "seat": shift.own_seat,
        "volunteer": volunteer,
        "refusal": refusal,
        "you": view.row.taken if view.is_open and not view.is_full and not shift.own_seat else None,
        "join_url": _entry("account:join", code),
        "enter_url": _entry("account:enter", code),
        "reasons": [],
        "forbidden": False,
        "unsaid": False,
        "nearest": [],
        "offer": "",
        "not_asked": [],
        "door": "",
    }
    if volunteer and view.is_open and not shift.own_seat:
        reasons = reasons_for(roles[0], volunteer, at, is_stopped=shift.is_stopped)
        context |= _fit(reasons, shift)
        context |= door_context(shift, view, roles, volunteer, reasons, at)
        if not (refusal or context["forbidden"] or context["door"] or context["asked"]):
            # No offer outlives the last free seat.
            context["offer"] = "" if view.is_full else _open_offer(volunteer, shift, at)
            # In larger text the page keeps to what is to be done.
            if not (context["offer"] or context["asks"] or view.is_full or request.elder):  # type: ignore[attr-defined]
                seat = seat_facts(roles[0], is_stopped=view.is_stopped)
                context["not_asked"] = _not_asked(volunteer, roles[0], seat, at)
    elif volunteer is None:
        context |= door_context(shift, view, roles, None, [], at)
    if context["door"] or context.get("asked"):
        context["you"] = None
    if refusal or view.is_full or not view.is_open or context["forbidden"] or context["door"]:
        context["nearest"] = other_rows(volunteer, shift, at, seats=seats_typed)
    context |= watch_context(request, shift, at)
    if view.is_open and not shift.own_seat:
        context |= line_context(shift, roles, volunteer, at)
        context["in_line"] = any(line.own for line in context["lines"])
    return context | _seats(view, context["you"], context.get("lines", []), not context["forbidden"])


def poll_context(request: HttpRequest, code: str) -> dict[str, Any] | None:
    """The seats of a shift as they are now, for a page that shows them already; it reads nothing about its reader."""
    at = clock.now()
    shift = shift_with_seats(code)
    if shift is None:
        return None
    roles = roles_of(shift)
    view = need_view(shift, roles, at, signed_in=False)
    lines = line_context(shift, roles, None, at)["lines"] if view.is_full else []
    told = request.GET.get("you", "")
    you = view.row.taken if told and view.is_open and not view.is_full else None
    return {
        "need": view,
        "you": you,
        "door_was": request.GET.get("door", ""),
    } | _seats(view, you, lines, told == "line", before=number(request, "taken"))


def _seats(
    view: NeedView, you: int | None, lines: list[Line], may_wait: bool, before: int | None = None
) -> dict[str, Any]:
    """What stands at the seats beside themselves; `you_told` says to a poll what the page shows of its reader."""
    row = view.row
    only = lines[0] if len(lines) == 1 and not view.several else None
    waits = only if only and may_wait and not only.own else None
    return {
        "before": before,
        "would_wait": waits,
        "outlined": row.missing > (you is not None and row.taken < row.needed),
        "dashed": row.seats > max(row.needed, row.taken + (you is not None)),
        "door_key": "full" if view.is_full else "open" if view.is_open else "closed",
        "you_told": "line" if waits else "seat" if you is not None else None,
    }


def _fit(reasons: list[Reason], shift: Any) -> dict[str, Any]:
    """Why the shift fits, as ticks, and what counts against it, as dashes."""
    found = [reason for reason in reasons if reason.ground not in NOT_ABOUT_THE_PERSON]
    return {
        "reasons": [{"good": reason.good, "text": words_for(reason, shift)} for reason in found],
        "forbidden": any(not reason.good for reason in found),
        # One answer of the reader's stands between them and the seat.
        "unsaid": {reason.ground for reason in reasons if not reason.good} <= ANSWERABLE,
    }


def _open_offer(volunteer: Volunteer, shift: Any, at: datetime) -> str:
    """The code of an offer of this shift that the volunteer has not answered yet."""
    mine = Offer.objects.open(at=at).filter(shift=shift, volunteer=volunteer)
    return mine.values_list("code", flat=True).first() or ""


def _not_asked(volunteer: Volunteer, role: ShiftRole, seat: SeatFacts, at: datetime) -> list[str]:
    """Why nobody asks them for this seat, in sentences."""
    why = why_not(role, volunteer, at, seat=seat)
    return why_not_in_words(why, role.shift) if why else []


def _entry(name: str, code: str) -> str:
    """A page of joining or signing in that leads back to the shift."""
    return f"{reverse(name)}?{urlencode({'next': reverse('public:need', args=[code])})}"
