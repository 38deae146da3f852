"""The proven optimum of a small problem.

With prices λ, a plan is worth  Σ_v Σ_{s of v} (λ_s - cost) + Σ_s (worth_s(n_s) - λ_s n_s),  where worth_s(n) is the value of
n people on s. Both sums are bounded by each volunteer and each shift alone, and prices near the best leave little
between that bound and the plan at hand, so few choices can still be part of a better plan. The volunteers are decided
one after the other; what was decided matters to the rest only by the people on each shift, so of all ways to the same
numbers the best is kept (a dynamic programme), and numbers whose bound is no better than the plan at hand are dropped
(branch and bound). Objectives are whole: a plan is better by at least 1.

It is tried on problems of at most MOST_PAIRS eligible pairs, and given up after MOST_STEPS steps.
"""

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.eligibility import Arrays
from matching.engine.prices import seat_surplus, sweep
from matching.engine.state import State, add, empty_state, objective_of_state

MOST_PAIRS = 600
MOST_STEPS = 300_000
Week = tuple[int, ...]
Trail = tuple["Trail | None", int, Week]


class GivenUp(Exception):
    """Too many ways are left to prove which is best."""


def optimum(
    a: Arrays, candidates: Candidates, price: NDArray[np.float64], state: State, nothing_lost: bool
) -> State | None:
    """The best plan: `state` itself where nothing is better. None where that could not be proven. A search needs
    candidates of which `nothing_lost` by being cut."""
    known = objective_of_state(a, state)
    bound = sweep(a, candidates, price, 1).profit + seat_surplus(a, price)
    if math.floor(bound) <= known:
        return state
    if candidates.pairs > MOST_PAIRS or not nothing_lost:
        return None
    try:
        trail = _Search(a, candidates, price, known).run()
    except GivenUp:
        return None
    if trail is None:
        return state
    better = empty_state(a, candidates)
    while trail is not None:
        trail, v, week = trail
        for k in week:
            add(a, better, v, candidates.shift[k], np.int64(candidates.cost[k]))
    return better


class _Search:
    def __init__(self, a: Arrays, candidates: Candidates, price: NDArray[np.float64], known: int) -> None:
        self.a, self.rows, self.price, self.known = a, candidates, price, known
        self.start, self.end, self.least, self.most, self.value, self.extra = (
            a.shifts[field].tolist() for field in ("start", "end", "least", "most", "value", "extra")
        )
        self.hours = a.people["hours"].tolist()
        self.steps = 0
        begin = self.rows.begin
        self.volunteers = [v for v in range(len(a.people)) if begin[v] < begin[v + 1]]
        weeks = {v: self._weeks(v) for v in self.volunteers}
        self.best = [max(profit for _, profit in weeks[v]) for v in self.volunteers]
        self.later = [math.fsum(self.best[i:]) for i in range(len(self.best) + 1)]
        self.left = np.zeros((len(self.volunteers) + 1, len(a.shifts)), dtype=np.int64)
        for i in reversed(range(len(self.volunteers))):
            row = self.rows.shift[begin[self.volunteers[i]] : begin[self.volunteers[i] + 1]]
            self.left[i] = self.left[i + 1]
            self.left[i, row] += 1
        slack = self.later[0] + sum(self._seats(s, 0, 0) for s in range(len(a.shifts))) - known - 1
        self.weeks = [
            [(week, profit) for week, profit in weeks[v] if self.best[i] - profit <= slack + 1e-6]
            for i, v in enumerate(self.volunteers)
        ]

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > MOST_STEPS:
            raise GivenUp

    def _weeks(self, v: int) -> list[tuple[Week, float]]:
        """Every feasible week of `v`, as positions in the rows, with its profit at the prices."""
        a = self.a
        found: list[tuple[Week, float, int]] = [((), 0.0, 0)]
        for k in range(self.rows.begin[v], self.rows.begin[v + 1]):
            s = self.rows.shift[k]
            duration = int(self.end[s] - self.start[s])
            profit = float(self.price[s] - self.rows.cost[k])
            for week, total, hours in list(found):
                self._step()
                rested = not week or self.end[self.rows.shift[week[-1]]] + a.rest <= self.start[s]
                if rested and hours + duration <= self.hours[v]:
                    found.append(((*week, k), total + profit, hours + duration))
        return [(week, total) for week, total, _ in found]

    def _seats(self, s: int, taken: int, i: int) -> float:
        """The most that shift `s` can be worth above its price, with `taken` people before volunteer i decides."""
        greatest = min(int(self.most[s]), taken + int(self.left[i, s]))
        # Concave in the number: the best is at an end or where the value falls.
        numbers = {taken, greatest, min(max(int(self.least[s]), taken), greatest)}
        return max(self._worth(s, n) - float(self.price[s]) * n for n in numbers)

    def _worth(self, s: int, n: int) -> int:
        first = min(n, int(self.least[s]))
        return int(self.value[s]) * first + int(self.extra[s]) * (n - first)

    def run(self) -> Trail | None:
        """The decisions of a better plan, or None where none is better."""
        layer: dict[tuple[int, ...], tuple[float, Trail | None]] = {(0,) * len(self.a.shifts): (0.0, None)}
        for i, v in enumerate(self.volunteers):
            following: dict[tuple[int, ...], tuple[float, Trail | None]] = {}
            for (taken, (total, trail)), (week, profit) in product(layer.items(), self.weeks[i]):
                self._step()
                counts = list(taken)
                for k in week:
                    counts[self.rows.shift[k]] += 1
                if any(counts[self.rows.shift[k]] > self.most[self.rows.shift[k]] for k in week):
                    continue
                key, reached = tuple(counts), total + profit
                if key not in following or following[key][0] < reached:
                    following[key] = (reached, (trail, v, week))
            # The bound of each looks at every shift.
            self._step(len(following) * len(self.least))
            layer = {
                key: entry
                for key, entry in following.items()
                if entry[0] + self.later[i + 1] + sum(self._seats(s, n, i + 1) for s, n in enumerate(key))
                > self.known + 1 - 1e-6
            }
        if not layer:
            return None
        # With nobody left, the bound of a plan is its objective.
        return max(
            layer.items(),
            key=lambda item: (
                item[1][0] + sum(self._seats(s, n, len(self.best)) for s, n in enumerate(item[0]))
            ),
        )[1][1]
