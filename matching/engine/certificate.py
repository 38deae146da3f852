"""The upper bound that a plan's prices prove, over all eligible pairs and without a stored graph.

    UB(λ) = Σ_v best_v(λ) + Σ_s [ max(0, value - λ) · min + max(0, extra - λ) · (max - min) ]

holds for any λ ≥ 0 (weak duality: price the seats, let every volunteer choose alone). Volunteer after volunteer streams
through: the shifts near by, those worth their cost at the prices, the best week. Nothing depends on the plan or on how
it was found. The prices are in 64ths, so the sums are exact in double precision.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiling import PIECES, in_shards, kernel
from matching.engine.eligibility import Arrays
from matching.engine.grid import make_grid
from matching.engine.layers import LOW, make_layers, row_of
from matching.engine.prices import seat_surplus
from matching.engine.programme import best_set, make_room


@kernel
def best_weeks(a, layers, price, low, high):  # type: ignore[no-untyped-def]
    """Σ of best_v over the volunteers low … high - 1."""
    shifts = np.empty(len(a.shifts), np.int64)
    profit = np.empty(len(a.shifts), np.float64)
    chosen = np.empty(len(a.shifts), np.int64)
    room = make_room(len(a.shifts))
    total = 0.0
    for v in range(low, high):
        # Only what is worth its cost at the prices can be part of a best week.
        n = row_of(a, layers, v, price, shifts)
        for k in range(n):
            cost = shifts[k] & LOW
            shifts[k] >>= 32
            profit[k] = price[shifts[k]] - cost
        _, best = best_set(a, n, shifts, profit, np.int64(a.people[v].hours), chosen, room)
        total += best
    return total


def certify(a: Arrays, price: NDArray[np.float64], workers: int) -> float:
    """UB(price). `price` is in the order of the kernels' shifts."""
    layers = make_layers(a, make_grid(a), price)
    parts = in_shards(
        lambda low, high: best_weeks(a, layers, price, low, high), len(a.people), workers, PIECES
    )
    return float(sum(parts) + seat_surplus(a, price))
