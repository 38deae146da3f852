"""Taking back one offer that nobody has answered."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from tasks.actions.offers.answering import OfferOver
from tasks.models import Offer


@transaction.atomic
def withdraw_offer(*, offer: Offer, by: User, at: datetime) -> Offer:
    """Nobody is written to and nobody else is asked: its page says that it is over. Raises OfferOver where it is."""
    if not Offer.objects.open(at=at).filter(pk=offer.pk).update(status=Offer.Status.WITHDRAWN, ended_at=at):
        raise OfferOver
    offer.status, offer.ended_at = Offer.Status.WITHDRAWN, at
    audit.record(verb="offer.withdrawn", by=by, at=at, subject=offer, data={"offer": offer.code})
    return offer
