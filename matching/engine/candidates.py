"""All pairs that may be matched, found through a grid of kilometres.

The shifts lie in square cells; a volunteer looks only into the cells that the reach touches. The pairs are kept as
compressed rows: row v lists the shifts of volunteer v in the order of their ends.

Where there are more than `MOST_PAIRS` of them, each shift keeps about as many of its cheapest: a first pass counts its
pairs by cost, which gives the greatest cost that it can afford to keep, and a second pass keeps what is within.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import INELIGIBLE, Arrays, pair_cost

CELL_KM = 4.0
MOST_CELLS_A_SIDE = 1000
MOST_PAIRS = 24_000_000
COST_STEP = 8
COST_STEPS = 128


class Grid(NamedTuple):
    """Shifts with a place, sorted by cell: `items[begin[c] : begin[c + 1]]`. Those without one are in `remote`."""

    x0: float
    y0: float
    cell: float
    columns: int
    rows: int
    begin: NDArray[np.int64]
    items: NDArray[np.int64]
    remote: NDArray[np.int64]


class Candidates(NamedTuple):
    """Compressed rows: volunteer v has `shift[begin[v] : begin[v + 1]]`, ascending, with the cost of each pair."""

    begin: NDArray[np.int64]
    shift: NDArray[np.int32]
    cost: NDArray[np.int32]

    @property
    def pairs(self) -> int:
        return len(self.shift)


def make_grid(a: Arrays) -> Grid:
    """Cells of 4 km, or larger where the shifts lie so far apart that there would be too many."""
    placed = np.flatnonzero(a.shifts["remote"] == 0)
    remote = np.flatnonzero(a.shifts["remote"] != 0)
    if not len(placed):
        return Grid(0.0, 0.0, CELL_KM, 1, 1, np.zeros(2, np.int64), placed, remote)
    x, y = a.shifts["x"][placed].astype(np.float64), a.shifts["y"][placed].astype(np.float64)
    x0, y0 = float(x.min()), float(y.min())
    cell = max(CELL_KM, (float(x.max()) - x0) / MOST_CELLS_A_SIDE, (float(y.max()) - y0) / MOST_CELLS_A_SIDE)
    column = ((x - x0) / cell).astype(np.int64)
    row = ((y - y0) / cell).astype(np.int64)
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    number = row * columns + column
    begin = np.zeros(columns * rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(number, minlength=columns * rows), out=begin[1:])
    return Grid(x0, y0, cell, columns, rows, begin, placed[np.argsort(number, kind="stable")], remote)


@kernel
def near(a, grid, v, into):  # type: ignore[no-untyped-def]
    """Writes the shifts whose cells `v` reaches, and all without a place, into `into`; returns how many."""
    count = 0
    x, y = np.float64(a.people[v].x) - grid.x0, np.float64(a.people[v].y) - grid.y0
    # A little more than the reach: rounding must not lose the cell in which a shift lies exactly at its edge.
    reach = np.float64(a.people[v].reach) * (1.0 + 1e-9) + 1e-6
    left = max(0.0, np.floor((x - reach) / grid.cell))
    right = min(grid.columns - 1.0, np.floor((x + reach) / grid.cell))
    low = max(0.0, np.floor((y - reach) / grid.cell))
    high = min(grid.rows - 1.0, np.floor((y + reach) / grid.cell))
    if left <= right and low <= high:
        for row in range(int(low), int(high) + 1):
            first = row * grid.columns
            # The cells of a row lie one after the other.
            for k in range(grid.begin[first + int(left)], grid.begin[first + int(right) + 1]):
                into[count] = grid.items[k]
                count += 1
    for k in range(len(grid.remote)):
        into[count] = grid.remote[k]
        count += 1
    return count


@kernel
def sort(numbers, n):  # type: ignore[no-untyped-def]
    """Shell's sort of the first `n` numbers, with gaps of (3^k - 1) / 2."""
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            number = numbers[i]
            k = i
            while k >= gap and numbers[k - gap] > number:
                numbers[k] = numbers[k - gap]
                k -= gap
            numbers[k] = number
        gap //= 3


@kernel
def row_of(a, grid, v, dearest, into):  # type: ignore[no-untyped-def]
    """Writes the eligible shifts of `v` that cost less than `dearest[s]`, ascending; returns how many."""
    n = 0
    for k in range(near(a, grid, v, into)):
        s = into[k]
        cost = pair_cost(a.people[v], a.shifts[s])
        if cost != INELIGIBLE and cost < dearest[s]:
            into[n] = s
            n += 1
    sort(into, n)
    return n


@kernel
def scan(a, grid, dearest, limit, low, high):  # type: ignore[no-untyped-def]
    """The rows of the volunteers low … high - 1: the length of each, shifts and costs one after the other, how much of
    these is used. Above `limit` pairs it stops, with a use of -1."""
    counts = np.zeros(high - low, np.int64)
    room = 16 * (high - low) + 1024
    shifts = np.empty(room, np.int32)
    costs = np.empty(room, np.int32)
    found = np.empty(len(a.shifts), np.int64)
    n = 0
    for v in range(low, high):
        count = row_of(a, grid, v, dearest, found)
        if n + count > limit:
            return counts, shifts, costs, -1
        if n + count > room:
            room = 2 * room + count
            more_shifts = np.empty(room, np.int32)
            more_costs = np.empty(room, np.int32)
            for k in range(n):
                more_shifts[k] = shifts[k]
                more_costs[k] = costs[k]
            shifts, costs = more_shifts, more_costs
        counts[v - low] = count
        for k in range(count):
            shifts[n] = found[k]
            costs[n] = pair_cost(a.people[v], a.shifts[found[k]])
            n += 1
    return counts, shifts, costs, n


@kernel
def count_by_cost(a, grid, dearest, low, high):  # type: ignore[no-untyped-def]
    """(S, COST_STEPS): how many pairs each shift has in each step of COST_STEP; the last holds all above."""
    counts = np.zeros((len(a.shifts), COST_STEPS), np.int32)
    found = np.empty(len(a.shifts), np.int64)
    for v in range(low, high):
        for k in range(row_of(a, grid, v, dearest, found)):
            s = found[k]
            step = pair_cost(a.people[v], a.shifts[s]) // COST_STEP
            counts[s, min(step, COST_STEPS - 1)] += 1
    return counts


def find_candidates(a: Arrays, workers: int) -> Candidates:
    """Every eligible pair that is worth its cost, or the cheapest of each shift where there are too many."""
    grid = make_grid(a)
    dearest = first_worth(a)
    limit = MOST_PAIRS // workers
    parts = in_shards(lambda low, high: scan(a, grid, dearest, limit, low, high), len(a.people), workers)
    if any(used < 0 for _, _, _, used in parts):
        del parts
        dearest = np.minimum(dearest, affordable(a, grid, dearest, workers))
        limit = np.iinfo(np.int64).max
        parts = in_shards(lambda low, high: scan(a, grid, dearest, limit, low, high), len(a.people), workers)
    begin = np.zeros(len(a.people) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _, _ in parts]), out=begin[1:])
    shift = np.concatenate([part[:used] for _, part, _, used in parts])
    return Candidates(begin, shift, np.concatenate([part[:used] for _, _, part, used in parts]))


def first_worth(a: Arrays) -> NDArray[np.float64]:
    """What the first seat of each shift is worth: nobody who costs as much or more can be part of the best plan."""
    worth = np.where(a.shifts["least"] > 0, a.shifts["value"], a.shifts["extra"])
    return np.where(a.shifts["most"] > 0, worth, 0).astype(np.float64)


def affordable(a: Arrays, grid: Grid, dearest: NDArray[np.float64], workers: int) -> NDArray[np.float64]:
    """The cost of each shift (exclusive) up to which about MOST_PAIRS / S of its pairs lie, and the step above."""
    parts = in_shards(lambda low, high: count_by_cost(a, grid, dearest, low, high), len(a.people), workers)
    counts = np.sum(parts, axis=0).cumsum(axis=1)
    steps = 1 + (counts < MOST_PAIRS // len(a.shifts)).sum(axis=1)
    # The last step has no end.
    return np.where(steps >= COST_STEPS, np.inf, steps * COST_STEP)
