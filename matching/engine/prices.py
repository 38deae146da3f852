"""Seat prices: what a seat of each shift is worth at the margin, found by sweeps over the volunteers.

For any prices λ ≥ 0 the Lagrangian bound

    UB(λ) = Σ_v best_v(λ) + Σ_s [ max(0, value - λ) · min + max(0, extra - λ) · (max - min) ]

is convex; its slope in λ_s is the demand (how many volunteers' best week holds s) minus the seats that are still worth
their price. A price whose demand is too small rises, one whose demand is too great falls. Each shift has a step of
its own: it grows while the sign stays and is halved when it turns (Riedmiller and Braun's resilient steps), which needs
no scale. The best prices seen are then refined by Polyak's steps towards a bound that is a little lower.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import Arrays
from matching.engine.programme import best_set

F8 = NDArray[np.float64]
# Prices in 64ths: every sum of them is exact, so the bound does not depend on the order of the volunteers.
GRAIN = 64.0
PAIRS_FOR_THREADS = 30_000
# The first step where a price begins at next to nothing.
LEAST_STEP = 16.0


class Sweep(NamedTuple):
    """What the volunteers answer to prices: their total profit, and how many want each shift."""

    profit: float
    demand: NDArray[np.int64]


@kernel
def answer(a, begin, shift, cost, price, low, high):  # type: ignore[no-untyped-def]
    """Every volunteer's best week at these prices: the sum of the profits, and the demand for each shift."""
    demand = np.zeros(len(price), np.int64)
    longest = 1
    for v in range(low, high):
        longest = max(longest, begin[v + 1] - begin[v])
    shifts = np.empty(longest, np.int64)
    profit = np.empty(longest, np.float64)
    chosen = np.empty(longest, np.int64)
    total = 0.0
    for v in range(low, high):
        n = 0
        for k in range(begin[v], begin[v + 1]):
            worth = price[shift[k]] - cost[k]
            if worth > 0.0:
                shifts[n] = shift[k]
                profit[n] = worth
                n += 1
        if n > 0:
            count, best = best_set(a, n, shifts, profit, np.int64(a.people[v].hours), chosen)
            total += best
            for k in range(count):
                demand[shifts[chosen[k]]] += 1
    return total, demand


def sweep(a: Arrays, candidates: Candidates, price: F8, workers: int) -> Sweep:
    parts = in_shards(
        lambda low, high: answer(a, *candidates, price, low, high),
        len(a.people),
        # Threads cost more than they save here; the sums are exact, so the answer is the same.
        1 if candidates.pairs < PAIRS_FOR_THREADS else workers,
    )
    return Sweep(sum(total for total, _ in parts), np.sum([demand for _, demand in parts], axis=0))


def seat_surplus(a: Arrays, price: F8) -> float:
    """Σ over shifts of what its seats are worth above their price: the second sum of the bound."""
    s = a.shifts
    first = np.maximum(0.0, s["value"] - price) * s["least"]
    return float((first + np.maximum(0.0, s["extra"] - price) * (s["most"] - s["least"])).sum())


def ceiling_of(a: Arrays) -> F8:
    """No price need be above what the first seat is worth."""
    s = a.shifts
    return np.where(s["least"] > 0, s["value"], s["extra"]).clip(0) * (s["most"] > 0).astype(np.float64)


def excess(a: Arrays, price: F8, ceiling: F8, demand: NDArray[np.int64]) -> F8:
    """Demand above (+) or below (-) the seats that are worth their price; 0 where they agree. The slope of the bound."""
    s = a.shifts
    spare = s["most"] - s["least"]
    fewest = s["least"] * (s["value"] > price) + spare * (s["extra"] > price)
    greatest = s["least"] * (s["value"] >= price) + spare * (s["extra"] >= price)
    slope = np.where(demand > greatest, demand - greatest, np.where(demand < fewest, demand - fewest, 0))
    # A price cannot leave 0 … ceiling.
    at_end = ((price <= 0.0) & (slope > 0)) | ((price >= ceiling) & (slope < 0))
    return np.where(at_end, 0, slope).astype(np.float64)


def alone(a: Arrays, candidates: Candidates, ceiling: F8) -> F8:
    """The price (S) at which as many would come to each shift as it has seats, if it were the only one."""
    order = np.lexsort((candidates.cost, candidates.shift))
    begin = np.searchsorted(candidates.shift[order], np.arange(len(ceiling) + 1))
    following = begin[:-1] + a.shifts["most"]
    has_more = following < begin[1:]
    price = ceiling.copy()
    price[has_more] = np.minimum(price[has_more], candidates.cost[order][following[has_more]])
    return price


def first_prices(a: Arrays, candidates: Candidates, ceiling: F8, workers: int) -> tuple[F8, F8]:
    """Where the sweeps begin, and their first steps: half the ceiling, or what each shift alone would pay.

    Where hands are many the second is near the best at once; from the first, shifts that are alike drive each other up
    and down, and the steps have become small before the prices have fallen.
    """
    half, own = ceiling / 2, alone(a, candidates, ceiling)
    bounds = [sweep(a, candidates, price, workers).profit + seat_surplus(a, price) for price in (half, own)]
    return (half, ceiling / 4) if bounds[0] <= bounds[1] else (own, np.maximum(own / 4, LEAST_STEP))


def find_prices(
    a: Arrays,
    candidates: Candidates,
    ceiling: F8,
    sweeps: int,
    refinements: int,
    workers: int,
    start: F8 | None = None,
) -> F8:
    """Prices (S) near the least bound, in 64ths, none above `ceiling`; sought from `start` on, where that is known."""
    if start is None:
        price, step = first_prices(a, candidates, ceiling, workers)
    else:
        price, step = np.clip(start, 0.0, ceiling), np.full(len(ceiling), LEAST_STEP)
    sign = np.zeros(len(price))
    best, lowest = price, np.inf
    for _ in range(sweeps):
        price = np.round(price * GRAIN) / GRAIN
        found = sweep(a, candidates, price, workers)
        bound = found.profit + seat_surplus(a, price)
        if bound < lowest:
            best, lowest = price, bound
        slope = excess(a, price, ceiling, found.demand)
        turned = np.sign(slope) * sign
        step = np.clip(
            np.where(turned > 0, step * 1.2, np.where(turned < 0, step * 0.5, step)), 1 / GRAIN, ceiling
        )
        sign = np.sign(slope)
        price = np.clip(price - sign * step, 0.0, ceiling)
    return refine(a, candidates, best, ceiling, refinements, workers)


def refine(a: Arrays, candidates: Candidates, price: F8, ceiling: F8, sweeps: int, workers: int) -> F8:
    """Polyak's steps: along the slope, as far as a bound that is `reach` lower would need; shorter after a failure."""
    best, lowest, part = price, np.inf, 2e-3
    direction = np.zeros(len(price))
    for _ in range(sweeps):
        price = np.round(price * GRAIN) / GRAIN
        found = sweep(a, candidates, price, workers)
        bound = found.profit + seat_surplus(a, price)
        if bound < lowest:
            best, lowest = price, bound
        else:
            part *= 0.85
        slope = excess(a, price, ceiling, found.demand)
        # Averaged slopes forget the zigzag between volunteers who answer alike.
        direction = 0.7 * direction + slope
        length = float(direction @ direction)
        if length == 0.0:
            break
        price = np.clip(price - (bound - lowest + part * lowest) / length * direction, 0.0, ceiling)
    return best
