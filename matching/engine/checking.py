"""The rules, the objective and the bound once more, for whoever does not trust the engine: plain numpy.

Nothing here calls what makes plans: no compiled kernel, no grid, no cut list, no words of a window, no programme over
intervals; even the constants are written anew. Shared is only how a problem is read and refused (`problem`).

The bound of prices λ ≥ 0 is that of `certificate`, over all eligible pairs,

    UB(λ) = Σ_v best week of v at λ + Σ_s [ max(0, value - λ) · min + max(0, extra - λ) · (max - min) ]

with the best weeks found another way: by the hour instead of by the shift. With F(t, h) = the most that a volunteer can
gain by hour t of the horizon with h hours of work,

    F(t, h) = max( F(t - 1, h),  max over shifts s that end at t of  λ_s - cost + F(start of s - 8, h - duration of s) )

for many volunteers at once. Only pairs with λ_s above their cost can be part of a best week. Volunteers are taken in
tiles, and a shift that lies beyond the tile by more than the farthest reach in it is no pair of any of them; so no
table holds more than `CELLS` pairs, whatever the size of the problem.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.problem import Problem

REST_H = 8
POINTS_PER_KM, POINTS_OTHER_CAUSE, POINTS_PER_LOAD = 10, 250, 30
HOURS = 168
TILE_KM = 16.0
# Pairs looked at together, pairs whose weeks are found together, and cells of a table of hours.
CELLS = 2_000_000
PAIRS = 400_000
TABLE = 4_000_000

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks: by whom, on which shift, and how, as a sentence."""

    rule: str
    volunteer: int
    shift: int
    text: str


@dataclass(frozen=True)
class Pairs:
    """Pairs of a volunteer and a shift, with what each brings."""

    volunteer: Ints
    shift: Ints
    profit: Floats


def broken_rules(problem: Problem, volunteer: Ints, shift: Ints) -> list[Broken]:
    """Every rule that these pairs break, pair after pair, then by volunteer, then by shift."""
    found = [*_of_pairs(problem, volunteer, shift), *_of_weeks(problem, volunteer, shift)]
    taken = np.bincount(shift, minlength=problem.shifts)
    for s in np.flatnonzero(taken > problem.shift_max).tolist():
        last = int(volunteer[shift == s][-1])
        text = f"{taken[s]} volunteers, {last} the last of them, are on shift {s}, which has {problem.shift_max[s]} seats"
        found.append(Broken("seats", last, s, text))
    return found


def objective(problem: Problem, volunteer: Ints, shift: Ints) -> int:
    """What the filled seats are worth, less what the pairs cost."""
    taken = np.bincount(shift, minlength=problem.shifts).astype(np.int64)
    first = np.minimum(taken, problem.shift_min)
    worth = problem.shift_value_min * first + problem.shift_value_extra * (taken - first)
    return int(worth.sum()) - int(costs(problem, volunteer, shift).sum())


def upper_bound(problem: Problem, price: Floats) -> float:
    """UB(price), over all eligible pairs. Sums are rounded once."""
    weeks = [
        week for pairs in profitable_pairs(problem, price) for week in best_weeks(problem, pairs).tolist()
    ]
    spare = problem.shift_max.astype(np.int64) - problem.shift_min
    seats = np.maximum(0.0, problem.shift_value_min - price) * problem.shift_min
    more = np.maximum(0.0, problem.shift_value_extra - price) * spare
    return math.fsum([*weeks, *seats.tolist(), *more.tolist()])


def distances(problem: Problem, volunteer: Ints, shift: Ints) -> Floats:
    """Kilometres, in double precision from the coordinates as they are given; 0 for a remote shift."""
    x = problem.volunteer_x_km[volunteer].astype(np.float64) - problem.shift_x_km[shift].astype(np.float64)
    y = problem.volunteer_y_km[volunteer].astype(np.float64) - problem.shift_y_km[shift].astype(np.float64)
    return np.where(problem.shift_remote[shift] == 1, 0.0, np.sqrt(x * x + y * y))


def costs(problem: Problem, volunteer: Ints, shift: Ints) -> Ints:
    """Points of each pair: tenths of a km begun, another cause than the preferred ones, recent load."""
    way = np.floor(POINTS_PER_KM * distances(problem, volunteer, shift)).astype(np.int64)
    cause = problem.shift_cause[shift].astype(np.uint64)
    prefers = problem.volunteer_causes[volunteer] >> cause & np.uint64(1) == 1
    load = problem.volunteer_recent_load[volunteer].astype(np.int64)
    return way + np.where(prefers, 0, POINTS_OTHER_CAUSE) + POINTS_PER_LOAD * load


def free_by_hour(problem: Problem, volunteer: Ints) -> Bools:
    """(n, 168) whether each volunteer is available, hour by hour."""
    hour = np.arange(HOURS)
    words = problem.volunteer_hours[volunteer][:, hour // 64]
    return words >> (hour % 64).astype(np.uint64) & np.uint64(1) == 1


def _of_pairs(problem: Problem, volunteer: Ints, shift: Ints) -> Iterator[Broken]:
    """The rules of a single pair: traits, availability, reach."""
    start, end = problem.shift_start_h[shift], problem.shift_end_h[shift]
    missing = problem.shift_traits[shift] & ~problem.volunteer_traits[volunteer]
    lacks = np.flatnonzero(missing)
    far = distances(problem, volunteer, shift)
    too_far = (far > problem.volunteer_reach_km[volunteer]) & (problem.shift_remote[shift] == 0)
    for n in lacks.tolist():
        v, s, bits = int(volunteer[n]), int(shift[n]), int(missing[n])
        yield Broken(
            "traits", v, s, f"volunteer {v} lacks trait {bits.bit_length() - 1}, which shift {s} needs"
        )
    for low in range(0, len(shift), CELLS // HOURS):
        those = np.s_[low : low + CELLS // HOURS]
        hour = np.arange(HOURS)
        within = (start[those, None] <= hour) & (hour < end[those, None])
        away = within & ~free_by_hour(problem, volunteer[those])
        for n in np.flatnonzero(away.any(axis=1)).tolist():
            v, s, first = int(volunteer[low + n]), int(shift[low + n]), int(np.argmax(away[n]))
            yield Broken(
                "availability", v, s, f"volunteer {v} is not available in hour {first}, part of shift {s}"
            )
    for n in np.flatnonzero(too_far).tolist():
        v, s, reach = int(volunteer[n]), int(shift[n]), float(problem.volunteer_reach_km[volunteer[n]])
        text = f"volunteer {v} lives {far[n]:.3f} km from shift {s} and goes {reach:.3f} km at most"
        yield Broken("reach", v, s, text)


def _of_weeks(problem: Problem, volunteer: Ints, shift: Ints) -> Iterator[Broken]:
    """The rules of a week: rest between two shifts, and hours."""
    start, end = problem.shift_start_h.astype(np.int64), problem.shift_end_h.astype(np.int64)
    order = np.lexsort((end[shift], start[shift], volunteer))
    v, s = volunteer[order], shift[order]
    same = v[1:] == v[:-1]
    # Whoever overlaps two shifts overlaps the one that follows in time.
    rest = start[s[1:]] - end[s[:-1]]
    for n in np.flatnonzero(same & (rest < REST_H)).tolist():
        between = f"{rest[n]} h of rest" if rest[n] >= 0 else "an overlap"
        text = f"volunteer {v[n]} has {between} between shift {s[n]} and shift {s[n + 1]}"
        yield Broken("rest", int(v[n]), int(s[n + 1]), text)
    worked = np.zeros(problem.volunteers, np.int64)
    np.add.at(worked, volunteer, (end - start)[shift])
    for who in np.flatnonzero(worked > problem.volunteer_max_hours).tolist():
        last, most = int(s[v == who][-1]), int(problem.volunteer_max_hours[who])
        text = f"volunteer {who} works {worked[who]} h with shift {last} and may work {most} h"
        yield Broken("hours", who, last, text)


def profitable_pairs(problem: Problem, price: Floats) -> Iterator[Pairs]:
    """Every eligible pair that costs less than the price, in heaps of about `PAIRS`; a volunteer is in one heap only."""
    heap: list[Pairs] = []
    held = 0
    for volunteers, shifts in _tiles(problem, np.flatnonzero(price > 0)):
        for rows in np.array_split(volunteers, 1 + len(volunteers) * len(shifts) // CELLS):
            found = _in_table(problem, price, rows, shifts)
            heap.append(found)
            held += len(found.shift)
            if held >= PAIRS:
                yield _joined(heap)
                heap, held = [], 0
    if heap:
        yield _joined(heap)


def _joined(heap: list[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([one.volunteer for one in heap]),
        np.concatenate([one.shift for one in heap]),
        np.concatenate([one.profit for one in heap]),
    )


def _tiles(problem: Problem, shifts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """All volunteers, those of one tile and of a similar reach together, with each of `shifts` that any may reach."""
    x, y = problem.volunteer_x_km.astype(np.float64), problem.volunteer_y_km.astype(np.float64)
    reach = problem.volunteer_reach_km.astype(np.float64)
    kind = np.ceil(np.log2(np.maximum(reach, 1.0)))
    keys = np.floor(x / TILE_KM), np.floor(y / TILE_KM), kind
    order = np.lexsort(keys)
    changes = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    remote = shifts[problem.shift_remote[shifts] == 1]
    placed = shifts[problem.shift_remote[shifts] == 0]
    placed = placed[np.argsort(problem.shift_x_km[placed], kind="stable")]
    shift_x = problem.shift_x_km[placed].astype(np.float64)
    shift_y = problem.shift_y_km[placed].astype(np.float64)
    for tile in np.split(order, np.flatnonzero(changes) + 1):
        if not len(tile):
            continue
        # A difference in one coordinate that exceeds the reach is a distance that does; a little more, for rounding.
        far = float(reach[tile].max()) * (1 + 1e-9) + 1e-6
        first, last = np.searchsorted(shift_x, [x[tile].min() - far, x[tile].max() + far])
        those = np.s_[first:last]
        near = (y[tile].min() - far <= shift_y[those]) & (shift_y[those] <= y[tile].max() + far)
        yield tile, np.concatenate([placed[those][near], remote])


def _in_table(problem: Problem, price: Floats, volunteers: Ints, shifts: Ints) -> Pairs:
    """The eligible pairs among these volunteers and these shifts that cost less than the price."""
    start, end = problem.shift_start_h[shifts], problem.shift_end_h[shifts]
    away = np.zeros((len(volunteers), HOURS + 1), np.int16)
    np.cumsum(~free_by_hour(problem, volunteers), axis=1, out=away[:, 1:])
    fits = away[:, end] == away[:, start]
    fits &= (end - start)[None, :] <= problem.volunteer_max_hours[volunteers][:, None]
    lacks = ~problem.volunteer_traits[volunteers]
    fits &= (problem.shift_traits[shifts][None, :] & lacks[:, None]) == 0
    row, column = np.nonzero(fits)
    v, s = volunteers[row], shifts[column]
    reached = distances(problem, v, s) <= problem.volunteer_reach_km[v]
    reached |= problem.shift_remote[s] == 1
    v, s = v[reached], s[reached]
    profit = price[s] - costs(problem, v, s)
    return Pairs(v[profit > 0], s[profit > 0], profit[profit > 0])


def best_weeks(problem: Problem, pairs: Pairs) -> Floats:
    """What the best week of each volunteer of these pairs brings, in the order of their numbers."""
    who, row = np.unique(pairs.volunteer, return_inverse=True)
    start = problem.shift_start_h[pairs.shift].astype(np.int64)
    end = problem.shift_end_h[pairs.shift].astype(np.int64)
    row = row.astype(np.int64).ravel()
    limit = problem.volunteer_max_hours[who].astype(np.int64)
    most_hours = _without_limit(len(who), row, start, end, (end - start).astype(np.float64))
    best = _without_limit(len(who), row, start, end, pairs.profit)
    bound = most_hours > limit
    for hours in np.unique(limit[bound]).tolist():
        those = np.flatnonzero(bound & (limit == hours))
        step = max(1, TABLE // ((HOURS + 1) * (hours + 1)))
        for low in range(0, len(those), step):
            some = those[low : low + step]
            place = np.full(len(who), -1)
            place[some] = np.arange(len(some))
            mine = place[row] >= 0
            best[some] = _with_limit(
                hours, len(some), place[row[mine]], start[mine], end[mine], pairs.profit[mine]
            )
    return best


def _by_end(row: Ints, end: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """Hour after hour: the hour, the pairs that end then ordered by row, and where each row begins among them."""
    order = np.lexsort((row, end))
    for those in np.split(order, np.flatnonzero(np.diff(end[order])) + 1):
        if len(those):
            begins = np.flatnonzero(np.diff(row[those], prepend=-1))
            yield int(end[those[0]]), those, begins


def _without_limit(rows: int, row: Ints, start: Ints, end: Ints, profit: Floats) -> Floats:
    """The greatest sum of profits with rest in between, whatever the hours."""
    table = np.zeros((HOURS + 1, rows))
    done = 0
    for hour, those, begins in _by_end(row, end):
        table[done + 1 : hour + 1] = table[done]
        gain = profit[those] + table[np.maximum(start[those] - REST_H, 0), row[those]]
        owner = row[those][begins]
        table[hour, owner] = np.maximum(table[hour, owner], np.maximum.reduceat(gain, begins))
        done = hour
    best: Floats = table[done]
    return best


def _with_limit(hours: int, rows: int, row: Ints, start: Ints, end: Ints, profit: Floats) -> Floats:
    """The greatest sum of profits with rest in between, in `hours` of work at most."""
    table = np.zeros((HOURS + 1, rows, hours + 1))
    done = 0
    for hour, those, begins in _by_end(row, end):
        table[done + 1 : hour + 1] = table[done]
        for length in np.unique(end[those] - start[those]).tolist():
            alike = those[end[those] - start[those] == length]
            # Alike in length and end, so in start: only the one that brings most can matter.
            begins = np.flatnonzero(np.diff(row[alike], prepend=-1))
            owner = row[alike][begins]
            brings = np.maximum.reduceat(profit[alike], begins)
            before = table[max(hour - length - REST_H, 0), owner, : hours + 1 - length]
            after = table[hour, owner]
            after[:, length:] = np.maximum(after[:, length:], brings[:, None] + before)
            table[hour, owner] = after
        done = hour
    best: Floats = table[done].max(axis=1)
    return best
