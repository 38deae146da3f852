"""What makes the engine fast changes no answer: layers and marks, prepared rows, columns, blocks, threads."""

import importlib
import pkgutil

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import matching.engine
from matching.engine import benchmark, layers, nearest, solve, warm_up
from matching.engine.candidates import find_candidates
from matching.engine.columns import in_order
from matching.engine.compiling import in_shards
from matching.engine.eligibility import INELIGIBLE, pair_cost, prepare
from matching.engine.grid import by_place, make_grid
from matching.engine.linear import cheapest, solved
from matching.engine.listing import list_by_slack, slacks
from matching.engine.prices import sweep_rows
from matching.engine.programme import best_set, make_room
from matching.engine.province import invent
from matching.engine.weeks import rows_below, wishes_at
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn

MANY = range(4)


def found(a, dearest):
    """The pairs that the scan through layers and marks finds below `dearest`, with their costs."""
    of = layers.make_layers(a, make_grid(a), dearest)
    room = np.empty(len(a.shifts), np.int64)
    return {
        (v, int(key >> 32)): int(key & layers.LOW)
        for v in range(len(a.people))
        for key in room[: layers.row_of(a, of, v, dearest, room)]
    }


def every_pair(a, dearest):
    """The same without layers and marks: each pair is looked at."""
    costs = {
        (v, s): pair_cost(a.people[v], a.shifts[s])
        for v in range(len(a.people))
        for s in range(len(a.shifts))
    }
    return {pair: cost for pair, cost in costs.items() if cost != INELIGIBLE and cost < dearest[pair[1]]}


@pytest.mark.parametrize("seed", MANY)
def test_layers_and_marks_lose_no_pair_and_add_none(seed):
    a = prepare(drawn(60, 40, seed))
    greatest = np.random.default_rng(seed).choice(
        [0.0, 0.5, 20.0, 49.75, 121.0, 300.0, 16000.0], len(a.shifts)
    )

    pairs = found(a, greatest)

    assert pairs == every_pair(a, greatest)
    assert pairs


def test_a_mark_that_shows_an_hour_too_many_would_lose_pairs(monkeypatch):
    a = prepare(drawn(60, 40, 1))
    dearest = np.full(len(a.shifts), 16000.0)
    true_marks = layers.marks_of
    monkeypatch.setattr(layers, "marks_of", lambda *given: true_marks(*given) | np.uint64(1 << 1))

    assert found(a, dearest).items() < every_pair(a, dearest).items()


@pytest.mark.parametrize("seed", MANY)
def test_prepared_rows_answer_as_each_volunteer_would(seed):
    a = prepare(drawn(120, 60, seed))
    candidates = find_candidates(a, make_grid(a), None, 1)
    rng = np.random.default_rng(seed)
    price = np.round(rng.uniform(0, 3000, len(a.shifts)) * 64) / 64
    total, demand, chosen, room = 0.0, np.zeros(len(price), np.int64), np.empty(60, np.int64), make_room(60)
    for v in range(len(a.people)):
        row = slice(candidates.begin[v], candidates.begin[v + 1])
        profit = price[candidates.shift[row]] - candidates.cost[row]
        shifts = candidates.shift[row][profit > 0].astype(np.int64)
        hours = np.int64(a.people["hours"][v])
        count, best = best_set(a, len(shifts), shifts, profit[profit > 0], hours, chosen, room)
        total += best
        demand[shifts[chosen[:count]]] += 1

    for margin in (0.0, 40.0, np.inf):
        rows = rows_below(a, candidates, price + margin, 2)
        answer = sweep_rows(a, rows, price, 2)

        assert answer.profit == total
        assert np.array_equal(answer.demand, demand)
    wishes = wishes_at(a, candidates, price, 1)
    assert wishes.best.sum() == total
    assert np.array_equal(np.bincount(wishes.rows.shift[wishes.wanted], minlength=len(price)), demand)


def test_lists_are_those_of_sorting_all_pairs_at_once():
    a = prepare(drawn(120, 60, 2))
    candidates = find_candidates(a, make_grid(a), None, 1)
    price = np.full(len(a.shifts), 700.0)
    slack = slacks(a, *candidates, price, 0, len(a.people))
    volunteer = np.repeat(np.arange(len(a.people)), np.diff(candidates.begin))

    lists = list_by_slack(a, candidates, price, 5, 500.0, 2)

    for s in range(len(a.shifts)):
        of = np.flatnonzero((candidates.shift == s) & (slack <= 500.0))
        best = of[np.lexsort((volunteer[of], slack[of]))][:5]
        listed = slice(lists.begin[s], lists.begin[s + 1])
        assert lists.volunteer[listed].tolist() == volunteer[best].tolist()
        assert lists.cost[listed].tolist() == candidates.cost[best].tolist()
        assert lists.slack[listed].tolist() == slack[best].tolist()


def test_numbers_below_zero_come_in_their_order_too():
    numbers = np.array([-1e9, -2.5, -1e-30, 0.0, 1e-30, 1.0, 3.4e38], np.float32)

    assert (np.diff(in_order(numbers)) > 0).all()


def test_parts_follow_each_other_whatever_they_weigh():
    begin = np.array([0, 0, 90, 91, 92, 100])

    for pieces in (1, 3, 8):
        parts = in_shards(lambda low, high: list(range(low, high)), 5, 2, pieces, begin)
        assert [v for part in parts for v in part] == [0, 1, 2, 3, 4]


def test_people_are_numbered_by_place_once_each():
    a = prepare(invent(2000, 100, 1))

    order = by_place(a)

    x = a.people["x"][order].astype(np.float64)
    assert sorted(order.tolist()) == list(range(2000))
    assert np.abs(np.diff(x)).mean() < 0.3 * np.abs(np.diff(a.people["x"].astype(np.float64))).mean()


def test_nearest_first_is_the_same_in_blocks(monkeypatch):
    made = invent(1500, 150, 3)
    whole = nearest.nearest_first(made)
    monkeypatch.setattr(nearest, "MOST_PAIRS", 400)

    assert nearest.nearest_first(made, workers=2) == whole


def test_the_relaxation_over_short_lists_holds_only_the_cheapest():
    made = invent(400, 20, 2)
    a = prepare(made)
    every = find_candidates(a, make_grid(a), None, 1)

    short = cheapest(every, len(a.shifts), 2)

    for s in range(len(a.shifts)):
        kept = sorted(short.cost[short.shift == s].tolist())
        assert kept == sorted(every.cost[every.shift == s].tolist())[:2]
    assert 0 < solved(made, longest=2).objective < solved(made).objective


def test_a_crowded_province_keeps_the_rules_with_threads_and_is_the_same_again():
    made = invent(4000, 300, 2, crowded=True)

    plan, again = solve(made, workers=2, certify=True), solve(made, workers=2, certify=True)

    assert checker.violations(made, plan) == []
    assert plan.objective == checker.objective(made, plan) <= plan.upper_bound
    assert plan.gap_percent < 0.1
    assert np.array_equal(plan.volunteer, again.volunteer)
    assert np.array_equal(plan.shift, again.shift)
    assert plan.upper_bound == again.upper_bound


def test_several_seeds_tell_the_worst_of_each(monkeypatch):
    def one(problem, seed, workers, lp):
        return {
            "seed": seed,
            "gap_percent": 0.1 * seed,
            "share_closed_percent": 90.0 + seed,
            "seconds": {"candidates": 1.0, "plan": 3.0 - seed, "certify": 0.5},
            "peak_rss_mb": 200.0,
            "checked": {"is_valid": seed == 1},
        }

    monkeypatch.setattr(benchmark, "_one", one)

    figures = benchmark.match(volunteers=20, shifts=2, seeds=2)

    assert figures["seed"] == figures["worst"]["seed"] == 2
    assert [run["seed"] for run in figures["runs"]] == [1, 2]
    assert figures["worst"]["gap_percent"] == 0.2
    assert figures["worst"]["share_closed_percent"] == 91.0
    assert figures["worst"]["plan_s"] == 3.0
    assert not figures["worst"]["is_valid"]


def test_after_the_warm_up_a_run_compiles_nothing():
    modules = [
        importlib.import_module(f"matching.engine.{module.name}")
        for module in pkgutil.iter_modules(matching.engine.__path__)
        if module.name != "__main__"
    ]

    def compiled():
        return {
            f"{kernel.py_func.__module__}.{kernel.py_func.__name__}": len(kernel.signatures)
            for module in modules
            for kernel in vars(module).values()
            if isinstance(kernel, Dispatcher)
        }

    warm_up()
    before = compiled()
    solve(invent(1500, 150, 1), workers=2, certify=True)

    assert compiled() == before
