"""The upper bound that a plan's prices prove, over all eligible pairs and without a stored graph.

    UB(λ) = Σ_v best_v(λ) + Σ_s [ max(0, value - λ) · min + max(0, extra - λ) · (max - min) ]

holds for any λ ≥ 0 (weak duality: price the seats, let every volunteer choose alone). Volunteer after volunteer streams
through: the shifts near by, those worth their cost at the prices, the best week. Nothing depends on the plan or on how
it was found. The prices are in 64ths, so the sums are exact in double precision.
"""

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import make_grid, near
from matching.engine.compiling import in_shards, kernel
from matching.engine.eligibility import INELIGIBLE, Arrays, pair_cost
from matching.engine.prices import seat_surplus
from matching.engine.programme import best_set


@kernel
def sort(numbers, n):  # type: ignore[no-untyped-def]
    """Shell's sort of the first `n` numbers, with gaps of 3^k."""
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
def best_weeks(a, grid, price, low, high):  # type: ignore[no-untyped-def]
    """Σ of best_v over the volunteers low … high - 1."""
    shifts = np.empty(len(a.shifts), np.int64)
    profit = np.empty(len(a.shifts), np.float64)
    chosen = np.empty(len(a.shifts), np.int64)
    total = 0.0
    for v in range(low, high):
        n = 0
        for k in range(near(a, grid, v, shifts)):
            s = shifts[k]
            if price[s] > 0.0:
                cost = pair_cost(a.people[v], a.shifts[s])
                if cost != INELIGIBLE and price[s] > cost:
                    shifts[n] = s
                    n += 1
        sort(shifts, n)
        for k in range(n):
            profit[k] = price[shifts[k]] - pair_cost(a.people[v], a.shifts[shifts[k]])
        _, best = best_set(a, n, shifts, profit, np.int64(a.people[v].hours), chosen)
        total += best
    return total


def certify(a: Arrays, price: NDArray[np.float64], workers: int) -> float:
    """UB(price). `price` is in the order of the kernels' shifts."""
    grid = make_grid(a)
    parts = in_shards(lambda low, high: best_weeks(a, grid, price, low, high), len(a.people), workers)
    return float(sum(parts) + seat_surplus(a, price))
