"""The invented province, the baseline, and the benchmark's figures."""

import numpy as np

from matching.engine import crowding, solve
from matching.engine.benchmark import match
from matching.engine.nearest import nearest_first
from matching.engine.province import invent
from tests.matching.engine import checker


def test_a_province_is_the_same_for_its_seed_and_another_for_another():
    one, same, other = invent(200, 30, 1), invent(200, 30, 1), invent(200, 30, 2)

    one.validate()
    assert all(np.array_equal(array, getattr(same, name)) for name, array in vars(one).items())
    assert not np.array_equal(one.volunteer_x_km, other.volunteer_x_km)


def test_nearest_first_is_worth_less_than_the_plan_and_never_more_than_the_bound():
    made = invent(1500, 150, 3)

    plan = solve(made, certify=True)

    assert 0 < nearest_first(made) < plan.objective <= plan.upper_bound
    assert checker.violations(made, plan) == []
    assert plan.gap_percent < 0.5


def test_where_the_pairs_are_too_many_the_cheapest_are_kept_and_the_bound_still_holds(monkeypatch):
    made = invent(1500, 150, 3)
    whole = solve(made, certify=True)
    monkeypatch.setattr(crowding, "MOST_PAIRS", 3000)

    thinned = solve(made, certify=True)

    assert checker.violations(made, thinned) == []
    assert thinned.objective == checker.objective(made, thinned)
    assert thinned.objective <= thinned.upper_bound
    assert 0.9 * whole.objective < thinned.objective <= whole.upper_bound


def test_the_benchmark_compares_with_nearest_first_and_with_highs():
    figures = match(volunteers=300, shifts=30, seed=2, workers=1, lp=True)

    assert figures["nearest_first"]["objective"] <= figures["objective"] <= figures["upper_bound"]
    assert figures["objective"] <= figures["lp"]["objective"] + 1e-6
    assert figures["lp"]["optimal"]
    assert 0 <= figures["share_closed_percent"] <= 100
