"""A seat that somebody wanted before they had said who they are."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core import clock
from core.errors import DomainError
from tasks.actions.approvals import ask_approval
from tasks.actions.refusals import NeedsApproval, NoSuchSeat
from tasks.actions.seats import sign_up
from tasks.queries.seats import SeatWanted
from volunteers.actions import set_birth
from volunteers.queries import volunteer_of


def wanted_seat(shift_code: str, part: int, birth_on: date | None) -> dict[str, Any]:
    """What the session keeps of it until the code has come."""
    return {"shift": shift_code, "part": part, "birth_on": birth_on.isoformat() if birth_on else ""}


def birthday_of(wanted: dict[str, Any]) -> date | None:
    return date.fromisoformat(wanted["birth_on"]) if wanted["birth_on"] else None


def take_wanted(request: HttpRequest, wanted: dict[str, Any]) -> HttpResponse:
    """Take the seat for whoever has just signed in, or ask for it where an organizer looks first.

    What stands in the way is said on the page of the shift.
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
        messages.error(request, error.message)
        return _see("public:need", wanted["shift"])


def _see(name: str, *args: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name, args=args), status=HTTPStatus.SEE_OTHER)
