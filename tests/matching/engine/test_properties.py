"""What holds for every plan, on drawn problems; judged by the independent checker."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Problem, solve
from matching.engine.candidates import find_candidates
from matching.engine.certificate import certify
from matching.engine.eligibility import prepare
from matching.engine.grid import make_grid
from matching.engine.prices import ceiling_of, find_prices
from matching.engine.province import invent
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, small_problems, volunteers
from tests.matching.engine.problems import problem as one_problem

small = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
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


@small
@given(small_problems(), st.randoms(use_true_random=False), st.data())
def test_the_order_of_volunteers_and_shifts_does_not_matter_to_the_bound_of_any_prices(problem, random, data):
    people = random.sample(range(problem.volunteers), problem.volunteers)
    work = random.sample(range(problem.shifts), problem.shifts)
    price = data.draw(prices(problem))

    assert bound(problem, price) == bound(shuffled(problem, people, work), price[work])


@pytest.mark.parametrize("seed", range(3))
def test_in_another_order_a_crowded_problem_is_planned_as_well(seed):
    problem = drawn(150, 60, seed)
    rng = np.random.default_rng(seed)
    other = shuffled(problem, rng.permutation(150).tolist(), rng.permutation(60).tolist())

    plans = [solve(problem, certify=True), solve(other, certify=True)]

    # Each bound holds for both, since the problem is the same; ties may be decided differently.
    bounds = [plan.upper_bound for plan in plans if plan.upper_bound is not None]
    assert len(bounds) == 2
    assert max(plan.objective for plan in plans) <= min(bounds)
    assert min(plan.objective for plan in plans) > 0.995 * max(plan.objective for plan in plans)


@small
@given(small_problems(), volunteers(), st.data())
def test_one_volunteer_more_never_lowers_the_optimum_nor_the_bound_of_any_prices(problem, newcomer, data):
    price = data.draw(prices(problem))
    more = joined(problem, newcomer)

    without, with_them = solve(problem), solve(more)

    assert without.is_optimal and with_them.is_optimal
    assert without.objective <= with_them.objective
    assert bound(problem, price) <= bound(more, price)


@small
@given(small_problems(most_volunteers=9, most_shifts=8))
def test_more_sweeps_and_refinements_never_raise_the_bound_of_the_best_prices(problem):
    a = prepare(problem)
    candidates = find_candidates(a, make_grid(a), None, 1)

    reached = [
        certify(a, find_prices(a, candidates, ceiling_of(a), sweeps, refinements, 1), 1)
        for sweeps, refinements in [
            (1, 0),
            (2, 0),
            (3, 0),
            (5, 0),
            (9, 0),
            (24, 0),
            (24, 1),
            (24, 2),
            (24, 9),
        ]
    ]

    assert reached == sorted(reached, reverse=True)


@pytest.mark.parametrize(
    ("made", "quality"),
    [
        (drawn(120, 60, 5), "fast"),
        (drawn(120, 60, 5), "full"),
        # With enough pairs that the sweeps are cut by volunteer, and with lists that are cut.
        (invent(6000, 600, 5), "full"),
        (invent(6000, 60, 5, oversupplied=True), "full"),
    ],
    ids=["fast", "full", "in threads", "cut"],
)
def test_the_same_problem_seed_and_workers_give_the_same_plan(made, quality):
    first, second = (solve(made, seed=3, workers=2, quality=quality, certify=True) for _ in range(2))
    alone = solve(made, seed=3, workers=1, quality=quality, certify=True)

    assert np.array_equal(first.volunteer, second.volunteer)
    assert np.array_equal(first.shift, second.shift)
    assert np.array_equal(first.shift_price, second.shift_price)
    assert (first.objective, first.upper_bound) == (second.objective, second.upper_bound)
    # Sums are exact, so the prices and their bound are the same in one thread too.
    assert np.array_equal(first.shift_price, alone.shift_price)
    assert first.upper_bound == alone.upper_bound


@small
@given(small_problems(), st.data())
def test_whatever_it_starts_from_a_plan_keeps_every_rule_and_says_what_it_is_worth(problem, data):
    """From any prices, some not known, and any pairs that stand, possible or not."""
    start = data.draw(prices(problem))
    start[data.draw(st.lists(st.booleans(), min_size=problem.shifts, max_size=problem.shifts))] = np.nan
    pairs = [(v, s) for v in range(problem.volunteers) for s in range(problem.shifts)]
    stands = data.draw(st.lists(st.sampled_from(pairs))) if pairs else []
    kept = tuple(np.array([pair[n] for pair in stands], np.int32) for n in range(2))
    bonus = data.draw(st.sampled_from([0, 30, 5000]))

    plan = solve(problem, start_price=start, kept=kept, bonus=bonus, certify=True)

    assert checker.violations(problem, plan) == []
    assert plan.objective == checker.objective(problem, plan) <= plan.upper_bound
    assert plan.upper_bound == checker.bound(problem, plan.shift_price)


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


@st.composite
def prices(draw, problem):
    """One for each shift, in 64ths."""
    drawn_prices = st.lists(st.integers(0, 4096 * 64), min_size=problem.shifts, max_size=problem.shifts)
    return np.array(draw(drawn_prices), float) / 64


def bound(problem: Problem, price):
    """What the engine certifies at these prices."""
    a = prepare(problem)
    return certify(a, price[a.order], 1)


def joined(made: Problem, newcomer) -> Problem:
    """The same with one volunteer more, who comes last."""
    one = vars(one_problem([newcomer], []))
    return replace(
        made,
        **{
            name: np.concatenate([array, one[name]])
            for name, array in vars(made).items()
            if name.startswith("volunteer")
        },
    )
