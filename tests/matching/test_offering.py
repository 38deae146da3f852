"""From a plan to people: waves, rations, quiet hours, the next after a no."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from core import clock, doorbell
from core.doorbell import Job
from matching.actions import offer_next, plan, run_match
from matching.actions.offering import Filled
from matching.models import Proposal
from matching.queries.plan import planned_for
from tasks.actions.offers import accept_offer, decline_offer, expire_offers
from tasks.models import Assignment, Offer
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, role_of, tomorrow_at
from tests.matching.province import make_open_offer, make_open_shift, make_willing


@pytest.fixture(autouse=True)
def by_day(time_machine):
    """Ten in the morning, when people may be asked."""
    time_machine.move_to(localtime(clock.now()).replace(hour=10, minute=5), tick=True)


def carry_out():
    at = clock.now()
    (run,) = plan(at=at)
    return run_match(run_id=run.pk, at=at)


def asked() -> list[int]:
    return list(Offer.objects.filter(source="matching").order_by("pk").values_list("volunteer", flat=True))


def test_where_the_organizer_sends_them_nothing_goes_out(db):
    tree = small_tree()
    make_open_shift(tree, filling="propose")
    make_willing(tree)

    run = carry_out()

    assert Proposal.objects.count() == 1
    assert (asked(), run.offer_count) == ([], 0)


def test_offers_go_to_as_many_as_are_likely_to_fill_the_least_number(db):
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer", seats=6, seats_min=2)
    for _ in range(6):
        make_willing(tree)

    run = carry_out()

    # A newcomer says yes three times of five: it takes four for two.
    assert run.offer_count == len(asked()) == 4
    assert asked() == [one.volunteer_id for one in planned_for(role_of(shift))[:4]]
    offer = Offer.objects.first()
    assert offer.run_code == run.code
    assert {"price", "cost", "metres", "likelihood"} <= offer.factors.keys()


def test_an_open_offer_keeps_its_seat_from_others(db):
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer", seats=1, seats_min=1)
    make_open_offer(role_of(shift), make_willing(tree))
    make_willing(tree)
    other = make_open_shift(tree, filling="offer", seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))

    carry_out()

    assert set(Offer.objects.filter(source="matching").values_list("shift", flat=True)) == {other.pk}


def test_nobody_is_asked_by_itself_in_the_night(db, time_machine):
    tree = small_tree()
    make_open_shift(tree, filling="offer", starts_at=tomorrow_at(15, days=2))
    make_willing(tree)
    time_machine.move_to(localtime(clock.now()).replace(hour=23), tick=True)

    carry_out()

    assert asked() == []


def test_whoever_is_on_duty_is_asked_first_when_it_is_urgent(db, time_machine):
    tree = small_tree()
    make_open_shift(tree, filling="offer", seats=2, seats_min=1, starts_at=clock.now() + timedelta(hours=5))
    make_willing(tree)
    ready = make_willing(tree, longitude=119.58, on_duty_since=clock.now())

    carry_out()

    assert asked()[0] == ready.pk


def test_nobody_gets_more_offers_than_their_ration(db):
    tree = small_tree()
    for days in (1, 2):
        make_open_shift(tree, filling="offer", seats=1, seats_min=1, starts_at=tomorrow_at(9, days=days))
    one, two = make_willing(tree, offers_a_day=1), make_willing(tree, longitude=119.58)

    carry_out()

    # What begins within two days does not wait for those who had their alerts.
    assert (asked().count(one.pk), asked().count(two.pk)) == (1, 1)
    days = [localtime(offer.shift.starts_at).date() for offer in Offer.objects.order_by("pk")]
    assert days == [tomorrow_at(9, days=1).date(), tomorrow_at(9, days=2).date()]


def test_whoever_wants_no_offers_is_not_in_the_plan(db):
    tree = small_tree()
    make_open_shift(tree)
    make_willing(tree, offers_a_day=0)

    carry_out()

    assert not Proposal.objects.exists()


def test_those_who_asked_to_be_assigned_get_a_seat_and_the_others_an_offer(db):
    tree = small_tree()
    shift = make_open_shift(tree, filling="assign", seats=3, seats_min=2)
    given = make_willing(tree, takes_assignments=True)
    others = [make_willing(tree).pk for _ in range(2)]

    carry_out()

    assert Assignment.objects.get().volunteer == given
    assert sorted(asked()) == others
    assert role_of(shift).seats_taken == 1


def test_after_a_no_the_next_of_the_plan_is_asked_at_once(db, monkeypatch):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=4, seats_min=1))
    for _ in range(4):
        make_willing(tree)
    carry_out()
    first = Offer.objects.order_by("pk")[0]
    rung = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: rung.append((job, kwargs)))
    before = asked()

    decline_offer(offer=first, by=first.volunteer.user, at=clock.now(), answer="no-time")
    assert rung == [(Job.OFFER_NEXT, {"role_id": role.pk})]
    done = offer_next(role_id=role.pk, at=clock.now())

    planned = [one.volunteer_id for one in planned_for(role)]
    assert done == Filled(offers=1)
    assert asked() == planned[: len(before) + 1]


def test_when_the_plan_is_used_up_somebody_beside_it_is_asked(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=1, seats_min=1))
    near, beside = make_willing(tree), make_willing(tree, longitude=119.58)
    carry_out()
    offer = Offer.objects.get()
    decline_offer(offer=offer, by=near.user, at=clock.now(), answer="need-rest")

    offer_next(role_id=role.pk, at=clock.now())

    assert asked() == [near.pk, beside.pk]
    assert Offer.objects.last().run_code == offer.run_code


def test_nobody_beside_the_plan_is_taken_from_where_they_are_needed_more(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=1, seats_min=1))
    near, needed = make_willing(tree), make_willing(tree, longitude=119.58)
    carry_out()
    offer = Offer.objects.get()
    other = role_of(make_open_shift(tree, filling="propose", seats=1, seats_min=1))
    Proposal.objects.create(run_id=Proposal.objects.get().run_id, role=other, volunteer=needed, rank=1)
    decline_offer(offer=offer, by=near.user, at=clock.now(), answer="no-time")

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()


def test_an_offer_that_ran_out_is_passed_on(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=1, seats_min=1))
    make_willing(tree)
    make_willing(tree)
    carry_out()
    Offer.objects.update(
        expires_at=clock.now() - timedelta(minutes=1), made_at=clock.now() - timedelta(hours=3)
    )
    expire_offers(at=clock.now())

    offer_next(role_id=role.pk, at=clock.now())

    assert len(set(asked())) == 2


def test_a_role_that_has_its_people_asks_nobody(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=3, seats_min=1))
    for _ in range(3):
        make_willing(tree)
    carry_out()
    offer = Offer.objects.order_by("pk")[0]
    accept_offer(offer=offer, by=offer.volunteer.user, at=clock.now())

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()


def test_a_role_filled_by_hand_asks_nobody_by_itself(db):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="propose"))
    make_willing(tree)

    assert offer_next(role_id=role.pk, at=clock.now()) == Filled()


def test_a_role_that_is_gone_is_no_error(db):
    assert offer_next(role_id=999_999, at=clock.now()) == Filled()


def test_an_offer_of_the_plan_can_be_accepted_and_rest_is_kept(db):
    tree = small_tree()
    shift = make_open_shift(tree, filling="offer", seats=1, seats_min=1)
    busy = make_willing(tree)
    make_assignment(make_open_shift(tree, starts_at=tomorrow_at(14)), busy)
    free = make_willing(tree, longitude=119.58)

    carry_out()

    offer = Offer.objects.get(shift=shift)
    assert offer.volunteer == free
    assert accept_offer(offer=offer, by=free.user, at=clock.now()).status == "active"


@pytest.mark.parametrize("rows", [1, 3])
def test_passing_on_reads_as_much_for_one_as_for_three(db, django_assert_num_queries, rows):
    tree = small_tree()
    role = role_of(make_open_shift(tree, filling="offer", seats=6, seats_min=6))
    for _ in range(rows):
        make_willing(tree)
    at = clock.now()
    (run,) = plan(at=at)
    run_match(run_id=run.pk, at=at)
    Offer.objects.all().delete()

    with django_assert_num_queries(30):
        assert offer_next(role_id=role.pk, at=clock.now()).offers == rows
