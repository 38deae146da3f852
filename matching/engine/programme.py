"""The best week of one volunteer: an exact programme over intervals, rest and hours.

Given shifts 1 … n in the order of their ends, each with a profit p, choose the set of greatest total profit in which
every next shift starts at least the rest after the end before it and the hours sum to at most H. With
q(k) = the number of shifts that end at least the rest before k starts (they come first in that order),

    without the hours   f(k)    = max(f(k - 1),    p(k) + f(q(k)))
    with the hours      g(k, h) = max(g(k - 1, h), p(k) + g(q(k), h - duration(k)))

The first takes O(n log n) and is the answer whenever its set keeps the hours; only then the second, O(n · H), is run.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import kernel, step
from matching.engine.problem import HORIZON_HOURS


class Room(NamedTuple):
    """What the programme works in. The hours only matter below those of a week."""

    before: NDArray[np.int64]
    f: NDArray[np.float64]
    g: NDArray[np.float64]


@kernel
def make_room(longest):  # type: ignore[no-untyped-def]
    """For sets out of at most `longest` shifts."""
    return Room(
        np.empty(longest, np.int64),
        np.empty(longest + 1, np.float64),
        np.empty((longest + 1) * (HORIZON_HOURS + 1), np.float64),
    )


@step
def best_set(a, n, shifts, profit, hours, chosen, room):  # type: ignore[no-untyped-def]
    """Chooses among `shifts[:n]` (ascending numbers, so ascending ends; only those with profit above 0 are worth
    listing). Writes the positions chosen, last first, into `chosen`; returns (how many, their profit)."""
    if n == 0:
        return 0, 0.0
    if n == 1:
        s = shifts[0]
        if profit[0] <= 0.0 or a.shifts[s].end - a.shifts[s].start > hours:
            return 0, 0.0
        chosen[0] = 0
        return 1, profit[0]
    before, f, g = room.before, room.f, room.g
    f[0] = 0.0
    for k in range(n):
        latest = a.shifts[shifts[k]].start - a.rest
        low, high = 0, k
        while low < high:
            middle = (low + high) // 2
            if a.shifts[shifts[middle]].end <= latest:
                low = middle + 1
            else:
                high = middle
        before[k] = low
        f[k + 1] = max(f[k], profit[k] + f[low])
    count, total = 0, 0
    k = n
    while k > 0:
        if f[k] > f[k - 1]:
            chosen[count] = k - 1
            total += a.shifts[shifts[k - 1]].end - a.shifts[shifts[k - 1]].start
            count += 1
            k = before[k - 1]
        else:
            k -= 1
    if total <= hours:
        return count, f[n]
    width = hours + 1
    for h in range(width):
        g[h] = 0.0
    for k in range(n):
        duration = a.shifts[shifts[k]].end - a.shifts[shifts[k]].start
        here, fits = width * k, width * before[k]
        for h in range(min(duration, width)):
            g[here + width + h] = g[here + h]
        for h in range(duration, width):
            g[here + width + h] = max(g[here + h], profit[k] + g[fits + h - duration])
    count, h, k = 0, hours, n
    while k > 0:
        if g[width * k + h] > g[width * (k - 1) + h]:
            chosen[count] = k - 1
            count += 1
            h -= a.shifts[shifts[k - 1]].end - a.shifts[shifts[k - 1]].start
            k = before[k - 1]
        else:
            k -= 1
    return count, g[width * n + hours]
