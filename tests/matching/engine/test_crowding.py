"""Far more people than seats: lists are cut, and neither the plan nor the bound loses by it."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching.engine import crowding, solve, solving
from matching.engine.candidates import find_candidates
from matching.engine.crowding import Lengths, cut_lists, lengths_where_crowded
from matching.engine.eligibility import prepare
from matching.engine.grid import make_grid
from matching.engine.province import invent
from tests.matching.engine import checker, oracles
from tests.matching.engine.problems import problem, shift, small_problems, volunteer


def cut_of(made, longest=None):
    """The lists as the engine cuts them, or to `longest`, beside all pairs."""
    a = prepare(made)
    grid = make_grid(a)
    lengths = lengths_where_crowded(a, grid, 1)
    if longest is not None:
        whole = np.bincount(find_candidates(a, grid, None, 1).shift, minlength=made.shifts)
        lengths = Lengths(np.full(made.shifts, longest), 10**6, whole)
    assert lengths is not None
    cut = cut_lists(a, grid, lengths, 1)
    return SimpleNamespace(
        cut=cut,
        listed=find_candidates(a, grid, cut, 1),
        every=find_candidates(a, grid, None, 1),
        lengths=lengths,
    )


def as_costs(candidates):
    volunteer = np.repeat(np.arange(len(candidates.begin) - 1), np.diff(candidates.begin))
    return dict(
        zip(
            zip(volunteer.tolist(), candidates.shift.tolist(), strict=True),
            candidates.cost.tolist(),
            strict=True,
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_an_oversupplied_province_is_planned_as_well_as_by_highs(seed):
    made = invent(700, 10, seed, oversupplied=True)

    plan = solve(made, certify=True)
    best = oracles.highs(made)

    assert checker.violations(made, plan) == []
    assert plan.objective == checker.objective(made, plan) == best
    assert plan.objective <= plan.upper_bound
    assert plan.gap_percent < 0.1


@pytest.mark.parametrize(("shifts", "seed"), [(30, 1), (120, 2)])
def test_an_oversupplied_province_is_certified_closely_over_all_pairs(shifts, seed):
    made = invent(6000, shifts, seed, oversupplied=True)
    a = prepare(made)

    plan = solve(made, certify=True)

    assert lengths_where_crowded(a, make_grid(a), 1) is not None
    assert checker.violations(made, plan) == []
    assert plan.objective <= plan.upper_bound
    assert plan.gap_percent < 0.1


def test_thousands_who_cost_the_same_leave_no_gap():
    made = problem(
        [volunteer(causes=1 + v % 2) for v in range(2000)],
        [shift(24 * day + 8, 24 * day + 12, least=1, most=3, remote=1) for day in range(7)],
    )

    plan = solve(made, certify=True)

    assert plan.objective == plan.upper_bound == 7 * (2000 + 1000 + 1000)
    assert plan.is_optimal
    assert not plan.shift_price.any()


def test_prices_above_the_cap_would_cost_the_bound(monkeypatch):
    made = invent(6000, 60, 1, oversupplied=True)
    best = solve(made, certify=True).upper_bound
    # Lists that are far too short, and stay so.
    monkeypatch.setattr(crowding, "FEW", 1)
    monkeypatch.setattr(crowding, "FEW_A_SEAT", 1)
    monkeypatch.setattr(solving, "longer", lambda lengths, short: lengths)
    capped = solve(made, certify=True)
    true_cut = solving.cut_lists

    def forgetful(*given):
        cut = true_cut(*given)
        return cut._replace(cap=np.full_like(cut.cap, np.inf))

    monkeypatch.setattr(solving, "cut_lists", forgetful)

    uncapped = solve(made, certify=True)

    assert capped.upper_bound < 1.01 * best
    assert uncapped.upper_bound > 1.1 * best


@pytest.mark.parametrize("longest", [5, 40])
def test_whoever_is_left_out_costs_no_less_than_the_cap(longest):
    at = cut_of(invent(3000, 40, 4, oversupplied=True), longest)
    listed, every = as_costs(at.listed), as_costs(at.every)

    assert listed.items() <= every.items()
    assert len(listed) < len(every) / 2
    assert all(cost >= at.cut.cap[s] for (v, s), cost in every.items() if (v, s) not in listed)


def test_lists_that_are_long_enough_for_any_plan_hold_as_many_as_there_are_seats():
    made = invent(3000, 8, 4, oversupplied=True)

    at = cut_of(made)
    every = np.bincount(at.every.shift, minlength=made.shifts)

    assert at.lengths.enough == made.seats
    assert crowding.nothing_lost(at.listed, at.cut, at.lengths)
    assert (np.bincount(at.listed.shift, minlength=made.shifts) >= np.minimum(every, made.seats)).all()


def test_among_equals_each_shift_draws_its_own():
    made = problem([volunteer()] * 5000, [shift(8, 12, remote=1)] * 6)

    at = cut_of(made, 40)

    whom = [{v for v, s in as_costs(at.listed) if s == number} for number in range(made.shifts)]
    assert all(40 <= len(one) < 150 for one in whom)
    assert len(set.union(*whom)) > 4 * 40


def test_lists_that_were_too_short_grow(monkeypatch):
    made = invent(6000, 60, 3, oversupplied=True)
    usual = solve(made)
    monkeypatch.setattr(crowding, "FEW", 1)
    monkeypatch.setattr(crowding, "FEW_A_SEAT", 0)
    lengths = []
    true_cut = solving.cut_lists

    def watched(a, grid, wanted, workers):
        lengths.append(wanted.longest)
        return true_cut(a, grid, wanted, workers)

    monkeypatch.setattr(solving, "cut_lists", watched)

    plan = solve(made, certify=True)

    assert len(lengths) > 1
    assert (lengths[-1] >= lengths[0]).all()
    assert checker.violations(made, plan) == []
    assert plan.objective > 0.98 * usual.objective
    assert plan.gap_percent < 2.0


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(small_problems(most_volunteers=12, most_shifts=3))
def test_cutting_to_the_number_of_seats_changes_no_optimum(problem):
    whole = solve(problem, certify=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crowding, "CROWDED", 2.0)
        cut = solve(problem, certify=True)

    assert whole.is_optimal
    assert cut.is_optimal
    assert cut.objective == whole.objective <= cut.upper_bound
    assert cut.upper_bound == checker.bound(problem, cut.shift_price)


def test_the_same_seed_makes_the_same_plan_of_a_cut_problem():
    made = invent(6000, 60, 5, oversupplied=True)

    one, same = solve(made, workers=2), solve(made, workers=2)

    assert np.array_equal(one.volunteer, same.volunteer)
    assert np.array_equal(one.shift, same.shift)
    assert np.array_equal(one.shift_price, same.shift_price)
