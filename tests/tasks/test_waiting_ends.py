"""The waiting list: who answers for whom, how lines end, what the clock finds, and what pages read."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from notifications.models import Message
from tasks.actions import waiting
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import release
from tasks.actions.shifts import cancel_shift
from tasks.actions.waiting import accept_held, decline_held, join_line, leave_line, pass_on, take_off_line
from tasks.models import Assignment, Offer, Shift, ShiftRole, Waiting
from tasks.queries.waiting import place_in_line, place_of, waiting_of
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import (
    make_assignment,
    make_offer,
    make_role,
    make_shift,
    make_stop,
    role_of,
    tomorrow_at,
)
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.tasks.conftest import Statements
from volunteers.models import Proxy, Volunteer

pytestmark = pytest.mark.django_db


def join(shift: Shift, volunteer: Volunteer | None = None, **fields: Any) -> Waiting:
    volunteer = volunteer or make_volunteer()
    return join_line(role=role_of(shift), by=volunteer.user, at=clock.now(), **fields)


def give_back(shift: Shift) -> Assignment:
    """The first who has a seat steps back."""
    seat = Assignment.objects.live().filter(shift=shift).order_by("pk")[0]
    return release(assignment=seat, by=seat.volunteer.user, at=clock.now())


def counts(shift: Shift) -> tuple[int, int, int]:
    role = role_of(shift)
    return role.seats, role.seats_taken, role.seats_held


def test_those_who_lost_a_seat_come_first() -> None:
    shift = make_full_shift()
    usual = join(shift)
    moved = make_waiting(role_of(shift), rank=-1)

    assert (place_in_line(moved), place_in_line(usual)) == (1, 2)
    give_back(shift)

    moved.refresh_from_db()
    assert moved.status == "offered"


@pytest.mark.parametrize("act", [accept_held, decline_held, leave_line])
def test_nobody_answers_for_somebody_else_unless_they_act_for_them(act: Any) -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)
    first.refresh_from_db()
    other = make_user()

    with pytest.raises(waiting.NotYourPlace):
        act(waiting=first, by=other, at=clock.now())
    Proxy.objects.create(
        volunteer=first.volunteer, user=other, consent="by telephone", granted_at=clock.now()
    )
    act(waiting=first, by=other, at=clock.now())


def test_an_organizer_takes_somebody_off_with_a_reason_that_reaches_them() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    give_back(shift)
    organizer = make_member(shift.organization)

    with pytest.raises(ReasonMissing):
        take_off_line(waiting=first, by=organizer, at=clock.now(), reason=" ")
    take_off_line(waiting=first, by=organizer, at=clock.now(), reason=" Wrong size of boots. ")

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.end_reason, second.status) == ("refused", "Wrong size of boots.", "offered")
    told = Message.objects.filter(kind="line_removed", recipient=first.volunteer.user)
    assert {message.context["reason"] for message in told} == {"Wrong size of boots."}


def test_a_cancelled_shift_closes_the_line_and_says_why() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    give_back(shift)

    cancel_shift(shift=shift, by=make_member(shift.organization), at=clock.now(), reason="Rain.")

    assert set(Waiting.objects.values_list("status", "end_reason")) == {("closed", "Rain.")}
    told = Message.objects.filter(kind="line_closed")
    assert {message.recipient_id for message in told} == {first.volunteer.user_id, second.volunteer.user_id}
    assert counts(shift) == (1, 0, 0)


def test_the_clock_closes_the_line_of_a_shift_that_has_begun() -> None:
    shift = make_full_shift()
    first = join(shift)

    assert pass_on(at=tomorrow_at(9) - timedelta(minutes=1)) == 0
    assert pass_on(at=tomorrow_at(9)) == 1

    first.refresh_from_db()
    assert first.status == "closed"


def test_nothing_is_held_while_a_stop_is_in_force_and_the_clock_finds_it_afterwards() -> None:
    shift = make_full_shift()
    first = join(shift)
    stop = make_stop(shift.area)
    give_back(shift)
    assert counts(shift) == (1, 0, 0)

    type(stop).objects.filter(pk=stop.pk).update(lifted_at=clock.now(), lifted_by=make_user())
    pass_on(at=clock.now())

    first.refresh_from_db()
    assert first.status == "offered"


def test_the_clock_finds_whom_a_seat_suits_again() -> None:
    shift = make_full_shift()
    first = join(shift)
    elsewhere = make_assignment(make_shift(), first.volunteer)
    give_back(shift)
    assert counts(shift) == (1, 0, 0)
    release(assignment=elsewhere, by=first.volunteer.user, at=clock.now())

    assert pass_on(at=clock.now()) == 1
    assert pass_on(at=clock.now()) == 0

    assert counts(shift) == (1, 0, 1)


def test_the_line_goes_before_offers() -> None:
    shift = make_full_shift(2)
    party = join(shift, seats=2)
    give_back(shift)
    offer = make_offer(role_of(shift))

    give_back(shift)

    offer.refresh_from_db()
    party.refresh_from_db()
    assert (party.status, offer.status) == ("offered", Offer.Status.WITHDRAWN)


def test_each_role_has_a_line_of_its_own() -> None:
    shift = make_full_shift()
    driver = make_role(shift, name="Driver", seats=1)
    make_assignment(role=driver)
    first = join(shift)
    behind_the_wheel = join_line(role=driver, by=make_volunteer().user, at=clock.now())

    seat = Assignment.objects.get(role=driver)
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    first.refresh_from_db()
    behind_the_wheel.refresh_from_db()
    assert (first.status, behind_the_wheel.status) == ("waiting", "offered")


def test_a_place_is_found_by_what_was_typed() -> None:
    first = join(make_full_shift())
    typed = f" {first.code[:4].lower()} {first.code[4:8]}-{first.code[8:]}"

    assert place_of(typed, first.volunteer) == first
    assert place_of(typed, make_volunteer()) is None


def test_where_somebody_waits_takes_one_statement(django_assert_num_queries: Any) -> None:
    volunteer = make_volunteer()
    places = [join(make_full_shift(starts_at=tomorrow_at(9, days=days)), volunteer) for days in (5, 2, 4)]
    make_waiting(role_of(places[1].shift))

    with django_assert_num_queries(1):
        found = waiting_of(volunteer, clock.now())

    assert found == [places[1], places[2], places[0]]
    assert [place.ahead for place in found] == [0, 0, 0]


def test_a_seat_that_ends_costs_the_same_for_a_long_line(statements: Statements) -> None:
    def seen_with(number: int) -> int:
        shift = make_full_shift()
        for _ in range(number):
            make_waiting(role_of(shift))
        with statements() as seen:
            give_back(shift)
        return len(seen)

    assert seen_with(3) == seen_with(9)


def test_the_counter_knows_what_is_held() -> None:
    shift = make_full_shift(2)
    make_waiting(role_of(shift))
    give_back(shift)

    assert ShiftRole.objects.get(shift=shift).seats_free == 0


def test_nobody_loses_the_place_while_everything_stands_still() -> None:
    shift = make_full_shift(starts_at=tomorrow_at(9, days=3))
    first = join(shift)
    give_back(shift)
    first.refresh_from_db()
    over = first.expires_at
    assert over is not None
    stop = make_stop(shift.area)

    assert pass_on(at=over) == 0

    first.refresh_from_db()
    assert (first.status, first.expires_at, counts(shift)) == ("waiting", None, (1, 0, 0))
    assert not Message.objects.filter(kind="seat_went_on").exists()
    stop.delete()
    assert pass_on(at=over) == 1
    first.refresh_from_db()
    assert (first.status, counts(shift)) == ("offered", (1, 0, 1))
