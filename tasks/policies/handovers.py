"""Rules about passing a seat on: by whose word, and until when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

# Work without a fixed time is looked over again after so long.
LASTS = timedelta(days=14)
# Of the rules of two shifts that are swapped, the stricter one holds.
STRICTNESS = ("free", "approve", "none")


def handover_until(starts_at: datetime | None, due_at: datetime | None, at: datetime) -> datetime:
    """Until when a seat can be passed on: the start of the shift, whatever its notice for stepping back is."""
    if starts_at is not None:
        return starts_at
    return at + LASTS if due_at is None else min(due_at, at + LASTS)


def strictest(rules: Iterable[str]) -> str:
    """One of "free", "approve", "none"."""
    return max(rules, key=STRICTNESS.index)
