"""The numbers behind a whole plan, beside each pair by itself and beside everything tried out."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from matching.engine import explain, explain_seats, solve, survey
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, volunteer


def best_by_trying(made, price, v, without) -> float:
    """The best week of a volunteer, of all sets of up to three shifts but the one left out."""
    may = [s for s in range(made.shifts) if s != without and not [*checker.unmet(made, v, s)]]
    gains = {s: price[s] - checker.cost(made, v, s) for s in may}
    worth = [s for s in may if gains[s] > 0]
    times = {s: (int(made.shift_start_h[s]), int(made.shift_end_h[s])) for s in worth}
    best = 0.0
    for size in (1, 2, 3):
        for week in combinations(worth, size):
            spans = sorted(times[s] for s in week)
            if any(b[0] - a[1] < checker.REST for a, b in pairwise(spans)):
                continue
            if sum(end - start for start, end in spans) <= made.volunteer_max_hours[v]:
                best = max(best, sum(gains[s] for s in week))
    return best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_says_of_every_pair_and_shift_what_each_by_itself_says(seed):
    made = drawn(60, 25, seed)
    plan = solve(made, seed=seed)

    found = survey(made, plan)

    for s in range(made.shifts):
        alone = explain_seats(made, plan, s)
        assert (found.why[s], found.eligible[s], found.filled[s]) == (alone.why, alone.eligible, alone.filled)
    for v, s in zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True):
        asks = explain(made, plan, v, s).runner_up_asks
        assert found.runner_up_asks[s] == pytest.approx(np.nan if asks is None else asks, nan_ok=True)


def test_the_opportunity_price_is_that_of_the_best_other_week():
    made = drawn(25, 8, 5)
    made.volunteer_max_hours[:] = np.minimum(made.volunteer_max_hours, 20)
    plan = solve(made)
    assert len(plan.shift)

    found = survey(made, plan)

    for n, (v, s) in enumerate(zip(plan.volunteer.tolist(), plan.shift.tolist(), strict=True)):
        others = [t for t in plan.shift[plan.volunteer == v].tolist() if t != s]
        keeps = sum(plan.shift_price[t] - checker.cost(made, v, t) for t in others)
        best = best_by_trying(made, plan.shift_price, v, s)
        assert len(others) < 3
        assert found.elsewhere[n] == pytest.approx(max(0.0, best - keeps))


def test_whoever_fails_at_one_thing_alone_is_counted_under_it_and_nobody_twice():
    somewhen = hours((8, 12))
    made = problem(
        [
            volunteer(traits=1),
            volunteer(traits=0),
            volunteer(traits=1, hours=hours((60, 64))),
            volunteer(traits=1, max_hours=3),
            volunteer(traits=1, x=30),
            # Nothing alone would help these: two things fail, no hour is long enough, no hours are left at all.
            volunteer(traits=0, x=30),
            volunteer(traits=1, hours=hours((60, 62))),
            volunteer(traits=1, max_hours=0),
            # Lacks what no shift could do without.
            volunteer(traits=1, hours=somewhen),
        ],
        [shift(8, 12, traits=1, least=4, most=4), shift(100, 104, traits=3, least=1, most=1)],
    )
    plan = solve(made)

    found = survey(made, plan, asked=1)

    counts = (found.lacking, found.not_free, found.spent, found.far)
    assert [int(each[0]) for each in counts] == [1, 1, 1, 1]
    assert (found.eligible[0], found.lacking[1]) == (2, 0)
    assert survey(made, plan, asked=2).lacking[0] == 0


def test_it_does_not_depend_on_the_number_of_workers():
    made = drawn(80, 30, 4)
    plan = solve(made)

    one, three = survey(made, plan), survey(made, plan, workers=3)

    for name in ("elsewhere", "eligible", "needed_elsewhere", "lacking", "not_free", "spent", "far"):
        assert np.array_equal(getattr(one, name), getattr(three, name))
    assert np.array_equal(one.runner_up_asks, three.runner_up_asks, equal_nan=True)
    assert one.why == three.why


def test_without_people_or_shifts_there_is_nothing_to_say():
    for made in (problem([], [shift(8, 12)]), problem([volunteer()], [])):
        found = survey(made, solve(made))
        assert len(found.elsewhere) == 0 and len(found.why) == made.shifts
