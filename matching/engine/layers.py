"""The shifts of the grid once more, as the scans over all pairs read them.

Two things spare most of the work of looking at a pair:

- **Layers.** Where only pairs that cost less than d count (a list's end, a seat's price), the kilometres alone must cost less:
  10 · km < d. Shifts lie in layers by that radius, each with a grid as fine as its radius; a volunteer looks into each no
  farther than it matters.
- **Marks.** A mark has 64 bits: one for each three hours of the week, and the eight traits that are needed most. Nobody can
  take a shift whose mark is not part of theirs; `pair_cost` decides about the few that are left.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import kernel, step
from matching.engine.eligibility import COST_PER_KM, COST_PER_LOAD, INELIGIBLE, Arrays, pair_cost
from matching.engine.grid import MOST_CELLS_A_SIDE, Grid, sort

# The radius of each layer and the side of its cells, in km; the last holds all that is left.
LAYERS = ((2.0, 1.0), (5.0, 2.0), (12.0, 4.0), (np.inf, 4.0))
BLOCKS = 56
HOURS_A_BLOCK = 3
MARKED_TRAITS = 8
# A row of the scans is a list of numbers shift · 2^32 + cost.
LOW = 2**32 - 1


class Layer(NamedTuple):
    """Shifts in cells, as in `Grid`, with their marks. Nobody farther away than `radius` is worth looking at."""

    x0: float
    y0: float
    cell: float
    columns: int
    rows: int
    radius: float
    begin: NDArray[np.int64]
    items: NDArray[np.int64]
    marks: NDArray[np.uint64]


class Layers(NamedTuple):
    """`of` has always as many layers, so the kernels are compiled once. `traits` are the bits that marks show."""

    of: tuple[Layer, ...]
    remote: NDArray[np.int64]
    remote_marks: NDArray[np.uint64]
    traits: NDArray[np.uint64]


@step
def mark_of(word0, word1, word2, traits, shown):  # type: ignore[no-untyped-def]
    """The mark of hours and traits: a block is set when any of its hours is."""
    # Bit h of these: whether hour h or one of the two after it is set.
    any0 = (
        word0
        | (word0 >> np.uint64(1))
        | (word1 << np.uint64(63))
        | (word0 >> np.uint64(2))
        | (word1 << np.uint64(62))
    )
    any1 = (
        word1
        | (word1 >> np.uint64(1))
        | (word2 << np.uint64(63))
        | (word1 >> np.uint64(2))
        | (word2 << np.uint64(62))
    )
    any2 = word2 | (word2 >> np.uint64(1)) | (word2 >> np.uint64(2))
    mark = np.uint64(0)
    for block in range(BLOCKS):
        hour = HOURS_A_BLOCK * block
        word = any0 if hour < 64 else (any1 if hour < 128 else any2)
        mark |= ((word >> np.uint64(hour & 63)) & np.uint64(1)) << np.uint64(block)
    for i in range(len(shown)):
        mark |= ((traits >> shown[i]) & np.uint64(1)) << np.uint64(BLOCKS + i)
    return mark


@kernel
def marks_of(a, items, shown):  # type: ignore[no-untyped-def]
    marks = np.empty(len(items), np.uint64)
    for i in range(len(items)):
        s = a.shifts[items[i]]
        marks[i] = mark_of(s.window0, s.window1, s.window2, s.traits, shown)
    return marks


def most_needed(a: Arrays) -> NDArray[np.uint64]:
    """The traits that are needed by the most shifts."""
    needed = a.shifts["traits"]
    times = np.array([np.count_nonzero(needed & (np.uint64(1) << np.uint64(bit))) for bit in range(64)])
    return np.argsort(-times, kind="stable")[:MARKED_TRAITS].astype(np.uint64)


def make_layers(a: Arrays, grid: Grid, dearest: NDArray[np.float64]) -> Layers:
    """The shifts that somebody who costs less than `dearest` (S) may take."""
    shown = most_needed(a)
    counts = dearest > 0
    # ⌊10 · km⌋ < d only where 10 · km < ⌊d⌋ + 1.
    radius = (np.floor(dearest) + 1.0) / COST_PER_KM
    placed = np.sort(grid.items)
    placed = placed[counts[placed]]
    inner, of = 0.0, []
    for outer, cell in LAYERS:
        those = placed[(radius[placed] > inner) & (radius[placed] <= outer)]
        of.append(_layer(a, grid, those, cell, float(radius[those].max(initial=0.0)), shown))
        inner = outer
    remote = grid.remote[counts[grid.remote]]
    return Layers(tuple(of), remote, marks_of(a, remote, shown), shown)


def _layer(
    a: Arrays, grid: Grid, items: NDArray[np.int64], cell: float, radius: float, shown: NDArray[np.uint64]
) -> Layer:
    x = a.shifts["x"][items].astype(np.float64) - grid.x0
    y = a.shifts["y"][items].astype(np.float64) - grid.y0
    cell = max(cell, grid.columns * grid.cell / MOST_CELLS_A_SIDE, grid.rows * grid.cell / MOST_CELLS_A_SIDE)
    column, row = (x / cell).astype(np.int64), (y / cell).astype(np.int64)
    columns, rows = int(column.max(initial=0)) + 1, int(row.max(initial=0)) + 1
    number = row * columns + column
    begin = np.zeros(columns * rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(number, minlength=columns * rows), out=begin[1:])
    items = items[np.argsort(number, kind="stable")]
    return Layer(grid.x0, grid.y0, cell, columns, rows, radius, begin, items, marks_of(a, items, shown))


@step
def likely(a, layers, v, into):  # type: ignore[no-untyped-def]
    """Writes the shifts that `v` may take as far as cells and marks tell into `into`; returns how many."""
    person = a.people[v]
    lacks = ~mark_of(person.free0, person.free1, person.free2, person.traits, layers.traits)
    count = 0
    for layer in layers.of:
        if len(layer.items) == 0:
            continue
        x, y = np.float64(person.x) - layer.x0, np.float64(person.y) - layer.y0
        reach = min(np.float64(person.reach), layer.radius - COST_PER_LOAD / COST_PER_KM * person.load)
        if reach < 0.0:
            continue
        # A little more than the reach: rounding must not lose the cell in which a shift lies exactly at its edge.
        reach = reach * (1.0 + 1e-9) + 1e-6
        left = max(0.0, np.floor((x - reach) / layer.cell))
        right = min(layer.columns - 1.0, np.floor((x + reach) / layer.cell))
        low = max(0.0, np.floor((y - reach) / layer.cell))
        high = min(layer.rows - 1.0, np.floor((y + reach) / layer.cell))
        if left <= right and low <= high:
            for row in range(int(low), int(high) + 1):
                first = row * layer.columns
                # The cells of a row lie one after the other.
                for k in range(layer.begin[first + int(left)], layer.begin[first + int(right) + 1]):
                    into[count] = layer.items[k]
                    count += (layer.marks[k] & lacks) == 0
    for k in range(len(layers.remote)):
        into[count] = layers.remote[k]
        count += (layers.remote_marks[k] & lacks) == 0
    return count


@step
def found_by(a, layers, v, dearest, into):  # type: ignore[no-untyped-def]
    """Writes shift · 2^32 + cost of the eligible shifts of `v` that cost less than `dearest[s]`; returns how many."""
    n = 0
    for k in range(likely(a, layers, v, into)):
        s = into[k]
        cost = pair_cost(a.people[v], a.shifts[s])
        if cost != INELIGIBLE and cost < dearest[s]:
            into[n] = (s << 32) | cost
            n += 1
    return n


@step
def row_of(a, layers, v, dearest, into):  # type: ignore[no-untyped-def]
    """As `found_by`, in the order of the shifts."""
    n = found_by(a, layers, v, dearest, into)
    sort(into, n)
    return n
