"""The numbers behind a whole plan: for every pair what else that volunteer could do, for every shift who could come.

`explain` answers for one pair; this streams once over the volunteers, as the certificate does, and stores no graph. At
the prices λ, with c the cost of a pair and W(v) the shifts of v in the plan,

    elsewhere(v, s) = max(0, best week of v without s  -  Σ over t in W(v), t ≠ s of (λ_t - c_vt))

is the opportunity price of v on s: what v would bring to other shifts instead, beside the shifts that v keeps. And

    asks(v, s) = c_vs + Σ over the t in W(v) that v would have to leave of max(0, λ_t - c_vt)

is what it takes that somebody who is not on s comes there after all, as in `explain`; the least of them is that of the
runner-up. Counts of people are sums and asks are minima, so nothing depends on the number of workers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import INELIGIBLE, distance_km, pair_cost, prepare
from matching.engine.explain import Why
from matching.engine.grid import make_grid, near, sort
from matching.engine.plan import Plan, filled_of
from matching.engine.problem import Problem
from matching.engine.programme import best_set, make_room

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]
# Rows of the counts that the kernel returns.
ELIGIBLE, ELSEWHERE, LACKING, NOT_FREE, SPENT = range(5)


@dataclass(frozen=True, eq=False)
class Survey:
    """One entry a pair of the plan (P), or a shift (S). The people of `lacking`, `not_free`, `spent` and `far` fail at
    nothing else; they are counted only for shifts with free seats, and `far` no further than `FAR_AT_MOST`."""

    elsewhere: F8
    """(P) the opportunity price of the volunteer."""
    why: list[Why]
    """(S) why there are free seats, or that there are none."""
    filled: I8
    eligible: I8
    """Who meets every requirement, those on the shift among them."""
    needed_elsewhere: I8
    """Of these, who is not on the shift and whose shifts in the plan leave no room for it."""
    lacking: I8
    """Who lives near and is free, but lacks a trait that the shift could do without."""
    not_free: I8
    """Who lives near and has the traits, and is available as long at another time of the horizon, but not then."""
    spent: I8
    """Who has hours left, but too few for the shift."""
    far: I8
    """Who would come, were it within reach."""
    runner_up_asks: F8
    """What the cheapest person who is not on the shift asks; NaN where nobody else is eligible."""


FAR_AT_MOST = 1000


def survey(problem: Problem, plan: Plan, *, asked: int = 2**64 - 1, workers: int = 1) -> Survey:
    """Everything at once, for the problem and a plan of it. `asked` is the set of traits that a shift could do without:
    whoever lacks another one does not count as `lacking`."""
    a = prepare(problem)
    grid = make_grid(a)
    inner = np.empty(problem.shifts, np.int64)
    inner[a.order] = np.arange(problem.shifts)
    # The pairs by volunteer; `by` leads back to the order of the plan.
    by = np.argsort(plan.volunteer, kind="stable")
    held = inner[plan.shift[by]]
    begin = np.searchsorted(plan.volunteer[by], np.arange(problem.volunteers + 1)).astype(np.int64)
    price = plan.shift_price[a.order]
    filled = filled_of(problem, plan.shift)
    is_open = filled[a.order] < a.shifts["most"]
    parts = in_shards(
        lambda low, high: _people(a, grid, price, is_open, begin, held, np.uint64(asked), low, high),
        problem.volunteers,
        workers,
    )
    counts: I8 = sum((part[0] for part in parts), np.zeros((5, problem.shifts), np.int64))
    cheapest, asks = np.full(problem.shifts, np.inf), np.full(problem.shifts, np.inf)
    for _, low_cost, low_asks, _ in parts:
        cheapest, asks = np.minimum(cheapest, low_cost), np.minimum(asks, low_asks)
    elsewhere = np.empty(len(by))
    elsewhere[by] = np.concatenate([part[3] for part in parts])
    unfilled = np.flatnonzero(is_open)
    far = np.zeros(problem.shifts, np.int64)
    far[unfilled] = np.concatenate(
        in_shards(lambda low, high: _too_far(a, unfilled[low:high], FAR_AT_MOST), len(unfilled), workers)
    )
    counts, cheapest, asks, far = counts[:, inner], cheapest[inner], asks[inner], far[inner]
    return Survey(
        elsewhere=elsewhere,
        why=_verdicts(problem, filled, counts[ELIGIBLE], cheapest),
        filled=filled,
        eligible=counts[ELIGIBLE],
        needed_elsewhere=counts[ELSEWHERE],
        lacking=counts[LACKING],
        not_free=counts[NOT_FREE],
        spent=counts[SPENT],
        far=far,
        runner_up_asks=np.where(np.isinf(asks), np.nan, asks),
    )


def _verdicts(problem: Problem, filled: I8, eligible: I8, cheapest: F8) -> list[Why]:
    """As `explain.explain_seats` judges each shift; `cheapest` is what the cheapest person costs who is not on it."""
    worth = np.where(filled < problem.shift_min, problem.shift_value_min, problem.shift_value_extra)
    rules = (
        (filled >= problem.shift_max, Why.FULL),
        (eligible <= filled, Why.FEW_QUALIFY),
        (worth <= cheapest, Why.NO_WORTH),
    )
    found = np.select([where for where, _ in rules], range(len(rules)), len(rules))
    names = [*(why for _, why in rules), Why.ELSEWHERE]
    return [names[place] for place in found.tolist()]


@kernel
def _hours(a, s):  # type: ignore[no-untyped-def]
    return a.shifts[s].end - a.shifts[s].start


@kernel
def _to_leave(a, week, surplus, s, hours):  # type: ignore[no-untyped-def]
    """What leaving the clashes with `s`, and then the cheapest shifts by hour until the hours fit, would cost; and
    whether anything has to be left."""
    total, left = 0.0, False
    kept = np.zeros(len(week), np.bool_)
    over = _hours(a, s) - hours
    for k in range(len(week)):
        t = week[k]
        if a.shifts[t].end + a.rest <= a.shifts[s].start or a.shifts[s].end + a.rest <= a.shifts[t].start:
            kept[k] = True
            over += _hours(a, t)
        else:
            left = True
            total += surplus[k]
    while over > 0:
        best = -1
        for k in range(len(week)):
            if not kept[k]:
                continue
            if best < 0:
                best = k
                continue
            one, other = surplus[k] / _hours(a, week[k]), surplus[best] / _hours(a, week[best])
            if one < other or (one == other and a.order[week[k]] < a.order[week[best]]):
                best = k
        if best < 0:
            break
        left = True
        kept[best] = False
        total += surplus[best]
        over -= _hours(a, week[best])
    return total, left


@kernel
def _longest_free(person):  # type: ignore[no-untyped-def]
    """The most hours in a row in which somebody is available."""
    longest, run = 0, 0
    for word in (person.free0, person.free1, person.free2):
        for bit in range(64):
            run = run + 1 if (word >> np.uint64(bit)) & np.uint64(1) != 0 else 0
            longest = max(longest, run)
    return longest


@kernel
def _fault(a, v, s, longest, asked):  # type: ignore[no-untyped-def]
    """The one thing at which somebody fails who is not too far away, and without which they could come; -1 where it is
    more than one, the distance, or nothing could help."""
    person, shift = a.people[v], a.shifts[s]
    if shift.remote == 0 and distance_km(person, shift) > np.float64(person.reach):
        return -1
    lacks = shift.traits & ~person.traits
    busy = (shift.window0 & ~person.free0) | (shift.window1 & ~person.free1) | (shift.window2 & ~person.free2)
    too_long = shift.end - shift.start > person.hours
    if lacks != 0:
        return -1 if busy != 0 or too_long or lacks & ~asked != 0 else LACKING
    if busy != 0:
        return -1 if too_long or longest < shift.end - shift.start else NOT_FREE
    return SPENT if person.hours > 0 else -1


@kernel
def _people(a, grid, price, is_open, begin, held, asked, low, high):  # type: ignore[no-untyped-def]
    """For the volunteers low … high - 1: the counts (5, S), the least cost and the least asks of whoever is not on a
    shift (S), and the opportunity price of each of their pairs."""
    shifts = len(a.shifts)
    counts = np.zeros((5, shifts), np.int64)
    cheapest, asks = np.full(shifts, np.inf), np.full(shifts, np.inf)
    elsewhere = np.zeros(begin[high] - begin[low], np.float64)
    found = np.empty(shifts, np.int64)
    others = np.empty(shifts, np.int64)
    profit = np.empty(shifts, np.float64)
    chosen = np.empty(shifts, np.int64)
    room = make_room(shifts)
    for v in range(low, high):
        week = held[begin[v] : begin[v + 1]]
        surplus = np.empty(len(week), np.float64)
        for k in range(len(week)):
            surplus[k] = price[week[k]] - pair_cost(a.people[v], a.shifts[week[k]])
        worth_leaving = np.maximum(surplus, 0.0)
        longest = -1
        n = 0
        for k in range(near(a, grid, v, found)):
            s = found[k]
            cost = pair_cost(a.people[v], a.shifts[s])
            if cost == INELIGIBLE:
                if is_open[s]:
                    longest = _longest_free(a.people[v]) if longest < 0 else longest
                    fault = _fault(a, v, s, longest, asked)
                    if fault >= 0:
                        counts[fault, s] += 1
                continue
            counts[ELIGIBLE, s] += 1
            if cost < price[s]:
                found[n] = s
                n += 1
            mine = False
            for t in week:
                mine = mine or t == s
            if mine:
                continue
            total, left = 0.0, False
            if len(week):
                total, left = _to_leave(a, week, worth_leaving, s, np.int64(a.people[v].hours))
            counts[ELSEWHERE, s] += left
            cheapest[s] = min(cheapest[s], cost)
            asks[s] = min(asks[s], cost + total)
        if not len(week):
            continue
        sort(found, n)
        together = surplus.sum()
        for k in range(len(week)):
            m = 0
            for j in range(n):
                if found[j] != week[k]:
                    others[m] = found[j]
                    profit[m] = price[found[j]] - pair_cost(a.people[v], a.shifts[found[j]])
                    m += 1
            _, best = best_set(a, m, others, profit, np.int64(a.people[v].hours), chosen, room)
            elsewhere[begin[v] + k - begin[low]] = max(0.0, best - (together - surplus[k]))
    return counts, cheapest, asks, elsewhere


@kernel
def _too_far(a, shifts, at_most):  # type: ignore[no-untyped-def]
    """How many would come to each of `shifts`, were it within reach; counting ends at `at_most`."""
    counts = np.zeros(len(shifts), np.int64)
    for k in range(len(shifts)):
        shift = a.shifts[shifts[k]]
        if shift.remote != 0:
            continue
        hours = shift.end - shift.start
        for v in range(len(a.people)):
            person = a.people[v]
            missing = shift.traits & ~person.traits
            missing |= shift.window0 & ~person.free0
            missing |= shift.window1 & ~person.free1
            missing |= shift.window2 & ~person.free2
            if missing != 0 or hours > person.hours:
                continue
            if distance_km(person, shift) > np.float64(person.reach):
                counts[k] += 1
                if counts[k] >= at_most:
                    break
    return counts
