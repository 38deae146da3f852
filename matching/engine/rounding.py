"""From prices to a plan: every volunteer in turn takes the best week that the seats still allow.

`round_off` lets volunteers choose at the seats' prices, in an order drawn from the seed, among seats that are left.
`polish` lets each choose again at what the seats are truly worth now: a seat that the volunteer holds is worth what
giving it up would lose, a free one what filling it would gain. Every change raises the objective, so it ends.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.programme import best_set
from matching.engine.state import (
    State,
    Work,
    add,
    empty_state,
    gain_of_seat,
    holds,
    loss_of_seat,
    make_work,
    note,
    remove,
)

MOST_POLISHES = 20


@step
def choose_anew(a, begin, shift, cost, price, by_price, state, work, v):  # type: ignore[no-untyped-def]
    """Lets `v` choose among the seats left and those held; returns what was gained. By price: for what free seats cost
    at `price`; else for what the seats are worth in the plan as it stands, so that the objective gains as much."""
    n = 0
    now = 0.0
    other = False
    for k in range(begin[v], begin[v + 1]):
        s = np.int64(shift[k])
        if state.size[v] > 0 and holds(state, v, s):
            worth = np.float64(loss_of_seat(a, state, s) - cost[k])
            now += worth
            if worth < 0.0:
                other = True
        else:
            worth = np.float64(gain_of_seat(a, state, s) - cost[k])
            if by_price and worth > 0.0:
                worth = price[s] - cost[k]
            if worth > 0.0:
                other = True
        if worth > 0.0:
            work.shifts[n] = s
            work.costs[n] = cost[k]
            work.profit[n] = worth
            n += 1
    # Nothing new is worth anything, and all that is held is: the week is the best already.
    if not other:
        return 0.0
    count, best = best_set(
        a, n, work.shifts, work.profit, np.int64(a.people[v].hours), work.chosen, work.room
    )
    if best > now:
        note(state, work, v)
        while state.size[v] > 0:
            remove(a, state, v, np.int64(state.held[v, 0]))
        for k in range(count):
            add(a, state, v, work.shifts[work.chosen[k]], work.costs[work.chosen[k]])
        return best - now
    return 0.0


@kernel
def choose(a, begin, shift, cost, price, by_price, state, work, turns):  # type: ignore[no-untyped-def]
    """Lets the volunteers `turns` choose one after the other; returns how many changed."""
    changed = 0
    for v in turns:
        if choose_anew(a, begin, shift, cost, price, by_price, state, work, v) > 0.0:
            changed += 1
    return changed


def round_off(a: Arrays, candidates: Candidates, price: NDArray[np.float64], seed: int) -> tuple[State, Work]:
    state = empty_state(a, candidates)
    work = make_work(a, candidates, state)
    turns = np.random.default_rng(seed).permutation(len(a.people)).astype(np.int64)
    turns = turns[candidates.begin[turns] < candidates.begin[turns + 1]]
    choose(a, *candidates, price, True, state, work, turns)
    return state, work


def polish(a: Arrays, candidates: Candidates, price: NDArray[np.float64], state: State, work: Work) -> int:
    """Returns how many weeks became better."""
    turns = np.flatnonzero(np.diff(candidates.begin))
    better = 0
    for _ in range(MOST_POLISHES):
        changed = choose(a, *candidates, price, False, state, work, turns)
        better += changed
        if not changed:
            break
    return better
