"""From prices to a plan: every volunteer in turn takes the best week that the seats still allow.

`round_off` lets volunteers choose at the seats' prices, in an order drawn from the seed, among seats that are left.
`polish` lets each choose again at what the seats are truly worth now: a seat that the volunteer holds is worth what
giving it up would lose, a free one what filling it would gain. Every change raises the objective, so it ends.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import kernel
from matching.engine.eligibility import Arrays
from matching.engine.problem import HORIZON_HOURS, I4
from matching.engine.programme import best_set

MOST_POLISHES = 20


class State(NamedTuple):
    """A plan under way. Row v of `held` lists the shifts of v in no order, `size[v]` of them."""

    held: I4
    cost: I4
    size: NDArray[np.int64]
    hours: NDArray[np.int64]
    taken: NDArray[np.int64]


def empty_state(a: Arrays, candidates: Candidates) -> State:
    """Room for as many shifts as one volunteer can hold with the rest between them."""
    volunteers = len(a.people)
    width = 1
    if candidates.pairs:
        shortest = int((a.shifts["end"] - a.shifts["start"]).min())
        width = max(
            1,
            min(
                int(np.diff(candidates.begin).max()),
                (HORIZON_HOURS + a.rest) // (shortest + a.rest),
            ),
        )
    return State(
        held=np.full((volunteers, width), -1, dtype=np.int32),
        cost=np.zeros((volunteers, width), dtype=np.int32),
        size=np.zeros(volunteers, dtype=np.int64),
        hours=np.zeros(volunteers, dtype=np.int64),
        taken=np.zeros(len(a.shifts), dtype=np.int64),
    )


@kernel
def gain_of_seat(a, state, s):  # type: ignore[no-untyped-def]
    """What one more person on `s` is worth; 0 where all seats are taken."""
    if state.taken[s] < a.shifts[s].least:
        return a.shifts[s].value
    return a.shifts[s].extra if state.taken[s] < a.shifts[s].most else 0


@kernel
def loss_of_seat(a, state, s):  # type: ignore[no-untyped-def]
    """What one person less on `s` loses."""
    return a.shifts[s].extra if state.taken[s] > a.shifts[s].least else a.shifts[s].value


@kernel
def add(a, state, v, s, cost):  # type: ignore[no-untyped-def]
    n = state.size[v]
    state.held[v, n] = s
    state.cost[v, n] = cost
    state.size[v] = n + 1
    state.hours[v] += a.shifts[s].end - a.shifts[s].start
    state.taken[s] += 1


@kernel
def remove(a, state, v, s):  # type: ignore[no-untyped-def]
    last = state.size[v] - 1
    for i in range(last + 1):
        if state.held[v, i] == s:
            state.held[v, i] = state.held[v, last]
            state.cost[v, i] = state.cost[v, last]
            state.held[v, last] = -1
            state.size[v] = last
            state.hours[v] -= a.shifts[s].end - a.shifts[s].start
            state.taken[s] -= 1
            return


@kernel
def holds(state, v, s):  # type: ignore[no-untyped-def]
    for i in range(state.size[v]):  # noqa: SIM110 - numba compiles no generators here
        if state.held[v, i] == s:
            return True
    return False


@kernel
def choose(a, begin, shift, cost, price, by_price, state, turns):  # type: ignore[no-untyped-def]
    """Lets the volunteers `turns` choose one after the other; returns how many changed. By price: among seats left,
    for what they cost at `price`; else for what the seats are worth in the plan as it stands."""
    longest = 1
    for v in turns:
        longest = max(longest, begin[v + 1] - begin[v])
    shifts = np.empty(longest, np.int64)
    costs = np.empty(longest, np.int64)
    profit = np.empty(longest, np.float64)
    chosen = np.empty(longest, np.int64)
    changed = 0
    for v in turns:
        n = 0
        now = 0.0
        for k in range(begin[v], begin[v + 1]):
            s = np.int64(shift[k])
            if state.size[v] > 0 and holds(state, v, s):
                worth = np.float64(loss_of_seat(a, state, s) - cost[k])
                now += worth
            else:
                worth = np.float64(gain_of_seat(a, state, s) - cost[k])
                if by_price and worth > 0.0:
                    worth = price[s] - cost[k]
            if worth > 0.0:
                shifts[n] = s
                costs[n] = cost[k]
                profit[n] = worth
                n += 1
        if n == 0 and state.size[v] == 0:
            continue
        count, best = best_set(a, n, shifts, profit, np.int64(a.people[v].hours), chosen)
        if best > now:
            changed += 1
            while state.size[v] > 0:
                remove(a, state, v, np.int64(state.held[v, 0]))
            for k in range(count):
                add(a, state, v, shifts[chosen[k]], costs[chosen[k]])
    return changed


def round_off(a: Arrays, candidates: Candidates, price: NDArray[np.float64], seed: int) -> State:
    state = empty_state(a, candidates)
    turns = np.random.default_rng(seed).permutation(len(a.people)).astype(np.int64)
    choose(a, *candidates, price, True, state, turns)
    return state


def polish(a: Arrays, candidates: Candidates, price: NDArray[np.float64], state: State) -> int:
    """Returns how many weeks became better."""
    turns = np.arange(len(a.people), dtype=np.int64)
    better = 0
    for _ in range(MOST_POLISHES):
        changed = choose(a, *candidates, price, False, state, turns)
        better += changed
        if not changed:
            break
    return better


def objective_of_state(a: Arrays, state: State) -> int:
    first = np.minimum(state.taken, a.shifts["least"])
    used = np.arange(state.held.shape[1]) < state.size[:, None]
    return int(
        (a.shifts["value"] * first + a.shifts["extra"] * (state.taken - first)).sum()
        - state.cost[used].sum(dtype=np.int64)
    )
