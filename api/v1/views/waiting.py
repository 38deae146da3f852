"""The waiting list, and asking an organizer who decides on each sign-up."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoSuchThing
from api.v1.base import ApiView
from api.v1.described import described
from api.v1.rows import seat_row, waiting_row
from api.v1.serializers import (
    AskSerializer,
    EmptySerializer,
    SeatSerializer,
    SignUpSerializer,
    WaitingListSerializer,
    WaitingSerializer,
)
from api.v1.views.seats import REFUSALS, seats_of
from core import clock
from core.request_keys import Answer
from tasks.actions.approvals import ask_approval
from tasks.actions.waiting import accept_held, decline_held, join_line, leave_line
from tasks.models import Waiting
from tasks.queries.seats import SeatWanted
from tasks.queries.waiting import place_of, waiting_of

ANSWERS = ("not-found", "no-volunteer", "not-waiting", "held-over", "not-your-place")


def _own(view: ApiView, code: str) -> Waiting:
    found = place_of(code, view.volunteer)
    if found is None:
        raise NoSuchThing
    return found


class WaitingListView(ApiView):
    """Where one waits."""

    @described(
        "list_waiting",
        "Where the person who asks waits: held seats first",
        answers={200: WaitingListSerializer},
        problems=("no-volunteer",),
    )
    def get(self, request: Request) -> Response:
        places = waiting_of(self.volunteer, clock.now())
        return Response({"results": [waiting_row(place) for place in places]})


class JoinLineView(ApiView):
    """A place in line for a full shift."""

    @described(
        "join_line",
        "Wait for a seat of a full shift",
        request=SignUpSerializer,
        answers={201: WaitingSerializer},
        problems=(
            "not-found", "seats-out-of-bounds", "seat-is-free", "no-waiting-list", "already-waiting",
            "party-beyond-shift", *REFUSALS,
        ),
        writes=True,
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            values = self.valid(SignUpSerializer)
            wanted = SeatWanted(code, values["role"])
            place = join_line(role=wanted, by=self.user, at=at, seats=values["seats"])
            return Answer(201, waiting_row(_own(self, place.code)))

        return self.once(act)


class AskView(ApiView):
    """Asking for a seat where the organizer decides on each."""

    @described(
        "ask_for_seat",
        "Ask the organizer for a seat, where needs_approval is true",
        request=AskSerializer,
        answers={201: WaitingSerializer},
        problems=(
            "not-found", "seats-out-of-bounds", "nothing-to-ask", "already-waiting", "words-too-long", *REFUSALS,
        ),
        writes=True,
    )  # fmt: skip
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            values = self.valid(AskSerializer)
            wanted = SeatWanted(code, values["role"])
            place = ask_approval(
                role=wanted, by=self.user, at=at, seats=values["seats"], words=values["words"]
            )
            return Answer(201, waiting_row(_own(self, place.code)))

        return self.once(act)


class AcceptHeldView(ApiView):
    """Taking the seat that is held."""

    @described(
        "accept_held",
        "Take the seat that is held",
        request=EmptySerializer,
        answers={201: SeatSerializer},
        problems=(*ANSWERS, *REFUSALS),
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            self.valid(EmptySerializer)
            seat = accept_held(waiting=_own(self, code), by=self.user, at=at)
            found = seats_of(self.volunteer).get(pk=seat.pk)
            return Answer(201, seat_row(found, found.number))

        return self.once(act)


class _EndView(ApiView):
    """Ends a place in line."""

    def _ended(self, code: str, end: Callable[..., Any]) -> Response:
        def act(at: datetime) -> Answer:
            self.valid(EmptySerializer)
            end(waiting=_own(self, code), by=self.user, at=at)
            return Answer(200, waiting_row(_own(self, code)))

        return self.once(act)


class DeclineHeldView(_EndView):
    """Saying no to the seat that is held."""

    @described(
        "decline_held",
        "Say no to the seat that is held: it goes to the next",
        request=EmptySerializer,
        answers={200: WaitingSerializer},
        problems=ANSWERS,
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        return self._ended(code, decline_held)


class LeaveLineView(_EndView):
    """Waiting no longer."""

    @described(
        "leave_line",
        "Wait no longer",
        request=EmptySerializer,
        answers={200: WaitingSerializer},
        problems=ANSWERS,
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        return self._ended(code, leave_line)
