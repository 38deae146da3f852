"""Claims that are not acted on end by themselves: until when somebody shows that they are on it."""

from datetime import UTC, date, datetime, time, timedelta

# An organization posts a first shift within so long after it took a call on; sooner where the work is near.
ADOPTION_LASTS = timedelta(hours=72)
ADOPTION_LASTS_AT_LEAST = timedelta(hours=6)
# Asked for once, with a reason.
MORE_TIME = timedelta(hours=48)


def claim_deadline(claim_hours: int, due_at: datetime | None, at: datetime) -> datetime:
    """Until when somebody who took on work without a fixed time at `at` says that they have begun.

    `claim_hours` from now, and never later than half of the way to the deadline of the work, so that whoever comes
    next has as much time as the first had. Work that is overdue has its `claim_hours` all the same.
    """
    stands = timedelta(hours=claim_hours)
    if due_at is not None and due_at > at:
        stands = min(stands, (due_at - at) / 2)
    return at + stands


def adoption_deadline(starts_on: date, at: datetime) -> datetime:
    """Until when an organization that takes a call on at `at` (on the clock of the place) posts a first shift.

    72 hours, half of the time that is left before the first day where that is less, never under 6 hours.
    """
    first_day = datetime.combine(starts_on, time(0), at.tzinfo)
    # Hours that pass, not those that a clock shows: where clocks change in between the two differ.
    at = at.astimezone(UTC)
    left = first_day.astimezone(UTC) - at
    return at + max(ADOPTION_LASTS_AT_LEAST, min(ADOPTION_LASTS, left / 2))


def reminder_due(since: datetime, until: datetime) -> datetime:
    """When whoever has not acted yet is reminded: at half of the time."""
    return since + (until - since) / 2
