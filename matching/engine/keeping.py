"""A plan that stands is kept where nothing is lost by it: a pair of the plan before costs a small bonus less.

A re-solve that begins anew is free to choose another of many plans that are worth the same, and people would be moved
for nothing. With a bonus of b points, no step that moves n people is made for less than b · n points; where a pair costs
less than b, it counts as costing nothing, since no cost may be negative. Prices and steps see the lower costs alone;
objective and bound are those of the problem as it is, so the certificate holds.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.files import Unreadable, read_arrays
from matching.engine.problem import I4, BadProblem, Problem
from matching.engine.state import State, add, empty_state, holds


class Kept(NamedTuple):
    """Pairs of the plan before that are possible still, by volunteer, then shift in the kernels' numbers, and what each
    costs less."""

    volunteer: NDArray[np.int64]
    shift: NDArray[np.int64]
    bonus: NDArray[np.int64]


@kernel
def discount(begin, shift, cost, volunteers, shifts, bonus):  # type: ignore[no-untyped-def]
    """Takes the bonus off the cost of each pair that is listed; returns how much, -1 for a pair that is not."""
    taken = np.full(len(volunteers), -1, np.int64)
    for i in range(len(volunteers)):
        low, high = begin[volunteers[i]], begin[volunteers[i] + 1]
        while low < high:
            middle = (low + high) // 2
            if shift[middle] < shifts[i]:
                low = middle + 1
            else:
                high = middle
        if low < begin[volunteers[i] + 1] and shift[low] == shifts[i]:
            taken[i] = min(bonus, np.int64(cost[low]))
            cost[low] -= taken[i]
    return taken


def keep(a: Arrays, candidates: Candidates, pairs: tuple[I4, I4], bonus: int) -> Kept:
    """Makes the pairs (volunteers, outer numbers of their shifts) cheaper among the candidates, in place."""
    inner = np.empty(len(a.order), np.int64)
    inner[a.order] = np.arange(len(a.order))
    volunteer, shift = pairs[0].astype(np.int64), inner[pairs[1]]
    number = np.unique(volunteer * len(inner) + shift)
    volunteer, shift = number // max(len(inner), 1), number % max(len(inner), 1)
    taken = discount(*candidates, volunteer, shift, bonus)
    return Kept(volunteer[taken >= 0], shift[taken >= 0], taken[taken >= 0])


@step
def fits(a, state, v, s):  # type: ignore[no-untyped-def]
    """Whether `v` can take `s` besides what is held: a seat, the rest and the hours; not whether the pair is eligible."""
    if state.taken[s] >= a.shifts[s].most or holds(state, v, s):
        return False
    if state.hours[v] + a.shifts[s].end - a.shifts[s].start > a.people[v].hours:
        return False
    if state.size[v] >= state.held.shape[1]:
        return False
    for i in range(state.size[v]):
        h = state.held[v, i]
        if a.shifts[h].end + a.rest > a.shifts[s].start and a.shifts[s].end + a.rest > a.shifts[h].start:
            return False
    return True


@kernel
def seat(a, begin, shift, cost, state, volunteers, shifts):  # type: ignore[no-untyped-def]
    """Gives those pairs their seats again that fit, the first first; returns which do not."""
    left = np.zeros(len(volunteers), np.bool_)
    for i in range(len(volunteers)):
        v, s = volunteers[i], shifts[i]
        left[i] = True
        for k in range(begin[v], begin[v + 1]):
            if shift[k] == s:
                if fits(a, state, v, s):
                    add(a, state, v, s, np.int64(cost[k]))
                    left[i] = False
                break
    return left


def state_of(a: Arrays, candidates: Candidates, kept: Kept) -> State:
    """The plan before, as far as it is possible still."""
    state = empty_state(a, candidates)
    seat(a, *candidates, state, kept.volunteer, kept.shift)
    return state


def bonus_in(state: State, kept: Kept) -> int:
    """How much of a plan's worth is bonus: what its objective must be lowered by."""
    if not len(kept.volunteer):
        return 0
    used = np.arange(state.held.shape[1]) < state.size[:, None]
    held = np.nonzero(used)[0] * len(state.taken) + state.held[used]
    return int(kept.bonus[np.isin(kept.volunteer * len(state.taken) + kept.shift, held)].sum())


def load_before(path: str | Path, problem: Problem) -> dict[str, Any]:
    """The prices and pairs of a plan file for `solve`, in the numbers of this problem; a price may be NaN where there
    was none. Raises BadProblem."""
    try:
        found = read_arrays(path, ("volunteer", "shift", "shift_price"))
    except Unreadable as fault:
        raise BadProblem(str(fault)) from None
    for name, kind in (("volunteer", "i4"), ("shift", "i4"), ("shift_price", "f8")):
        if name not in found:
            raise BadProblem(f"The array {name} of the plan to keep is missing.")
        if found[name].dtype != np.dtype(kind) or found[name].ndim != 1:
            raise BadProblem(f"The array {name} of the plan to keep must be one of {np.dtype(kind)}.")
    volunteer, shift, price = found["volunteer"], found["shift"], found["shift_price"]
    if len(volunteer) != len(shift) or len(price) != problem.shifts:
        raise BadProblem("The arrays of the plan to keep have other lengths than the problem says.")
    for name, values, most in (
        ("volunteer", volunteer, problem.volunteers),
        ("shift", shift, problem.shifts),
    ):
        wrong = (values < 0) | (values >= most)
        if wrong.any():
            raise BadProblem(f"{name}[{int(np.argmax(wrong))}] of the plan to keep is nobody's number.")
    if (price < 0).any() or np.isinf(price).any():
        raise BadProblem("shift_price of the plan to keep has a negative or infinite price.")
    return {"start_price": price, "kept": (volunteer, shift)}
