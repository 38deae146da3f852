"""From presence to hours."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from core import clock
from core.errors import DomainError
from core.models import AuditRecord
from notifications.models import Message
from tasks.actions import attendance
from tasks.actions.attendance import confirm_hours
from tasks.models import Assignment, ServiceRecord, Shift
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_check, make_shift, tomorrow_at
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

START = tomorrow_at(9)


def served(
    shift: Shift | None = None, *, come: float = 0, go: float | None = 180, **fields: Any
) -> Assignment:
    """A seat whose holder came and went so many minutes after nine."""
    seat = make_assignment(shift or make_shift(starts_at=START, hours=3), **fields)
    make_check(seat, at=START + timedelta(minutes=come))
    if go is not None:
        make_check(seat, "out", at=START + timedelta(minutes=go))
    return seat


def confirm(*seats: Assignment) -> list[ServiceRecord]:
    by = make_member(seats[0].shift.organization)
    return confirm_hours(assignments=seats, by=by, at=clock.now())


@pytest.mark.parametrize(
    ("come", "go", "minutes"),
    [
        (0, 180, 180),
        (10, 170.9, 160),
        (-15, 180, 195),
        (-40, 180, 195),
        (0, 210, 210),
        (0, 300, 210),
        (0, 1.5, 1),
    ],
)
def test_minutes_are_those_of_the_shift_and_a_little_around_it(come: float, go: float, minutes: int) -> None:
    seat = served(come=come, go=go)

    [record] = confirm(seat)

    assert record.minutes == minutes
    assert (record.volunteer, record.task, record.county_id) == (
        seat.volunteer,
        seat.shift.task,
        seat.county_id,
    )
    assert record.served_on == START.date()
    assert AuditRecord.objects.filter(verb="hours.confirmed", subject_id=record.pk).exists()
    assert Message.objects.filter(kind="hours_confirmed", recipient=seat.volunteer.user).exists()


def test_a_whole_shift_is_confirmed_at_once() -> None:
    shift = make_shift(starts_at=START, hours=3)

    assert len(confirm(served(shift), served(shift), served(shift))) == 3


def test_work_without_a_fixed_time_counts_as_it_was() -> None:
    shift = make_shift(starts_at=START, hours=3)
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)
    shift.refresh_from_db()

    [record] = confirm(served(shift, come=-100, go=400))

    assert record.minutes == 500


def refuse(error: type[DomainError], *seats: Assignment) -> None:
    with pytest.raises(error) as raised:
        confirm(*seats)
    assert raised.value.message
    assert not Message.objects.exists()


def test_a_missing_departure_is_named_and_nothing_is_confirmed() -> None:
    shift = make_shift(starts_at=START, hours=3)
    refuse(attendance.DepartureMissing, served(shift), served(shift, go=None))
    assert not ServiceRecord.objects.exists()


def test_presence_outside_the_shift_counts_nothing() -> None:
    refuse(attendance.NothingToCount, served(come=240, go=300))


def test_hours_are_confirmed_once() -> None:
    seat = served()
    confirm(seat)
    Message.objects.all().delete()

    refuse(attendance.AlreadyConfirmed, seat)


def test_nobody_confirms_their_own_hours() -> None:
    shift = make_shift(starts_at=START, hours=3)
    organizer = make_member(shift.organization)
    seat = served(shift, volunteer=make_volunteer(user=organizer))

    with pytest.raises(attendance.OwnHours):
        confirm_hours(assignments=[seat], by=organizer, at=clock.now())


@pytest.mark.parametrize("role", ["desk", None])
def test_only_those_who_lead_the_organization_confirm(role: str | None) -> None:
    seat = served()
    by = make_member(seat.shift.organization, role) if role else make_member(make_shift().organization)

    with pytest.raises(attendance.NotConfirmer):
        confirm_hours(assignments=[seat], by=by, at=clock.now())


@pytest.mark.parametrize(
    "sql", ["UPDATE tasks_servicerecord SET minutes = 600", "DELETE FROM tasks_servicerecord"]
)
def test_hours_are_never_edited(sql: str) -> None:
    confirm(served())

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
