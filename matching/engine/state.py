"""A plan under way, the small steps that change it, and a log by which steps are taken back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates
from matching.engine.compiling import step
from matching.engine.eligibility import Arrays
from matching.engine.problem import HORIZON_HOURS, I4
from matching.engine.programme import Room, make_room

MOST_NODES = 1024
MOST_LOGGED = 512
NOT_LOGGING = -1


class State(NamedTuple):
    """A plan under way. Row v of `held` lists the shifts of v in no order, `size[v]` of them."""

    held: I4
    cost: I4
    size: NDArray[np.int64]
    hours: NDArray[np.int64]
    taken: NDArray[np.int64]


def empty_state(a: Arrays, candidates: Candidates) -> State:
    """Room for as many shifts as one volunteer can hold with the rest between them."""
    return nobody_anywhere(a, int(np.diff(candidates.begin).max()) if candidates.pairs else 0)


def nobody_anywhere(a: Arrays, longest: int) -> State:
    """Room for as many shifts as one volunteer can hold of `longest`, with the rest between them."""
    volunteers = len(a.people)
    width = 1
    if longest:
        shortest = int((a.shifts["end"] - a.shifts["start"]).min())
        width = max(1, min(longest, (HORIZON_HOURS + a.rest) // (shortest + a.rest)))
    return State(
        held=np.full((volunteers, width), -1, dtype=np.int32),
        cost=np.zeros((volunteers, width), dtype=np.int32),
        size=np.zeros(volunteers, dtype=np.int64),
        hours=np.zeros(volunteers, dtype=np.int64),
        taken=np.zeros(len(a.shifts), dtype=np.int64),
    )


class Work(NamedTuple):
    """Room that the steps use again and again."""

    # A volunteer's choice, as in `best_set`.
    shifts: NDArray[np.int64]
    costs: NDArray[np.int64]
    profit: NDArray[np.float64]
    chosen: NDArray[np.int64]
    room: Room
    # The nodes of a search for a chain; `slot_of` (S) is the node of a shift, or -1.
    slot_of: NDArray[np.int64]
    node: NDArray[np.int64]
    label: NDArray[np.int64]
    parent: NDArray[np.int64]
    mover: NDArray[np.int64]
    mover_cost: NDArray[np.int64]
    short: NDArray[np.int64]
    closed: NDArray[np.bool_]
    # What volunteers held before each change; `logged[0]` entries, or NOT_LOGGING.
    logged: NDArray[np.int64]
    log_volunteer: NDArray[np.int64]
    log_held: I4
    log_cost: I4
    log_size: NDArray[np.int64]


def make_work(a: Arrays, candidates: Candidates, state: State) -> Work:
    longest = int(np.diff(candidates.begin).max()) if candidates.pairs else 1
    width = state.held.shape[1]
    return Work(
        shifts=np.empty(longest, np.int64),
        costs=np.empty(longest, np.int64),
        profit=np.empty(longest, np.float64),
        chosen=np.empty(longest, np.int64),
        room=make_room(longest),
        slot_of=np.full(len(a.shifts), -1, np.int64),
        node=np.empty(MOST_NODES, np.int64),
        label=np.empty(MOST_NODES, np.int64),
        parent=np.empty(MOST_NODES, np.int64),
        mover=np.empty(MOST_NODES, np.int64),
        mover_cost=np.empty(MOST_NODES, np.int64),
        short=np.empty(MOST_NODES, np.int64),
        closed=np.empty(MOST_NODES, np.bool_),
        logged=np.full(1, NOT_LOGGING, np.int64),
        log_volunteer=np.empty(MOST_LOGGED, np.int64),
        log_held=np.empty((MOST_LOGGED, width), np.int32),
        log_cost=np.empty((MOST_LOGGED, width), np.int32),
        log_size=np.empty(MOST_LOGGED, np.int64),
    )


@step
def gain_of_seat(a, state, s):  # type: ignore[no-untyped-def]
    """What one more person on `s` is worth; 0 where all seats are taken."""
    if state.taken[s] < a.shifts[s].least:
        return a.shifts[s].value
    return a.shifts[s].extra if state.taken[s] < a.shifts[s].most else 0


@step
def loss_of_seat(a, state, s):  # type: ignore[no-untyped-def]
    """What one person less on `s` loses."""
    return a.shifts[s].extra if state.taken[s] > a.shifts[s].least else a.shifts[s].value


@step
def add(a, state, v, s, cost):  # type: ignore[no-untyped-def]
    n = state.size[v]
    state.held[v, n] = s
    state.cost[v, n] = cost
    state.size[v] = n + 1
    state.hours[v] += a.shifts[s].end - a.shifts[s].start
    state.taken[s] += 1


@step
def remove(a, state, v, s):  # type: ignore[no-untyped-def]
    last = state.size[v] - 1
    for i in range(last + 1):
        if state.held[v, i] == s:
            state.held[v, i] = state.held[v, last]
            state.cost[v, i] = state.cost[v, last]
            state.held[v, last] = -1
            state.size[v] = last
            state.hours[v] -= a.shifts[s].end - a.shifts[s].start
            state.taken[s] -= 1
            return


@step
def holds(state, v, s):  # type: ignore[no-untyped-def]
    for i in range(state.size[v]):  # noqa: SIM110 - numba compiles no generators here
        if state.held[v, i] == s:
            return True
    return False


@step
def note(state, work, v):  # type: ignore[no-untyped-def]
    """Logs what `v` holds, before it changes."""
    n = work.logged[0]
    if n == NOT_LOGGING:
        return
    work.log_volunteer[n] = v
    work.log_size[n] = state.size[v]
    for i in range(state.size[v]):
        work.log_held[n, i] = state.held[v, i]
        work.log_cost[n, i] = state.cost[v, i]
    work.logged[0] = n + 1


@step
def take_back(a, state, work):  # type: ignore[no-untyped-def]
    """Undoes what was logged, the last change first."""
    for n in range(work.logged[0] - 1, -1, -1):
        v = work.log_volunteer[n]
        while state.size[v] > 0:
            remove(a, state, v, np.int64(state.held[v, 0]))
        for i in range(work.log_size[n]):
            add(a, state, v, np.int64(work.log_held[n, i]), np.int64(work.log_cost[n, i]))


def objective_of_state(a: Arrays, state: State) -> int:
    first = np.minimum(state.taken, a.shifts["least"])
    used = np.arange(state.held.shape[1]) < state.size[:, None]
    return int(
        (a.shifts["value"] * first + a.shifts["extra"] * (state.taken - first)).sum()
        - state.cost[used].sum(dtype=np.int64)
    )
