"""Cuts the neighbourhood of a shift out of a whole plan.

Taken are the nearest shifts - first those that lie within the rest around the event's, since whoever comes may be
needed there -, whoever holds a seat of theirs, and the nearest people, first those who could come. What these people
hold elsewhere blocks its hours and the rest around them and is taken off their week.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.eligibility import REST_HOURS, window_words
from matching.engine.events import Event, Repaired, Standing
from matching.engine.plan import Plan
from matching.engine.problem import F4, HORIZON_HOURS, SHIFT_ARRAYS, VOLUNTEER_ARRAYS, Problem

NEAR_SHIFTS = 64
NEAR_PEOPLE = 500
# A shift that is not in the way of the event's counts as so much farther away, in km.
LATER_KM = 15.0
CELL_KM = 4.0
Numbers = NDArray[np.int64]


class Cells:
    """Points in squares, to find those around a place."""

    def __init__(self, x: F4, y: F4) -> None:
        self.x, self.y = x.astype(np.float64), y.astype(np.float64)
        self.x0, self.y0 = (float(axis.min()) if len(axis) else 0.0 for axis in (self.x, self.y))
        column, row = self._cell(self.x, self.y)
        self.columns, self.rows = int(column.max(initial=0)) + 1, int(row.max(initial=0)) + 1
        number = row * self.columns + column
        self.items = np.argsort(number, kind="stable")
        self.begin = np.searchsorted(number[self.items], np.arange(self.columns * self.rows + 1))

    def _cell(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Numbers, Numbers]:
        return ((x - self.x0) / CELL_KM).astype(np.int64), ((y - self.y0) / CELL_KM).astype(np.int64)

    def around(self, x: float, y: float, at_least: int) -> Numbers:
        """At least so many points, if there are, of whole squares around a place; in no order."""
        middle, level = int((x - self.x0) // CELL_KM), int((y - self.y0) // CELL_KM)
        far = 1
        while True:
            left, right = max(middle - far, 0), min(middle + far, self.columns - 1)
            low, high = max(level - far, 0), min(level + far, self.rows - 1)
            found = [
                self.items[self.begin[row * self.columns + left] : self.begin[row * self.columns + right + 1]]
                for row in range(low, high + 1)
            ]
            count = sum(len(part) for part in found)
            if count >= at_least or far > max(self.columns, self.rows):
                return np.concatenate(found) if found else np.zeros(0, np.int64)
            far *= 2


class Whole:
    """A problem with its plan, kept up to date event by event."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = replace(
            problem,
            volunteer_hours=problem.volunteer_hours.copy(),
            **{name: getattr(problem, name).copy() for name in SHIFT_ARRAYS},
        )
        self.price = plan.shift_price.copy()
        self.people = Cells(problem.volunteer_x_km, problem.volunteer_y_km)
        self.shifts = Cells(problem.shift_x_km, problem.shift_y_km)
        self.window = window_words(
            problem.shift_start_h.astype(np.int64), problem.shift_end_h.astype(np.int64)
        )
        self.holders: dict[int, list[int]] = {}
        self.weeks: dict[int, list[int]] = {}
        for v, s in zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True):
            self._add(v, s)

    def _add(self, v: int, s: int) -> None:
        self.holders.setdefault(s, []).append(v)
        self.weeks.setdefault(v, []).append(s)

    def cut(self, s: int) -> tuple[Standing, Numbers, Numbers]:
        """The neighbourhood of shift `s`, with the numbers of its people and shifts in the whole."""
        shifts = self._shifts_near(s)
        people = self._people_near(s, shifts)
        place = {v: n for n, v in enumerate(people.tolist())}
        within = {shift: n for n, shift in enumerate(shifts.tolist())}
        pairs = [(place[v], within[t]) for t in within for v in self.holders.get(t, ())]
        p = self.problem
        small = Problem(
            **{name: getattr(p, name)[people] for name in VOLUNTEER_ARRAYS},
            **{name: getattr(p, name)[shifts] for name in SHIFT_ARRAYS},
        )
        elsewhere = [(n, t) for v, n in place.items() for t in self.weeks.get(v, ()) if t not in within]
        self._block(small, *np.array(elsewhere, np.int64).reshape(-1, 2).T)
        volunteer, shift = np.array(pairs, np.int32).reshape(-1, 2).T
        return Standing(small, volunteer, shift, self.price[shifts]), people, shifts

    def _block(self, small: Problem, who: Numbers, which: Numbers) -> None:
        start, end = (
            getattr(self.problem, f"shift_{name}_h")[which].astype(np.int64) for name in ("start", "end")
        )
        around = window_words(np.maximum(start - REST_HOURS, 0), np.minimum(end + REST_HOURS, HORIZON_HOURS))
        np.bitwise_and.at(small.volunteer_hours, who, ~around)
        np.subtract.at(small.volunteer_max_hours, who, (end - start).astype(np.int16))

    def _shifts_near(self, s: int) -> Numbers:
        p = self.problem
        found = self.shifts.around(float(p.shift_x_km[s]), float(p.shift_y_km[s]), 4 * NEAR_SHIFTS)
        far = np.hypot(p.shift_x_km[found] - p.shift_x_km[s], p.shift_y_km[found] - p.shift_y_km[s])
        clear = (p.shift_end_h[found] + REST_HOURS <= p.shift_start_h[s]) | (
            p.shift_end_h[s] + REST_HOURS <= p.shift_start_h[found]
        )
        found = found[np.lexsort((found, far + LATER_KM * clear))[:NEAR_SHIFTS]]
        return np.unique(np.append(found, s))

    def _people_near(self, s: int, shifts: Numbers) -> Numbers:
        p = self.problem
        found = self.people.around(float(p.shift_x_km[s]), float(p.shift_y_km[s]), 4 * NEAR_PEOPLE)
        far = np.hypot(p.volunteer_x_km[found] - p.shift_x_km[s], p.volunteer_y_km[found] - p.shift_y_km[s])
        could = (
            (p.volunteer_traits[found] & p.shift_traits[s] == p.shift_traits[s])
            & (far <= p.volunteer_reach_km[found])
            & ((self.window[s] & ~p.volunteer_hours[found]) == 0).all(axis=1)
        )
        found = found[np.lexsort((found, far, ~could))[:NEAR_PEOPLE]]
        holding = [v for t in shifts.tolist() for v in self.holders.get(t, ())]
        return np.union1d(found, np.array(holding, np.int64))

    def carry_out(self, repaired: Repaired, people: Numbers, shifts: Numbers, event: Event) -> None:
        """Takes the repair of a neighbourhood and the event itself over into the whole."""
        if event.volunteer is not None:
            v, s = int(people[event.volunteer]), int(shifts[event.shift])
            self.problem.volunteer_hours[v] &= ~self.window[s]
        s, n = int(shifts[event.shift]), event.shift
        for name in ("shift_start_h", "shift_end_h", "shift_min", "shift_max"):
            getattr(self.problem, name)[s] = getattr(repaired.problem, name)[n]
        start, end = (
            getattr(self.problem, f"shift_{name}_h")[[s]].astype(np.int64) for name in ("start", "end")
        )
        self.window[s] = window_words(start, end)[0]
        if np.isnan(self.price[s]):
            self.price[s] = self.problem.shift_value_min[s] / 2
        for volunteer, shift in (repaired.lost, repaired.moved):
            for v, t in _named(people[volunteer], shifts[shift]):
                self.holders[t].remove(v)
                self.weeks[v].remove(t)
        for v, t in _named(people[repaired.added[0]], shifts[repaired.added[1]]):
            self._add(v, t)

    def plan(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Its pairs, by volunteer."""
        pairs = sorted((v, s) for s, holders in self.holders.items() for v in holders)
        volunteer, shift = np.array(pairs, np.int32).reshape(-1, 2).T
        return volunteer, shift


def _named(people: Numbers, shifts: Numbers) -> Iterable[tuple[int, int]]:
    return zip(people.tolist(), shifts.tolist(), strict=True)
