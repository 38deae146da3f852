"""The engine against solvers of other kinds: whole numbers and linear programmes by HiGHS, flows by pylmcf."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching.engine import solve
from matching.engine.province import invent
from tests.matching.engine import checker, oracles
from tests.matching.engine.problems import drawn, small_problems

small = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@small
@given(small_problems(most_volunteers=9, most_shifts=8))
def test_a_small_problem_is_solved_to_the_optimum_of_highs(problem):
    plan = solve(problem)

    assert plan.is_optimal
    assert plan.objective == oracles.highs(problem)


@pytest.mark.parametrize("seed", range(8))
def test_a_crowded_problem_of_the_exact_size_is_solved_to_the_optimum_of_highs(seed):
    problem = drawn(14, 12, seed)

    plan = solve(problem)

    assert plan.is_optimal
    assert plan.objective == oracles.highs(problem)


@pytest.mark.parametrize(
    ("problem", "gap"),
    [
        (drawn(60, 30, 0), 1.0),
        (drawn(60, 30, 1), 1.0),
        (invent(1000, 100, 1), 0.01),
        (invent(3000, 300, 2), 0.01),
    ],
    ids=["crowded", "crowded-too", "1,000 x 100", "3,000 x 300"],
)
def test_the_optimum_of_highs_lies_between_the_plan_and_its_bound(problem, gap):
    plan = solve(problem, certify=True)

    assert plan.objective <= oracles.highs(problem) <= plan.upper_bound
    assert plan.gap_percent < gap


def test_ten_thousand_people_and_a_thousand_shifts_are_planned_within_the_linear_relaxation_of_highs():
    problem = invent(10_000, 1_000, 1)

    plan = solve(problem, workers=2, certify=True)
    relaxed = oracles.highs(problem, whole=False)

    # The bound of weeks in whole numbers is never worse than that of split ones, and the prices are near the best.
    assert plan.objective <= plan.upper_bound <= relaxed
    assert relaxed < 1.003 * plan.objective


@small
@given(small_problems(most_volunteers=9, most_shifts=8))
def test_one_shift_each_is_solved_to_the_cheapest_flow(problem):
    problem = at_once(problem)

    plan = solve(problem)

    assert plan.is_optimal
    assert plan.objective == oracles.flow(problem)


@pytest.mark.parametrize("oversupplied", [False, True])
def test_thousands_with_one_shift_each_are_planned_as_well_as_by_the_cheapest_flow(oversupplied):
    problem = at_once(invent(6000, 300, 3, oversupplied=oversupplied))

    plan = solve(problem, workers=2, certify=True)
    best = oracles.flow(problem)

    assert checker.violations(problem, plan) == []
    assert plan.objective <= best <= plan.upper_bound
    assert best - plan.objective <= 1e-5 * best
    # A flow has no gap of its own: what is left is that of the prices.
    assert plan.upper_bound - best <= 1e-4 * best


def at_once(problem):
    """The same with all shifts in the evening of the third day, so that nobody can take two."""
    start = np.full(problem.shifts, 64, np.int32)
    return replace(problem, shift_start_h=start, shift_end_h=start + 2)
