"""Series for tests."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from core import clock
from tasks.actions.series import start_series
from tasks.actions.shifts import RoleWanted
from tasks.models import Series, Shift, Task
from tests.factories.accounts import make_user
from tests.factories.areas import make_area
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_task

# Fewer than the eight of the product, so that the tests post fewer shifts.
WEEKS_AHEAD = 3


def own_task(**fields: Any) -> Task:
    area = make_area()
    today = timezone.localdate(clock.now())
    values = {"starts_on": today, "ends_on": today + timedelta(days=200), **fields}
    return make_task(area=area, adopted_by=make_organization(home_area=area), **values)


def start(task: Task | None = None, **values: Any) -> Series:
    """Every day at nine for three hours, from tomorrow for 100 days, unless told otherwise."""
    task = task or own_task()
    first = timezone.localdate(clock.now()) + timedelta(days=1)
    given = {
        "organization": task.adoptions.get().organization,
        "rule": "FREQ=DAILY",
        "starts_on": first,
        "ends_on": first + timedelta(days=99),
        "starts": time(9),
        "minutes": 180,
        "roles": [RoleWanted("Screening", 1, 4)],
        "by": make_user(),
        "at": clock.now(),
        **values,
    }
    return start_series(task=task, **given)


def occurrences(series: Series) -> list[Shift]:
    return list(series.shifts.order_by("occurs_at"))


def by() -> dict[str, Any]:
    return {"by": make_user(), "at": clock.now()}


def hours(shifts: list[Shift]) -> set[str]:
    return {f"{timezone.localtime(shift.starts_at):%H:%M}" for shift in shifts}
