"""Small problems: known by hand, or solved by HiGHS in whole numbers from the checker's own reading of the rules."""

import highspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching.engine import solve
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, small_problems, volunteer


def by_hand(*, people, work):
    made = problem(people, work)
    plan = solve(made, certify=True)
    assert checker.violations(made, plan) == []
    assert plan.is_optimal
    return plan


def pairs(plan):
    return list(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))


def test_eight_hours_of_rest_are_enough():
    plan = by_hand(people=[volunteer()], work=[shift(8, 12), shift(20, 24)])

    assert pairs(plan) == [(0, 0), (0, 1)]
    assert plan.objective == 4000


def test_seven_hours_of_rest_are_too_few():
    plan = by_hand(people=[volunteer()], work=[shift(8, 12, value=3000), shift(19, 24)])

    assert pairs(plan) == [(0, 0)]


def test_a_shift_across_midnight_and_a_border_of_words_needs_every_hour():
    through = volunteer(hours=hours((60, 72)))
    until_midnight = volunteer(hours=hours((60, 71)))

    plan = by_hand(people=[until_midnight, through], work=[shift(60, 72, most=2, least=2)])

    assert pairs(plan) == [(1, 0)]


def test_the_last_hours_of_the_week_can_be_worked_and_the_first():
    ends_with_the_week = volunteer(hours=hours((164, 168), (0, 4)))

    plan = by_hand(people=[ends_with_the_week], work=[shift(164, 168), shift(0, 4)])

    assert pairs(plan) == [(0, 1), (0, 0)]


def test_of_two_who_are_alike_one_is_taken():
    plan = by_hand(people=[volunteer(), volunteer()], work=[shift(8, 12)])

    assert len(plan.volunteer) == 1
    assert plan.objective == 2000


def test_nobody_who_is_eligible_leaves_all_seats_empty():
    plan = by_hand(people=[volunteer(traits=1)], work=[shift(8, 12, traits=3)])

    assert pairs(plan) == []
    assert plan.upper_bound == 0


@pytest.mark.parametrize(("people", "work"), [([], []), ([volunteer()], []), ([], [shift(8, 12)])])
def test_no_people_or_no_shifts_make_an_empty_plan(people, work):
    assert by_hand(people=people, work=work).objective == 0


def test_one_volunteer_does_everything_that_rest_and_hours_allow():
    days = [shift(24 * day + 8, 24 * day + 12) for day in range(7)]

    assert len(by_hand(people=[volunteer()], work=days).volunteer) == 7
    assert len(by_hand(people=[volunteer(max_hours=19)], work=days).volunteer) == 4


def test_hours_go_to_the_shifts_that_are_worth_most_by_the_hour():
    work = [shift(0, 8, value=3000), shift(24, 28, value=2000), shift(48, 52, value=2000)]

    plan = by_hand(people=[volunteer(max_hours=8)], work=work)

    assert pairs(plan) == [(0, 1), (0, 2)]


def test_seats_that_are_worth_less_than_anybody_costs_stay_empty():
    plan = by_hand(
        people=[volunteer(causes=0)], work=[shift(8, 12, value=250), shift(24, 28, value=-5, extra=-9)]
    )

    assert pairs(plan) == []


def test_a_remote_shift_costs_no_way_and_reaches_everybody():
    plan = by_hand(people=[volunteer(x=500, reach=1)], work=[shift(8, 12, remote=1)])

    assert plan.objective == 2000


def test_the_same_shift_with_a_way_is_out_of_reach():
    assert by_hand(people=[volunteer(x=500, reach=1)], work=[shift(8, 12)]).objective == 0


def test_a_reach_is_kept_to_the_point_and_the_way_costs_whole_tenths():
    at_the_edge, beyond = volunteer(x=3, y=4, reach=5), volunteer(x=3, y=4.0001, reach=5)

    assert by_hand(people=[at_the_edge], work=[shift(8, 12)]).objective == 1950
    assert by_hand(people=[beyond], work=[shift(8, 12)]).objective == 0
    assert by_hand(people=[volunteer(x=0.19)], work=[shift(8, 12)]).objective == 1999


def test_recent_load_and_another_cause_cost():
    assert by_hand(people=[volunteer(load=4, causes=2)], work=[shift(8, 12)]).objective == 2000 - 120 - 250


def test_seats_above_the_least_are_worth_less():
    people = [volunteer(), volunteer(), volunteer()]
    first, other = shift(8, 12, least=1, most=3), shift(8, 12, least=1, most=1, value=1500)

    plan = by_hand(people=people, work=[first, other])

    assert plan.objective == 2000 + 1000 + 1500


def test_somebody_moves_so_that_a_seat_can_be_filled():
    both, only_first = volunteer(traits=3), volunteer(traits=1, x=4)

    plan = by_hand(people=[both, only_first], work=[shift(8, 12, traits=1), shift(8, 12, traits=2)])

    assert pairs(plan) == [(0, 1), (1, 0)]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(small_problems(most_volunteers=9, most_shifts=8))
def test_a_small_problem_is_solved_to_the_optimum_of_highs(problem):
    plan = solve(problem)

    assert plan.is_optimal
    assert plan.objective == optimum(problem)


@pytest.mark.parametrize("seed", range(8))
def test_a_crowded_problem_of_the_exact_size_is_solved_to_the_optimum_of_highs(seed):
    problem = drawn(14, 12, seed)

    plan = solve(problem)

    assert plan.is_optimal
    assert plan.objective == optimum(problem)


@pytest.mark.parametrize("seed", range(3))
def test_a_middling_problem_is_within_its_certified_gap_of_the_optimum_of_highs(seed):
    problem = drawn(60, 30, seed)

    plan = solve(problem, certify=True)
    best = optimum(problem)

    assert plan.objective <= best <= plan.upper_bound
    assert plan.gap_percent < 1.0


def optimum(problem):
    """HiGHS in whole numbers: a column a pair, two a shift; a row for each two shifts that a volunteer cannot both hold."""
    eligible = checker.eligible_pairs(problem)
    number, columns = problem.shifts, len(eligible)
    if not eligible:
        return 0
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    for v, s in eligible:
        model.addCol(float(-checker.cost(problem, v, s)), 0.0, 1.0, 0, [], [])
    for value, most in (
        (problem.shift_value_min, problem.shift_min),
        (problem.shift_value_extra, problem.shift_max - problem.shift_min),
    ):
        for s in range(number):
            model.addCol(float(value[s]), 0.0, float(most[s]), 0, [], [])
    for s in range(number):
        row = [k for k, (_, other) in enumerate(eligible) if other == s]
        seats = [columns + s, columns + number + s]
        _row(model, 0.0, 0.0, [*row, *seats], [1.0] * len(row) + [-1.0, -1.0])
    for v in range(problem.volunteers):
        row = [k for k, (other, _) in enumerate(eligible) if other == v]
        times = [
            float(problem.shift_end_h[s] - problem.shift_start_h[s]) for s in (eligible[k][1] for k in row)
        ]
        _row(model, -highspy.kHighsInf, float(problem.volunteer_max_hours[v]), row, times)
        for i, one in enumerate(row):
            for other in row[:i]:
                if not checker.apart(problem, eligible[one][1], eligible[other][1]):
                    _row(model, -highspy.kHighsInf, 1.0, [one, other], [1.0, 1.0])
    model.changeColsIntegrality(
        columns + 2 * number,
        np.arange(columns + 2 * number, dtype=np.int32),
        np.array([highspy.HighsVarType.kInteger] * (columns + 2 * number)),
    )
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(model.getInfo().objective_function_value)


def _row(model, low, high, columns, weights):
    model.addRow(low, high, len(columns), np.array(columns, np.int32), np.array(weights, float))
