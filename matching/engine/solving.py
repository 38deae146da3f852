"""From a problem to a plan: candidates, prices, rounding, chains, and the proof where the problem is small."""

import time

import numpy as np
from numpy.typing import NDArray

from matching.engine.candidates import Candidates, Cut, find_candidates
from matching.engine.certificate import certify as certified
from matching.engine.chains import fill_by_chains
from matching.engine.crowding import cut_lists, lengths_where_crowded, longer, nothing_lost
from matching.engine.eligibility import Arrays, prepare
from matching.engine.exact import optimum
from matching.engine.grid import by_place, make_grid
from matching.engine.keeping import Kept, bonus_in, keep, state_of
from matching.engine.listing import list_by_slack
from matching.engine.plan import Plan
from matching.engine.prices import F8, ceiling_of, find_prices
from matching.engine.problem import I4, I8, Problem
from matching.engine.rounding import polish, round_off
from matching.engine.state import State, make_work, objective_of_state
from matching.engine.trades import trade_all
from matching.engine.weeks import wishes_at

# Sweeps over the prices, and refinements of the best.
EFFORT = {"fast": (24, 4), "full": (40, 20)}
# A small problem is worth the effort of prices that leave little to prove.
SMALL_PAIRS = 200_000
EFFORT_IF_SMALL = (60, 1_500)
LISTED = 64
LISTED_SLACK = 1000.0
ROUNDS = 8
# A round that raised the objective by no more than this part of it is the last.
LITTLE = 1e-6


def solve(
    problem: Problem,
    *,
    seed: int = 1,
    workers: int = 1,
    quality: str = "full",
    certify: bool = False,
    start_price: F8 | None = None,
    kept: tuple[I4, I4] | None = None,
    bonus: int = 0,
) -> Plan:
    """A feasible plan near the optimum; the same for the same problem, seed, workers and quality ("fast" or "full").

    A plan that stands changes little with `start_price` (S), its prices, and `kept`, its pairs (volunteers, shifts), of
    which each is worth `bonus` more than it is; those that are not possible any more are passed over.
    `certify` computes the bound over all eligible pairs. The problem is taken as valid (`Problem.validate`)."""
    if quality not in EFFORT:
        raise ValueError(f"No quality {quality!r}: fast or full.")
    if workers < 1:
        raise ValueError("At least one worker is needed.")
    began = time.perf_counter()
    a = prepare(problem)
    # The kernels number the volunteers by place; `who` leads back.
    who = by_place(a)
    a = a._replace(people=a.people[who])
    if kept is not None:
        number = np.empty(len(who), np.int64)
        number[who] = np.arange(len(who))
        kept = (number[kept[0]].astype(np.int32), kept[1])
    grid = make_grid(a)
    lengths = lengths_where_crowded(a, grid, workers)
    listing = 0.0
    while True:
        started = time.perf_counter()
        cut = None if lengths is None else cut_lists(a, grid, lengths, workers)
        candidates = find_candidates(a, grid, cut, workers)
        listing += time.perf_counter() - started
        stays = None if kept is None else keep(a, candidates, kept, bonus)
        ceiling = ceiling_of(a) if cut is None else np.minimum(ceiling_of(a), cut.cap)
        sweeps, refinements = EFFORT[quality]
        if quality == "full" and candidates.pairs <= SMALL_PAIRS:
            sweeps, refinements = EFFORT_IF_SMALL
        start = None if start_price is None else start_price[a.order]
        price = find_prices(a, candidates, ceiling, sweeps, refinements, workers, start)
        state = improved(a, candidates, price, seed, workers, stays)
        if cut is None or lengths is None:
            break
        following = longer(lengths, too_short(a, cut, price, state))
        if (following.longest == lengths.longest).all():
            break
        lengths = following
    best = optimum(a, candidates, price, state, nothing_lost(candidates, cut, lengths))
    volunteer, shift = pairs_of(a, best or state, who)
    planned = time.perf_counter()
    bound = certified(a, price, workers) if certify else None
    outer = np.empty(len(price))
    outer[a.order] = price
    return Plan(
        volunteer=volunteer,
        shift=shift,
        shift_price=outer,
        objective=objective_of_state(a, best or state)
        - (0 if stays is None else bonus_in(best or state, stays)),
        upper_bound=bound,
        # With a bonus the proof is about another objective.
        is_optimal=best is not None and stays is None,
        seconds={
            "candidates": listing,
            "plan": planned - began - listing,
            "certify": time.perf_counter() - planned,
        },
    )


def improved(
    a: Arrays, candidates: Candidates, price: F8, seed: int, workers: int, stays: Kept | None = None
) -> State:
    """Rounds the prices off, or begins with what stays; polishes, then fills by chains and trades until they find
    next to nothing."""
    lists = list_by_slack(a, candidates, price, LISTED, LISTED_SLACK, workers)
    wishes = wishes_at(a, candidates, price, workers)
    if stays is None:
        state, work = round_off(a, candidates, price, seed, wishes)
    else:
        state = state_of(a, candidates, stays)
        work = make_work(a, candidates, state)
    polish(a, candidates, price, state, work, workers)
    for _ in range(ROUNDS):
        raised = fill_by_chains(a, lists, price, state, work)
        raised += trade_all(a, candidates, lists, price, state, work, wishes)
        if raised <= LITTLE * objective_of_state(a, state):
            break
    polish(a, candidates, price, state, work, workers)
    return state


def too_short(a: Arrays, cut: Cut, price: F8, state: State) -> NDArray[np.bool_]:
    """(S) shifts with a free seat that is worth more than the people left out may cost, at a price that is held down."""
    worth = np.where(state.taken < a.shifts["least"], a.shifts["value"], a.shifts["extra"])
    return (state.taken < a.shifts["most"]) & (worth > cut.cap) & (price >= cut.cap)


def pairs_of(a: Arrays, state: State, who: I8 | None = None) -> tuple[I4, I4]:
    """Volunteers and outer numbers of their shifts, by volunteer, then by end; `who` are the outer numbers of people."""
    used = np.arange(state.held.shape[1]) < state.size[:, None]
    volunteer = np.nonzero(used)[0]
    if who is not None:
        volunteer = who[volunteer]
    shift = state.held[used]
    order = np.lexsort((shift, volunteer))
    return volunteer[order].astype(np.int32), a.order[shift[order]].astype(np.int32)
