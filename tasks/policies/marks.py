"""Rules about what is noted of a seat whose holder did not come or came late, and about objections to it."""

from datetime import datetime, timedelta

# From then on, and no longer: what lies further back nobody remembers well enough.
NO_SHOW_AFTER_END = timedelta(minutes=30)
LATE_FROM = timedelta(minutes=15)
MARK_WITHIN = timedelta(days=14)
APPEAL_WITHIN = timedelta(days=14)


def minutes_late(starts_at: datetime, arrived_at: datetime) -> int | None:
    """How many whole minutes after the start somebody came; None up to a quarter of an hour, which is nothing."""
    late = arrived_at - starts_at
    return int(late.total_seconds() // 60) if late > LATE_FROM else None


def may_be_marked(ends_at: datetime, at: datetime) -> bool:
    """Whether it may be noted now that somebody did not come or came late."""
    return ends_at + NO_SHOW_AFTER_END <= at <= ends_at + MARK_WITHIN


def appeal_until(marked_at: datetime) -> datetime:
    """Until when the person may object."""
    return marked_at + APPEAL_WITHIN
