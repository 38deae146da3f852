"""Acts that change several seats, while their holders act as well: nobody waits in a ring, nothing breaks."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from core import clock
from privacy import erasure
from tasks.actions import bulk, moves
from tasks.actions.attendance import walk_in
from tasks.actions.offers import Pick, assign_from_plan, assigning
from tasks.actions.refusals import AlreadySignedUp, Overlap, Stale
from tasks.actions.seats import release
from tasks.actions.shifts import editing
from tasks.models import Assignment, Shift, ShiftRole
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase
from tests.tasks.seat_rules import broken
from tests.tasks.test_waiting_at_once import elsewhere, start, take


class MovedMeanwhile:
    """A shift that is moved while somebody who has just signed up for it takes another seat at the new time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = make_shift(starts_at=tomorrow_at(6, days=3), seats=4)
        make_assignment(self.shift)
        self.volunteer = make_volunteer()
        # Rested enough for both, so that nothing but the database stands between them.
        self.then = tomorrow_at(19, days=3)
        self.other = make_shift(starts_at=self.then)
        self.pool = ThreadPoolExecutor(1)
        self.running: Future[Any] | None = None
        lock, find = editing.lock_people, moves._second_seats

        def signs_up_while_the_edit_waits(user_ids: Any) -> None:
            if not Assignment.objects.filter(volunteer=self.volunteer).exists():
                act = self.pool.submit(elsewhere, lambda: take(role_of(self.shift), self.volunteer))
                assert isinstance(act.result(), Assignment)
            lock(user_ids)

        def takes_the_other_seat_between_two_statements(shift: Shift, leaving: set[int]) -> Any:
            if self.running is None:
                self.running = start(lambda: take(role_of(self.other), self.volunteer), self.pool)
            return find(shift, leaving)

        monkeypatch.setattr(editing, "lock_people", signs_up_while_the_edit_waits)
        monkeypatch.setattr(moves, "_second_seats", takes_the_other_seat_between_two_statements)

    def move(self) -> Any:
        editing.edit_shift(
            shift=self.shift,
            changes={"starts_at": self.then, "ends_at": self.then + timedelta(hours=3)},
            by=make_member(self.shift.organization),
            at=clock.now(),
        )
        assert self.running is not None
        return self.running.result(timeout=60)


def test_an_edit_and_two_sign_ups_of_one_person_end_in_one_seat(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = MovedMeanwhile(monkeypatch)

    refusal = moved.move()

    assert isinstance(refusal, Overlap)
    seat = Assignment.objects.get(volunteer=moved.volunteer)
    assert (seat.status, seat.period.lower) == ("active", moved.then)
    assert broken() == []


def test_without_locking_who_signed_up_meanwhile_the_edit_would_fail(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = MovedMeanwhile(monkeypatch)
    monkeypatch.setattr(editing, "_locked_with_holders", _locking_once)

    with pytest.raises(IntegrityError, match="no_two_shifts_at_once"):
        moved.move()


def _locking_once(shift: Shift) -> list[ShiftRole]:
    editing.lock_people(sorted(editing._holders(shift)))
    return editing.locked_roles(shift)


@pytest.fixture
def whenever(monkeypatch: pytest.MonkeyPatch) -> None:
    """No night, and time enough to step back."""
    monkeypatch.setattr("tasks.policies.offers.may_be_asked_at", lambda *args, **kwargs: True)
    monkeypatch.setattr("tasks.actions.offers.assigning._can_step_back", lambda role, at: True)


def soon() -> datetime:
    return clock.now() + timedelta(minutes=30)


class AtTheDeskMeanwhile:
    """Somebody comes to the desk while the plan gives them a seat, just before it is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = make_shift(starts_at=soon(), seats=3, seats_min=1)
        self.by = make_member(self.shift.organization)
        self.volunteer = make_volunteer(
            takes_assignments=True, user=make_user(consents=("terms", "messages"))
        )
        self.pool = ThreadPoolExecutor(1)
        self.running: Future[Any] | None = None
        write = assigning._write

        def comes_before_it_is_written(*args: Any, **values: Any) -> Any:
            self.running = start(self.walk_in, self.pool)
            return write(*args, **values)

        monkeypatch.setattr(assigning, "_write", comes_before_it_is_written)

    def walk_in(self) -> Assignment:
        return walk_in(shift=self.shift, volunteer=self.volunteer, by=self.by, at=clock.now())

    def assign(self) -> list[Assignment]:
        picks = [Pick(self.volunteer.pk)]
        return assign_from_plan(role=role_of(self.shift), picks=picks, by=None, at=clock.now())


def test_a_walk_in_waits_for_an_assignment_of_the_same_person(
    live_db: LiveDatabase, whenever: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = AtTheDeskMeanwhile(monkeypatch)

    given = desk.assign()

    assert len(given) == 1 and desk.running is not None
    assert isinstance(desk.running.result(timeout=60), AlreadySignedUp)
    assert broken() == []


def test_without_the_lock_of_the_person_the_two_would_wait_for_each_other(
    live_db: LiveDatabase, whenever: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = AtTheDeskMeanwhile(monkeypatch)
    monkeypatch.setattr("tasks.actions.offers.making.lock_people", lambda user_ids: None)

    with pytest.raises(OperationalError, match="deadlock detected"):
        desk.assign()
        assert desk.running is not None
        desk.running.result(timeout=60)


def test_a_seat_given_back_while_its_holder_is_forgotten_does_not_wait_in_a_ring(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = make_assignment(make_shift(starts_at=tomorrow_at(9, days=3)))
    user = seat.volunteer.user
    pool = ThreadPoolExecutor(1)
    running: list[Future[Any]] = []
    release_seats = erasure._release_seats

    def gives_it_back_before_it_is_released(*args: Any) -> None:
        # It has the role, and writes who ended the seat: that row is the one that is being forgotten.
        running.append(start(lambda: release(assignment=seat, by=user, at=clock.now()), pool))
        release_seats(*args)

    monkeypatch.setattr(erasure, "_release_seats", gives_it_back_before_it_is_released)

    erasure.forget(user=user, at=clock.now())

    running[0].result(timeout=60)
    assert Assignment.objects.get().status == "released"
    assert broken() == []


class MovedTogether:
    """Two shifts are moved at once; whoever has a seat in the second signs up for the first in between."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.first = make_shift(starts_at=tomorrow_at(9, days=3), seats=4)
        self.second = make_shift(starts_at=tomorrow_at(9, days=6), organization=self.first.organization)
        self.volunteer = make_assignment(self.second).volunteer
        self.pool = ThreadPoolExecutor(1)
        self.running: Future[Any] | None = None
        find = editing._locked_with_holders

        def signs_up_before_the_second_is_locked(shift: Shift) -> list[ShiftRole]:
            if shift.pk == self.second.pk:
                self.running = start(lambda: take(role_of(self.first), self.volunteer), self.pool)
            return find(shift)

        monkeypatch.setattr(editing, "_locked_with_holders", signs_up_before_the_second_is_locked)

    def move(self) -> Any:
        bulk.edit_many(
            shifts=[self.first, self.second],
            changes=bulk.BulkChanges(move_minutes=60),
            by=make_member(self.first.organization),
            at=clock.now(),
        )
        assert self.running is not None
        return self.running.result(timeout=60)


def test_a_sign_up_waits_for_several_shifts_that_move(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = MovedTogether(monkeypatch)

    assert isinstance(moved.move(), Stale)

    moved.second.refresh_from_db()
    assert moved.second.starts_at == tomorrow_at(10, days=6)
    assert broken() == []


def test_without_locking_all_holders_first_the_two_would_wait_for_each_other(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = MovedTogether(monkeypatch)
    monkeypatch.setattr(bulk, "lock_before_moving", lambda shifts: None)

    with pytest.raises(OperationalError, match="deadlock detected"):
        moved.move()
