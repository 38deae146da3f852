"""Ejection chains: to fill a seat, somebody moves, whose seat somebody else takes, until somebody was free.

From a free seat of shift s a cheapest path is sought over shifts. From shift x, "one person is needed here", volunteer
v with cost c leads

- to an end, when v can take x besides what v holds: + c;
- to shift h, when v can take x by leaving h: + c - cost(v, h), and now one is needed there;
- to an end, when h is left short by one: + c - cost(v, h) + what that seat was worth.

A second shift of v in the way is left short at its worth. The prices serve as estimates of what is still to be paid
(A*): a path of cost d that needs one person at h is continued in the order of d + price(h), and given up where that
exceeds what the seat gains. A path never meets a volunteer or a shift twice, so it can be carried out as it was
computed; it is, when it costs less than the seat gains, so every chain raises the objective.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import step
from matching.engine.eligibility import Arrays
from matching.engine.listing import Lists
from matching.engine.state import (
    MOST_LOGGED,
    MOST_NODES,
    State,
    Work,
    add,
    gain_of_seat,
    loss_of_seat,
    note,
    remove,
)

# How far the estimate may exceed the gain before a path is given up: prices are not exact.
TOLERANCE = 200.0
MOST_EXPANSIONS = 48


@step
def in_the_way(a, state, price, v, x):  # type: ignore[no-untyped-def]
    """What `v` must leave to take `x`: (how many, first, second); 3 stands for more than two, or no way."""
    count, first, second = 0, np.int64(-1), np.int64(-1)
    hours = state.hours[v] + a.shifts[x].end - a.shifts[x].start
    for i in range(state.size[v]):
        h = np.int64(state.held[v, i])
        if h == x:
            return 3, -1, -1
        if a.shifts[h].end + a.rest > a.shifts[x].start and a.shifts[x].end + a.rest > a.shifts[h].start:
            count += 1
            if count > 2:
                return 3, -1, -1
            if count == 1:
                first = h
            else:
                second = h
            hours -= a.shifts[h].end - a.shifts[h].start
    over = hours - a.people[v].hours
    if over > 0:
        if count == 2:
            return 3, -1, -1
        least, pick = np.inf, np.int64(-1)
        for i in range(state.size[v]):
            h = np.int64(state.held[v, i])
            surplus = price[h] - state.cost[v, i]
            if h != first and a.shifts[h].end - a.shifts[h].start >= over and surplus < least:
                least, pick = surplus, h
        if pick < 0:
            return 3, -1, -1
        count += 1
        if count == 1:
            first = pick
        else:
            second = pick
    return count, first, second


@step
def cost_of(state, v, s):  # type: ignore[no-untyped-def]
    for i in range(state.size[v]):
        if state.held[v, i] == s:
            return np.int64(state.cost[v, i])
    return np.int64(0)


@step
def search(a, begin, volunteer, cost, slack, price, state, work, starts, tolerance):  # type: ignore[no-untyped-def]
    """Tries to fill every free seat of `starts`; returns by how much the objective rose."""
    raised = 0
    slot_of, node, label, parent = work.slot_of, work.node, work.label, work.parent
    # Who leaves a node's shift for its parent's, at what cost; the second shift that they leave, or -1.
    mover, mover_cost, short, closed = work.mover, work.mover_cost, work.short, work.closed
    for start in starts:
        while work.logged[0] + MOST_EXPANSIONS < MOST_LOGGED:
            gain = gain_of_seat(a, state, start)
            if gain <= 0:
                break
            n = 1
            node[0], label[0], parent[0], mover[0], mover_cost[0], short[0], closed[0] = (
                start,
                0,
                -1,
                -1,
                0,
                -1,
                False,
            )
            slot_of[start] = 0
            best = np.int64(gain)
            end_node, end_mover, end_cost, end_first, end_second = -1, np.int64(-1), 0, -1, -1
            for _ in range(MOST_EXPANSIONS):
                at, least = -1, best + tolerance
                for i in range(n):
                    if not closed[i]:
                        estimate = label[i] + price[node[i]]
                        if estimate < least:
                            least, at = estimate, i
                if at < 0:
                    break
                closed[at] = True
                x = node[at]
                for k in range(begin[x], begin[x + 1]):
                    if least + slack[k] >= best + tolerance:
                        break
                    v = np.int64(volunteer[k])
                    count, first, second = in_the_way(a, state, price, v, x)
                    if count > 2:
                        continue
                    if count == 2 and loss_of_seat(a, state, first) < loss_of_seat(a, state, second):
                        first, second = second, first
                    met = False
                    i = at
                    while i >= 0:
                        if mover[i] == v or (count > 0 and (node[i] == first or short[i] == first)):
                            met = True
                            break
                        if count == 2 and (node[i] == second or short[i] == second):
                            met = True
                            break
                        i = parent[i]
                    if met:
                        continue
                    total = label[at] + cost[k]
                    if count == 2:
                        total += loss_of_seat(a, state, second) - cost_of(state, v, second)
                    if count > 0:
                        total -= cost_of(state, v, first)
                        slot = slot_of[first]
                        if slot < 0 and n < MOST_NODES:
                            slot = n
                            slot_of[first] = slot
                            node[slot], closed[slot], label[slot] = first, False, 2**62
                            n += 1
                        if slot >= 0 and not closed[slot] and total < label[slot]:
                            label[slot], parent[slot], mover[slot] = np.int64(total), at, v
                            mover_cost[slot], short[slot] = cost[k], second
                        total += loss_of_seat(a, state, first)
                    if total < best:
                        best = np.int64(total)
                        end_node, end_mover, end_cost, end_first, end_second = at, v, cost[k], first, second
            for i in range(n):
                slot_of[node[i]] = -1
            if end_node < 0:
                break
            raised += gain - best
            note(state, work, end_mover)
            if end_first >= 0:
                remove(a, state, end_mover, end_first)
            if end_second >= 0:
                remove(a, state, end_mover, end_second)
            add(a, state, end_mover, node[end_node], end_cost)
            i = end_node
            while parent[i] >= 0:
                note(state, work, mover[i])
                remove(a, state, mover[i], node[i])
                if short[i] >= 0:
                    remove(a, state, mover[i], short[i])
                add(a, state, mover[i], node[parent[i]], mover_cost[i])
                i = parent[i]
    return raised


def fill_by_chains(a: Arrays, lists: Lists, price: NDArray[np.float64], state: State, work: Work) -> int:
    """Returns by how much the objective rose. The most valuable seats are tried first."""
    worth = np.where(state.taken < a.shifts["least"], a.shifts["value"], a.shifts["extra"])
    free = np.flatnonzero(state.taken < a.shifts["most"])
    starts = free[np.argsort(-worth[free], kind="stable")]
    return int(search(a, *lists, price, state, work, starts, TOLERANCE))
