"""Two workers that make the occurrences of the same series at the same moment, and a form that is sent twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core import clock
from tasks.actions.series import SeriesRunsAlready, extend_series, extending, occurring, start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import Series, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task
from tests.plugin.database import LiveDatabase


@pytest.fixture(autouse=True)
def few_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occurring, "AHEAD", timedelta(weeks=1))


def call() -> Task:
    area = make_area()
    today = timezone.localdate(clock.now())
    return make_task(
        area=area,
        adopted_by=make_organization(home_area=area),
        starts_on=today,
        ends_on=today + timedelta(days=60),
    )


def start(task: Task, by: User) -> Series:
    first = timezone.localdate(clock.now()) + timedelta(days=1)
    return start_series(
        task=task,
        organization=task.adoptions.get().organization,
        rule="FREQ=DAILY",
        starts_on=first,
        ends_on=first + timedelta(days=40),
        starts=time(9),
        minutes=180,
        roles=[RoleWanted("Screening", 1, 4)],
        by=by,
        at=clock.now(),
    )


def both(act: Any) -> list[Any]:
    """The same act on two connections, begun together; what each returned or raised."""
    together = Barrier(2)

    def one() -> Any:
        together.wait()
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in [pool.submit(one), pool.submit(one)]]


def test_two_workers_make_every_occurrence_once(live_db: LiveDatabase) -> None:
    task, by = call(), make_user()
    series = start(task, by)
    later = clock.now() + timedelta(days=7)

    made = both(lambda: extend_series(at=later))

    # Whoever finds the series locked leaves it to the other.
    assert sorted(made) == [0, 7]
    moments = list(series.shifts.values_list("occurs_at", flat=True))
    assert len(moments) == len(set(moments)) == 14


def test_without_the_lock_the_database_keeps_a_second_occurrence_out(
    live_db: LiveDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = start(call(), make_user())
    monkeypatch.setattr(
        type(extending.Series.objects), "select_for_update", lambda self, **_: self.all(), raising=True
    )
    made = both(lambda: extend_series(at=clock.now() + timedelta(days=7)))

    counts = [each for each in made if isinstance(each, int)]
    assert sum(counts) == 7
    assert all(isinstance(each, int | IntegrityError) for each in made)
    assert series.shifts.count() == 14


def test_the_same_occurrence_cannot_be_written_twice(live_db: LiveDatabase) -> None:
    series = start(call(), make_user())
    first = series.shifts.order_by("occurs_at")[0]
    moment: datetime | None = first.occurs_at
    with pytest.raises(IntegrityError, match="one_shift_an_occurrence"), transaction.atomic():
        Shift.objects.create(
            task=first.task,
            organization=first.organization,
            area=first.area,
            place="East gate",
            created_at=clock.now(),
            series=series,
            occurs_at=moment,
        )


def test_a_form_that_is_sent_twice_at_once_starts_one_series(live_db: LiveDatabase) -> None:
    task, by = call(), make_user()

    results = both(lambda: start(task, by))

    assert [type(each) for each in results if not isinstance(each, Series)] == [SeriesRunsAlready]
    assert Series.objects.count() == 1
    assert Shift.objects.count() == 7
