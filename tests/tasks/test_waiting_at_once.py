"""Seats and waiting lists at the same moment, each act on its own connection."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from core import clock
from core.errors import DomainError
from tasks.actions import taking
from tasks.actions.seats import release, sign_up
from tasks.actions.waiting import accept_held, decline_held, expire_held, join_line, leave_line, pass_on
from tasks.models import Assignment, Shift, ShiftRole, Waiting
from tests.factories.tasks import make_shift, make_task, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.plugin.database import LiveDatabase
from tests.tasks.seat_rules import broken, missed
from tests.tasks.test_at_once import somebody_waits_for_us
from volunteers.models import Volunteer


def elsewhere(act: Callable[[], Any]) -> Any:
    """The act on a connection of its own; its refusal where it has one."""
    try:
        return act()
    except DomainError as error:
        return error
    finally:
        connection.close()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at one moment; what each returned, or its refusal."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        return elsewhere(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        running: list[Future[Any]] = [pool.submit(run, act) for act in acts]
        return [future.result(timeout=60) for future in running]


def start(act: Callable[[], Any], pool: ThreadPoolExecutor) -> Future[Any]:
    """Begin the act elsewhere, and come back once it has ended or waits for us."""
    running = pool.submit(elsewhere, act)
    while not (somebody_waits_for_us() or running.done()):
        pass
    return running


def take(role: ShiftRole, volunteer: Volunteer) -> Assignment:
    return sign_up(role=role, by=volunteer.user, at=clock.now())


def wait_for(role: ShiftRole, volunteer: Volunteer) -> Waiting:
    return join_line(role=role, by=volunteer.user, at=clock.now())


def give_back(shift: Shift) -> None:
    seat = Assignment.objects.live().filter(shift=shift).order_by("pk")[0]
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())


def test_whoever_joins_while_a_seat_is_given_back_gets_it_held(live_db: LiveDatabase) -> None:
    shift = make_full_shift()
    volunteer = make_volunteer()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            wait_for(role_of(shift), volunteer)
            running = start(lambda: give_back(shift), pool)
        running.result()

    assert Waiting.objects.get().status == "offered"
    assert broken() == []


def test_whoever_joins_just_after_a_seat_was_given_back_reads_that_it_is_free(live_db: LiveDatabase) -> None:
    shift = make_full_shift()
    volunteer = make_volunteer()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            give_back(shift)
            running = start(lambda: wait_for(role_of(shift), volunteer), pool)
        refusal = running.result()

    assert refusal.code == "seat-is-free"


def test_a_seat_that_is_given_back_goes_to_the_line_and_not_past_it(live_db: LiveDatabase) -> None:
    shift = make_full_shift()
    first = make_waiting(role_of(shift))
    quick = [make_volunteer() for _ in range(4)]

    at_once(
        lambda: give_back(shift),
        *(lambda one=one: take(role_of(shift), one) for one in quick),
    )

    first.refresh_from_db()
    assert first.status == "offered"
    assert role_of(shift).seats_taken == 0


def test_a_yes_and_the_end_of_the_time_at_once_end_in_one_of_them(live_db: LiveDatabase) -> None:
    shift = make_full_shift()
    first, second = make_waiting(role_of(shift)), make_waiting(role_of(shift))
    give_back(shift)
    first.refresh_from_db()
    assert first.expires_at is not None
    just_before, then = first.expires_at - timedelta(seconds=1), first.expires_at

    at_once(
        lambda: accept_held(
            waiting=Waiting.objects.get(pk=first.pk), by=first.volunteer.user, at=just_before
        ),
        lambda: expire_held(at=then),
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) in {("taken", "waiting"), ("expired", "offered")}
    assert broken() == []


def test_a_yes_that_waited_for_the_end_of_its_time_is_refused_and_takes_nothing(
    live_db: LiveDatabase,
) -> None:
    shift = make_full_shift()
    first, second = make_waiting(role_of(shift)), make_waiting(role_of(shift))
    give_back(shift)
    first.refresh_from_db()
    assert first.expires_at is not None
    just_before, then = first.expires_at - timedelta(seconds=1), first.expires_at

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            expire_held(at=then)
            running = start(
                lambda: accept_held(
                    waiting=Waiting.objects.get(pk=first.pk), by=first.volunteer.user, at=just_before
                ),
                pool,
            )
        refusal = running.result()

    assert isinstance(refusal, DomainError)
    second.refresh_from_db()
    assert second.status == "offered"
    assert broken() == []


def test_a_yes_twice_at_once_is_one_seat(live_db: LiveDatabase) -> None:
    shift = make_full_shift()
    first = make_waiting(role_of(shift))
    give_back(shift)

    results = at_once(
        *(
            lambda: accept_held(
                waiting=Waiting.objects.get(pk=first.pk), by=first.volunteer.user, at=clock.now()
            )
            for _ in range(3)
        )
    )

    assert [isinstance(result, Assignment) for result in results].count(True) == 1
    assert broken() == []


class Hammer:
    """Sign-ups, seats given back, joining, answering and the clock, mixed; by as many threads as there are."""

    def __init__(self, *, shifts: int, people: int) -> None:
        task = make_task()
        # Every other one at the same time, so that seats are in each other's way.
        self.shifts = [
            make_shift(task=task, starts_at=tomorrow_at(9, days=2 + number // 2), seats=3, seats_min=1)
            for number in range(shifts)
        ]
        self.roles = [role_of(shift) for shift in self.shifts]
        self.people = [make_volunteer(max_hours_week=60) for _ in range(people)]

    def one(self, random: Random) -> str:
        role, who = random.choice(self.roles), random.choice(self.people)
        choice = random.random()
        if choice < 0.35:
            take(role, who)
            return "sign-up"
        if choice < 0.55:
            wait_for(role, who)
            return "join"
        if choice < 0.75:
            seat = Assignment.objects.live().select_related("shift__area").filter(role=role).first()
            if seat:
                release(assignment=seat, by=seat.volunteer.user, at=clock.now())
            return "release"
        if choice < 0.97:
            place = (
                Waiting.objects.live()
                .filter(role=role)
                .select_related("volunteer__user")
                .order_by("?")
                .first()
            )
            if place:
                act = accept_held if choice < 0.88 else decline_held if choice < 0.92 else leave_line
                act(waiting=place, by=place.volunteer.user, at=clock.now())
            return "answer"
        pass_on(at=clock.now() + random.choice((timedelta(0), timedelta(hours=13))))
        return "clock"

    def run(self, *, threads: int, acts: int) -> list[str]:
        barrier = Barrier(threads)

        def worker(seed: int) -> list[str]:
            random = Random(seed)
            said = []
            try:
                barrier.wait(timeout=30)
                for _ in range(acts):
                    try:
                        said.append(self.one(random))
                    except DomainError as error:
                        said.append(error.code)
            finally:
                connection.close()
            return said

        with ThreadPoolExecutor(threads) as pool:
            running = [pool.submit(worker, seed) for seed in range(threads)]
            return [one for future in running for one in future.result(timeout=300)]


def test_a_hammer_of_everything_at_once_leaves_nothing_over_and_nobody_out(live_db: LiveDatabase) -> None:
    hammer = Hammer(shifts=6, people=24)

    said = hammer.run(threads=8, acts=40)

    assert broken() == []
    assert len(said) == 320
    assert {"sign-up", "join", "release", "answer"} <= set(said)
    pass_on(at=clock.now())
    assert missed(at=clock.now()) == []


def test_a_sign_up_that_counts_first_and_writes_then_over_fills(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    condition = "AND seats >= seats_taken + seats_held - (SELECT seats FROM kept) + %(seats)s"
    assert condition in taking._TAKE.sql
    careless = replace(taking._TAKE, name="take_carelessly", sql=taking._TAKE.sql.replace(condition, ""))
    monkeypatch.setattr(taking, "_TAKE", careless)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_shiftrole DROP CONSTRAINT seats_never_over")
    shift = make_shift(seats=1, seats_min=1)
    first, second = make_volunteer(), make_volunteer()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            take(role_of(shift), first)
            running = start(lambda: take(role_of(shift), second), pool)
        running.result()

    assert broken() != []
