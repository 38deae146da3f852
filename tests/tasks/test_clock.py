"""Nothing happens by a wrong clock: one clock for all machines, the zone of the place, leap days and changed clocks.

Every guard here has its twin: the same case with a planted fault, which the guard finds.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.utils import timezone

from core import clock
from notifications.models import Message
from tasks import jobs
from tasks.actions.claims import lapse_claims
from tasks.actions.sweeps import remind
from tasks.actions.warnings import warn_short
from tasks.jobs import end_claims, remind_volunteers, warn_of_short_shifts
from tasks.models import Assignment, Shift
from tasks.queries import reminders
from tasks.queries.reminders import due_reminders
from tests.factories.organizations import make_member
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

SKEW = timedelta(minutes=10)
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def seat_at(starts_at: datetime, lead: int) -> Assignment:
    """A seat from long before the start, whose holder wants to be reminded so many minutes before."""
    shift = make_shift(starts_at=starts_at.astimezone(UTC), hours=2)
    return make_assignment(
        shift, make_volunteer(reminders=[lead]), created_at=starts_at.astimezone(UTC) - timedelta(days=9)
    )


def first_reminder(starts_at: datetime, lead: int) -> datetime:
    """The first minute in which a sweep reminds of a start; between two looks lies less than a reminder is late."""
    seat_at(starts_at, lead)
    at = starts_at.astimezone(UTC) - timedelta(hours=32)
    while not due_reminders(at=at, limit=1):
        at += timedelta(hours=1)
    before = at - timedelta(hours=1)
    while at - before > timedelta(minutes=1):
        middle = before + timedelta(minutes=(at - before) // timedelta(minutes=2))
        before, at = (before, middle) if due_reminders(at=middle, limit=1) else (middle, at)
    return at


@pytest.mark.parametrize(
    ("zone", "starts_at", "expected"),
    [
        # The night in which clocks go forward, and the one in which they go back.
        ("Europe/Berlin", datetime(2026, 3, 29, 9), datetime(2026, 3, 28, 18)),
        ("Europe/Berlin", datetime(2026, 10, 25, 9), datetime(2026, 10, 24, 18)),
        ("Asia/Shanghai", datetime(2026, 3, 29, 9), datetime(2026, 3, 28, 18)),
        # The day before the first of March is the leap day in a leap year alone.
        ("Asia/Shanghai", datetime(2028, 3, 1, 9), datetime(2028, 2, 29, 18)),
        ("Asia/Shanghai", datetime(2026, 3, 1, 9), datetime(2026, 2, 28, 18)),
        # Just after midnight: the evening before is some hours ago, on the day before.
        ("Asia/Shanghai", datetime(2026, 5, 2, 0, 30), datetime(2026, 5, 1, 18)),
    ],
)
def test_the_evening_before_is_that_of_the_place(
    settings: LazySettings, zone: str, starts_at: datetime, expected: datetime
) -> None:
    settings.TIME_ZONE = zone
    own = ZoneInfo(zone)

    assert first_reminder(starts_at.replace(tzinfo=own), 0) == expected.replace(tzinfo=own)


def test_a_wrong_zone_would_be_found(settings: LazySettings) -> None:
    settings.TIME_ZONE = "UTC"
    starts_at = datetime(2026, 3, 29, 9, tzinfo=BERLIN)

    assert first_reminder(starts_at, 0) != datetime(2026, 3, 28, 18, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("starts_at", "lead"),
    [
        (datetime(2026, 3, 29, 9, tzinfo=BERLIN), 1440),
        (datetime(2026, 3, 29, 4, tzinfo=BERLIN), 180),
        (datetime(2026, 10, 25, 4, tzinfo=BERLIN), 180),
        (datetime(2028, 2, 29, 9, tzinfo=SHANGHAI), 720),
    ],
)
def test_hours_before_are_hours_that_pass(starts_at: datetime, lead: int) -> None:
    assert starts_at.astimezone(UTC) - first_reminder(starts_at, lead) == timedelta(minutes=lead)


def test_hours_of_the_wall_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule by what a clock on the wall shows is an hour off in that night."""
    on_the_wall = reminders._DUE.replace(
        "shift.starts_at - lead.minutes * interval '1 minute'",
        "(shift.starts_at AT TIME ZONE 'Europe/Berlin' - lead.minutes * interval '1 minute')"
        " AT TIME ZONE 'Europe/Berlin'",
    )
    assert on_the_wall != reminders._DUE
    monkeypatch.setattr(reminders, "_DUE", on_the_wall)
    starts_at = datetime(2026, 3, 29, 4, tzinfo=BERLIN)

    assert starts_at.astimezone(UTC) - first_reminder(starts_at, 180) != timedelta(hours=3)


def reminder_ahead() -> Callable[[], bool]:
    """Somebody who is to be reminded in five minutes: the job must not do it now."""
    seat_at(clock.now() + timedelta(minutes=65), 60)
    return lambda: Message.objects.exists()


def warning_ahead() -> Callable[[], bool]:
    start = clock.now() + timedelta(hours=12, minutes=5)
    shift = make_shift(starts_at=start, warn_days=0, created_at=start - timedelta(days=9))
    make_member(shift.organization, "owner")
    return lambda: Message.objects.exists()


def claim_ahead() -> Callable[[], bool]:
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)
    shift.refresh_from_db()
    now = clock.now()
    seat = make_assignment(shift, begin_by=now + timedelta(minutes=5), created_at=now - timedelta(days=2))
    return lambda: Assignment.objects.get(pk=seat.pk).status != "active"


CASES: list[Any] = [
    (reminder_ahead, remind_volunteers),
    (warning_ahead, warn_of_short_shifts),
    (claim_ahead, end_claims),
]


@pytest.mark.parametrize(("prepare", "job"), CASES)
def test_a_machine_whose_clock_is_fast_does_nothing_early(
    monkeypatch: pytest.MonkeyPatch, prepare: Callable[[], Callable[[], bool]], job: Callable[[], None]
) -> None:
    happened = prepare()
    true_now = clock.now
    monkeypatch.setattr(clock, "now", lambda: true_now() + SKEW)

    job()

    assert not happened()


@pytest.mark.parametrize(("prepare", "job"), CASES)
def test_a_job_by_the_clock_of_its_machine_would_be_found(
    monkeypatch: pytest.MonkeyPatch, prepare: Callable[[], Callable[[], bool]], job: Callable[[], None]
) -> None:
    happened = prepare()
    true_now = clock.now
    monkeypatch.setattr(jobs.clock, "of_database", lambda: true_now() + SKEW)

    job()

    assert happened()


@pytest.mark.parametrize("skew", [SKEW, -SKEW])
def test_sweeps_whose_clocks_differ_tell_everybody_once(skew: timedelta) -> None:
    start = clock.now() + timedelta(hours=3)
    seat_at(start, 180)
    shift = make_shift(
        starts_at=start + timedelta(hours=9), warn_days=0, created_at=start - timedelta(days=9)
    )
    make_member(shift.organization, "owner")
    at = start - timedelta(hours=3)

    for moment in (at, at + skew, at, at - skew):
        remind(at=moment + SKEW)
        warn_short(at=moment + SKEW)
        lapse_claims(at=moment + SKEW)

    kinds = Message.objects.filter(channel="inbox").order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["shift_reminder", "shifts_short"]


def test_the_clock_of_the_database_is_aware_and_about_now() -> None:
    assert timezone.is_aware(clock.of_database())
    assert abs(clock.of_database() - clock.now()) < timedelta(minutes=1)
