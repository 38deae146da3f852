"""Who came, who left, and who joined at the desk."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core import clock
from core.errors import DomainError
from tasks.actions import attendance, refusals
from tasks.actions.seats import NotHolding
from tasks.actions.standstill import AreaStopped
from tasks.models import Assignment, CheckIn, Shift
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_check, make_shift, make_stop, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer

pytestmark = pytest.mark.django_db

START = tomorrow_at(9)


def check(seat: Assignment, kind: str = "in", at: datetime = START, **values: Any) -> CheckIn:
    given = {"method": "desk", "by": make_user(), "nonce": uuid4(), "recorded_at": at, **values}
    return attendance.check(assignment=seat, kind=kind, at=at, **given)


def seat_at_nine() -> Assignment:
    return make_assignment(make_shift(starts_at=START, hours=3))


def test_somebody_comes_and_leaves() -> None:
    seat = seat_at_nine()

    check(seat)
    check(seat, "out", START + timedelta(hours=3))

    assert list(CheckIn.objects.order_by("at").values_list("kind", "method")) == [
        ("in", "desk"),
        ("out", "desk"),
    ]


def test_the_same_nonce_twice_is_one_check() -> None:
    seat, nonce = seat_at_nine(), uuid4()

    first = check(seat, nonce=nonce)

    assert check(seat, nonce=nonce, at=START + timedelta(minutes=1)) == first
    assert CheckIn.objects.get().at == START


def test_a_nonce_belongs_to_one_person_and_kind() -> None:
    seat, nonce = seat_at_nine(), uuid4()
    check(seat, nonce=nonce)

    with pytest.raises(attendance.NonceUsed):
        check(make_assignment(seat.shift), nonce=nonce)
    with pytest.raises(attendance.NonceUsed):
        check(seat, "out", nonce=nonce)


def test_nobody_arrives_twice() -> None:
    seat = seat_at_nine()
    check(seat)

    with pytest.raises(attendance.AlreadyChecked):
        check(seat)


@pytest.mark.parametrize(
    ("minutes", "fits"), [(-60, True), (-61, False), (180 + 720, True), (180 + 721, False)]
)
def test_checks_have_a_window(minutes: int, fits: bool) -> None:
    seat = seat_at_nine()
    at = START + timedelta(minutes=minutes)

    if fits:
        assert check(seat, at=at)
    else:
        with pytest.raises(attendance.OutsideWindow):
            check(seat, at=at)


def test_what_has_not_happened_cannot_be_recorded() -> None:
    with pytest.raises(attendance.InTheFuture) as raised:
        check(seat_at_nine(), recorded_at=START - timedelta(minutes=6))
    assert raised.value.field == "at"


def test_nobody_leaves_before_coming() -> None:
    seat = seat_at_nine()

    with pytest.raises(attendance.NotCheckedIn):
        check(seat, "out")
    check(seat)
    with pytest.raises(attendance.OutBeforeIn):
        check(seat, "out", START)


def test_whoever_gave_the_seat_back_is_not_checked_in() -> None:
    shift = make_shift(starts_at=START)
    with pytest.raises(NotHolding):
        check(make_assignment(shift, status="released"))


def test_a_volunteer_proves_presence_by_the_sites_code() -> None:
    seat = seat_at_nine()

    with pytest.raises(attendance.WrongSiteCode):
        check(seat, method="site_code", site_code="WRONG1")
    assert check(seat, method="site_code", site_code=seat.shift.site_code.lower())


def test_a_stop_refuses_arrivals_and_never_departures() -> None:
    here, late = seat_at_nine(), seat_at_nine()
    check(here)
    make_stop(here.shift.area)
    make_stop(late.shift.area)

    assert check(here, "out", START + timedelta(hours=1))
    with pytest.raises(AreaStopped):
        check(late)


def test_a_mistake_is_taken_back_and_stays_on_record() -> None:
    seat, by = seat_at_nine(), make_user()
    seen = check(seat)

    attendance.undo_check(check_in=seen, by=by, at=START)

    seen.refresh_from_db()
    assert (seen.voided_by, seen.voided_at) == (by, START)
    assert check(seat)


def test_a_departure_is_taken_back_before_the_arrival() -> None:
    seat = seat_at_nine()
    arrived = check(seat)
    left = check(seat, "out", START + timedelta(hours=1))

    with pytest.raises(attendance.UndoOutFirst):
        attendance.undo_check(check_in=arrived, by=make_user(), at=START)
    attendance.undo_check(check_in=left, by=make_user(), at=START)
    with pytest.raises(attendance.AlreadyUndone):
        attendance.undo_check(check_in=left, by=make_user(), at=START)


def test_confirmed_hours_are_not_undone() -> None:
    seat = seat_at_nine()
    arrived = make_check(seat, at=START)
    make_check(seat, "out", at=START + timedelta(hours=3))
    attendance.confirm_hours(assignments=[seat], by=make_member(seat.shift.organization), at=clock.now())

    with pytest.raises(attendance.HoursConfirmed):
        attendance.undo_check(check_in=arrived, by=make_user(), at=START)


def walk_in(shift: Shift, at: datetime = START + timedelta(minutes=30), **values: Any) -> Assignment:
    given = {"volunteer": make_volunteer(), "by": make_member(shift.organization, "desk"), **values}
    return attendance.walk_in(shift=shift, at=at, **given)


def test_somebody_who_walks_in_gets_a_seat_and_is_there() -> None:
    shift = make_shift(starts_at=START, hours=3)

    seat = walk_in(shift)

    assert role_of(shift).seats_taken == 1
    assert (seat.period[0], seat.period[1]) == (START + timedelta(minutes=30), START + timedelta(hours=3))
    assert CheckIn.objects.get(assignment=seat).method == "walk_in"


def test_a_full_shift_gets_one_seat_more_for_whoever_stands_there() -> None:
    shift = make_shift(starts_at=START, seats=1, seats_min=1)
    make_assignment(shift)

    walk_in(shift)

    role = role_of(shift)
    assert (role.seats, role.seats_taken) == (2, 2)


def test_a_shift_that_is_called_off_meanwhile_takes_no_walk_in(monkeypatch: pytest.MonkeyPatch) -> None:
    shift = make_shift(starts_at=START, hours=3)
    monkeypatch.setattr(
        "tasks.actions.attendance.checks.record_seat", lambda *_, **__: shift.roles.update(version=2)
    )

    with pytest.raises(refusals.Stale):
        walk_in(shift)

    assert not Assignment.objects.exists()


@pytest.mark.parametrize(("error", "minutes"), [(refusals.TooLate, 180), (attendance.OutsideWindow, -61)])
def test_a_shift_that_is_over_or_far_off_takes_no_walk_in(error: type[DomainError], minutes: int) -> None:
    shift = make_shift(starts_at=START, hours=3)
    with pytest.raises(error):
        walk_in(shift, START + timedelta(minutes=minutes))


def test_what_protects_people_holds_at_the_desk_too() -> None:
    shift = make_shift(starts_at=START, hours=3, requirements=[make_capability()])
    with pytest.raises(refusals.NotEligible):
        walk_in(shift)
    stopped = make_shift(starts_at=START)
    make_stop(stopped.area)
    with pytest.raises(AreaStopped):
        walk_in(stopped)


def test_somebody_with_another_shift_cannot_walk_in() -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=START, hours=2), volunteer)

    with pytest.raises(refusals.Overlap):
        walk_in(make_shift(starts_at=START), volunteer=volunteer)


def test_only_an_organizer_lets_somebody_walk_in_without_rest() -> None:
    volunteer = make_volunteer()
    make_assignment(make_shift(starts_at=START - timedelta(hours=4), hours=3), volunteer)
    shift = make_shift(starts_at=START)

    with pytest.raises(refusals.NeedsRest):
        walk_in(shift, volunteer=volunteer)
    with pytest.raises(refusals.OverrideNotAllowed):
        walk_in(shift, volunteer=volunteer, override_reason="She slept.")
    organizer = make_member(shift.organization)
    seat = walk_in(shift, volunteer=volunteer, by=organizer, override_reason="She slept.")
    assert seat.overridden_by == organizer
