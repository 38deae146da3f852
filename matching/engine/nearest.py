"""What dispatch systems do, for comparison: each shift takes the nearest who can come, from the full list."""

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Cut, find_candidates, first_worth
from matching.engine.chains import in_the_way
from matching.engine.columns import columns_of, sort_each
from matching.engine.compiling import kernel
from matching.engine.crowding import counted
from matching.engine.eligibility import Arrays, distance_km, prepare
from matching.engine.grid import make_grid
from matching.engine.layers import LOW
from matching.engine.problem import Problem
from matching.engine.state import add, gain_of_seat, nobody_anywhere, objective_of_state

METRES = 1000.0
# Full lists are long: so many pairs are looked at together.
MOST_PAIRS = 8_000_000


@kernel
def distances(a, volunteer, shift):  # type: ignore[no-untyped-def]
    metres = np.empty(len(volunteer), np.int32)
    for k in range(len(volunteer)):
        metres[k] = np.int32(METRES * distance_km(a.people[volunteer[k]], a.shifts[shift[k]]))
    return metres


@kernel
def take_nearest(a, begin, keys, volunteer, cost, price, state, turns):  # type: ignore[no-untyped-def]
    """Shift after shift fills its seats in the order of its column, with whoever is still free."""
    for s in turns:
        for i in range(begin[s], begin[s + 1]):
            k = keys[i] & LOW
            if gain_of_seat(a, state, s) > cost[k]:
                v = np.int64(volunteer[k])
                count, _, _ = in_the_way(a, state, price, v, s)
                if count == 0:
                    add(a, state, v, s, np.int64(cost[k]))


def nearest_first(problem: Problem, *, by_value: bool = False, workers: int = 1) -> int:
    """The objective of nearest first: shifts in the order of arrival (their numbers), or the most valuable first."""
    a = prepare(problem)
    grid = make_grid(a)
    pairs = counted(a, grid, np.arange(len(a.shifts)), 1, 1, 1, workers)[:, 0].astype(np.int64)
    arrival = np.argsort(a.order)
    turns = arrival[np.argsort(-a.shifts["value"][arrival], kind="stable")] if by_value else arrival
    block = pairs[turns].cumsum() // MOST_PAIRS
    state = nobody_anywhere(a, len(a.shifts))
    for number in np.unique(block):
        those = turns[block == number]
        chosen = np.zeros(len(a.shifts), np.bool_)
        chosen[those] = True
        candidates = find_candidates(a, grid, only(a, chosen), workers)
        volunteer = np.repeat(np.arange(len(a.people), dtype=np.int32), np.diff(candidates.begin))
        metres = distances(a, volunteer, candidates.shift)
        columns = columns_of(candidates.shift, metres, np.ones(len(metres), np.bool_), len(a.shifts))
        sort_each(columns, workers)
        take_nearest(a, *columns, volunteer, candidates.cost, np.zeros(len(a.shifts)), state, those)
    return objective_of_state(a, state)


def only(a: Arrays, chosen: NDArray[np.bool_]) -> Cut:
    """Every pair of the shifts that are chosen (S)."""
    ever = np.full(len(a.shifts), np.inf)
    return Cut(np.where(chosen, first_worth(a), 0.0), ever, ever, ever, True)
