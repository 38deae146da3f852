"""Passing on: offers that an organizer sent, rings that got lost, seats and offers in one go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils.timezone import localtime

from core import clock
from matching import jobs
from matching.actions import offer_next, offering, pass_on_again, plan, run_match
from matching.actions.offering import Filled
from tasks.actions.offers import accept_offer, decline_offer, expire_offers, withdraw_offer
from tasks.actions.seats import release, sign_up
from tasks.models import Assignment, Offer, ShiftRole
from tests.factories.areas import small_tree
from tests.factories.tasks import role_of, tomorrow_at
from tests.matching.province import make_open_offer, make_open_shift, make_willing
from tests.plugin.database import LiveDatabase
from volunteers.models import Volunteer


@pytest.fixture(autouse=True)
def by_day(time_machine):
    """Ten in the morning, when people may be asked."""
    time_machine.move_to(localtime(clock.now()).replace(hour=10, minute=5), tick=True)


def by_hand(people: int = 3, *, sent: int = 1, **fields) -> tuple[ShiftRole, list[Volunteer]]:
    """A role that is filled by hand, with the first people asked by the organizer."""
    tree = small_tree()
    role = role_of(make_open_shift(tree, **{"filling": "propose", "seats": 5, "seats_min": 3, **fields}))
    willing = [make_willing(tree, longitude=119.55 + 0.01 * place) for place in range(people)]
    for volunteer in willing[:sent]:
        make_open_offer(role, volunteer, factors={"likelihood": 0.6})
    return role, willing


def say_no(role: ShiftRole, volunteer: Volunteer) -> None:
    offer = Offer.objects.get(role=role, volunteer=volunteer)
    decline_offer(offer=offer, by=volunteer.user, at=clock.now(), answer="no-time")


def asked_of(role: ShiftRole) -> list[int]:
    offers = Offer.objects.filter(role=role, source="matching")
    return list(offers.order_by("pk").values_list("volunteer", flat=True))


def test_what_an_organizer_sent_goes_on_to_the_next_one_for_one(db):
    role, people = by_hand()
    say_no(role, people[0])

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled(offers=1)
    # The ring may come twice; the no of whoever was asked instead goes on as well.
    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()
    say_no(role, people[1])
    assert offer_next(role_id=role.pk, at=clock.now()) == Filled(offers=1)
    assert asked_of(role) == [people[1].pk, people[2].pk]


def test_what_nobody_answered_goes_on_as_well(db):
    role, people = by_hand()
    now = clock.now()
    Offer.objects.update(made_at=now - timedelta(hours=3), expires_at=now - timedelta(minutes=1))
    expire_offers(at=now)

    assert offer_next(role_id=role.pk, at=now) == Filled(offers=1)
    assert asked_of(role) == [people[1].pk]


def test_what_an_organizer_took_back_goes_on_to_nobody(db):
    role, people = by_hand(sent=2)
    offer = Offer.objects.get(volunteer=people[0])
    withdraw_offer(offer=offer, by=offer.volunteer.user, at=clock.now())

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()


def test_a_seat_that_somebody_who_was_asked_gives_back_goes_on(db):
    role, people = by_hand()
    offer = Offer.objects.get()
    seat = accept_offer(offer=offer, by=people[0].user, at=clock.now())
    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()
    release(assignment=seat, by=people[0].user, at=clock.now())

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled(offers=1)


def test_a_plan_sends_nothing_even_where_an_organizer_has(db):
    role, people = by_hand()
    say_no(role, people[0])
    at = clock.now()

    (run,) = plan(at=at)
    run_match(run_id=run.pk, at=at)

    assert asked_of(role) == []


@pytest.mark.parametrize("filling", ["propose", "offer"])
def test_a_no_whose_ring_was_lost_is_found(db, filling):
    role, people = by_hand(filling=filling)
    say_no(role, people[0])

    assert pass_on_again(at=clock.now()) >= 1
    assert people[1].pk in asked_of(role)
    assert pass_on_again(at=clock.now()) == 0


def test_an_old_no_is_looked_at_now_and_then_and_not_for_ever(db):
    role, people = by_hand()
    say_no(role, people[0])
    Offer.objects.update(made_at=clock.now() - timedelta(hours=9), ended_at=clock.now() - timedelta(hours=8))
    start = clock.now()

    made = [pass_on_again(at=start + timedelta(minutes=minute)) for minute in range(10)]
    assert sum(made) == 1

    Offer.objects.all().update(
        status="declined", answer="no-time", ended_at=clock.now() - timedelta(hours=13)
    )
    assert sum(pass_on_again(at=start + timedelta(minutes=minute)) for minute in range(10)) == 0


def test_the_job_by_the_clock_finds_what_was_not_passed_on(db):
    role, people = by_hand()
    say_no(role, people[0])

    jobs.plan_matches()

    assert asked_of(role) == [people[1].pk]


def test_where_nobody_sent_an_offer_the_sweep_sends_none(db):
    role, _ = by_hand(sent=0)

    assert (pass_on_again(at=clock.now()), asked_of(role)) == (0, [])


def test_whoever_gave_the_seat_back_is_not_given_it_again(db):
    tree = small_tree()
    role = role_of(
        make_open_shift(tree, filling="assign", seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    )
    first = make_willing(tree, takes_assignments=True)
    second = make_willing(tree, longitude=119.58, takes_assignments=True)
    at = clock.now()
    (run,) = plan(at=at)
    run_match(run_id=run.pk, at=at)
    seat = Assignment.objects.get()
    assert seat.volunteer == first
    release(assignment=seat, by=first.user, at=clock.now())

    offer_next(role_id=role.pk, at=clock.now())

    assert not Assignment.objects.live().filter(volunteer=first).exists()
    assert not Offer.objects.filter(volunteer=first).exists()
    assert Offer.objects.filter(volunteer=second).exists()


def test_offers_after_seats_do_not_wait_in_a_ring_with_a_sign_up(live_db: LiveDatabase, monkeypatch) -> None:
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="assign", seats=5, seats_min=2))
    make_willing(tree, takes_assignments=True)
    to_ask = make_willing(tree)
    at = clock.now()
    (run,) = plan(at=at)
    with monkeypatch.context() as patch:
        patch.setattr("matching.actions.running.offer_planned", lambda run: None)
        run_match(run_id=run.pk, at=at)
    ask = offering.make_offers

    def ask_while_they_sign_up(**values):
        # The seats are committed by now: nobody who signs up waits for the role while we wait for them.
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_sign_up, role.pk, to_ask.pk).result(timeout=20)
        return ask(**values)

    monkeypatch.setattr(offering, "make_offers", ask_while_they_sign_up)

    offer_next(role_id=role.pk, at=clock.now())

    assert Assignment.objects.live().count() == 2


def _sign_up(role_pk: int, volunteer_pk: int) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
            volunteer = Volunteer.objects.select_related("user").get(pk=volunteer_pk)
            sign_up(role=ShiftRole(pk=role_pk), by=volunteer.user, at=clock.now())
        return True
    finally:
        connection.close()
