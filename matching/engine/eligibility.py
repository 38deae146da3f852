"""Who may take which shift, and what that costs: the one place where the rules of a single pair are written.

A volunteer may take a shift when every needed trait is there (`have & need == need`), the window lies inside the
availability, the shift fits the week's hours by itself, and the distance, in double precision, is within reach.

    cost = ⌊10 · distance_km⌋ + 250 if the cause is not preferred + 30 · recent load

Two shifts of one volunteer need `REST_HOURS` between the end of the one and the start of the other.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import step
from matching.engine.problem import U8, Problem

REST_HOURS = 8
COST_PER_KM = 10
COST_OTHER_CAUSE = 250
COST_PER_LOAD = 30
INELIGIBLE = -1


PEOPLE = np.dtype(
    [
        *((name, "f4") for name in ("x", "y", "reach")),
        *((name, "i2") for name in ("hours", "load")),
        *((name, "u8") for name in ("traits", "causes", "free0", "free1", "free2")),
    ],
    align=True,
)
SHIFTS = np.dtype(
    [
        *((name, "f4") for name in ("x", "y")),
        *((name, "i4") for name in ("start", "end", "least", "most")),
        *((name, "u8") for name in ("traits", "cause", "window0", "window1", "window2")),
        *((name, "i8") for name in ("value", "extra")),
        ("remote", "u1"),
    ],
    align=True,
)


class Arrays(NamedTuple):
    """The problem as the kernels read it: one record a person (`PEOPLE`) and a shift (`SHIFTS`), which lies in one
    line of the processor's cache. Shifts are ordered by end, then start: `order[k]` is the outer number of k."""

    people: NDArray[np.void]
    shifts: NDArray[np.void]
    order: NDArray[np.int64]
    rest: int


def window_words(start: NDArray[np.int64], end: NDArray[np.int64]) -> U8:
    """(S, 3) words with the bits of the hours start … end - 1, as in `volunteer_hours`."""
    words = np.zeros((len(start), 3), dtype=np.uint64)
    full = np.uint64(2**64 - 1)
    for word in range(3):
        low = np.clip(start - 64 * word, 0, 64)
        high = np.clip(end - 64 * word, 0, 64)
        length = high - low
        # A shift by 64 is undefined: an empty and a whole word are written by hand.
        ones = np.where(length > 0, full >> (64 - np.maximum(length, 1)).astype(np.uint64), np.uint64(0))
        words[:, word] = ones << np.minimum(low, 63).astype(np.uint64)
    return words


def prepare(problem: Problem) -> Arrays:
    """Copies the problem into records, orders the shifts by end and spells their windows out in bits."""
    people = np.zeros(problem.volunteers, dtype=PEOPLE)
    for field, name in (("x", "x_km"), ("y", "y_km"), ("reach", "reach_km"), ("hours", "max_hours")):
        people[field] = getattr(problem, f"volunteer_{name}")
    for field, name in (("load", "recent_load"), ("traits", "traits"), ("causes", "causes")):
        people[field] = getattr(problem, f"volunteer_{name}")
    order = np.lexsort((problem.shift_start_h, problem.shift_end_h)).astype(np.int64)
    shifts = np.zeros(problem.shifts, dtype=SHIFTS)
    for field, name in (
        ("x", "x_km"),
        ("y", "y_km"),
        ("start", "start_h"),
        ("end", "end_h"),
        ("least", "min"),
    ):
        shifts[field] = getattr(problem, f"shift_{name}")[order]
    for field, name in (
        ("most", "max"),
        ("traits", "traits"),
        ("value", "value_min"),
        ("extra", "value_extra"),
    ):
        shifts[field] = getattr(problem, f"shift_{name}")[order]
    shifts["remote"] = problem.shift_remote[order]
    shifts["cause"] = np.uint64(1) << problem.shift_cause[order].astype(np.uint64)
    words = window_words(shifts["start"].astype(np.int64), shifts["end"].astype(np.int64))
    for word in range(3):
        people[f"free{word}"] = problem.volunteer_hours[:, word]
        shifts[f"window{word}"] = words[:, word]
    return Arrays(people, shifts, order, REST_HOURS)


@step
def distance_km(person, shift):  # type: ignore[no-untyped-def]
    """0 for a shift without a way."""
    if shift.remote != 0:
        return 0.0
    dx = np.float64(person.x) - np.float64(shift.x)
    dy = np.float64(person.y) - np.float64(shift.y)
    return np.sqrt(dx * dx + dy * dy)


@step
def pair_cost(person, shift):  # type: ignore[no-untyped-def]
    """What it costs that this person takes this shift, or INELIGIBLE."""
    missing = shift.traits & ~person.traits
    missing |= shift.window0 & ~person.free0
    missing |= shift.window1 & ~person.free1
    missing |= shift.window2 & ~person.free2
    if missing != 0 or shift.end - shift.start > person.hours:
        return INELIGIBLE
    distance = distance_km(person, shift)
    if shift.remote == 0 and distance > np.float64(person.reach):
        return INELIGIBLE
    cost = np.int64(np.floor(COST_PER_KM * distance)) + COST_PER_LOAD * np.int64(person.load)
    if (person.causes & shift.cause) == 0:
        cost += COST_OTHER_CAUSE
    return cost
