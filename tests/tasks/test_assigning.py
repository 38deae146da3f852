"""Seats for people who said that they need not be asked each time."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.models import AuditRecord
from notifications.models import Message
from notifications.rendering.letters import letter_of
from notifications.rendering.outside import plain
from tasks.actions.offers import Pick, assign_from_plan
from tasks.actions.seats import release
from tasks.models import Assignment, Offer, Shift
from tests.factories.accounts import make_user
from tests.factories.tasks import make_assignment, make_offer, make_shift, make_stop, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.factories.waiting import make_waiting
from tests.tasks.conftest import Statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def willing(**fields: Any) -> Volunteer:
    """Somebody who may be given seats."""
    fields = {"takes_assignments": True, **fields}
    return make_volunteer(user=make_user(consents=("terms", "messages")), **fields)


def assign(shift: Shift, *people: Volunteer, **values: Any) -> list[Assignment]:
    values = {"by": None, "at": tomorrow_at(8), "run_code": "RUN34679", **values}
    return assign_from_plan(role=role_of(shift), picks=[Pick(one.pk) for one in people], **values)


def later() -> Shift:
    return make_shift(starts_at=tomorrow_at(9, days=3))


def test_whoever_asked_for_it_gets_a_seat_and_is_told() -> None:
    shift, volunteer = later(), willing()

    (seat,) = assign(shift, volunteer)

    saved = Assignment.objects.get()
    assert saved == seat
    assert (seat.volunteer, seat.status, seat.created_by) == (volunteer, "active", None)
    assert (saved.period.lower, saved.period.upper) == (shift.starts_at, shift.ends_at)
    assert role_of(shift).seats_taken == 1
    assert {message.channel for message in Message.objects.filter(kind="assigned_by_plan")} == {
        "inbox",
        "sms",
    }
    assert AuditRecord.objects.get(verb="seat.assigned").data["run"] == "RUN34679"
    assert not Offer.objects.exists()


def test_nobody_else_is_given_a_seat() -> None:
    shift = later()

    assert assign(shift, willing(takes_assignments=False)) == []
    assert not Message.objects.exists()


def test_they_can_step_back() -> None:
    (seat,) = assign(later(), willing())

    release(assignment=seat, by=seat.volunteer.user, at=clock.now())

    assert role_of(seat.shift).seats_taken == 0


def test_a_seat_given_is_no_alert() -> None:
    volunteer = willing(offers_a_day=0)

    assert assign(later(), volunteer)


def test_the_rules_of_a_sign_up_hold() -> None:
    shift = make_shift(starts_at=tomorrow_at(9, days=3), requirements=[make_capability()])
    plain = later()
    busy, held, short = willing(), willing(), willing(max_hours_week=1)
    make_assignment(make_shift(starts_at=tomorrow_at(10, days=3)), busy)
    make_assignment(plain, held)

    assert assign(shift, willing()) == []
    assert assign(plain, busy, held, short) == []


def test_no_more_are_given_than_are_free_and_offered_to_nobody() -> None:
    shift = make_shift(starts_at=tomorrow_at(9, days=3), seats=3, seats_min=1)
    make_assignment(shift)
    make_offer(role_of(shift), expires_at=tomorrow_at(12))
    people = [willing() for _ in range(3)]

    seats = assign(shift, *people)

    assert [seat.volunteer for seat in seats] == people[:1]
    assert role_of(shift).seats_taken == 2


def test_whoever_said_no_to_the_seat_is_not_given_it() -> None:
    shift, volunteer = later(), willing()
    make_offer(role_of(shift), volunteer, status="declined")

    assert assign(shift, volunteer) == []


def test_nobody_is_given_a_seat_at_night_or_where_everything_stands_still() -> None:
    shift, stopped = later(), later()
    make_stop(stopped.area)

    assert assign(shift, willing(), at=tomorrow_at(23)) == []
    assert assign(stopped, willing()) == []


def test_three_seats_take_as_many_statements_as_one(statements: Statements) -> None:
    shift = later()
    counts = []
    for people in ([willing()], [willing() for _ in range(3)]):
        with statements() as seen:
            assign(shift, *people)
        counts.append(len(seen))

    assert counts[0] == counts[1], seen


def test_nobody_is_given_a_seat_that_they_could_not_give_back() -> None:
    at, volunteer = tomorrow_at(8), willing()
    soon = make_shift(starts_at=at + timedelta(minutes=130), release_notice_minutes=120)
    in_time = make_shift(starts_at=at + timedelta(minutes=145), release_notice_minutes=120)

    assert assign(soon, volunteer, at=at) == []
    (seat,) = assign(in_time, volunteer, at=at)

    assert release(assignment=seat, by=volunteer.user, at=at + timedelta(minutes=20)).status == "released"


def test_whoever_gave_a_seat_back_is_not_given_it_again() -> None:
    shift, volunteer = later(), willing()
    (seat,) = assign(shift, volunteer)
    release(assignment=seat, by=volunteer.user, at=tomorrow_at(9))

    assert assign(shift, volunteer, at=tomorrow_at(10)) == []


@pytest.mark.parametrize(("minutes", "words"), [(120, "2 h before"), (150, "150 min before")])
def test_the_message_says_until_when_they_can_step_back(minutes: int, words: str) -> None:
    assign(make_shift(starts_at=tomorrow_at(9, days=3), release_notice_minutes=minutes), willing())

    message = Message.objects.get(kind="assigned_by_plan", channel="inbox")
    assert words in plain(letter_of(message, language="en"))


@pytest.mark.parametrize("kind", ["seat", "approval"])
def test_whoever_waited_for_the_seat_waits_no_more(kind: str) -> None:
    shift, volunteer = later(), willing()
    waits = make_waiting(role_of(shift), volunteer, kind=kind)

    (seat,) = assign(shift, volunteer)

    waits.refresh_from_db()
    assert (waits.status, waits.assignment) == ("taken", seat)
