"""Reminders, and the moment at which a task has its people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core import clock
from notifications.models import Message
from tasks.actions import sweeps
from tasks.actions.sweeps import note_filled, remind
from tasks.jobs import remind_volunteers
from tasks.models import Shift, Task
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, make_stop, make_task, tomorrow_at

pytestmark = pytest.mark.django_db

TOMORROW = tomorrow_at(9)
EVENING = tomorrow_at(18, days=0)
LONG_AGO = EVENING - timedelta(days=3)


def reminded() -> Iterator[str]:
    return iter(Message.objects.filter(channel="inbox").order_by("pk").values_list("event", flat=True))


def test_the_evening_before_reminds_once() -> None:
    seat = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)

    assert remind(at=EVENING - timedelta(minutes=1)) == 0
    assert remind(at=EVENING) == 1
    assert remind(at=EVENING + timedelta(minutes=5)) == 0

    assert list(reminded()) == [f"seat:{seat.code}:remind-evening"]
    message = Message.objects.get(channel="sms")
    assert message.kind == "shift_reminder"
    assert message.useful_until == seat.shift.starts_at


def test_three_hours_before_reminds_again() -> None:
    seat = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)
    remind(at=EVENING)

    assert remind(at=TOMORROW - timedelta(hours=3, minutes=1)) == 0
    assert remind(at=TOMORROW - timedelta(hours=3)) == 1
    assert remind(at=TOMORROW - timedelta(hours=2)) == 0

    assert list(reminded())[1] == f"seat:{seat.code}:remind-hours"


@pytest.mark.parametrize(
    ("created_at", "at"),
    [
        (EVENING + timedelta(minutes=1), EVENING + timedelta(hours=1)),
        (TOMORROW - timedelta(hours=2), TOMORROW - timedelta(hours=1)),
    ],
)
def test_whoever_has_just_signed_up_is_not_reminded(created_at: datetime, at: datetime) -> None:
    make_assignment(make_shift(starts_at=TOMORROW), created_at=created_at)

    assert remind(at=at) == 0


def test_the_day_after_tomorrow_is_not_tomorrow() -> None:
    make_assignment(make_shift(starts_at=tomorrow_at(0, days=2) + timedelta(minutes=1)), created_at=LONG_AGO)

    assert remind(at=EVENING) == 0


def test_nobody_is_reminded_of_what_does_not_take_place() -> None:
    make_assignment(make_shift(starts_at=TOMORROW), status="released", created_at=LONG_AGO)
    stopped = make_shift(starts_at=TOMORROW)
    make_assignment(stopped, created_at=LONG_AGO)
    make_stop(stopped.area)

    assert remind(at=EVENING) == 0


def test_batches_reach_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    shift = make_shift(starts_at=TOMORROW)
    for _ in range(5):
        make_assignment(shift, created_at=LONG_AGO)

    assert remind(at=EVENING) == 5
    assert Message.objects.filter(channel="inbox").count() == 5


def called(people_needed: int) -> Task:
    organization = make_organization()
    return make_task(area=organization.home_area, adopted_by=organization, people_needed=people_needed)


def test_a_task_is_filled_at_the_sign_up_that_filled_it() -> None:
    task = called(3)
    moment = clock.now() - timedelta(minutes=7)
    make_assignment(make_shift(task=task), seats=2, created_at=moment - timedelta(hours=1))
    make_assignment(make_shift(task=task, starts_at=tomorrow_at(14)), created_at=moment)

    assert note_filled() == 1
    assert note_filled() == 0
    task.refresh_from_db()
    assert task.filled_at == moment


def test_seats_of_cancelled_shifts_fill_nothing() -> None:
    task = called(1)
    shift = make_shift(task=task)
    make_assignment(shift)
    Shift.objects.filter(pk=shift.pk).update(
        status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."
    )

    assert note_filled() == 0


def test_the_job_does_both() -> None:
    task = called(1)
    start = timezone.localtime(clock.now()) + timedelta(hours=2)
    make_assignment(make_shift(task=task, starts_at=start), created_at=LONG_AGO)

    remind_volunteers()

    assert Message.objects.filter(kind="shift_reminder").exists()
    task.refresh_from_db()
    assert task.filled_at == LONG_AGO
