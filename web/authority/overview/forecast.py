"""How need and hands go on, and on which day hands meet need. Plain numbers: no database, no words.

Through the last seven days of each go straight lines by least squares. The error of a value ahead is the half width of
the 80 % prediction interval of such a line, t · s · √(1 + 1/n + (x − x̄)² / Σ(x − x̄)²), with s the spread of the days
around the line and t of n − 2 degrees of freedom (Draper and Smith, Applied Regression Analysis, 3rd edition, 1.4).
Hands meet need where the line through their difference reaches zero; the error of that day is the error of the
difference there over its slope (inverse prediction, same book, 3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

WINDOW = 7
LEAST_DAYS = 5
# How far ahead is looked at all; a meeting that may as well be a week off is not foretold.
AHEAD = 10
MOST_ERROR = 7
# Of how many days the lines are drawn where they do not meet.
SHOWN = 4
# Two-sided 80 % quantiles of Student's t by degrees of freedom.
T_80 = {3: 1.638, 4: 1.533, 5: 1.476}


@dataclass(frozen=True)
class Value:
    """A value ahead and its error, both at least 0."""

    value: float
    error: float


@dataclass(frozen=True)
class Forecast:
    """Values of the days after the last one, the first of them 1 day later.

    `meets_in`: in how many days hands meet need, `error_days` to and fro; None where they do not within AHEAD days.
    """

    need: tuple[Value, ...]
    hands: tuple[Value, ...]
    meets_in: int | None = None
    error_days: int | None = None


@dataclass(frozen=True)
class Line:
    """A line through values at 0, 1, … n − 1."""

    middle: float
    slope: float
    spread: float
    count: int

    def at(self, x: float) -> float:
        return self.middle + self.slope * (x - (self.count - 1) / 2)

    def error_at(self, x: float) -> float:
        """Half of the width of the 80 % prediction interval."""
        squares = self.count * (self.count**2 - 1) / 12
        share = 1 + 1 / self.count + (x - (self.count - 1) / 2) ** 2 / squares
        return T_80[self.count - 2] * self.spread * sqrt(share)


def line_through(values: Sequence[float]) -> Line:
    """The line by least squares through values that lie one apart, at least LEAST_DAYS of them."""
    count = len(values)
    centre, middle = (count - 1) / 2, sum(values) / count
    squares = count * (count**2 - 1) / 12
    slope = sum((x - centre) * (value - middle) for x, value in enumerate(values)) / squares
    rest = sum((value - middle - slope * (x - centre)) ** 2 for x, value in enumerate(values))
    return Line(middle, slope, sqrt(rest / (count - 2)), count)


def forecast(need: Sequence[int], hands: Sequence[int]) -> Forecast | None:
    """How need and hands of whole days, oldest first, go on after the last; None where too few days are known or
    hands meet need already."""
    if len(need) != len(hands):
        raise ValueError("Need and hands are of the same days.")
    need, hands = need[-WINDOW:], hands[-WINDOW:]
    if len(need) < LEAST_DAYS or need[-1] <= hands[-1]:
        return None
    lines = line_through(need), line_through(hands)
    gap = line_through([wanted - there for wanted, there in zip(need, hands, strict=True)])
    last = gap.count - 1
    days, error = _meeting(gap, last)
    ahead = range(1, (days or SHOWN) + 1)
    wanted, there = (
        [Value(max(line.at(last + day), 0), line.error_at(last + day)) for day in ahead] for line in lines
    )
    # Who comes beyond the need of a shift is no hand that was missing.
    there = [Value(min(hand.value, want.value), hand.error) for hand, want in zip(there, wanted, strict=True)]
    if days is not None:
        there[-1] = Value(wanted[-1].value, there[-1].error)
    return Forecast(tuple(wanted), tuple(there), days, error)


def _meeting(gap: Line, last: int) -> tuple[int | None, int | None]:
    """In how many days the gap is closed, and the error in days."""
    if gap.slope >= 0:
        return None, None
    crossing = (gap.count - 1) / 2 - gap.middle / gap.slope
    days = max(ceil(crossing - last), 1)
    error = ceil(gap.error_at(crossing) / -gap.slope)
    return (days, error) if days <= AHEAD and error <= MOST_ERROR else (None, None)
