"""Why, and why not, as values."""

import numpy as np
import pytest

from matching.engine import Verdict, explain, explain_seats, solve
from matching.engine.explain import Why, cost_of, costs_of
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, volunteer


def explained(made, v, s):
    return explain(made, solve(made), v, s)


def test_an_assigned_pair_names_its_requirements_costs_and_runner_up():
    made = problem(
        [volunteer(x=3, y=4, load=2), volunteer(x=3, y=4, load=2, causes=2)], [shift(8, 12, traits=0)]
    )

    found = explained(made, 0, 0)

    assert found.verdict == Verdict.ASSIGNED
    assert found.requirements.met and found.requirements.distance_km == 5.0
    assert (found.cost.distance, found.cost.other_cause, found.cost.recent_load) == (50, 0, 60)
    assert found.seat_worth == 2000
    assert (found.runner_up, found.runner_up_asks) == (1, 360.0)
    assert found.clashes == () and found.opportunity == 0


def test_the_requirements_that_fail_are_named_one_by_one():
    lacking = volunteer(x=30, traits=1, hours=hours((8, 10)), max_hours=3)
    made = problem([lacking], [shift(8, 12, traits=7)])

    found = explained(made, 0, 0)

    assert found.verdict == Verdict.NOT_ELIGIBLE
    assert found.requirements.missing_traits == 6
    assert found.requirements.missing_hours == (10, 11)
    assert found.requirements.too_long and found.requirements.too_far


def test_who_serves_at_that_time_is_worth_more_elsewhere():
    made = problem([volunteer()], [shift(8, 12, value=4000), shift(10, 14, value=2000)])

    found = explained(made, 0, 1)

    assert found.verdict == Verdict.ELSEWHERE
    assert found.clashes == (0,)
    assert found.opportunity > 0
    assert explain_seats(made, solve(made), 1).why == Why.ELSEWHERE


def test_who_lives_farther_away_than_whoever_was_taken_is_told_so():
    made = problem([volunteer(), volunteer(x=5)], [shift(8, 12)])

    assert explained(made, 1, 0).verdict == Verdict.OTHERS
    assert explain_seats(made, solve(made), 0).why == Why.FULL


def test_whoever_costs_more_than_the_seat_is_worth_is_told_so():
    made = problem([volunteer(causes=0)], [shift(8, 12, value=200)])

    assert explained(made, 0, 0).verdict == Verdict.NO_WORTH
    assert explain_seats(made, solve(made), 0).why == Why.NO_WORTH


@pytest.mark.parametrize(
    ("second", "max_hours", "verdict"),
    [
        (shift(10, 14), 168, Verdict.OVERLAP),
        (shift(14, 18), 168, Verdict.REST),
        (shift(32, 36), 4, Verdict.HOURS),
    ],
)
def test_without_a_price_the_clash_itself_is_the_reason(second, max_hours, verdict):
    made = problem([volunteer(max_hours=max_hours)], [shift(8, 12, value=4000), second])
    plan = solve(made)
    plan.shift_price[:] = 0

    assert explain(made, plan, 0, 1).verdict == verdict


def test_a_seat_that_too_few_can_fill_says_how_many_can():
    made = problem([volunteer(traits=1), volunteer()], [shift(8, 12, traits=1, least=2, most=2)])

    seats = explain_seats(made, solve(made), 0)

    assert (seats.why, seats.eligible, seats.filled, seats.most) == (Why.FEW_QUALIFY, 1, 1, 2)


def test_every_pair_of_a_crowded_problem_is_explained_as_the_checker_sees_it():
    made = drawn(25, 15, seed=3)
    plan = solve(made)
    eligible = set(checker.eligible_pairs(made))
    taken = set(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True))

    for v in range(25):
        for s in range(15):
            found = explain(made, plan, v, s)
            assert found.requirements.met == ((v, s) in eligible)
            assert (found.verdict == Verdict.ASSIGNED) == ((v, s) in taken)
            assert found.cost.total == checker.cost(made, v, s)


def test_costs_together_are_those_of_each_alone():
    made = drawn(80, 12, 3)
    everybody = np.arange(made.volunteers)

    for s in range(made.shifts):
        alone = [cost_of(made, v, s).total for v in range(made.volunteers)]
        assert costs_of(made, everybody, s).tolist() == alone


def test_of_equals_the_first_who_is_not_on_the_shift_is_the_runner_up():
    made = problem([volunteer() for _ in range(500)], [shift(8, 12, remote=1)])
    plan = solve(made)

    told = explain(made, plan, int(plan.volunteer[0]), 0)

    assert (told.runner_up, told.runner_up_asks) == (0 if plan.volunteer[0] else 1, 0.0)
