"""Who could serve at all: for whom there is a shift that they may take by itself, whatever anybody else does.

One look over the grid a volunteer, which ends at the first shift that fits; nothing is stored but the answer.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import INELIGIBLE, pair_cost, prepare
from matching.engine.grid import make_grid, near
from matching.engine.problem import Problem


@kernel
def any_fits(a, grid, low, high):  # type: ignore[no-untyped-def]
    """For each of the volunteers low … high - 1 whether one of the shifts near by may be theirs."""
    found = np.zeros(high - low, np.bool_)
    into = np.empty(len(a.shifts), np.int64)
    for v in range(low, high):
        for k in range(near(a, grid, v, into)):
            if a.shifts[into[k]].most > 0 and pair_cost(a.people[v], a.shifts[into[k]]) != INELIGIBLE:
                found[v - low] = True
                break
    return found


def who_could_serve(problem: Problem, *, workers: int = 1) -> NDArray[np.bool_]:
    """(V) whether a volunteer meets every requirement of at least one shift with seats."""
    a = prepare(problem)
    grid = make_grid(a)
    parts = in_shards(lambda low, high: any_fits(a, grid, low, high), len(a.people), workers)
    return np.concatenate(parts) if parts else np.zeros(0, np.bool_)
