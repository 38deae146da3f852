"""Giving a seat back, and having it taken back."""

from datetime import timedelta

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions.reasons import ReasonMissing
from tasks.actions.seats import AlreadyHere, NotHolding, TooLateToRelease, release, remove, sign_up
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_check, make_shift, role_of, tomorrow_at

pytestmark = pytest.mark.django_db


def test_a_seat_that_is_given_back_is_free_at_once() -> None:
    shift = make_shift(seats=2)
    seat = make_assignment(shift, seats=2)

    release(assignment=seat, by=seat.volunteer.user, at=clock.now(), reason="My child is ill.")

    seat.refresh_from_db()
    assert (seat.status, seat.end_reason) == ("released", "My child is ill.")
    assert role_of(shift).seats_taken == 0
    assert AuditRecord.objects.filter(verb="seat.released", subject_id=seat.pk).exists()
    # Whoever has just done it finds a line in the inbox, and no text message.
    assert list(Message.objects.values_list("kind", "channel")) == [("seat_released", "inbox")]


def test_no_reason_is_needed_and_the_volunteer_can_come_back() -> None:
    shift = make_shift(seats=1, seats_min=1)
    seat = make_assignment(shift)

    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    again = sign_up(role=role_of(shift), volunteer=seat.volunteer, by=seat.volunteer.user, at=clock.now())
    assert again.pk != seat.pk


@pytest.mark.parametrize(("minutes_before", "fits"), [(120, True), (119, False), (-10, False)])
def test_a_seat_is_given_back_until_the_shifts_notice(minutes_before: int, fits: bool) -> None:
    shift = make_shift(starts_at=tomorrow_at(9), release_notice_minutes=120)
    seat = make_assignment(shift)
    at = tomorrow_at(9) - timedelta(minutes=minutes_before)

    if fits:
        release(assignment=seat, by=seat.volunteer.user, at=at)
    else:
        with pytest.raises(TooLateToRelease):
            release(assignment=seat, by=seat.volunteer.user, at=at)
    assert role_of(shift).seats_taken == (0 if fits else 1)


def test_a_seat_is_given_back_once() -> None:
    shift = make_shift()
    make_assignment(shift)
    seat = make_assignment(shift)
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    with pytest.raises(NotHolding):
        release(assignment=seat, by=seat.volunteer.user, at=clock.now())
    assert role_of(shift).seats_taken == 1


def test_somebody_who_is_there_keeps_the_seat() -> None:
    seat = make_assignment()
    make_check(seat)

    with pytest.raises(AlreadyHere):
        release(assignment=seat, by=seat.volunteer.user, at=clock.now())
    with pytest.raises(AlreadyHere):
        remove(assignment=seat, by=make_user(), at=clock.now(), reason="Mistake.")


def test_an_organizers_reason_reaches_the_volunteer() -> None:
    seat = make_assignment()

    remove(assignment=seat, by=make_user(), at=clock.now(), reason=" We need a driver. ")

    seat.refresh_from_db()
    assert (seat.status, seat.end_reason) == ("removed", "We need a driver.")
    told = Message.objects.filter(kind="seat_removed", recipient=seat.volunteer.user)
    assert sorted(message.channel for message in told) == ["inbox", "sms"]
    assert {message.context["reason"] for message in told} == {"We need a driver."}


def test_a_removal_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        remove(assignment=make_assignment(), by=make_user(), at=clock.now(), reason=" ")


@pytest.mark.parametrize(
    ("hours", "seats_min", "told"),
    [(5, 2, True), (5, 1, False), (48, 2, False)],
)
def test_organizers_hear_of_a_seat_that_comes_back_so_late_that_too_few_are_left(
    hours: int, seats_min: int, told: bool
) -> None:
    organization = make_organization()
    make_member(organization, "organizer", make_user(name="Organizer"))
    make_member(organization, "desk")
    starts_at = clock.now() + timedelta(hours=hours)
    shift = make_shift(organization=organization, starts_at=starts_at, seats_min=seats_min)
    make_assignment(shift)
    seat = make_assignment(shift)

    release(assignment=seat, by=seat.volunteer.user, at=clock.now(), reason="Fever.")

    messages = Message.objects.filter(kind="stepped_back")
    assert {message.recipient.name for message in messages if message.recipient} == (
        {"Organizer"} if told else set()
    )
    for message in messages:
        assert message.context["missing"] == 1
        assert message.context["url"] == f"/org/{organization.code}/shifts/{shift.code}/fill/?order=cover"
