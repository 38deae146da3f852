"""The shifts in square cells: a volunteer looks only into those that the reach touches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import step
from matching.engine.eligibility import Arrays

CELL_KM = 4.0
MOST_CELLS_A_SIDE = 1000
PLACE_KM = 2.0
LAST_PLACE = 2**16 - 1


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


@step
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


@step
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


def by_place(a: Arrays) -> NDArray[np.int64]:
    """The volunteers in Morton's order of cells of 2 km: who stands together looks at the same shifts."""
    x, y = a.people["x"].astype(np.float64), a.people["y"].astype(np.float64)
    code = np.zeros(len(x), np.uint64)
    for place, axis in enumerate((x, y)):
        low = float(axis.min(initial=0.0))
        cell = max(PLACE_KM, (float(axis.max(initial=0.0)) - low) / LAST_PLACE)
        code |= _spread(((axis - low) / cell).astype(np.uint64)) << np.uint64(place)
    return np.argsort(code, kind="stable")


def _spread(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Puts a 0 before each of 16 bits."""
    for by, kept in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | (number << np.uint64(by))) & np.uint64(kept)
    return number
