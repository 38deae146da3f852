"""Who is in a shift: rows with plain values, under one number of statements."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from tasks.queries.roster import hours_rows, roster_of, seat_by_spoken, unconfirmed
from tests.factories.accounts import make_user
from tests.factories.tasks import make_assignment, make_check, make_record, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("people", [1, 3])
def test_a_roster_takes_three_statements(
    people: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    shift = make_shift()
    for _ in range(people):
        make_check(make_assignment(shift))

    with django_assert_num_queries(3):
        rows = roster_of(shift, at=clock.now())

    assert len(rows) == people


def test_a_row_says_who_comes_and_whether_they_are_there() -> None:
    shift = make_shift()
    volunteer = make_volunteer(user=make_user(name="桂芳"))
    seat = make_assignment(shift, volunteer, seats=2)
    arrived = make_check(seat, method="scan")
    make_assignment(shift, status="released")

    [row] = roster_of(shift, at=clock.now())

    assert (row.name, row.number, row.seats, row.spoken_code) == (
        "桂芳",
        volunteer.number,
        2,
        seat.spoken_code,
    )
    assert (row.in_at, row.in_method, row.is_here, row.out_at) == (arrived.at, "scan", True, None)
    assert row.in_method_label


def test_whoever_left_is_not_here_and_hours_stand_beside() -> None:
    seat = make_assignment()
    make_check(seat)
    make_check(seat, "out")
    record = make_record(seat)

    [row] = roster_of(seat.shift, at=clock.now())

    assert (row.is_here, row.confirmed_minutes, row.record_code) == (False, 180, record.code)


def test_a_child_comes_with_its_guardian() -> None:
    child = make_volunteer(
        birth_on=date(clock.today().year - 12, 1, 1),
        guardian_name="Wei",
        guardian_phone="+8613900000000",
        guardian_consent_at=clock.now(),
    )
    seat = make_assignment(make_shift(), child)

    [row] = roster_of(seat.shift, at=clock.now())

    assert (row.is_child, row.guardian_name, row.guardian_phone) == (True, "Wei", "+8613900000000")


@pytest.mark.parametrize("typed", ["7204", " 72 04", "{code}", "{number}"])
def test_somebody_is_found_by_what_they_say(typed: str) -> None:
    seat = make_assignment(spoken_code="7204")
    make_assignment(seat.shift, spoken_code="1111")
    make_assignment(spoken_code="7204")

    found = seat_by_spoken(seat.shift, typed.format(code=seat.code.lower(), number=seat.volunteer.number))

    assert found == [seat]


def test_nothing_typed_finds_nobody_and_two_with_one_code_are_both_found() -> None:
    seat = make_assignment(spoken_code="7204")
    twin = make_assignment(seat.shift, spoken_code="7204")

    assert seat_by_spoken(seat.shift, " ") == []
    assert seat_by_spoken(seat.shift, "7204") == [seat, twin]


def test_hours_wait_from_the_end_of_the_shift_until_they_are_confirmed() -> None:
    seat = make_assignment(make_shift(starts_at=tomorrow_at(9), hours=3))
    absent = make_assignment(seat.shift)
    make_check(seat)
    organization = seat.shift.organization_id
    over = tomorrow_at(12) + timedelta(minutes=1)

    assert list(unconfirmed(organization, at=over - timedelta(minutes=2))) == []
    assert list(unconfirmed(organization, at=over)) == [seat]
    assert list(unconfirmed(organization, at=over, assignments=[absent.code])) == []
    [(shift, row)] = hours_rows(organization, at=over)
    assert (shift, row.assignment_code) == (seat.shift, seat.code)
    make_record(seat)
    assert list(unconfirmed(organization, at=over)) == []
