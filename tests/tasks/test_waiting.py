"""The waiting list: who comes next, until when a seat is held, and how it goes on."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks import policies
from tasks.actions import refusals, waiting
from tasks.actions.seats import release, remove, sign_up
from tasks.actions.waiting import accept_held, decline_held, join_line, leave_line
from tasks.models import Assignment, Shift, Waiting
from tasks.queries.waiting import line_of, place_in_line, place_of
from tests.factories.accounts import make_user
from tests.factories.tasks import (
    make_assignment,
    make_shift,
    role_of,
)
from tests.factories.volunteers import make_capability, make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer

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


def test_who_comes_with_more_than_waited_keeps_to_the_rules_of_a_party() -> None:
    shift = make_shift(seats=4, seats_min=1, party_most=2)
    waits = make_waiting(role_of(shift), status="offered")

    with pytest.raises(refusals.PartyTooLarge):
        sign_up(role=role_of(shift), by=waits.volunteer.user, at=clock.now(), seats=4)

    assert counts(shift) == (4, 0, 1)


def test_who_comes_with_more_than_waited_takes_the_held_seats_and_free_ones() -> None:
    shift = make_shift(seats=2, seats_min=1)
    waits = make_waiting(role_of(shift), status="offered")

    sign_up(role=role_of(shift), by=waits.volunteer.user, at=clock.now(), seats=2)

    waits.refresh_from_db()
    assert waits.status == "taken"
    assert counts(shift) == (2, 2, 0)
