"""From prices to a plan: every volunteer in turn takes the best week that the seats still allow.

`round_off` lets volunteers choose at the seats' prices, in an order drawn from the seed, among seats that are left.
`polish` lets each choose again at what the seats are truly worth now: a seat that the volunteer holds is worth what
giving it up would lose, a free one what filling it would gain. Every change raises the objective, so it ends.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import in_shards, kernel, step
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
from matching.engine.weeks import F8, Wishes

MOST_POLISHES = 20


@step
def weigh(a, begin, shift, cost, price, by_price, state, work, v):  # type: ignore[no-untyped-def]
    """Writes what `v` can choose among into `work`, for `choose_anew`; returns (what the week is worth now, how many), or
    -1 where nothing new is worth anything and all that is held is: then the week is the best already."""
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
    return now, n if other else -1


@step
def choose_anew(a, begin, shift, cost, price, by_price, state, work, v):  # type: ignore[no-untyped-def]
    """Lets `v` choose among the seats left and those held; returns what was gained. By price: for what free seats cost
    at `price`; else for what the seats are worth in the plan as it stands, so that the objective gains as much."""
    now, n = weigh(a, begin, shift, cost, price, by_price, state, work, v)
    if n < 0:
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


@kernel
def grant(a, begin, shift, cost, price, wishes, state, work, turns):  # type: ignore[no-untyped-def]
    """Gives the volunteers `turns` one after the other what they want, or the best week of what is left."""
    rows = wishes.rows
    for v in turns:
        free = True
        for k in range(rows.begin[v], rows.begin[v + 1]):
            if wishes.wanted[k] and gain_of_seat(a, state, np.int64(rows.shift[k])) <= rows.cost[k]:
                free = False
        if not free:
            choose_anew(a, begin, shift, cost, price, True, state, work, v)
            continue
        for k in range(rows.begin[v], rows.begin[v + 1]):
            if wishes.wanted[k]:
                add(a, state, v, np.int64(rows.shift[k]), np.int64(rows.cost[k]))


def round_off(a: Arrays, candidates: Candidates, price: F8, seed: int, wishes: Wishes) -> tuple[State, Work]:
    state = empty_state(a, candidates)
    work = make_work(a, candidates, state)
    turns = np.random.default_rng(seed).permutation(len(a.people)).astype(np.int64)
    grant(a, *candidates, price, wishes, state, work, turns[wishes.best[turns] > 0.0])
    return state, work


@kernel
def would_gain(a, begin, shift, cost, price, touched, seen, state, work, low, high):  # type: ignore[no-untyped-def]
    """Which of the volunteers would choose another week: among those not `seen` yet, and those of a `touched` shift."""
    would = np.zeros(high - low, np.bool_)
    for v in range(low, high):
        concerned = not seen[v]
        for k in range(begin[v], begin[v + 1]):
            concerned |= touched[shift[k]]
        if concerned:
            now, n = weigh(a, begin, shift, cost, price, False, state, work, v)
            if n >= 0:
                hours = np.int64(a.people[v].hours)
                _, best = best_set(a, n, work.shifts, work.profit, hours, work.chosen, work.room)
                would[v - low] = best > now
    return would


def polish(a: Arrays, candidates: Candidates, price: F8, state: State, work: Work, workers: int = 1) -> int:
    """Returns how many weeks became better. All look at once whether they would gain; those who would choose in turn,
    and then whoever could want a seat that this touched looks again."""
    touched, seen = np.zeros(len(a.shifts), np.bool_), np.zeros(len(a.people), np.bool_)
    better = 0

    def part(low: int, high: int) -> NDArray[np.bool_]:
        # Each thread needs room of its own.
        room = work if workers == 1 else make_work(a, candidates, state)
        return would_gain(a, *candidates, price, touched, seen, state, room, low, high)

    for _ in range(MOST_POLISHES):
        turns = np.flatnonzero(np.concatenate(in_shards(part, len(a.people), workers, 1, candidates.begin)))
        before = state.taken.copy()
        better += choose(a, *candidates, price, False, state, work, turns)
        if not len(turns):
            break
        touched = state.taken != before
        seen[:] = True
        seen[turns] = False
    return better
