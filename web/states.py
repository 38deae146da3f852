"""What a shift is in, as people see it: one word for its seats, its time and its fate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import ngettext, pgettext

from tasks.policies import SHORT_BELOW


class StateKey(StrEnum):
    """The states that a page can show; each has a colour, a shape and words."""

    SHORT = "short"
    AT_RISK = "at_risk"
    FILLED = "filled"
    FULL = "full"
    OPEN = "open"
    RUNNING = "running"
    LATE = "late"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class State:
    """A state and how many people are missing in it."""

    key: StateKey
    count: int = 0

    @property
    def words(self) -> str:
        return words_for(self.key, self.count)


def state_of(
    taken: int,
    minimum: int,
    seats: int,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
    cancelled: bool = False,
) -> State:
    """Return the state of a shift: its fate first, then its time, then its seats.

    Work without a fixed time has no `starts_at`; it is judged by its seats until `ends_at`.
    """
    missing = max(minimum - taken, 0)
    if cancelled:
        return State(StateKey.CANCELLED)
    if ends_at is not None and ends_at <= now:
        return State(StateKey.OVER)
    if starts_at is not None and starts_at <= now:
        return State(StateKey.RUNNING, missing)
    return seats_state(taken, minimum, seats)


def seats_state(taken: int, minimum: int, seats: int) -> State:
    """Return the state that the seats alone give."""
    missing = max(minimum - taken, 0)
    if missing and taken < minimum * SHORT_BELOW:
        return State(StateKey.SHORT, missing)
    if missing:
        return State(StateKey.AT_RISK, missing)
    if taken >= seats:
        return State(StateKey.FULL)
    if minimum:
        return State(StateKey.FILLED)
    return State(StateKey.OPEN)


def area_state(taken: int, needed: int) -> StateKey:
    """Return the state of all shifts of an area together."""
    if taken >= needed:
        return StateKey.FILLED
    return StateKey.SHORT if taken < needed * SHORT_BELOW else StateKey.AT_RISK


def words_for(key: str, count: int = 0) -> str:
    """Return the words of a state in the reader's language, with its number where it has one."""
    match StateKey(key):
        case StateKey.SHORT | StateKey.AT_RISK:
            return ngettext("%(count)d short", "%(count)d short", count) % {"count": count}
        case StateKey.LATE if count:
            return ngettext("%(count)d late", "%(count)d late", count) % {"count": count}
        case StateKey.LATE:
            return pgettext("state", "Late")
        case StateKey.FILLED:
            return pgettext("state", "Enough hands")
        case StateKey.FULL:
            return pgettext("state", "Full")
        case StateKey.OPEN:
            return pgettext("state", "Open")
        case StateKey.RUNNING:
            return pgettext("state", "Running")
        case StateKey.OVER:
            return pgettext("state", "Over")
        case _:
            return pgettext("state", "Cancelled")
