"""Answers to offers. Whoever was asked answers, or somebody who acts for them; nobody else."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from tasks import policies
from tasks.actions.offers.ending import ring_next
from tasks.actions.refusals import NoSuchSeat, NotOpen, ShiftFull
from tasks.actions.seats import refuse_unless_fit, write_seat
from tasks.actions.taking import take_seats
from tasks.models import Assignment, Offer, ShiftRole
from tasks.permissions.shifts import can_act_for
from tasks.queries.seats import for_sign_up

WORDS_MOST = 300


class OfferOver(DomainError):
    code = "offer-over"
    text = _("This offer is over. Other shifts still need hands")


class NotYourOffer(DomainError):
    code = "not-your-offer"
    text = _("Only the person who was asked can answer, or somebody who acts for them")


class WhyMissing(DomainError):
    code = "why-missing"
    text = _("Choose why it does not suit you. Then you are asked for what suits you better")


class WordsTooLong(DomainError):
    code = "words-too-long"
    text = _("Use at most %(most)s characters")


def accept_offer(*, offer: Offer, by: User, at: datetime) -> Assignment:
    """Take the seat that was offered: four statements, as a sign-up, and its refusals.

    Where the last seat is gone or the shift is over, the offer is withdrawn, and the refusal raised after that: what
    the refused acceptance wrote is rolled back, the withdrawal stays. A caller whose own transaction ends with the
    error takes the withdrawal back too; `withdraw_moot` makes it again.
    """
    try:
        return _accept(offer=offer, by=by, at=at)
    except (ShiftFull, NotOpen):
        _withdraw(offer, at=at)
        raise


@transaction.atomic
def _accept(*, offer: Offer, by: User, at: datetime) -> Assignment:
    _refuse_unless_open(offer, by=by, at=at)
    role = ShiftRole(pk=offer.role_id)
    found = for_sign_up(role=role, user_id=offer.volunteer.user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    refuse_unless_fit(found, at=at, seats=1, overriding=False, apart_from=policies.FOR_WHO_COMES_ALONE)
    assignment = write_seat(found, by=by, at=at, seats=1, offer=offer.code)
    if not take_seats(found.role, assignment, at=at).offer:
        # Withdrawn, expired or answered since the page was loaded: the seat goes back with the transaction.
        raise OfferOver
    offer.status, offer.ended_at, offer.assignment = Offer.Status.ACCEPTED, at, assignment
    return assignment


@transaction.atomic
def _withdraw(offer: Offer, *, at: datetime) -> None:
    if Offer.objects.waiting().filter(pk=offer.pk).update(status=Offer.Status.WITHDRAWN, ended_at=at):
        offer.status, offer.ended_at = Offer.Status.WITHDRAWN, at


@transaction.atomic
def decline_offer(*, offer: Offer, by: User, at: datetime, answer: str, words: str = "") -> Offer:
    """Say no, with one of `Offer.Answer`; the next person is asked at once."""
    _refuse_unless_open(offer, by=by, at=at)
    if answer not in Offer.Answer.values:
        raise WhyMissing(field="answer")
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise WordsTooLong(field="words", most=WORDS_MOST)
    declined = (
        Offer.objects.open(at=at)
        .filter(pk=offer.pk)
        .update(status=Offer.Status.DECLINED, ended_at=at, answer=answer, answer_words=words)
    )
    if not declined:
        raise OfferOver
    offer.status, offer.ended_at = Offer.Status.DECLINED, at
    offer.answer, offer.answer_words = answer, words
    audit.record(
        verb="offer.declined", by=by, at=at, subject=offer, data={"offer": offer.code, "answer": answer}
    )
    ring_next([offer.role_id])
    return offer


def _refuse_unless_open(offer: Offer, *, by: User, at: datetime) -> None:
    if not can_act_for(by, offer.volunteer):
        raise NotYourOffer
    if offer.status != Offer.Status.OFFERED or offer.expires_at <= at:
        raise OfferOver
