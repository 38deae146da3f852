"""All pairs that may be matched, found through a grid of kilometres and kept in both directions.

The shifts lie in square cells; a volunteer looks only into the cells that the reach touches. The pairs are kept as
compressed rows: `by_volunteer` (row v: the shifts of v, in the order of their ends) and `by_shift` (row s: volunteers).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import INELIGIBLE, Arrays, pair_cost

CELL_KM = 4.0
MOST_CELLS_A_SIDE = 1000


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


class Rows(NamedTuple):
    """Compressed rows: row i holds `other[begin[i] : begin[i + 1]]` with the cost of each pair."""

    begin: NDArray[np.int64]
    other: NDArray[np.int32]
    cost: NDArray[np.int32]


class Candidates(NamedTuple):
    by_volunteer: Rows
    by_shift: Rows

    @property
    def pairs(self) -> int:
        return len(self.by_volunteer.other)


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
def scan(a, grid, low, high):  # type: ignore[no-untyped-def]
    """The eligible pairs of the volunteers low … high - 1: how many each has, then shifts and costs in one row, and how
    much of it is used."""
    counts = np.zeros(high - low, np.int64)
    room = 16 * (high - low) + 1024
    shifts = np.empty(room, np.int32)
    costs = np.empty(room, np.int32)
    found = np.empty(len(a.shifts), np.int64)
    n = 0
    for v in range(low, high):
        listed = near(a, grid, v, found)
        if n + listed > room:
            room = 2 * room + listed
            more_shifts = np.empty(room, np.int32)
            more_costs = np.empty(room, np.int32)
            for k in range(n):
                more_shifts[k] = shifts[k]
                more_costs[k] = costs[k]
            shifts, costs = more_shifts, more_costs
        before = n
        for k in range(listed):
            cost = pair_cost(a.people[v], a.shifts[found[k]])
            if cost != INELIGIBLE:
                shifts[n] = found[k]
                costs[n] = cost
                n += 1
        counts[v - low] = n - before
    return counts, shifts, costs, n


@kernel
def transpose(begin, other, cost, columns):  # type: ignore[no-untyped-def]
    """The same pairs by their other side; each row comes out in ascending order."""
    turned = np.zeros(columns + 1, np.int64)
    for k in range(len(other)):
        turned[other[k] + 1] += 1
    for i in range(columns):
        turned[i + 1] += turned[i]
    at = turned.copy()
    turned_other = np.empty(len(other), np.int32)
    turned_cost = np.empty(len(other), np.int32)
    for i in range(len(begin) - 1):
        for k in range(begin[i], begin[i + 1]):
            place = at[other[k]]
            turned_other[place] = i
            turned_cost[place] = cost[k]
            at[other[k]] = place + 1
    return turned, turned_other, turned_cost


def find_candidates(a: Arrays, workers: int) -> Candidates:
    """Every eligible pair of the problem."""
    grid = make_grid(a)
    parts = in_shards(lambda low, high: scan(a, grid, low, high), len(a.people), workers)
    begin = np.zeros(len(a.people) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _, _ in parts]), out=begin[1:])
    shifts = np.concatenate([part[:n] for _, part, _, n in parts])
    costs = np.concatenate([part[:n] for _, _, part, n in parts])
    by_shift = Rows(*transpose(begin, shifts, costs, len(a.shifts)))
    # Turned twice, every row is in the order of the shifts, which is that of their ends.
    return Candidates(Rows(*transpose(*by_shift, len(a.people))), by_shift)
