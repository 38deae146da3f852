"""Handovers at the same moment as something else, each on its own connection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from core.errors import DomainError
from tasks.actions.handovers import agree, withdraw_handover
from tasks.actions.handovers import answering as answering_actions
from tasks.actions.rebooking import rebook
from tasks.actions.seats import release, sign_up
from tasks.actions.shifts import cancel_shift, edit_shift
from tasks.models import Assignment, Handover, Shift, ShiftRole
from tasks.queries.seats import SeatWanted
from tests.factories.accounts import make_user
from tests.factories.handovers import make_handover
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase
from tests.tasks.passing import holders, read
from tests.tasks.test_at_once import somebody_waits_for_us
from tests.tasks.test_offers_at_once import at_once
from volunteers.models import Volunteer

ROUNDS = 4


def yes(handover: Handover, taker: Volunteer, in_return: Assignment | None = None) -> Handover:
    return agree(handover=read(handover), by=taker.user, at=clock.now(), in_return=in_return)


def counted(role: ShiftRole) -> None:
    """The counter says what the seats say."""
    role.refresh_from_db()
    live = Assignment.objects.live().filter(role=role)
    assert role.seats_taken == sum(seat.seats for seat in live)


def refusals(results: list[Any]) -> list[str]:
    return [result.code for result in results if isinstance(result, DomainError)]


def test_of_many_takers_at_once_one_has_the_seat(live_db: LiveDatabase) -> None:
    seat = make_assignment(make_shift(seats=1, seats_min=1))
    handover = make_handover(seat)
    takers = [make_volunteer() for _ in range(6)]

    results = at_once(*(lambda taker=taker: yes(handover, taker) for taker in takers))

    assert len(holders(seat.shift)) == 1
    assert refusals(results) == ["handover-over"] * 5
    handover.refresh_from_db()
    assert handover.taker == holders(seat.shift)[0]
    counted(seat.role)


def test_without_the_conditional_update_two_would_have_agreed(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: whoever comes second is not told that it is settled."""

    def careless(handover: Handover, status: str, taker: Volunteer, back: Any, *, at: Any) -> None:
        Handover.objects.filter(pk=handover.pk).update(status=status, taker=taker, agreed_at=at)
        handover.taker = taker

    monkeypatch.setattr(answering_actions, "_take_down", careless)
    organization = make_organization()
    shift = make_shift(organization=organization, handover_rule="approve", seats=1, seats_min=1)
    handover = make_handover(make_assignment(shift))

    # Both have seen it open before either answers.
    seen = [(read(handover), make_volunteer()) for _ in range(2)]
    results = at_once(
        *(
            lambda one=one, taker=taker: agree(handover=one, by=taker.user, at=clock.now())
            for one, taker in seen
        )
    )

    assert refusals(results) == []


def test_a_holder_steps_back_while_somebody_agrees(live_db: LiveDatabase) -> None:
    for _ in range(ROUNDS):
        seat = make_assignment(make_shift(seats=1, seats_min=1))
        handover, taker = make_handover(seat), make_volunteer()

        results = at_once(
            lambda seat=seat: release(assignment=seat, by=seat.volunteer.user, at=clock.now()),
            lambda handover=handover, taker=taker: yes(handover, taker),
        )

        # Either the seat is free, or it is the taker's; both were never told yes.
        assert len(refusals(results)) == 1
        assert holders(seat.shift) in ([], [taker])
        counted(seat.role)


def test_stepping_back_waits_for_a_handover_and_then_finds_no_seat(live_db: LiveDatabase) -> None:
    seat = make_assignment(make_shift(seats=1, seats_min=1))
    handover, taker = make_handover(seat), make_volunteer()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yes(handover, taker)
            later = pool.submit(
                at_once, lambda: release(assignment=seat, by=seat.volunteer.user, at=clock.now())
            )
            while not (somebody_waits_for_us() or later.done()):
                pass
        (refused,) = later.result()

    assert refused.code == "not-holding"
    assert holders(seat.shift) == [taker]
    counted(seat.role)


def test_a_holder_takes_it_back_while_somebody_agrees(live_db: LiveDatabase) -> None:
    seat = make_assignment()
    handover, taker = make_handover(seat), make_volunteer()

    results = at_once(
        lambda: withdraw_handover(handover=read(handover), by=seat.volunteer.user, at=clock.now()),
        lambda: yes(handover, taker),
    )

    handover.refresh_from_db()
    assert refusals(results) == ["handover-over"]
    assert (handover.status, holders(seat.shift)) in [("withdrawn", [seat.volunteer]), ("done", [taker])]


def test_swaps_against_swaps_neither_wait_in_a_ring_nor_give_a_seat_twice(live_db: LiveDatabase) -> None:
    organization = make_organization()
    for number in range(ROUNDS):
        first = make_shift(organization=organization, starts_at=tomorrow_at(9, days=number + 1))
        second = make_shift(organization=organization, starts_at=tomorrow_at(14, days=number + 1))
        seat, back = make_assignment(first), make_assignment(second)
        there = make_handover(seat, kind="swap")
        here = make_handover(back, kind="swap")

        results = at_once(
            lambda there=there, back=back: yes(there, back.volunteer, back),
            lambda here=here, seat=seat: yes(here, seat.volunteer, seat),
        )

        # Both ask for the same: one swap is done, and the other finds its seats gone.
        assert len(refusals(results)) == 1
        assert (holders(first), holders(second)) == ([back.volunteer], [seat.volunteer])
        counted(role_of(first))
        counted(role_of(second))


def test_three_swaps_in_a_ring_end(live_db: LiveDatabase) -> None:
    organization = make_organization()
    seats = [
        make_assignment(make_shift(organization=organization, starts_at=tomorrow_at(9, days=2 * day + 1)))
        for day in range(3)
    ]
    pairs = [(seats[0], seats[1]), (seats[1], seats[2]), (seats[2], seats[0])]
    asked = [(make_handover(seat, kind="swap"), back) for seat, back in pairs]

    results = at_once(*(lambda one=one, back=back: yes(one, back.volunteer, back) for one, back in asked))

    done = [result for result in results if isinstance(result, Handover)]
    assert done
    for seat in seats:
        assert len(holders(seat.shift)) == 1
        counted(seat.role)


def test_a_taker_who_signs_up_elsewhere_at_once_is_in_one_place(live_db: LiveDatabase) -> None:
    for number in range(ROUNDS):
        starts_at = tomorrow_at(9, days=number + 1)
        handover = make_handover(make_assignment(make_shift(starts_at=starts_at)))
        elsewhere, taker = role_of(make_shift(starts_at=starts_at)), make_volunteer()

        results = at_once(
            lambda handover=handover, taker=taker: yes(handover, taker),
            lambda elsewhere=elsewhere, taker=taker: sign_up(role=elsewhere, by=taker.user, at=clock.now()),
        )

        assert refusals(results) == ["overlap"]
        assert Assignment.objects.live().filter(volunteer=taker).count() == 1
        counted(elsewhere)


def test_a_shift_that_moves_or_is_cancelled_at_once_leaves_no_seat_behind(live_db: LiveDatabase) -> None:
    for cancels in (True, False):
        seat = make_assignment()
        shift, handover, taker = seat.shift, make_handover(seat), make_volunteer()
        later = tomorrow_at(18)

        def change(shift: Shift = shift, cancels: bool = cancels, later: datetime = later) -> Shift:
            if cancels:
                return cancel_shift(shift=shift, by=make_user(), at=clock.now(), reason="Rain.")
            times = {"starts_at": later, "ends_at": tomorrow_at(20)}
            return edit_shift(shift=shift, changes=times, by=make_user(), at=clock.now())

        at_once(change, lambda handover=handover, taker=taker: yes(handover, taker))

        live = Assignment.objects.live().filter(shift=shift)
        assert live.count() == (0 if cancels else 1)
        for one in live:
            assert one.period.lower == later
        counted(seat.role)


def test_the_constraint_alone_keeps_a_taker_in_one_place(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: nobody waits for anybody. The database still refuses two places at once."""
    monkeypatch.setattr("tasks.actions.handovers.completing.lock_people", lambda user_ids: None)
    handover = make_handover(make_assignment(make_shift(starts_at=tomorrow_at(9))))
    taker, elsewhere = make_volunteer(), role_of(make_shift(starts_at=tomorrow_at(9)))

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            sign_up(role=elsewhere, by=taker.user, at=clock.now())
            # The sign-up holds the person's lock; without asking for it the handover reads an empty day.
            later = pool.submit(at_once, lambda: yes(handover, taker))
            while not (somebody_waits_for_us() or later.done()):
                pass
        (refused,) = later.result()

    assert refused.code == "overlap"
    handover.refresh_from_db()
    assert handover.status == "open"


def test_without_the_locks_and_the_constraint_a_taker_would_be_in_two_places(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.actions.handovers.completing.lock_people", lambda user_ids: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_assignment DROP CONSTRAINT no_two_shifts_at_once")
    handover = make_handover(make_assignment(make_shift(starts_at=tomorrow_at(9))))
    taker, elsewhere = make_volunteer(), role_of(make_shift(starts_at=tomorrow_at(9)))

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        sign_up(role=elsewhere, by=taker.user, at=clock.now())
        pool.submit(at_once, lambda: yes(handover, taker)).result()

    assert Assignment.objects.live().filter(volunteer=taker).count() == 2


def test_two_who_change_places_by_rebooking_do_not_wait_in_a_ring(live_db: LiveDatabase) -> None:
    for number in range(ROUNDS):
        first = make_shift(starts_at=tomorrow_at(9, days=number + 1))
        second = make_shift(starts_at=tomorrow_at(14, days=number + 1))
        seat, back = make_assignment(first), make_assignment(second)

        results = at_once(
            lambda seat=seat, to=second: rebook(
                lost=seat, role=SeatWanted(to.code), by=seat.volunteer.user, at=clock.now()
            ),
            lambda back=back, to=first: rebook(
                lost=back, role=SeatWanted(to.code), by=back.volunteer.user, at=clock.now()
            ),
        )

        assert refusals(results) == []
        assert (holders(first), holders(second)) == ([back.volunteer], [seat.volunteer])
        counted(role_of(first))
        counted(role_of(second))
