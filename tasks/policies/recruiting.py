"""When a place has more hands than work. Values in, values out: no database, no clock, no settings."""

from dataclasses import dataclass
from datetime import timedelta

# Which work counts: what begins until then, and what has no fixed time.
AHEAD = timedelta(days=14)
# Hands that wait for one open seat: above the first figure recruiting pauses, and it goes on below the second, so that
# a few people more or less do not switch it to and fro.
PAUSE_ABOVE = 3.0
RESUME_BELOW = 2.0
# Where so few wait, anybody who joins makes a difference.
FEW_HANDS = 30


@dataclass(frozen=True)
class Supply:
    """Hands: people who are not asked and hold no seat in the time ahead. Seats: those still free in it."""

    hands: int
    seats_open: int

    def plus(self, other: "Supply") -> "Supply":
        return Supply(self.hands + other.hands, self.seats_open + other.seats_open)


def is_paused(supply: Supply, *, was_paused: bool) -> bool:
    """Whether a place calls nobody else for now; joining stays possible all the same."""
    if supply.hands < FEW_HANDS:
        return False
    if was_paused:
        return supply.hands >= RESUME_BELOW * supply.seats_open
    return supply.hands > PAUSE_ABOVE * supply.seats_open
