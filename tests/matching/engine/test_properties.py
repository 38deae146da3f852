"""What holds for every plan, on drawn problems; judged by the independent checker."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Problem, solve
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, small_problems

small = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@small
@given(small_problems())
def test_a_plan_keeps_every_rule_and_says_what_it_is_worth(problem):
    plan = solve(problem, certify=True)

    assert checker.violations(problem, plan) == []
    assert plan.objective == checker.objective(problem, plan)
    assert plan.objective >= 0
    assert (plan.shift_price >= 0).all()
    assert plan.upper_bound >= plan.objective


@small
@given(small_problems())
def test_the_bound_is_that_of_the_prices(problem):
    plan = solve(problem, certify=True)

    assert plan.upper_bound == checker.bound(problem, plan.shift_price)


@small
@given(small_problems(), st.randoms(use_true_random=False))
def test_the_order_of_volunteers_and_shifts_does_not_matter_to_the_objective(problem, random):
    people = random.sample(range(problem.volunteers), problem.volunteers)
    work = random.sample(range(problem.shifts), problem.shifts)

    plan, other = solve(problem), solve(shuffled(problem, people, work))

    assert plan.is_optimal and other.is_optimal
    assert plan.objective == other.objective


@pytest.mark.parametrize("quality", ["fast", "full"])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_problem_seed_and_workers_give_the_same_plan(workers, quality):
    problem = drawn(120, 60, seed=5)

    first, second = (solve(problem, seed=3, workers=workers, quality=quality, certify=True) for _ in range(2))

    assert np.array_equal(first.volunteer, second.volunteer)
    assert np.array_equal(first.shift, second.shift)
    assert np.array_equal(first.shift_price, second.shift_price)
    assert (first.objective, first.upper_bound) == (second.objective, second.upper_bound)


@pytest.mark.parametrize("seed", range(6))
def test_a_crowded_plan_keeps_every_rule(seed):
    problem = drawn(150, 60, seed)

    plan = solve(problem, seed=seed, certify=True)

    assert checker.violations(problem, plan) == []
    assert plan.objective == checker.objective(problem, plan)
    assert plan.objective <= plan.upper_bound


def shuffled(problem: Problem, people: list[int], work: list[int]) -> Problem:
    by = {"volunteer": np.array(people, dtype=int), "shift": np.array(work, dtype=int)}
    return replace(problem, **{name: array[by[name.split("_")[0]]] for name, array in vars(problem).items()})
