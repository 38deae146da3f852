"""Being asked for a seat, and the answer."""

from datetime import datetime

from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import NoSuchThing
from api.v1.base import ApiView
from api.v1.described import described
from api.v1.rows import offer_row, seat_row
from api.v1.serializers import (
    DeclineSerializer,
    EmptySerializer,
    OfferListSerializer,
    OfferSerializer,
    SeatSerializer,
)
from api.v1.views.seats import REFUSALS, seats_of
from core import clock
from core.request_keys import Answer
from tasks.actions.offers import accept_offer, decline_offer
from tasks.models import Offer
from tasks.queries.offers import offer_of, open_offers_of
from volunteers.models import Volunteer


def _own(code: str, volunteer: Volunteer) -> Offer:
    found = offer_of(code, volunteer)
    if found is None:
        raise NoSuchThing
    return found


class OfferListView(ApiView):
    """What one is asked just now."""

    @described(
        "list_offers",
        "The open offers to the person who asks",
        answers={200: OfferListSerializer},
        problems=("no-volunteer",),
    )
    def get(self, request: Request) -> Response:
        offers = open_offers_of(self.volunteer, clock.now())
        return Response({"results": [offer_row(offer) for offer in offers]})


class AcceptView(ApiView):
    """Saying yes."""

    @described(
        "accept_offer",
        "Take the seat that was offered",
        request=EmptySerializer,
        answers={201: SeatSerializer},
        problems=("not-found", "no-volunteer", "offer-over", "not-your-offer", *REFUSALS),
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            self.valid(EmptySerializer)
            seat = accept_offer(offer=_own(code, self.volunteer), by=self.user, at=at)
            found = seats_of(self.volunteer).get(pk=seat.pk)
            return Answer(201, seat_row(found, found.number))

        return self.once(act)


class DeclineView(ApiView):
    """Saying no."""

    @described(
        "decline_offer",
        "Say no to an offer, and why",
        request=DeclineSerializer,
        answers={200: OfferSerializer},
        problems=(
            "not-found",
            "no-volunteer",
            "offer-over",
            "not-your-offer",
            "words-too-long",
            "why-missing",
        ),
        writes=True,
    )
    def post(self, request: Request, code: str) -> Response:
        def act(at: datetime) -> Answer:
            values = self.valid(DeclineSerializer)
            offer = decline_offer(
                offer=_own(code, self.volunteer),
                by=self.user,
                at=at,
                answer=values["answer"],
                words=values["words"],
            )
            return Answer(200, offer_row(offer))

        return self.once(act)
