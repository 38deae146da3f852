"""Small problems whose best plan is known by hand."""

import pytest

from matching.engine import solve
from tests.matching.engine import checker
from tests.matching.engine.problems import hours, problem, shift, volunteer


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


def test_hours_may_be_used_up_to_the_last():
    work = [shift(8, 12), shift(32, 36), shift(56, 60, value=3000)]

    assert len(by_hand(people=[volunteer(max_hours=12)], work=work).volunteer) == 3
    assert pairs(by_hand(people=[volunteer(max_hours=11)], work=work)) == [(0, 0), (0, 2)]


def test_a_window_that_goes_on_past_the_end_of_the_week_is_judged_by_its_hours_within():
    goes_home = volunteer(hours=hours((160, 166)))
    stays = volunteer(hours=hours((160, 168)), causes=0)

    plan = by_hand(people=[goes_home, stays], work=[shift(160, 168)])

    assert pairs(plan) == [(1, 0)]


def test_there_is_no_rest_to_keep_beyond_the_two_ends_of_the_horizon():
    plan = by_hand(people=[volunteer()], work=[shift(0, 8), shift(160, 168)])

    assert pairs(plan) == [(0, 0), (0, 1)]


def test_the_last_of_the_64_traits_is_one_like_the_others():
    last = 1 << 63

    plan = by_hand(
        people=[volunteer(traits=last - 1), volunteer(traits=last)], work=[shift(8, 12, traits=last)]
    )

    assert pairs(plan) == [(1, 0)]


def test_the_last_of_the_64_causes_is_one_like_the_others():
    plan = by_hand(
        people=[volunteer(causes=(1 << 63) - 1), volunteer(causes=1 << 63)], work=[shift(8, 12, cause=63)]
    )

    assert pairs(plan) == [(1, 0)]
    assert plan.objective == 2000


def test_a_lone_seat_of_huge_value_takes_whoever_can_and_loses_nothing_of_the_small_ones():
    huge = 2**36
    people = [volunteer(traits=1), *(volunteer(x=n / 10) for n in range(1, 9))]
    small = [shift(8, 12, x=n / 10) for n in range(1, 9)]

    plan = by_hand(people=people, work=[shift(9, 11, traits=1, value=huge, extra=0), *small])

    assert plan.objective == plan.upper_bound == huge + 8 * 2000


def test_a_tie_is_decided_the_same_way_whatever_comes_after():
    """Twins who suit alike: the objective is that of one, and both get a seat where there are two."""
    twins = [volunteer(x=1), volunteer(x=1)]

    assert by_hand(people=twins, work=[shift(8, 12), shift(8, 12)]).objective == 2 * (2000 - 10)
    assert by_hand(people=twins, work=[shift(8, 12, most=2, least=2)]).objective == 2 * (2000 - 10)


def test_overlap_by_one_hour_and_back_to_back_are_both_too_close():
    for second in (shift(11, 15), shift(12, 16), shift(8, 12)):
        plan = by_hand(people=[volunteer()], work=[shift(8, 12, value=2001), second])

        assert pairs(plan) == [(0, 0)]
