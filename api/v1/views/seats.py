"""Taking a seat, giving it back, and the seats that one has."""

from datetime import datetime
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.aggregates import Count
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoSuchThing
from api.v1.base import ApiView
from api.v1.described import CURSOR, described
from api.v1.paging import PAGE, cursor_after, page, read_cursor
from api.v1.rows import seat_row
from api.v1.serializers import (
    ReleaseSerializer,
    SeatPageSerializer,
    SeatSerializer,
    SignUpSerializer,
)
from core import clock, request_keys
from core.models import RequestKey
from core.request_keys import Answer
from tasks.actions.seats import release, sign_up
from tasks.models import Assignment, ShiftRole
from tasks.queries.seats import SeatWanted
from volunteers.models import Volunteer

REFUSALS = (
    "shift-full", "overlap", "not-eligible", "already-signed-up", "too-late", "not-open", "stale", "area-stopped",
    "needs-rest", "too-many-hours", "too-far", "not-yet-open", "sign-up-closed", "party-too-large", "needs-approval",
)  # fmt: skip


def number_of_role() -> Subquery:
    """The place of a seat's role in its shift, from 1."""
    before = ShiftRole.objects.filter(shift=OuterRef("shift"), pk__lte=OuterRef("role")).order_by()
    counted = before.values("shift").annotate(number=Count("pk")).values("number")
    return Subquery(counted, output_field=IntegerField())


def seats_of(volunteer: Volunteer) -> QuerySet[Any]:
    """Every seat that a volunteer had, with its shift and the `number` of its role."""
    found = Assignment.objects.filter(volunteer=volunteer).annotate(number=number_of_role())
    return found.select_related("shift__task", "shift__area", "volunteer__user", "role")


class SignUpView(ApiView):
    """A seat in a shift, for the person who asks."""

    @described(
        "sign_up",
        "Sign up for a shift",
        request=SignUpSerializer,
        answers={201: SeatSerializer},
        problems=("not-found", "seats-out-of-bounds", *REFUSALS),
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        at = clock.now()
        # The bytes are kept before the parser reads them away.
        asked = self.asked(at)
        values = self.valid(SignUpSerializer)
        number: int = values["role"]
        made: list[Answer] = []

        def answer_of(seat: Assignment) -> Answer:
            return Answer(201, seat_row(seat, number))

        def kept(seat: Assignment) -> RequestKey:
            assert asked is not None
            made.append(answer_of(seat))
            return asked.row(made[0])

        def act() -> Answer:
            seat = sign_up(
                role=SeatWanted(code, number),
                by=self.user,
                at=at,
                seats=values["seats"],
                answer=kept if asked else None,
            )
            return made[0] if made else answer_of(seat)

        answer = request_keys.once(asked, act, keeps_itself=True)
        return Response(answer.body, status=answer.status)


class ReleaseView(ApiView):
    """Giving a seat back."""

    @described(
        "release",
        "Give a seat back",
        request=ReleaseSerializer,
        answers={200: SeatSerializer},
        problems=("not-found", "too-late", "already-here", "not-holding"),
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            values = self.valid(ReleaseSerializer)
            seat = seats_of(self.volunteer).filter(code=code).first()
            if seat is None:
                raise NoSuchThing
            release(assignment=seat, by=self.user, at=at, reason=values["reason"])
            return Answer(200, seat_row(seat, seat.number))

        return self.once(act)


class SeatListView(ApiView):
    """One's seats."""

    @described(
        "list_assignments",
        "The seats of the person who asks, the latest first",
        answers={200: SeatPageSerializer},
        problems=("invalid", "no-volunteer"),
        parameters=[CURSOR],
    )
    def get(self, request: Request) -> Response:
        seats = seats_of(self.volunteer).order_by("-pk")
        if cursor := request.query_params.get("cursor"):
            last = Assignment.objects.filter(code=read_cursor(cursor)[1], volunteer=self.volunteer)
            seats = seats.filter(pk__lt=Subquery(last.values("pk")))
        answer = page(
            request,
            list(seats[: PAGE + 1]),
            cursor_of=lambda seat: cursor_after(None, seat.code),
            shown=lambda rows: [seat_row(seat, seat.number) for seat in rows],
        )
        return Response(answer)
