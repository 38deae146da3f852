"""A seat that somebody wanted before they had said who they are."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from core import clock
from core.errors import DomainError
from tasks.actions.approvals import ask_approval
from tasks.actions.refusals import NeedsApproval, NoSuchSeat, NotEligible
from tasks.actions.seats import sign_up
from tasks.policies import Ground
from tasks.queries.needs import roles_of, shift_with_seats
from tasks.queries.seats import SeatWanted
from volunteers.actions import set_birth
from volunteers.queries import volunteer_of
from web.public.door import door_context
from web.public.need_view import NeedView, need_view

# What stands against a seat only until the person has said something.
ANSWERABLE = frozenset({Ground.CAPABILITY, Ground.BIRTHDAY})


@dataclass(frozen=True)
class Ahead:
    """The shift from whose page somebody came; `part` is the kind of seats that they get by joining, 0 where they
    choose or ask on that page first."""

    need: NeedView
    part: int


def seat_ahead(to: str, at: datetime) -> Ahead | None:
    """What stands behind an address of ours; None where it is no page of a shift."""
    try:
        match = resolve(urlsplit(to).path)
    except Resolver404:
        return None
    shift = shift_with_seats(match.kwargs["code"]) if match.view_name == "public:need" else None
    if shift is None:
        return None
    roles = roles_of(shift)
    need = need_view(shift, roles, at, signed_in=False)
    free = [part.number for part in need.parts if part.free > 0]
    door = door_context(shift, need, roles, None, [], at)
    is_one = need.is_open and len(free) == 1 and not door["door"] and not door["asks"]
    return Ahead(need, free[0] if is_one else 0)


def wanted_seat(shift_code: str, part: int, birth_on: date | None = None) -> dict[str, Any]:
    """What the session keeps of it until the code has come."""
    return {"shift": shift_code, "part": part, "birth_on": birth_on.isoformat() if birth_on else ""}


def birthday_of(wanted: dict[str, Any]) -> date | None:
    return date.fromisoformat(wanted["birth_on"]) if wanted["birth_on"] else None


def take_wanted(request: HttpRequest, wanted: dict[str, Any]) -> HttpResponse:
    """Take the seat for whoever has just signed in, or ask for it where an organizer looks first.

    Where only their word is missing, a page asks for it; whatever else stands in the way is said on the page of the
    shift.
    """
    user, at = request.user, clock.now()
    assert user.is_authenticated
    role = SeatWanted(wanted["shift"], wanted["part"])
    born = birthday_of(wanted)
    volunteer = volunteer_of(user)
    if volunteer is None:
        return _see("account:start")
    try:
        if born and volunteer.birth_on is None:
            set_birth(volunteer=volunteer, birth_on=born, by=user, at=at)
        try:
            return _see("volunteer:done", sign_up(role=role, by=user, at=at).code)
        except NeedsApproval:
            return _see("volunteer:request", ask_approval(role=role, by=user, at=at).code)
    except NoSuchSeat:
        return _see("public:needs")
    except DomainError as error:
        if isinstance(error, NotEligible) and error.ground in ANSWERABLE:
            ready = reverse("volunteer:ready", args=[wanted["shift"]])
            return HttpResponseRedirect(
                f"{ready}?{urlencode({'part': wanted['part']})}", status=HTTPStatus.SEE_OTHER
            )
        messages.error(request, error.message)
        return _see("public:need", wanted["shift"])


def _see(name: str, *args: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=args), status=HTTPStatus.SEE_OTHER)
