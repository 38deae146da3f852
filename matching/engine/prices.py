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
from matching.engine.columns import columns_of, sort_each
from matching.engine.compiling import in_shards
from matching.engine.eligibility import Arrays
from matching.engine.weeks import Rows, answer, rows_below, threads_for

F8 = NDArray[np.float64]
# Prices in 64ths: every sum of them is exact, so the bound does not depend on the order of the volunteers.
GRAIN = 64.0
# The first step where a price begins at next to nothing.
LEAST_STEP = 16.0
# How far prices may rise, in steps and while they are refined, and how often volunteers are asked, before the pairs are
# looked through again.
STEPS_AHEAD = 4.0
REFINING = 64.0
# How many steps in a row may come to nothing before they become shorter, where there are many.
PATIENCE = 20
# Steps that seek less than so much of the bound come to nothing.
LEAST_PART = 1e-8
MANY_SWEEPS = 200
ASKED_AT_MOST = 8


class Sweep(NamedTuple):
    """What the volunteers answer to prices: their total profit, and how many want each shift."""

    profit: float
    demand: NDArray[np.int64]


def sweep_rows(a: Arrays, rows: Rows, price: F8, workers: int) -> Sweep:
    """As `sweep`; no price may be above the limit of the rows."""
    parts = in_shards(
        lambda low, high: answer(a, rows, price, low, high),
        len(a.people),
        threads_for(len(rows.shift), workers),
        1,
        rows.begin,
    )
    # The sums are exact, so they do not depend on how the volunteers are cut.
    return Sweep(sum(total for total, _ in parts), np.sum([demand for _, demand in parts], axis=0))


def sweep(a: Arrays, candidates: Candidates, price: F8, workers: int) -> Sweep:
    return sweep_rows(a, rows_below(a, candidates, price, workers), price, workers)


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


def alone(a: Arrays, candidates: Candidates, ceiling: F8, workers: int) -> F8:
    """The price (S) at which as many would come to each shift as it has seats, if it were the only one."""
    every = np.ones(candidates.pairs, np.bool_)
    columns = columns_of(candidates.shift, candidates.cost, every, len(ceiling))
    sort_each(columns, workers)
    following = columns.begin[:-1] + a.shifts["most"]
    has_more = following < columns.begin[1:]
    price = ceiling.copy()
    price[has_more] = np.minimum(price[has_more], columns.keys[following[has_more]] >> 32)
    return price


def first_prices(a: Arrays, candidates: Candidates, ceiling: F8, workers: int) -> tuple[F8, F8]:
    """Where the sweeps begin, and their first steps: half the ceiling, or what each shift alone would pay.

    Where hands are many the second is near the best at once; from the first, shifts that are alike drive each other up
    and down, and the steps have become small before the prices have fallen.
    """
    half, own = ceiling / 2, alone(a, candidates, ceiling, workers)
    bounds = [sweep(a, candidates, price, workers).profit + seat_surplus(a, price) for price in (half, own)]
    return (half, ceiling / 4) if bounds[0] <= bounds[1] else (own, np.maximum(own / 4, LEAST_STEP))


class Market:
    """Asks all volunteers again and again, and looks only at pairs that can be worth anything at prices near the last."""

    def __init__(self, a: Arrays, candidates: Candidates, ceiling: F8, workers: int) -> None:
        self.a, self.candidates, self.ceiling, self.workers = a, candidates, ceiling, workers
        self.rows: Rows | None = None
        self.asked = 0

    def ask(self, price: F8, margin: F8) -> Sweep:
        """`margin` (S): how far each price may rise before the pairs are looked through again."""
        if self.rows is None or self.asked == ASKED_AT_MOST or (price > self.rows.limit).any():
            limit = np.maximum(price, np.minimum(self.ceiling, price + margin))
            self.rows, self.asked = rows_below(self.a, self.candidates, limit, self.workers), 0
        self.asked += 1
        return sweep_rows(self.a, self.rows, price, self.workers)


def find_prices(
    a: Arrays,
    candidates: Candidates,
    ceiling: F8,
    sweeps: int,
    refinements: int,
    workers: int,
    start: F8 | None = None,
) -> F8:
    """Prices (S) near the least bound, in 64ths, none above `ceiling`; sought from `start` on, where that is known (NaN is not)."""
    if start is None:
        price, step = first_prices(a, candidates, ceiling, workers)
    else:
        known = np.where(np.isnan(start), ceiling / 2, start)
        price, step = np.clip(known, 0.0, ceiling), np.full(len(ceiling), LEAST_STEP)
    sign = np.zeros(len(price))
    best, lowest = price, np.inf
    market = Market(a, candidates, ceiling, workers)
    for _ in range(sweeps):
        price = np.round(price * GRAIN) / GRAIN
        found = market.ask(price, STEPS_AHEAD * step + LEAST_STEP)
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
    return refine(market, best, refinements)


def refine(market: Market, price: F8, sweeps: int) -> F8:
    """Polyak's steps: along the slope, as far as a bound that is a `part` lower would need; shorter after failures.

    With few sweeps each failure counts. With many the steps stay long until nothing has come of `PATIENCE` in a row, since
    steps that shrink with each failure end before the least bound (Goffin and Kiwiel, Convergence of a simple subgradient
    level method, Mathematical Programming 85, 1999)."""
    a, ceiling = market.a, market.ceiling
    patience, shrink, part = (PATIENCE, 0.5, 5e-3) if sweeps >= MANY_SWEEPS else (1, 0.85, 2e-3)
    best, lowest, failed = price, np.inf, 0
    direction = np.zeros(len(price))
    for _ in range(sweeps):
        price = np.round(price * GRAIN) / GRAIN
        found = market.ask(price, np.full(len(price), REFINING))
        bound = found.profit + seat_surplus(a, price)
        if bound < lowest:
            best, lowest, failed = price, bound, 0
        else:
            failed += 1
            if failed == patience:
                part, failed = part * shrink, 0
                if part < LEAST_PART:
                    break
        slope = excess(a, price, ceiling, found.demand)
        # Averaged slopes forget the zigzag between volunteers who answer alike.
        direction = 0.7 * direction + slope
        length = float(direction @ direction)
        if length == 0.0:
            break
        price = np.clip(price - (bound - lowest + part * lowest) / length * direction, 0.0, ceiling)
    return best
