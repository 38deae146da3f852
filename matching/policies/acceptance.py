"""How likely people are to say yes, learned from past offers; how many to ask for that, and how many yes to expect.

**Learning.** An offer ends with a yes, or without (a no, or no answer in time). The yes of a group of offers are
binomial with the group's own rate θ, and the rates of the groups of a level are Beta distributed around that of the
level above, with a concentration κ: the larger, the more alike they are. What is known of the level above is a Beta
distribution too, with mean m and strength n (its two parameters together). So before a group's own offers are seen θ
has the mean m and, by the law of total variance, m(1 − m) · (1/(κ + 1) + κ/((κ + 1)(n + 1))); the Beta distribution with
these two moments has the strength s = κn / (κ + n + 1). After them

> θ ~ Beta(s·m + yes, s·(1 − m) + asked − yes), with the mean (s·m + yes) / (s + asked).

Everywhere → the county → the kind of work in the county at that time of the week → the role itself, whose first wave
says what the others may be like. At the top stands the prior: as if 12 of 20 had said yes. The Beta–binomial and its
levels: Gelman et al., Bayesian Data Analysis, 3rd edition, 2013, sections 2.4 and 5.3. Somebody's own record comes last
(`tasks.policies.likelihood`), with the mean of the role in the place of what is known of a newcomer.

**Interval.** The middle 80 % of a Beta distribution, by exact quantiles: Newton's steps within a bracket on the
regularized incomplete beta function, which is computed by its continued fraction (NIST Digital Library of Mathematical
Functions, 8.17.22) with Lentz's method (Press et al., Numerical Recipes, 3rd edition, 2007, sections 5.2 and 6.4); the
error is under 1e-9.

**Number of yes.** At a given rate of the role people answer independently: the number of yes is Poisson-binomial, by
exact convolution. The rate is uncertain and moves all of them together; that is averaged over nine rates of equal
probability (the 1/18, 3/18, … quantiles). Somebody with chance p at the mean rate m has p·θ/m at the rate θ where
p ≤ m, and 1 − (1 − p)(1 − θ)/(1 − m) where p > m: always a probability, and p on average. Whoever has a long record of
their own moves less than that, so the interval is wide rather than narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma, log, log1p
from typing import NamedTuple

from tasks import policies

# What is believed of offers before any was answered: yes, and not.
PRIOR_YES, PRIOR_NO = 12, 8
# How alike the groups of a level are: about so many offers of its own weigh as much as all that is known above it.
COUNTY_ALIKE, KIND_ALIKE, ROLE_ALIKE = 40, 20, 20
# The middle part of a distribution that is told as an interval.
INTERVAL = 0.8
# In so little time before the start nobody waits for a second answer: so many are asked that it is likely enough.
CLOSE = timedelta(hours=6)
RATES = 9
_EXACT = 1e-12
_TINY = 1e-300
_STEPS = 10_000


class Count(NamedTuple):
    """Offers that were answered or ran out, and how many of them with a yes."""

    asked: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class Rate:
    """What is known of a rate of yes: a Beta distribution by its two parameters, both above 0."""

    yes: float
    no: float

    @property
    def mean(self) -> float:
        return self.yes / (self.yes + self.no)

    @property
    def strength(self) -> float:
        """How many offers this knowledge weighs."""
        return self.yes + self.no

    @property
    def variance(self) -> float:
        return self.mean * (1 - self.mean) / (self.strength + 1)

    def within(self, own: Count, *, alike: float) -> "Rate":
        """The rate of a group of this level after its own offers, at a concentration `alike`."""
        strength = alike * self.strength / (alike + self.strength + 1)
        return Rate(
            strength * self.mean + own.accepted, strength * (1 - self.mean) + own.asked - own.accepted
        )

    def quantile(self, part: float) -> float:
        """Below which rate a part (0 to 1, both exclusive) of the distribution lies."""
        low, high, x = 0.0, 1.0, self.mean
        scale = lgamma(self.yes + self.no) - lgamma(self.yes) - lgamma(self.no)
        for _ in range(200):
            over = beta_below(x, self.yes, self.no) - part
            low, high = (low, x) if over > 0 else (x, high)
            density = exp(scale + (self.yes - 1) * log(x) + (self.no - 1) * log1p(-x)) if 0 < x < 1 else 0.0
            step = x - over / density if density > 0 else low
            before, x = x, step if low < step < high else (low + high) / 2
            if abs(x - before) < _EXACT or high - low < _EXACT:
                break
        return x

    def interval(self, part: float = INTERVAL) -> tuple[float, float]:
        """The middle part of the distribution; widened to the mean where almost all lies at one end."""
        rest = (1 - part) / 2
        return min(self.quantile(rest), self.mean), max(self.quantile(1 - rest), self.mean)


PRIOR = Rate(PRIOR_YES, PRIOR_NO)


def learned(everywhere: Count, county: Count, kind: Count, role: Count) -> Rate:
    """The rate of a role, from what was counted everywhere, in its county, of its kind there, and of itself."""
    # The first counts belong to the prior itself: there is nothing above it to be like.
    known = Rate(PRIOR.yes + everywhere.accepted, PRIOR.no + everywhere.asked - everywhere.accepted)
    for own, alike in ((county, COUNTY_ALIKE), (kind, KIND_ALIKE), (role, ROLE_ALIKE)):
        known = known.within(own, alike=alike)
    return known


def beta_below(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function: how much of Beta(a, b) lies below x."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    # The fraction converges fast only on this side of the mean; the other side is its mirror.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _apart_from_0(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1 / _apart_from_0(1 + part * d)
            c = _apart_from_0(1 + part / c)
            value *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return value


def _apart_from_0(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


class _Yes:
    """The distribution of the number of yes of those added so far."""

    def __init__(self, rate: Rate) -> None:
        self.mean = rate.mean
        self.rates = [rate.quantile((2 * place + 1) / (2 * RATES)) for place in range(RATES)]
        self.parts = [[1.0] for _ in self.rates]

    def add(self, chance: float) -> None:
        for place, rate in enumerate(self.rates):
            if chance <= self.mean:
                yes = chance * rate / self.mean
            else:
                yes = 1 - (1 - chance) * (1 - rate) / (1 - self.mean)
            part = self.parts[place]
            self.parts[place] = [
                stays * (1 - yes) + comes * yes
                for stays, comes in zip([*part, 0.0], [0.0, *part], strict=True)
            ]

    def quantile(self, part: float) -> int:
        """The fewest yes that are not exceeded with so much probability."""
        total = 0.0
        for count, at_each_rate in enumerate(zip(*self.parts, strict=True)):
            total += sum(at_each_rate) / RATES
            if total >= part:
                return count
        return len(self.parts[0]) - 1


@dataclass(frozen=True)
class Expected:
    """How many of those asked will say yes: about `likely`, and in four of five cases from `low` to `high`."""

    asked: int
    likely: int
    low: int
    high: int


def expected(chances: Sequence[float], rate: Rate) -> Expected:
    """What to expect of people with these chances of a yes, for a role with this rate."""
    counts = _Yes(rate)
    for chance in chances:
        counts.add(chance)
    rest = (1 - INTERVAL) / 2
    likely = policies.expected_yes(chances)
    return Expected(
        asked=len(chances),
        likely=likely,
        low=min(counts.quantile(rest), likely),
        high=max(counts.quantile(1 - rest), likely),
    )


def is_close(starts_at: datetime | None, at: datetime) -> bool:
    """Whether a shift begins so soon that nobody can wait for the answers of a second wave."""
    return starts_at is not None and starts_at - at < CLOSE


def to_ask(*, missing: int, chances: Sequence[float], free: int, rate: Rate, close: bool) -> int:
    """How many of the best to ask at once: the fewest whose expected yes reach what is missing, at most `free`.

    `close` to the start the low end of what is to be expected has to reach it as well. `chances` are those of the people
    in the order in which they are asked. Where not even all of them are enough, all.
    """
    size = policies.wave_size(missing=missing, chances=chances, free=free)
    most = min(free, len(chances))
    if not close or not 0 < size < most:
        return size
    counts = _Yes(rate)
    for chance in chances[:size]:
        counts.add(chance)
    while size < most and counts.quantile((1 - INTERVAL) / 2) < missing:
        counts.add(chances[size])
        size += 1
    return size


def is_enough(*, missing: int, chances: Sequence[float], rate: Rate, close: bool) -> bool:
    """Whether those who are asked already are likely to fill what is missing, by the same measure as `to_ask`."""
    if missing <= 0:
        return True
    if sum(chances) < missing:
        return False
    return not close or expected(chances, rate).low >= missing
