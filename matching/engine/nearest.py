"""What dispatch systems do, for comparison: each shift takes the nearest who can come, from the full list."""

import numpy as np

from matching.engine.candidates import find_candidates
from matching.engine.chains import in_the_way
from matching.engine.compiling import kernel
from matching.engine.eligibility import distance_km, prepare
from matching.engine.grid import make_grid
from matching.engine.problem import Problem
from matching.engine.state import add, empty_state, gain_of_seat, objective_of_state


@kernel
def distances(a, volunteer, shift):  # type: ignore[no-untyped-def]
    km = np.empty(len(volunteer), np.float64)
    for k in range(len(volunteer)):
        km[k] = distance_km(a.people[volunteer[k]], a.shifts[shift[k]])
    return km


@kernel
def take_nearest(a, begin, volunteer, cost, nearest, price, state, turns):  # type: ignore[no-untyped-def]
    """Shift after shift fills its seats in the order `nearest` of its row, with whoever is still free."""
    for s in turns:
        for i in range(begin[s], begin[s + 1]):
            k = nearest[i]
            if gain_of_seat(a, state, s) > cost[k]:
                v = np.int64(volunteer[k])
                count, _, _ = in_the_way(a, state, price, v, s)
                if count == 0:
                    add(a, state, v, s, np.int64(cost[k]))


def nearest_first(problem: Problem, *, by_value: bool = False) -> int:
    """The objective of nearest first: shifts in the order of arrival (their numbers), or the most valuable first."""
    a = prepare(problem)
    candidates = find_candidates(a, make_grid(a), None, 1)
    volunteer = np.repeat(np.arange(len(a.people)), np.diff(candidates.begin))
    nearest = np.lexsort((volunteer, distances(a, volunteer, candidates.shift), candidates.shift))
    begin = np.searchsorted(candidates.shift[nearest], np.arange(len(a.shifts) + 1))
    arrival = np.argsort(a.order)
    turns = arrival[np.argsort(-a.shifts["value"][arrival], kind="stable")] if by_value else arrival
    state = empty_state(a, candidates)
    take_nearest(a, begin, volunteer, candidates.cost, nearest, np.zeros(len(a.shifts)), state, turns)
    return objective_of_state(a, state)
