"""Trades: a volunteer who would rather be elsewhere gets that week, and whoever is in the way looks for another.

At good prices the best weeks of all volunteers almost fit together; where they do not, a volunteer holds a week that is
worth less at the prices than the best one. What is missing to the bound lies with these volunteers. For each, the one who
misses most first:

1. the volunteer leaves what is not part of the best week and takes what is; on a full shift the person who loses least at
   the prices leaves it;
2. these people choose anew, at what the seats are worth;
3. seats left free are filled by chains.

When the plan is worth more it stays, otherwise everything is taken back.
"""

import numpy as np

from matching.engine.candidates import Candidates
from matching.engine.chains import cost_of, search
from matching.engine.compiling import kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.listing import Lists
from matching.engine.programme import best_set
from matching.engine.rounding import choose_anew
from matching.engine.state import (
    NOT_LOGGING,
    State,
    Work,
    add,
    gain_of_seat,
    holds,
    loss_of_seat,
    note,
    remove,
    take_back,
)
from matching.engine.weeks import F8, Wishes

# How far a chain's estimate may exceed its gain here, where thousands of trades are tried.
TOLERANCE = 50.0


@step
def missed(a, begin, shift, cost, price, state, work, v, without):  # type: ignore[no-untyped-def]
    """How much the week of `v` is worth less at the prices than the best one, which holds no seat of `without`. The best
    week is left in `work`: (what is missed, how many shifts)."""
    n = 0
    now = 0.0
    for k in range(begin[v], begin[v + 1]):
        s = np.int64(shift[k])
        worth = price[s] - cost[k]
        if state.size[v] > 0 and holds(state, v, s):
            now += worth
        if worth > 0.0 and s != without:
            work.shifts[n] = s
            work.costs[n] = cost[k]
            work.profit[n] = worth
            n += 1
    count, best = best_set(
        a, n, work.shifts, work.profit, np.int64(a.people[v].hours), work.chosen, work.room
    )
    return best - now, count


def all_missed(price: F8, state: State, wishes: Wishes) -> F8:
    """(V) by how much the weeks are worth less at the prices than the best ones."""
    volunteer, place = np.nonzero(np.arange(state.held.shape[1]) < state.size[:, None])
    worth = price[state.held[volunteer, place]] - state.cost[volunteer, place]
    return wishes.best - np.bincount(volunteer, worth, minlength=len(state.size))


@kernel
def trade(a, begin, shift, cost, price, lists, state, work, turns):  # type: ignore[no-untyped-def]
    """Tries a trade for each of `turns`; returns by how much the objective rose."""
    raised = 0
    wanted = np.empty(len(work.chosen), np.int64)
    wanted_cost = np.empty(len(work.chosen), np.int64)
    left = np.empty(state.held.shape[1], np.int64)
    ejected = np.empty(len(work.chosen), np.int64)
    for v in turns:
        loss, count = missed(a, begin, shift, cost, price, state, work, v, -1)
        if loss < 1.0:
            continue
        for i in range(count):
            wanted[i] = work.shifts[work.chosen[i]]
            wanted_cost[i] = work.costs[work.chosen[i]]
        work.logged[0] = 0
        note(state, work, v)
        gained = np.int64(0)
        leaves = 0
        for i in range(state.size[v]):
            h = np.int64(state.held[v, i])
            stays = False
            for k in range(count):
                if wanted[k] == h:
                    stays = True
            if not stays:
                left[leaves] = h
                leaves += 1
        for i in range(leaves):
            gained += cost_of(state, v, left[i]) - loss_of_seat(a, state, left[i])
            remove(a, state, v, left[i])
        out = 0
        for i in range(count):
            s = wanted[i]
            if holds(state, v, s):
                continue
            if state.taken[s] >= a.shifts[s].most:
                who, least = np.int64(-1), np.inf
                for k in range(lists.begin[s], lists.begin[s + 1]):
                    w = np.int64(lists.volunteer[k])
                    if w != v and holds(state, w, s):
                        # What is missed without s, less what is missed in any case.
                        without, _ = missed(a, begin, shift, cost, price, state, work, w, s)
                        if without < least:
                            least, who = without, w
                if who < 0:
                    continue
                note(state, work, who)
                gained += cost_of(state, who, s) - loss_of_seat(a, state, s)
                remove(a, state, who, s)
                ejected[out] = who
                out += 1
            gained += gain_of_seat(a, state, s) - wanted_cost[i]
            add(a, state, v, s, wanted_cost[i])
        for i in range(out):
            gained += np.int64(choose_anew(a, begin, shift, cost, price, False, state, work, ejected[i]))
        gained += search(
            a,
            lists.begin,
            lists.volunteer,
            lists.cost,
            lists.slack,
            price,
            state,
            work,
            left[:leaves],
            TOLERANCE,
        )
        if gained > 0:
            raised += gained
        else:
            take_back(a, state, work)
    work.logged[0] = NOT_LOGGING
    return raised


def trade_all(
    a: Arrays, candidates: Candidates, lists: Lists, price: F8, state: State, work: Work, wishes: Wishes
) -> int:
    """Returns by how much the objective rose."""
    loss = all_missed(price, state, wishes)
    turns = np.argsort(-loss, kind="stable")
    return int(trade(a, *candidates, price, lists, state, work, turns[loss[turns] >= 1.0]))
