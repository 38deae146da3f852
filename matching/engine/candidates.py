"""All pairs that may be matched, found through a grid of kilometres.

The shifts lie in square cells; a volunteer looks only into the cells that the reach touches. The pairs are kept as
compressed rows: row v lists the shifts of volunteer v in the order of their ends.

Where far more people would come than there are seats, each shift lists only its cheapest (`crowding`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import PIECES, in_shards, kernel, step
from matching.engine.eligibility import Arrays
from matching.engine.grid import Grid
from matching.engine.layers import LOW, make_layers, row_of


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


@step
def draw(v, s):  # type: ignore[no-untyped-def]
    """A number of 0 … 1 that looks drawn, always the same for this pair (the mixing of SplitMix64)."""
    x = np.uint64(v) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(s + 1) * np.uint64(0xD1B54A32D192ED03)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64(x >> np.uint64(40)) / 2.0**24


@kernel
def scan(a, layers, dearest, edge, share, low, high):  # type: ignore[no-untyped-def]
    """The rows of the volunteers low … high - 1: the length of each, shifts and costs one after the other, how much of
    these is used."""
    counts = np.zeros(high - low, np.int64)
    room = 16 * (high - low) + 1024
    shifts = np.empty(room, np.int32)
    costs = np.empty(room, np.int32)
    found = np.empty(len(a.shifts), np.int64)
    n = 0
    for v in range(low, high):
        count = row_of(a, layers, v, dearest, found)
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
            s, cost = found[k] >> 32, found[k] & LOW
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
    layers = make_layers(a, grid, dearest)
    parts = in_shards(
        lambda low, high: scan(a, layers, dearest, edge, share, low, high), len(a.people), workers, PIECES
    )
    begin = np.zeros(len(a.people) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _, _ in parts]), out=begin[1:])
    shift = np.concatenate([part[:used] for _, part, _, used in parts])
    return Candidates(begin, shift, np.concatenate([part[:used] for _, _, part, used in parts]))


def first_worth(a: Arrays) -> NDArray[np.float64]:
    """What the first seat of each shift is worth: nobody who costs as much or more can be part of the best plan."""
    worth = np.where(a.shifts["least"] > 0, a.shifts["value"], a.shifts["extra"])
    return np.where(a.shifts["most"] > 0, worth, 0).astype(np.float64)
