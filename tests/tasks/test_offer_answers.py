"""Answers to offers: yes takes the seat, no asks the next, and nobody answers for somebody else."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from core import clock, doorbell
from core.doorbell import Job
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import refusals
from tasks.actions.offers import NotYourOffer, OfferOver, WhyMissing, accept_offer, decline_offer
from tasks.actions.offers.answering import WordsTooLong
from tasks.actions.seats import release, sign_up
from tasks.actions.standstill import AreaStopped
from tasks.models import Assignment, Offer
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import (
    make_assignment,
    make_offer,
    make_shift,
    make_stop,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_volunteer
from tests.tasks.conftest import Statements
from volunteers.models import Proxy

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, dict[str, Any]]]:
    """What was rung, without waiting for a commit."""
    seen: list[tuple[Job, dict[str, Any]]] = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: seen.append((job, kwargs)))
    return seen


def yes(offer: Offer, **values: Any) -> Assignment:
    return accept_offer(**{"offer": offer, "by": offer.volunteer.user, "at": clock.now(), **values})


def no(offer: Offer, **values: Any) -> Offer:
    values = {"by": offer.volunteer.user, "at": clock.now(), "answer": "no-time", **values}
    return decline_offer(offer=offer, **values)


def refused(error: type[DomainError], offer: Offer, **values: Any) -> Offer:
    """The refusal takes no seat; the offer as it is then."""
    before = (Assignment.objects.count(), Message.objects.count(), offer.role.seats_taken)
    with pytest.raises(error) as raised:
        yes(offer, **values)
    assert raised.value.message
    role = offer.shift.roles.get(pk=offer.role_id)
    assert (Assignment.objects.count(), Message.objects.count(), role.seats_taken) == before
    return Offer.objects.get(pk=offer.pk)


def proxy_of(offer: Offer, **fields: Any) -> User:
    user = make_user()
    Proxy.objects.create(
        volunteer=offer.volunteer, user=user, consent="said so", granted_at=clock.now(), **fields
    )
    return user


def test_a_yes_takes_the_seat_and_ends_the_offer() -> None:
    offer = make_offer()
    at = clock.now()

    seat = yes(offer, at=at)

    saved = Offer.objects.get()
    assert (saved.status, saved.assignment, saved.ended_at) == ("accepted", seat, at)
    assert (offer.status, offer.assignment) == ("accepted", seat)
    assert (seat.role_id, seat.volunteer_id, seat.created_by) == (
        offer.role_id,
        offer.volunteer_id,
        offer.volunteer.user,
    )
    assert role_of(offer.shift).seats_taken == 1
    assert Message.objects.filter(kind="seat_taken", recipient=offer.volunteer.user).exists()
    assert AuditRecord.objects.get(verb="seat.taken").data["offer"] == offer.code


def test_a_yes_is_four_statements(statements: Statements) -> None:
    offer = make_offer()

    with statements() as seen:
        yes(offer)

    assert len(seen) == 4, seen


def test_a_no_says_why_and_asks_the_next(rung: list[tuple[Job, dict[str, Any]]]) -> None:
    offer = make_offer()

    no(offer, answer="too-far", words="  No bus.  ")

    saved = Offer.objects.get()
    assert (saved.status, saved.answer, saved.answer_words) == ("declined", "too-far", "No bus.")
    assert rung == [(Job.OFFER_NEXT, {"role_id": offer.role_id})]
    assert AuditRecord.objects.filter(verb="offer.declined").exists()


def test_a_no_needs_one_of_the_reasons() -> None:
    offer = make_offer()

    with pytest.raises(WhyMissing):
        no(offer, answer="")
    with pytest.raises(WordsTooLong):
        no(offer, words="x" * 301)

    assert Offer.objects.get().status == "offered"


@pytest.mark.parametrize("answer", [yes, no])
def test_whoever_acts_for_somebody_answers_for_them(answer: Any) -> None:
    offer = make_offer()

    answer(offer, by=proxy_of(offer))

    assert Offer.objects.get().status in ("accepted", "declined")


@pytest.mark.parametrize("answer", [yes, no])
def test_nobody_else_answers(answer: Any) -> None:
    offer = make_offer()
    others = [
        make_user(),
        make_volunteer().user,
        make_member(offer.shift.organization),
        make_member(offer.shift.organization, "owner"),
        proxy_of(offer, ended_at=clock.now()),
    ]

    for other in others:
        with pytest.raises(NotYourOffer):
            answer(offer, by=other)

    assert Offer.objects.get().status == "offered"
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("status", ["accepted", "declined", "expired", "withdrawn"])
def test_an_offer_is_answered_once(status: str) -> None:
    offer = make_offer(status=status)

    for answer in (yes, no):
        with pytest.raises(OfferOver):
            answer(offer)

    assert Offer.objects.get().status == status


def test_an_offer_is_over_at_the_minute_that_it_says() -> None:
    offer = make_offer()

    assert refused(OfferOver, offer, at=offer.expires_at).status == "offered"
    with pytest.raises(OfferOver):
        no(offer, at=offer.expires_at)
    assert yes(offer, at=offer.expires_at - timedelta(seconds=1))


@pytest.mark.parametrize("status", ["declined", "expired", "withdrawn"])
def test_a_page_that_is_too_old_takes_no_seat(status: str) -> None:
    offer = make_offer()
    answer = "no-time" if status == "declined" else ""
    Offer.objects.update(status=status, ended_at=clock.now(), answer=answer)

    assert refused(OfferOver, offer).status == status


def test_the_last_seat_gone_withdraws_the_offer_for_good() -> None:
    offer = make_offer(role_of(make_shift(seats=1, seats_min=1)))
    make_assignment(offer.shift)
    offer.role.refresh_from_db()

    saved = refused(refusals.ShiftFull, offer)

    assert saved.status == "withdrawn"
    assert offer.status == "withdrawn"


def test_a_cancelled_shift_withdraws_the_offer_for_good() -> None:
    offer = make_offer(
        role_of(make_shift(status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."))
    )

    assert refused(refusals.NotOpen, offer).status == "withdrawn"


def test_what_the_person_can_change_leaves_the_offer_open() -> None:
    offer = make_offer(role_of(make_shift(starts_at=tomorrow_at(9))))
    make_assignment(make_shift(starts_at=tomorrow_at(10)), offer.volunteer)

    assert refused(refusals.Overlap, offer).status == "offered"


def test_nothing_is_accepted_where_everything_stands_still() -> None:
    offer = make_offer()
    make_stop(offer.shift.area)

    refused(AreaStopped, offer)


def test_no_limit_is_set_aside_by_an_offer() -> None:
    offer = make_offer()
    type(offer.volunteer).objects.update(max_hours_week=1)

    refused(refusals.TooManyHours, offer)


def test_signing_up_directly_answers_the_offer_of_that_role() -> None:
    offer = make_offer()
    other = make_offer(volunteer=offer.volunteer)

    seat = sign_up(role=offer.role, by=offer.volunteer.user, at=clock.now())

    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.status, offer.assignment) == ("accepted", seat)
    assert other.status == "offered"


def test_a_sign_up_that_is_refused_answers_nothing() -> None:
    offer = make_offer(role_of(make_shift(seats=1, seats_min=1)))

    with pytest.raises(refusals.ShiftFull):
        sign_up(role=offer.role, by=offer.volunteer.user, at=clock.now(), seats=2)

    offer.refresh_from_db()
    assert offer.status == "offered"


def test_a_sign_up_withdraws_the_latest_offers_that_find_no_seat() -> None:
    role = role_of(make_shift(seats=3, seats_min=1))
    first, second, third = (make_offer(role) for _ in range(3))

    sign_up(role=role, by=make_volunteer().user, at=clock.now())

    statuses = dict(Offer.objects.values_list("pk", "status"))
    assert [statuses[offer.pk] for offer in (first, second, third)] == ["offered", "offered", "withdrawn"]


def test_a_yes_withdraws_no_other_offer() -> None:
    role = role_of(make_shift(seats=2, seats_min=1))
    first, second = make_offer(role), make_offer(role)

    yes(first)

    second.refresh_from_db()
    assert second.status == "offered"
    assert yes(second)


def test_a_seat_given_back_asks_the_next(rung: list[tuple[Job, dict[str, Any]]]) -> None:
    seat = make_assignment()

    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    assert (Job.OFFER_NEXT, {"role_id": seat.role_id}) in rung
