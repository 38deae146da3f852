"""Two acts at the same moment, each on its own connection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from core import clock
from tasks.actions import stages
from tasks.actions.seats import NotHolding, release
from tasks.models import Assignment, Crisis, StageChange
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_crisis, role_of
from tests.plugin.database import LiveDatabase


def release_now(seat: Assignment) -> None:
    release(assignment=seat, by=seat.volunteer.user, at=clock.now())


def release_elsewhere(pk: int) -> None:
    try:
        release_now(Assignment.objects.get(pk=pk))
    finally:
        connection.close()


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def test_a_seat_that_is_given_back_twice_at_once_is_given_back_once(live_db: LiveDatabase) -> None:
    seat = make_assignment()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            release_now(seat)
            second = pool.submit(release_elsewhere, seat.pk)
            while not (somebody_waits_for_us() or second.done()):
                pass
        with pytest.raises(NotHolding):
            second.result()

    assert role_of(seat.shift).seats_taken == 0


def decide(crisis_pk: int, official_pk: int, stage: int, at: datetime) -> None:
    crisis = Crisis.objects.select_related("area").get(pk=crisis_pk)
    stages.change_stage(
        crisis=crisis,
        area=crisis.area,
        stage=stage,
        effective_at=at,
        reason="Cases.",
        by=User.objects.get(pk=official_pk),
        at=at,
        seen="",
    )


def decide_elsewhere(*arguments: Any) -> None:
    try:
        decide(*arguments)
    finally:
        connection.close()


def test_of_two_officials_who_decide_at_once_the_second_reads_who_was_first(live_db: LiveDatabase) -> None:
    crisis = make_crisis(small_tree().province)
    first, second = make_user(name="Lin"), make_user(name="Wang")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            decide(crisis.pk, first.pk, 1, clock.now())
            late = pool.submit(decide_elsewhere, crisis.pk, second.pk, 2, clock.now())
            while not (somebody_waits_for_us() or late.done()):
                pass
        with pytest.raises(stages.DecidedMeanwhile) as caught:
            late.result()

    assert caught.value.params["person"] == "Lin"
    assert StageChange.objects.get().stage == 1
