"""Two acts at the same moment, each on its own connection."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core import clock
from tasks.actions.seats import NotHolding, release
from tasks.models import Assignment
from tests.factories.tasks import make_assignment, role_of
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
