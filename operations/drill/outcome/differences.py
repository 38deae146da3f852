"""Paired differences: two policies with the same seeds meet the same people, so each seed is one pair.

For the differences d₁ … dₙ the mean is d̄, the spread s = √(Σ(dᵢ − d̄)² / (n − 1)), and the interval that holds the
mean of all seeds with 95 % confidence is d̄ ± t · s / √n, where t is the 97.5 % point of Student's distribution with
n − 1 degrees of freedom (Student, "The Probable Error of a Mean", Biometrika 6, 1908). It takes the differences as
independent and roughly normal; with five seeds it is wide, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

# 97.5 % points of Student's distribution for 1 to 30 degrees of freedom; beyond, that of the normal is close.
T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
NORMAL_975 = 1.960


@dataclass(frozen=True)
class Difference:
    """Of one figure: the mean of each policy over the seeds that have it, and of the second less the first over those
    that have it under both, `pairs`. `low` and `high` bound its 95 % interval; None with fewer than two pairs."""

    key: str
    pairs: int
    first: float | None
    second: float | None
    mean: float | None
    least: float | None
    most: float | None
    spread: float | None
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def difference(key: str, first: Sequence[float | None], second: Sequence[float | None]) -> Difference:
    """The difference of two rows of values, seed by seed; pairs in which one is missing are left out."""
    known = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    n, of_first, of_second = len(known), _mean(first), _mean(second)
    if not n:
        return Difference(key, 0, of_first, of_second, None, None, None, None, None, None)
    apart = [b - a for a, b in known]
    mean = sum(apart) / n
    spread = half = None
    if n > 1:
        spread = sqrt(sum((one - mean) ** 2 for one in apart) / (n - 1))
        half = (T_975[n - 2] if n - 2 < len(T_975) else NORMAL_975) * spread / sqrt(n)
    return Difference(
        key,
        n,
        of_first,
        of_second,
        mean,
        min(apart),
        max(apart),
        spread,
        None if half is None else mean - half,
        None if half is None else mean + half,
    )


def differences(
    keys: Sequence[str], first: Sequence[dict[str, Any]], second: Sequence[dict[str, Any]]
) -> list[Difference]:
    """For each key of two rows of figures, seed by seed."""
    return [
        difference(key, [one.get(key) for one in first], [one.get(key) for one in second]) for key in keys
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
