"""Rows of the board: which section a shift stands in, and what its organizer does next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from organizations.models import Organization
from tasks.queries.board import shifts_ahead
from web.states import State, StateKey, seats_state

# Whoever is not there by then is late.
GRACE = timedelta(minutes=15)
SECTIONS = ("late", "short", "running", "open")


@dataclass(frozen=True)
class BoardRow:
    """A shift on the board: which section it stands in, and what its organizer does next."""

    shift: Any
    section: str
    state: State
    taken: int
    needed: int
    seats: int
    selected: bool = False

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)


def board_rows(organization: Organization, at: datetime, *, until: datetime) -> list[BoardRow]:
    """Shifts that are not over, up to a time, by start; one query."""
    return [board_row(shift, at) for shift in shifts_ahead(organization, at, until=until)]


def board_row(shift: Any, at: datetime) -> BoardRow:
    """Late: begun a while ago and people missing. Short: too few hands. Running. Open: nothing to do."""
    taken, minimum, seats = shift.taken, shift.needed, shift.seats
    if shift.starts_at is not None and shift.starts_at <= at:
        present = shift.present
        late = present < taken and at - shift.starts_at >= GRACE
        key = StateKey.LATE if late else StateKey.RUNNING
        # Once it runs, what counts is who is there of those who signed up.
        return BoardRow(shift, str(key), State(key, max(taken - present, 0)), present, taken, max(taken, 1))
    state = seats_state(taken, minimum, seats)
    section = "short" if taken < minimum else "open"
    return BoardRow(shift, section, state, taken, minimum, seats)
