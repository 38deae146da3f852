"""Every volunteer's best week at prices, for all at once: the programme of `programme` over rows prepared for it.

What does not change from sweep to sweep is computed once: q(k), how many shifts of the row end the rest before the k-th
starts, and its hours. Then a week costs one pass over its row,

    f(k) = max(f(k - 1), max(0, price - cost) + f(q(k))),

and only where the set that it chooses breaks the limit of hours the programme with hours runs, over what is worth
anything. Rows hold only pairs that can be worth anything at prices up to a limit (S): the lower the limit, the less
there is to pass over.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import in_shards, kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.problem import HORIZON_HOURS, I2, I4, I8

F8 = NDArray[np.float64]
PAIRS_FOR_THREADS = 30_000


class Rows(NamedTuple):
    """Compressed rows, as `Candidates`, of the pairs that cost less than `limit` (S)."""

    begin: I8
    shift: I4
    cost: I4
    before: I4
    """q(k), counted from the row's begin."""
    hours: I2
    limit: F8


@kernel
def count_live(begin, shift, cost, limit, counts, low, high):  # type: ignore[no-untyped-def]
    for v in range(low, high):
        n = 0
        for k in range(begin[v], begin[v + 1]):
            n += cost[k] < limit[shift[k]]
        counts[v] = n


@kernel
def fill_live(begin, shift, cost, limit, start, end, rest, rows, low, high):  # type: ignore[no-untyped-def]
    for v in range(low, high):
        first = rows.begin[v]
        n = 0
        for k in range(begin[v], begin[v + 1]):
            s = shift[k]
            if cost[k] < limit[s]:
                here = first + n
                rows.shift[here] = s
                rows.cost[here] = cost[k]
                rows.hours[here] = end[s] - start[s]
                latest = start[s] - rest
                left, right = 0, n
                while left < right:
                    middle = (left + right) // 2
                    if end[rows.shift[first + middle]] <= latest:
                        left = middle + 1
                    else:
                        right = middle
                rows.before[here] = left
                n += 1


def threads_for(pairs: int, workers: int) -> int:
    """Threads cost more than they save where there is little to do; the answers are the same."""
    return 1 if pairs < PAIRS_FOR_THREADS else workers


def rows_below(a: Arrays, candidates: Candidates | Rows, limit: F8, workers: int) -> Rows:
    """The rows of `candidates`, without pairs that are worth nothing at any price up to `limit`."""
    of = candidates.begin, candidates.shift, candidates.cost
    volunteers, workers = len(a.people), threads_for(len(candidates.shift), workers)
    counts = np.empty(volunteers, np.int64)
    in_shards(lambda low, high: count_live(*of, limit, counts, low, high), volunteers, workers, 1, of[0])
    begin = np.zeros(volunteers + 1, np.int64)
    np.cumsum(counts, out=begin[1:])
    pairs = int(begin[-1])
    rows = Rows(
        begin,
        np.empty(pairs, np.int32),
        np.empty(pairs, np.int32),
        np.empty(pairs, np.int32),
        np.empty(pairs, np.int16),
        limit,
    )
    start, end = a.shifts["start"].astype(np.int64), a.shifts["end"].astype(np.int64)
    in_shards(
        lambda low, high: fill_live(*of, limit, start, end, a.rest, rows, low, high),
        volunteers,
        workers,
        1,
        of[0],
    )
    return rows


@step
def week_with_hours(rows, first, n, profit, most, live, count_before, room, chosen):  # type: ignore[no-untyped-def]
    """The programme with hours over those of `profit[:n]` that are above 0. Writes the positions chosen, last first, into
    `chosen`; returns (how many, their profit)."""
    m = 0
    for i in range(n):
        count_before[i] = m
        if profit[i] > 0.0:
            live[m] = i
            m += 1
    width = most + 1
    g = room
    for h in range(width):
        g[h] = 0.0
    for k in range(m):
        i = live[k]
        duration = rows.hours[first + i]
        # Those that end in time come first, also among the live ones.
        earlier = rows.before[first + i]
        fits = width * count_before[earlier]
        here = width * k
        for h in range(min(duration, width)):
            g[here + width + h] = g[here + h]
        for h in range(duration, width):
            with_it = profit[i] + g[fits + h - duration]
            g[here + width + h] = max(g[here + h], with_it)
    count, h, k = 0, most, m
    best = g[width * m + most]
    while k > 0:
        if g[width * k + h] > g[width * (k - 1) + h]:
            i = live[k - 1]
            chosen[count] = i
            count += 1
            h -= rows.hours[first + i]
            k = count_before[rows.before[first + i]]
        else:
            k -= 1
    return count, best


@step
def week_of(a, rows, price, v, profit, f, live, count_before, room, chosen):  # type: ignore[no-untyped-def]
    """The best week of `v`: (how many shifts, their profit), their positions in the row in `chosen`, last first."""
    first = rows.begin[v]
    n = rows.begin[v + 1] - first
    f[0] = 0.0
    for i in range(n):
        worth = max(0.0, price[rows.shift[first + i]] - rows.cost[first + i])
        profit[i] = worth
        f[i + 1] = max(f[i], worth + f[rows.before[first + i]])
    best = f[n]
    count, total, i = 0, 0, n
    while f[i] > 0.0:
        if f[i] > f[i - 1]:
            chosen[count] = i - 1
            count += 1
            total += rows.hours[first + i - 1]
            i = rows.before[first + i - 1]
        else:
            i -= 1
    if total > a.people[v].hours:
        most = np.int64(a.people[v].hours)
        return week_with_hours(rows, first, n, profit, most, live, count_before, room, chosen)
    return count, best


@kernel
def longest_row(begin, low, high):  # type: ignore[no-untyped-def]
    longest = 1
    for v in range(low, high):
        longest = max(longest, begin[v + 1] - begin[v])
    return longest


@kernel
def answer(a, rows, price, low, high):  # type: ignore[no-untyped-def]
    """Every volunteer's best week at these prices: the sum of the profits, and the demand for each shift."""
    demand = np.zeros(len(price), np.int64)
    longest = longest_row(rows.begin, low, high)
    profit, f = np.empty(longest, np.float64), np.empty(longest + 1, np.float64)
    live, count_before = np.empty(longest, np.int64), np.empty(longest, np.int64)
    chosen, room = np.empty(longest, np.int64), np.empty((longest + 1) * (HORIZON_HOURS + 1), np.float64)
    total = 0.0
    for v in range(low, high):
        if rows.begin[v] == rows.begin[v + 1]:
            continue
        count, best = week_of(a, rows, price, v, profit, f, live, count_before, room, chosen)
        total += best
        for i in range(count):
            demand[rows.shift[rows.begin[v] + chosen[i]]] += 1
    return total, demand


@kernel
def wish(a, rows, price, best, wanted, low, high):  # type: ignore[no-untyped-def]
    """Writes the profit of each best week into `best`, and which pairs of the rows are part of it into `wanted`."""
    longest = longest_row(rows.begin, low, high)
    profit, f = np.empty(longest, np.float64), np.empty(longest + 1, np.float64)
    live, count_before = np.empty(longest, np.int64), np.empty(longest, np.int64)
    chosen, room = np.empty(longest, np.int64), np.empty((longest + 1) * (HORIZON_HOURS + 1), np.float64)
    for v in range(low, high):
        count, best[v] = week_of(a, rows, price, v, profit, f, live, count_before, room, chosen)
        for i in range(count):
            wanted[rows.begin[v] + chosen[i]] = True


class Wishes(NamedTuple):
    """What every volunteer wants at prices: the rows of pairs that are worth anything, which of these are wanted, and the
    profit (V) of the best weeks."""

    rows: Rows
    wanted: NDArray[np.bool_]
    best: F8


def wishes_at(a: Arrays, candidates: Candidates, price: F8, workers: int) -> Wishes:
    rows = rows_below(a, candidates, price, workers)
    wishes = Wishes(rows, np.zeros(len(rows.shift), np.bool_), np.empty(len(a.people)))
    in_shards(
        lambda low, high: wish(a, rows, price, wishes.best, wishes.wanted, low, high),
        len(a.people),
        threads_for(len(rows.shift), workers),
        1,
        rows.begin,
    )
    return wishes
