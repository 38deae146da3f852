"""What the engine answers: who takes which shift, and the price of a seat of each."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.engine.files import write_arrays
from matching.engine.problem import I4, Problem


@dataclass(frozen=True, eq=False)
class Plan:
    """Pair n is `volunteer[n]` on `shift[n]`, ordered by volunteer, then by the end of the shift."""

    volunteer: I4
    shift: I4
    shift_price: NDArray[np.float64]
    """(S) what a seat is worth at the margin; anyone can compute the bound from it."""
    objective: int
    upper_bound: float | None
    """No plan can be worth more. Computed when asked for."""
    is_optimal: bool
    """Proven to be the best there is."""
    seconds: dict[str, float] = field(default_factory=dict)
    """candidates, plan and certify, apart."""

    def save(self, path: str | Path) -> None:
        """Writes pairs and prices, whole or not at all; raises OSError."""
        write_arrays(
            path, {"volunteer": self.volunteer, "shift": self.shift, "shift_price": self.shift_price}
        )

    @property
    def gap_percent(self) -> float | None:
        """How far the objective lies below the bound, in percent of the bound; 0 where nothing can be gained."""
        if self.upper_bound is None:
            return None
        return 100.0 * (self.upper_bound - self.objective) / self.upper_bound if self.upper_bound > 0 else 0.0


def seat_values(problem: Problem, filled: NDArray[np.int64]) -> int:
    """The value of `filled` (S) seats."""
    first = np.minimum(filled, problem.shift_min)
    return int((problem.shift_value_min * first + problem.shift_value_extra * (filled - first)).sum())


def filled_of(problem: Problem, shift: I4) -> NDArray[np.int64]:
    return np.bincount(shift, minlength=problem.shifts).astype(np.int64)
