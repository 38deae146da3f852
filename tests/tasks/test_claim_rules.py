"""Until when somebody who took work on shows that they are on it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasks.policies.claims import adoption_deadline, claim_deadline, reminder_due

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2020, 2, 6, 12, tzinfo=ZONE)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("due_in", "hours"),
    [(None, 48), (200 * HOUR, 48), (96 * HOUR, 48), (20 * HOUR, 10), (-HOUR, 48)],
)
def test_a_claim_stands_until_half_of_the_way_to_the_deadline(due_in: timedelta | None, hours: int) -> None:
    due_at = None if due_in is None else NOON + due_in

    assert claim_deadline(48, due_at, NOON) == NOON + hours * HOUR


@pytest.mark.parametrize(
    ("starts_on", "hours"),
    [(date(2020, 3, 1), 72), (date(2020, 2, 9), 30), (date(2020, 2, 7), 6), (date(2020, 2, 1), 6)],
)
def test_a_call_is_acted_on_within_half_of_what_is_left(starts_on: date, hours: int) -> None:
    assert adoption_deadline(starts_on, NOON) == NOON + hours * HOUR


def test_an_hour_that_a_clock_skips_does_not_pass() -> None:
    at = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))

    deadline = adoption_deadline(date(2026, 3, 30), at)

    assert deadline - at.astimezone(UTC) == 17.5 * HOUR


def test_the_reminder_comes_at_half_of_the_time() -> None:
    assert reminder_due(NOON, NOON + 10 * HOUR) == NOON + 5 * HOUR
