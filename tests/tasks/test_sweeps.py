"""Reminders, and the moment at which a task has its people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from core import clock, faults
from notifications.actions import queue_messages
from notifications.models import Message
from tasks.actions import sweeps
from tasks.actions.sweeps import note_filled, remind
from tasks.jobs import remind_volunteers
from tasks.models import Assignment, Shift, Task
from tasks.notices.shifts import shift_changed
from tasks.policies.reminders import EVENING as EVENING_LEAD
from tasks.policies.reminders import LEADS
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, make_stop, make_task, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.tasks.conftest import Statements

pytestmark = pytest.mark.django_db

TOMORROW = tomorrow_at(9)
EVENING = tomorrow_at(18, days=0)
LONG_AGO = EVENING - timedelta(days=3)


def reminded() -> Iterator[str]:
    return iter(Message.objects.filter(channel="inbox").order_by("pk").values_list("event", flat=True))


def start_of(seat: Assignment) -> str:
    assert seat.shift.starts_at is not None
    return seat.shift.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M")


def move(seat: Assignment, starts_at: datetime) -> None:
    Shift.objects.filter(pk=seat.shift_id).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), version=F("version") + 1
    )
    seat.shift.refresh_from_db()


def test_the_evening_before_reminds_once() -> None:
    seat = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)

    assert remind(at=EVENING - timedelta(seconds=1)) == 0
    assert remind(at=EVENING) == 1
    assert remind(at=EVENING + timedelta(minutes=5)) == 0

    assert list(reminded()) == [f"seat:{seat.code}:remind-0:{start_of(seat)}"]
    message = Message.objects.get(channel="sms")
    assert message.kind == "shift_reminder"
    assert message.useful_until == seat.shift.starts_at


def test_three_hours_before_reminds_again() -> None:
    seat = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)
    remind(at=EVENING)

    assert remind(at=TOMORROW - timedelta(hours=3, seconds=1)) == 0
    assert remind(at=TOMORROW - timedelta(hours=3)) == 1
    assert remind(at=TOMORROW - timedelta(hours=2)) == 0

    assert list(reminded())[1] == f"seat:{seat.code}:remind-180:{start_of(seat)}"


@pytest.mark.parametrize("lead", [lead for lead in LEADS if lead != EVENING_LEAD])
def test_everybody_is_reminded_when_they_chose(lead: int) -> None:
    shift = make_shift(starts_at=TOMORROW)
    make_assignment(shift, make_volunteer(reminders=[lead]), created_at=LONG_AGO)
    make_assignment(shift, make_volunteer(reminders=[]), created_at=LONG_AGO)
    moment = TOMORROW - timedelta(minutes=lead)

    assert remind(at=moment - timedelta(seconds=1)) == 0
    assert remind(at=moment) == 1
    assert remind(at=moment + timedelta(minutes=1)) == 0


def test_two_moments_that_fall_together_are_one_reminder() -> None:
    six = tomorrow_at(6)
    make_assignment(
        make_shift(starts_at=six), make_volunteer(reminders=[EVENING_LEAD, 720]), created_at=LONG_AGO
    )

    assert remind(at=EVENING) == 1
    assert remind(at=EVENING + timedelta(minutes=5)) == 0


def test_a_reminder_hours_late_leaves_the_word_to_the_next_one() -> None:
    make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)

    assert remind(at=EVENING + timedelta(hours=3)) == 0
    assert remind(at=TOMORROW - timedelta(minutes=30)) == 1


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


def test_a_shift_that_moves_is_reminded_of_anew_and_never_twice_of_one_time() -> None:
    seat = make_assignment(
        make_shift(starts_at=TOMORROW), make_volunteer(reminders=[180]), created_at=LONG_AGO
    )
    later = TOMORROW + timedelta(hours=4)

    assert remind(at=TOMORROW - timedelta(hours=3)) == 1
    move(seat, later)
    assert remind(at=TOMORROW - timedelta(hours=2)) == 0
    assert remind(at=later - timedelta(hours=3)) == 1
    move(seat, TOMORROW + timedelta(hours=2))
    move(seat, later)
    assert remind(at=later - timedelta(hours=2)) == 0


def test_who_was_told_of_the_new_time_after_the_moment_is_not_reminded_of_it() -> None:
    seat = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)
    told_at = EVENING + timedelta(hours=1)
    move(seat, TOMORROW + timedelta(hours=2))
    changes = shift_changed([seat], seat.shift, {"time": True}, "The road is closed.")
    queue_messages(notices=changes, at=told_at)

    assert remind(at=told_at + timedelta(minutes=5)) == 0


def test_the_day_after_tomorrow_is_not_tomorrow() -> None:
    make_assignment(make_shift(starts_at=tomorrow_at(0, days=2) + timedelta(minutes=1)), created_at=LONG_AGO)

    assert remind(at=EVENING) == 0


def test_nobody_is_reminded_of_what_does_not_take_place() -> None:
    make_assignment(make_shift(starts_at=TOMORROW), status="released", created_at=LONG_AGO)
    stopped = make_shift(starts_at=TOMORROW)
    make_assignment(stopped, created_at=LONG_AGO)
    make_stop(stopped.area)
    ended = make_assignment(make_shift(starts_at=TOMORROW), created_at=LONG_AGO)
    Task.objects.filter(pk=ended.shift.task_id).update(status="closed", ended_at=LONG_AGO)

    assert remind(at=EVENING) == 0


def test_batches_reach_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    shift = make_shift(starts_at=TOMORROW)
    for _ in range(5):
        make_assignment(shift, created_at=LONG_AGO)

    assert remind(at=EVENING) == 5
    assert Message.objects.filter(channel="inbox").count() == 5


def test_a_batch_takes_as_many_statements_for_one_as_for_many(statements: Statements) -> None:
    shift = make_shift(starts_at=TOMORROW)
    make_assignment(shift, created_at=LONG_AGO)
    with statements() as for_one:
        remind(at=EVENING)
    for _ in range(4):
        make_assignment(shift, created_at=LONG_AGO)
    with statements() as for_more:
        remind(at=EVENING + timedelta(minutes=5))

    assert len(for_one) == len(for_more) == 3


def test_a_run_that_is_killed_between_batches_leaves_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 2)
    shift = make_shift(starts_at=TOMORROW)
    for _ in range(5):
        make_assignment(shift, created_at=LONG_AGO)

    def die(name: str) -> None:
        raise SystemExit(name)

    with monkeypatch.context() as killed:
        killed.setattr(faults, "point", die)
        with pytest.raises(SystemExit, match="after-reminders"):
            remind(at=EVENING)

    assert remind(at=EVENING) == 3
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
