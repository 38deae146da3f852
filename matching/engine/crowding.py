"""Which pairs are worth looking at where far more people would come than there are seats.

With N seats in the whole problem, the N cheapest people of each shift are enough: if a plan gives a seat to somebody
who is not among them, fewer than N of these hold anything, so one of them is idle and can take that seat for no more.
By the same exchange no best price lies above the cost of the cheapest person left out. A price that keeps to this cap
makes everybody left out worth nothing, so the bound over the lists *is* the bound over all eligible pairs; without it, a
price a little too high would count once for each of tens of thousands who would come.

Mostly far fewer than N are needed. The lists begin with `FEW` and some for each seat, and grow where seats stay free
although the price is at its cap. Where many cost the same (remote shifts), each shift draws its own share of them:
taken in order, all shifts would list the same few.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates, Cut, first_worth
from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import Arrays
from matching.engine.grid import Grid
from matching.engine.layers import LOW, found_by, make_layers
from matching.engine.problem import I8

F8 = NDArray[np.float64]
FEW = 64
FEW_A_SEAT = 16
# Lists are cut where that leaves less than this part of all pairs.
CROWDED = 0.4
MOST_PAIRS = 24_000_000
# People counted to tell whether it is crowded.
SAMPLED = 4000
COSTS = 1024
MOST_COUNTS = 2**23
# Where lists cannot be proven long enough in any case, one in so many people is counted.
SPARSE = 4
GROWTH = 8


class Lengths(NamedTuple):
    """How many people each shift (S) lists, about, where it has more."""

    longest: I8
    enough: int
    """So many are enough for any shift."""
    pairs: I8
    """How many each shift has, estimated."""


@kernel
def count_by_cost(a, layers, dearest, row, step, counts, every, low, high):  # type: ignore[no-untyped-def]
    """Adds to `counts[row[s]]` how many pairs shift s has in each step of cost, of every so many volunteers; the last
    step holds all above. Only pairs below `dearest[s]` count."""
    found = np.empty(len(a.shifts), np.int64)
    greatest = counts.shape[1] - 1
    # The same people, however they are cut into parts.
    for v in range((low + every - 1) // every * every, high, every):
        for k in range(found_by(a, layers, v, dearest, found)):
            counts[row[found[k] >> 32], min((found[k] & LOW) // step, greatest)] += 1
    return counts


def counted(
    a: Arrays, grid: Grid, shifts: I8, step: int, steps: int, every: int, workers: int
) -> NDArray[np.int32]:
    """(len(shifts), steps): how many pairs these shifts have by cost, of every so many volunteers."""
    row = np.zeros(len(a.shifts), np.int64)
    row[shifts] = np.arange(len(shifts))
    dearest = np.zeros(len(a.shifts))
    dearest[shifts] = first_worth(a)[shifts]
    layers = make_layers(a, grid, dearest)

    def part(low: int, high: int) -> NDArray[np.int32]:
        counts = np.zeros((len(shifts), steps), np.int32)
        count_by_cost(a, layers, dearest, row, step, counts, every, low, high)
        return counts

    parts = in_shards(part, len(a.people), workers)
    for more in parts[1:]:
        parts[0] += more
    return parts[0]


def lengths_where_crowded(a: Arrays, grid: Grid, workers: int) -> Lengths | None:
    """None where the pairs are few enough to keep them all."""
    every = max(1, len(a.people) // SAMPLED)
    # The cost is of no interest here: one step holds all.
    pairs = counted(a, grid, np.arange(len(a.shifts)), 1, 1, every, workers)[:, 0].astype(np.int64) * every
    most = a.shifts["most"].astype(np.int64)
    enough = int(most.sum())
    few = np.minimum(enough, FEW + FEW_A_SEAT * most)
    if np.minimum(pairs, few).sum() < CROWDED * pairs.sum():
        return Lengths(few, enough, pairs)
    if pairs.sum() > MOST_PAIRS:
        return Lengths(np.full(len(most), max(1, MOST_PAIRS // len(most))), enough, pairs)
    return None


def cut_lists(a: Arrays, grid: Grid, lengths: Lengths, workers: int) -> Cut:
    """Each shift keeps about as many of its cheapest as `lengths` says, all of them where they are not many more."""
    crowded = np.flatnonzero(lengths.pairs > lengths.longest)
    longest = lengths.longest[crowded]
    steps = min(COSTS, max(1, MOST_COUNTS // max(1, len(crowded))))
    step = -(-COSTS // steps)
    every = 1 if (longest >= lengths.enough).all() else SPARSE
    counts = counted(a, grid, crowded, step, steps, every, workers)
    upto = counts.cumsum(axis=1, dtype=np.int32)
    # The step in which a list becomes long enough.
    last = np.minimum((upto < longest[:, None] / every).sum(axis=1), steps - 1)
    row = np.arange(len(crowded))
    total, reached, within = upto[:, -1] * every, upto[row, last] * every, counts[row, last] * every
    is_cut = total > 2 * longest
    # Above the greatest step nothing ends a list.
    whole = is_cut & (reached <= 2 * longest) & (last < steps - 1)
    drawn = is_cut & ~whole
    # Somewhat more than needed: a draw may fall short.
    missing = (longest - (reached - within)).clip(1)
    cut = Cut(
        dearest=first_worth(a),
        edge=np.full(len(a.shifts), np.inf),
        share=np.ones(len(a.shifts)),
        cap=np.full(len(a.shifts), np.inf),
        is_by_cost=step == 1 and not (drawn & (last == steps - 1)).any(),
    )
    edge = np.where(drawn, float(step) * last, np.inf)
    end = np.where(is_cut & (last < steps - 1), (last + 1.0) * step, np.inf)
    cut.dearest[crowded] = np.minimum(cut.dearest[crowded], end)
    cut.edge[crowded] = edge
    cut.share[crowded] = np.where(
        drawn, (missing + 4.0 * np.sqrt(missing) + 1.0) / np.maximum(within, 1), 1.0
    )
    cut.cap[crowded] = np.minimum(edge, end)
    return cut


def nothing_lost(candidates: Candidates, cut: Cut | None, lengths: Lengths | None) -> bool:
    """Whether a best plan over the lists is a best plan over all pairs."""
    if cut is None or lengths is None:
        return True
    listed = np.bincount(candidates.shift, minlength=len(cut.cap))
    return cut.is_by_cost and bool((np.isinf(cut.cap) | (listed >= lengths.enough)).all())


def longer(lengths: Lengths, short: NDArray[np.bool_]) -> Lengths:
    """Lists that grow where they are `short`; as they were where that would be too many pairs."""
    grown = np.where(short, np.minimum(GROWTH * lengths.longest, lengths.enough), lengths.longest)
    # A list that is not many more than asked for is kept whole.
    too_many = int(np.minimum(lengths.pairs, 2 * grown).sum()) > MOST_PAIRS
    return lengths if too_many else lengths._replace(longest=grown)
