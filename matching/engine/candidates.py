"""All pairs that may be matched, found through a grid of kilometres.

The shifts lie in square cells; a volunteer looks only into the cells that the reach touches. The pairs are kept as
compressed rows: row v lists the shifts of volunteer v in the order of their ends.

Where far more people would come than there are seats, each shift lists only its cheapest (`crowding`).
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


class Cut(NamedTuple):
    """Which pairs each shift (S) keeps: those that cost less than `dearest`, but from `edge` on only a drawn `share`.
    Whoever is left out for being one too many costs at least `cap`."""

    dearest: NDArray[np.float64]
    edge: NDArray[np.float64]
    share: NDArray[np.float64]
    cap: NDArray[np.float64]
    is_by_cost: bool
    """Nobody left out is cheaper than anybody listed."""


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
def draw(v, s):  # type: ignore[no-untyped-def]
    """A number of 0 … 1 that looks drawn, always the same for this pair (the mixing of SplitMix64)."""
    x = np.uint64(v) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(s + 1) * np.uint64(0xD1B54A32D192ED03)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64(x >> np.uint64(40)) / 2.0**24


@kernel
def scan(a, grid, dearest, edge, share, low, high):  # type: ignore[no-untyped-def]
    """The rows of the volunteers low … high - 1: the length of each, shifts and costs one after the other, how much of
    these is used."""
    counts = np.zeros(high - low, np.int64)
    room = 16 * (high - low) + 1024
    shifts = np.empty(room, np.int32)
    costs = np.empty(room, np.int32)
    found = np.empty(len(a.shifts), np.int64)
    n = 0
    for v in range(low, high):
        count = row_of(a, grid, v, dearest, found)
        if n + count > room:
            room = 2 * room + count
            more_shifts = np.empty(room, np.int32)
            more_costs = np.empty(room, np.int32)
            for k in range(n):
                more_shifts[k] = shifts[k]
                more_costs[k] = costs[k]
            shifts, costs = more_shifts, more_costs
        before = n
        for k in range(count):
            s = found[k]
            cost = pair_cost(a.people[v], a.shifts[s])
            if cost < edge[s] or draw(v, s) < share[s]:
                shifts[n] = s
                costs[n] = cost
                n += 1
        counts[v - low] = n - before
    return counts, shifts, costs, n


def find_candidates(a: Arrays, grid: Grid, cut: Cut | None, workers: int) -> Candidates:
    """Every eligible pair that is worth its cost, or those of them that `cut` keeps."""
    if cut is None:
        ever = np.full(len(a.shifts), np.inf)
        dearest, edge, share = first_worth(a), ever, ever
    else:
        dearest, edge, share = cut.dearest, cut.edge, cut.share
    parts = in_shards(
        lambda low, high: scan(a, grid, dearest, edge, share, low, high), len(a.people), workers
    )
    begin = np.zeros(len(a.people) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _, _ in parts]), out=begin[1:])
    shift = np.concatenate([part[:used] for _, part, _, used in parts])
    return Candidates(begin, shift, np.concatenate([part[:used] for _, _, part, used in parts]))


def first_worth(a: Arrays) -> NDArray[np.float64]:
    """What the first seat of each shift is worth: nobody who costs as much or more can be part of the best plan."""
    worth = np.where(a.shifts["least"] > 0, a.shifts["value"], a.shifts["extra"])
    return np.where(a.shifts["most"] > 0, worth, 0).astype(np.float64)
