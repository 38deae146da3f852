"""The waiting list: who comes next, until when a seat is held, and how it goes on."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks import policies
from tasks.actions import refusals, waiting
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import release, remove, sign_up
from tasks.actions.shifts import cancel_shift
from tasks.actions.waiting import accept_held, decline_held, join_line, leave_line, pass_on, take_off_line
from tasks.models import Assignment, Offer, Shift, ShiftRole, Waiting
from tasks.queries.waiting import line_of, place_in_line, place_of, waiting_of
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
from tests.factories.volunteers import make_capability, make_volunteer
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


def test_whoever_joins_stands_behind_those_who_wait() -> None:
    shift = make_full_shift()

    first, second = join(shift), join(shift)

    assert (place_in_line(first), place_in_line(second)) == (1, 2)
    assert line_of(role_of(shift)) == [first, second]
    assert AuditRecord.objects.filter(verb="waiting.joined", subject_id=second.pk).exists()
    assert counts(shift) == (1, 1, 0)


def test_nobody_waits_while_a_seat_is_free() -> None:
    with pytest.raises(waiting.SeatIsFree):
        join(make_shift())


def test_a_party_waits_while_fewer_seats_are_free() -> None:
    shift = make_shift(seats=3, seats_min=1)
    make_assignment(shift, seats=2)

    assert join(shift, seats=2).seats == 2


def test_a_party_larger_than_the_shift_would_wait_in_vain() -> None:
    with pytest.raises(waiting.PartyBeyondShift):
        join(make_full_shift(2), seats=3)


def test_nobody_stands_in_one_line_twice() -> None:
    shift, volunteer = make_full_shift(), make_volunteer()
    join(shift, volunteer)

    with pytest.raises(waiting.AlreadyWaiting):
        join(shift, volunteer)


def test_a_shift_may_have_no_list() -> None:
    with pytest.raises(waiting.NoWaitingList):
        join(make_full_shift(has_waiting_list=False))


def test_whoever_has_a_seat_does_not_wait_for_another() -> None:
    shift = make_full_shift()
    holder = Assignment.objects.get(shift=shift).volunteer

    with pytest.raises(refusals.AlreadySignedUp):
        join(shift, holder)


def test_who_could_not_take_the_seat_cannot_wait_for_it() -> None:
    skill = make_capability()

    with pytest.raises(refusals.NotEligible):
        join(make_full_shift(requirements=[skill]))
    busy = make_volunteer()
    make_assignment(make_shift(), busy)
    with pytest.raises(refusals.Overlap):
        join(make_full_shift(), busy)


def test_a_seat_that_is_given_back_is_held_for_the_first_in_line() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    at = clock.now()

    give_back(shift)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("offered", "waiting")
    assert counts(shift) == (1, 0, 1)
    assert first.offered_at is not None and first.expires_at is not None and first.offered_at >= at
    lasts = policies.offer_lasts(shift.starts_at, first.offered_at)
    assert first.expires_at == first.offered_at + lasts
    told = Message.objects.filter(kind="seat_held", recipient=first.volunteer.user)
    assert sorted(message.channel for message in told) == ["inbox", "sms"]
    assert {message.context["code"] for message in told} == {first.code}
    assert {message.context["url"] for message in told} == {f"/me/waiting/{first.code}/"}
    assert place_in_line(second) == 1


def test_a_removed_seat_is_held_too() -> None:
    shift = make_full_shift()
    first = join(shift)
    seat = Assignment.objects.get(shift=shift)

    remove(assignment=seat, by=make_user(), at=clock.now(), reason="We need a driver.")

    first.refresh_from_db()
    assert first.status == "offered"


def test_nobody_else_takes_a_seat_that_is_held() -> None:
    shift = make_full_shift()
    join(shift)
    give_back(shift)

    with pytest.raises(refusals.ShiftFull):
        sign_up(role=role_of(shift), by=make_volunteer().user, at=clock.now())


def test_a_seat_nobody_waits_for_is_free() -> None:
    shift = make_full_shift()
    give_back(shift)

    sign_up(role=role_of(shift), by=make_volunteer().user, at=clock.now())

    assert counts(shift) == (1, 1, 0)


def test_the_seat_that_is_held_is_taken_with_four_statements(statements: Statements) -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)
    first = place_of(first.code, first.volunteer) or first

    with statements() as seen:
        seat = accept_held(waiting=first, by=first.volunteer.user, at=clock.now())

    assert len(seen) == 4, seen
    assert counts(shift) == (1, 1, 0)
    first.refresh_from_db()
    assert (first.status, first.assignment, first.ended_by) == ("taken", seat, first.volunteer.user)
    assert seat.status == "active"
    assert Message.objects.filter(kind="seat_taken", recipient=first.volunteer.user).exists()


def test_a_sign_up_by_whom_the_seat_is_held_for_takes_it() -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)

    seat = sign_up(role=role_of(shift), by=first.volunteer.user, at=clock.now())

    first.refresh_from_db()
    assert (first.status, first.assignment) == ("taken", seat)
    assert counts(shift) == (1, 1, 0)


def test_a_party_that_comes_with_fewer_after_all_leaves_the_rest_to_the_next() -> None:
    shift = make_shift(seats=2, seats_min=1)
    make_assignment(shift, seats=2)
    party, single = join(shift, seats=2), join(shift)
    give_back(shift)
    assert counts(shift) == (2, 0, 2)

    sign_up(role=role_of(shift), by=party.volunteer.user, at=clock.now())

    single.refresh_from_db()
    assert single.status == "offered"
    assert counts(shift) == (2, 1, 1)


def test_windows_and_approval_do_not_stand_against_a_seat_that_is_held() -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)
    Shift.objects.filter(pk=shift.pk).update(
        needs_approval=True, closes_at=clock.now() - timedelta(minutes=1), notice_minutes=20000
    )
    first = Waiting.objects.get(pk=first.pk)

    assert accept_held(waiting=first, by=first.volunteer.user, at=clock.now()).pk


def test_whoever_signed_up_elsewhere_meanwhile_is_refused_and_the_seat_stays_held() -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)
    make_assignment(make_shift(), first.volunteer)
    first.refresh_from_db()

    with pytest.raises(refusals.Overlap):
        accept_held(waiting=first, by=first.volunteer.user, at=clock.now())

    assert counts(shift) == (1, 0, 1)


def test_a_no_passes_the_seat_on_in_the_same_moment() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    give_back(shift)
    first.refresh_from_db()

    decline_held(waiting=first, by=first.volunteer.user, at=clock.now())

    second.refresh_from_db()
    assert (first.pk, Waiting.objects.get(pk=first.pk).status) == (first.pk, "declined")
    assert second.status == "offered"
    assert counts(shift) == (1, 0, 1)


def test_a_seat_that_nobody_takes_in_time_goes_on_and_says_so() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    give_back(shift)
    first.refresh_from_db()
    assert first.expires_at is not None

    with pytest.raises(waiting.HeldOver):
        accept_held(waiting=first, by=first.volunteer.user, at=first.expires_at)
    assert waiting.expire_held(at=first.expires_at) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("expired", "offered")
    assert second.offered_at == first.expires_at
    assert Message.objects.filter(kind="seat_went_on", recipient=first.volunteer.user).count() == 2
    assert waiting.expire_held(at=first.expires_at) == 0


def test_the_last_in_line_who_does_not_answer_frees_the_seat_for_everybody() -> None:
    shift = make_full_shift()
    first = join(shift)
    give_back(shift)
    first.refresh_from_db()

    waiting.expire_held(at=first.expires_at or clock.now())

    assert counts(shift) == (1, 0, 0)


def test_who_does_not_suit_any_more_is_passed_over_and_keeps_the_place() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    make_assignment(make_shift(), first.volunteer)

    give_back(shift)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, place_in_line(first)) == ("waiting", "offered", 1)


def test_a_party_that_is_too_large_is_passed_over_keeps_its_place_and_is_told_once() -> None:
    shift = make_full_shift(3)
    party, second, third = join(shift, seats=2), join(shift), join(shift)

    give_back(shift)
    give_back(shift)

    places = {place.pk: place for place in Waiting.objects.filter(shift=shift)}
    assert [places[one.pk].status for one in (party, second, third)] == ["waiting", "offered", "offered"]
    told = Message.objects.filter(kind="party_passed_over", channel="inbox")
    assert [(message.recipient_id, message.context["free"]) for message in told] == [
        (party.volunteer.user_id, 1)
    ]


def test_a_party_comes_first_where_it_fits() -> None:
    shift = make_shift(seats=3, seats_min=1)
    seat = make_assignment(shift, seats=3)
    party, single = join(shift, seats=2), join(shift)

    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    assert set(Waiting.objects.filter(shift=shift).values_list("pk", "status")) == {
        (party.pk, "offered"),
        (single.pk, "offered"),
    }
    assert counts(shift) == (3, 0, 3)


def test_a_party_that_becomes_smaller_keeps_its_place_and_gets_what_is_free() -> None:
    shift = make_full_shift(2)
    party = join(shift, seats=2)
    give_back(shift)
    assert counts(shift) == (2, 1, 0)

    smaller = waiting.come_with_fewer(waiting=party, seats=1, by=party.volunteer.user, at=clock.now())

    assert (smaller.status, smaller.seats) == ("offered", 1)
    assert counts(shift) == (2, 1, 1)
    with pytest.raises(waiting.NotWaiting):
        waiting.come_with_fewer(waiting=smaller, seats=1, by=party.volunteer.user, at=clock.now())


def test_a_party_does_not_grow_in_line() -> None:
    party = join(make_full_shift(3), seats=2)

    with pytest.raises(waiting.NotFewer):
        waiting.come_with_fewer(waiting=party, seats=2, by=party.volunteer.user, at=clock.now())


def test_leaving_while_a_seat_is_held_passes_it_on() -> None:
    shift = make_full_shift()
    first, second = join(shift), join(shift)
    give_back(shift)

    leave_line(waiting=first, by=first.volunteer.user, at=clock.now())

    second.refresh_from_db()
    assert second.status == "offered"
    with pytest.raises(waiting.NotWaiting):
        leave_line(waiting=first, by=first.volunteer.user, at=clock.now())


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
