"""A standing plan is repaired after an event, in its neighbourhood alone.

Given are a small problem - the shifts near the event in place and time, the people who could serve them -, who holds
which seat of it, and the prices of the last plan. After the event

1. whatever of the plan is possible still stays; of a shift that has too few seats now, the cheapest people stay;
2. whoever lost a seat by the event chooses anew among the seats that are free;
3. the seats that the event left free are filled by ejection chains (`chains`), with the stored prices as estimates.

Each seat that a chain takes somebody out of costs MOVE more than it does, so nobody is moved for next to nothing. Every
step gains by itself: the plan is worth more than with the seats left empty, or stays. Nothing is drawn, so the same
neighbourhood gives the same repair.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.chains import TOLERANCE, search
from matching.engine.compiling import kernel
from matching.engine.eligibility import INELIGIBLE, Arrays, pair_cost, prepare
from matching.engine.keeping import seat
from matching.engine.listing import list_by_slack
from matching.engine.prices import F8
from matching.engine.problem import I4, Problem
from matching.engine.rounding import choose_anew
from matching.engine.state import State, empty_state, make_work, objective_of_state

# Points that moving somebody costs beside what the pairs cost: three kilometres.
MOVE = 30
LISTED = 64
LISTED_SLACK = 4000.0
Int8s = NDArray[np.int64]


class Kind(StrEnum):
    """What happened. The first three take one person out of one seat."""

    DROPPED = "dropped"
    DECLINED = "declined"
    NO_SHOW = "no-show"
    URGENT = "urgent"
    MOVED = "moved"
    SEATS = "seats"


@dataclass(frozen=True)
class Event:
    """What happened to shift `shift`, and which person it was; None where the arrays tell the change already."""

    kind: Kind
    shift: int
    volunteer: int | None = None
    start_h: int | None = None
    end_h: int | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, eq=False)
class Standing:
    """A neighbourhood before an event. Pair n is `volunteer[n]` on `shift[n]`; `shift_price` (S) is NaN where the last
    plan did not know the shift."""

    problem: Problem
    volunteer: I4
    shift: I4
    shift_price: F8


@dataclass(frozen=True, eq=False)
class Repaired:
    """Pairs (volunteers, shifts) after an event. Those in neither list stay as they were."""

    lost: tuple[I4, I4]
    """What the event itself made impossible."""
    moved: tuple[I4, I4]
    """What others left so that a seat of more worth is filled."""
    added: tuple[I4, I4]
    empty: int
    """What the plan would be worth with the seats left empty."""
    objective: int
    """What it is worth now: never less."""
    problem: Problem
    """As it is after the event."""


def after(problem: Problem, event: Event) -> Problem:
    """The problem after the event. Whoever dropped out, declined or did not come is left alone in the hours of that
    shift."""
    s = event.shift
    changed: dict[str, Any] = {}
    if event.volunteer is not None:
        hours = problem.volunteer_hours.copy()
        for hour in range(int(problem.shift_start_h[s]), int(problem.shift_end_h[s])):
            hours[event.volunteer, hour >> 6] &= ~np.uint64(1 << (hour & 63))
        changed["volunteer_hours"] = hours
    for name, value in (
        ("shift_start_h", event.start_h),
        ("shift_end_h", event.end_h),
        ("shift_min", event.least),
        ("shift_max", event.most),
    ):
        if value is not None:
            column = getattr(problem, name).copy()
            column[s] = value
            changed[name] = column
    return replace(problem, **changed) if changed else problem


@kernel
def costs_of(a, volunteers, shifts):  # type: ignore[no-untyped-def]
    found = np.empty(len(volunteers), np.int64)
    for i in range(len(volunteers)):
        found[i] = pair_cost(a.people[volunteers[i]], a.shifts[shifts[i]])
    return found


@kernel
def all_pairs(a):  # type: ignore[no-untyped-def]
    """The candidates of a problem that is so small that every pair can be looked at: their number by volunteer, shifts
    and costs one after the other, how much of these is used."""
    counts = np.zeros(len(a.people), np.int64)
    shifts = np.empty(len(a.people) * len(a.shifts), np.int32)
    costs = np.empty(len(a.people) * len(a.shifts), np.int32)
    n = 0
    for v in range(len(a.people)):
        for s in range(len(a.shifts)):
            cost = pair_cost(a.people[v], a.shifts[s])
            if cost != INELIGIBLE and cost < max(a.shifts[s].value, a.shifts[s].extra):
                shifts[n], costs[n] = s, cost
                counts[v] += 1
                n += 1
    return counts, shifts, costs, n


@kernel
def mend(a, rows, lists, price, state, work, turns, starts, move, tolerance):  # type: ignore[no-untyped-def]
    """Lets `turns` choose anew, then fills `starts` by chains."""
    for v in turns:
        choose_anew(a, rows.begin, rows.shift, rows.cost, price, False, state, work, v)
    for v in range(len(state.size)):
        for i in range(state.size[v]):
            state.cost[v, i] -= move
    search(a, lists.begin, lists.volunteer, lists.cost, lists.slack, price, state, work, starts, tolerance)


def repair(standing: Standing, event: Event) -> Repaired:
    """The plan of the neighbourhood after the event."""
    problem = after(standing.problem, event)
    a = prepare(problem)
    inner = np.empty(len(a.order), np.int64)
    inner[a.order] = np.arange(len(a.order))
    counts, shifts, costs, used = all_pairs(a)
    rows = Candidates(np.append(0, np.cumsum(counts)), shifts[:used], costs[:used])
    who, which = standing.volunteer.astype(np.int64), inner[standing.shift]
    cost = costs_of(a, who, which)
    # The event's shift comes last: who is bound elsewhere stays there, and the cheapest of its people stay.
    order = np.lexsort((which, who, cost, which == inner[event.shift]))
    who, which = who[order], which[order]
    state = empty_state(a, rows)
    lost = seat(a, *rows, state, who, which)
    before = _pairs(state)
    empty = objective_of_state(a, state)
    work = make_work(a, rows, state)
    price = _prices(a, standing.shift_price)
    lists = list_by_slack(a, rows, price, LISTED, LISTED_SLACK, 1)
    turns = np.unique(who[lost])
    turns = turns[turns != (-1 if event.volunteer is None else event.volunteer)]
    starts = np.unique(np.append(which[lost], inner[event.shift]))
    worth = np.where(state.taken < a.shifts["least"], a.shifts["value"], a.shifts["extra"])[starts]
    starts = starts[np.argsort(-worth, kind="stable")]
    mend(a, rows, lists, price, state, work, turns, starts, MOVE, TOLERANCE)
    now = _pairs(state)
    return Repaired(
        lost=_outer(a, who[lost] * len(a.order) + which[lost]),
        moved=_outer(a, np.setdiff1d(before, now)),
        added=_outer(a, np.setdiff1d(now, before)),
        empty=empty,
        objective=_worth(a, now),
        problem=problem,
    )


def _prices(a: Arrays, stored: F8) -> F8:
    """In the kernels' order; a shift that no plan has priced counts half of what its first seat is worth."""
    price = stored[a.order]
    return np.where(np.isnan(price), a.shifts["value"].clip(0) / 2, price)


def _pairs(state: State) -> Int8s:
    """The pairs of a plan, sorted, each as one number: volunteer times shifts, plus shift."""
    used = np.arange(state.held.shape[1]) < state.size[:, None]
    return np.sort(np.nonzero(used)[0] * len(state.taken) + state.held[used])


def _outer(a: Arrays, numbers: Int8s) -> tuple[I4, I4]:
    volunteer, shift = np.divmod(numbers, max(len(a.order), 1))
    return volunteer.astype(np.int32), a.order[shift].astype(np.int32)


def _worth(a: Arrays, numbers: Int8s) -> int:
    volunteer, shift = np.divmod(numbers, max(len(a.order), 1))
    taken = np.bincount(shift, minlength=len(a.order))
    first = np.minimum(taken, a.shifts["least"])
    seats = (a.shifts["value"] * first + a.shifts["extra"] * (taken - first)).sum()
    return int(seats - costs_of(a, volunteer, shift).sum())
