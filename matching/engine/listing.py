"""Whom each shift would ask first: its candidates by cost plus what the volunteer's time is worth elsewhere.

With best weeks before and after the rest around shift s, F(s) and B(s), the least price at which volunteer v takes it is

    asked(v, s) = cost(v, s) + best_v - F(s) - B(s)

(the weekly hours left out: it only decides who is tried first). A list by cost alone loses quality: shifts that lie
close together would all list the same few neighbours. `slack` = asked - price is what the pair loses at the prices.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.columns import columns_of, in_order, sort_each
from matching.engine.compiling import in_shards, kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.layers import LOW
from matching.engine.problem import I4


class Lists(NamedTuple):
    """Row s: volunteers with their cost and slack, least slack first."""

    begin: NDArray[np.int64]
    volunteer: I4
    cost: I4
    slack: NDArray[np.float32]


@kernel
def slacks(a, begin, shift, cost, price, low, high):  # type: ignore[no-untyped-def]
    first = begin[low]
    slack = np.empty(begin[high] - first, np.float32)
    longest = 1
    for v in range(low, high):
        longest = max(longest, begin[v + 1] - begin[v])
    f = np.empty(longest + 1, np.float64)
    later = np.empty(longest + 1, np.float64)
    by_start = np.empty(longest + 1, np.int64)
    for v in range(low, high):
        row, n = begin[v], begin[v + 1] - begin[v]
        if n == 0:
            continue
        # by_start: the positions by falling start. From the last on, rows are nearly in that order already.
        for i_th in range(n):
            i, k = i_th, n - 1 - i_th
            while i > 0 and a.shifts[shift[row + by_start[i - 1]]].start < a.shifts[shift[row + k]].start:
                by_start[i] = by_start[i - 1]
                i -= 1
            by_start[i] = k
        f[0] = 0.0
        for k in range(n):
            s = shift[row + k]
            slack[row + k - first] = f[_ending_by(a, shift, row, k, a.shifts[s].start - a.rest)]
            worth = max(0.0, price[s] - cost[row + k])
            f[k + 1] = max(f[k], worth + slack[row + k - first])
        later[0] = 0.0
        for i in range(n):
            k = row + by_start[i]
            s = shift[k]
            low_i, high_i = 0, i
            while low_i < high_i:
                middle = (low_i + high_i) // 2
                if a.shifts[shift[row + by_start[middle]]].start >= a.shifts[s].end + a.rest:
                    low_i = middle + 1
                else:
                    high_i = middle
            worth = max(0.0, price[s] - cost[k])
            later[i + 1] = max(later[i], worth + later[low_i])
            around = np.float64(slack[k - first]) + later[low_i]
            slack[k - first] = max(0.0, cost[k] + f[n] - around) - price[s]
    return slack


@step
def _ending_by(a, shift, row, n, hour):  # type: ignore[no-untyped-def]
    """How many of the first `n` shifts of a row end by `hour`."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if a.shifts[shift[row + middle]].end <= hour:
            low = middle + 1
        else:
            high = middle
    return low


def list_by_slack(
    a: Arrays, candidates: Candidates, price: NDArray[np.float64], longest: int, limit: float, workers: int
) -> Lists:
    """At most `longest` volunteers a shift, none that loses more than `limit`."""
    slack = np.concatenate(
        in_shards(
            lambda low, high: slacks(a, *candidates, price, low, high),
            len(a.people),
            workers,
            1,
            candidates.begin,
        )
    )
    columns = columns_of(candidates.shift, in_order(slack), slack <= limit, len(a.shifts))
    sort_each(columns, workers)
    begin = np.zeros(len(a.shifts) + 1, dtype=np.int64)
    np.cumsum(np.minimum(np.diff(columns.begin), longest), out=begin[1:])
    first = np.repeat(columns.begin[:-1] - begin[:-1], np.diff(begin))
    pairs = columns.keys[first + np.arange(len(first))] & LOW
    volunteer = np.repeat(np.arange(len(a.people), dtype=np.int32), np.diff(candidates.begin))[pairs]
    return Lists(begin, volunteer, candidates.cost[pairs], slack[pairs])
