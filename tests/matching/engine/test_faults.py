"""Faults planted in the engine: the plainest checker and the judge of files must both see each, and name who and where."""

import numpy as np
import pytest

from matching.engine import checking, eligibility, solve, solving
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, volunteer


def faults(made):
    """What both find wrong with a plan: the checker in words, the judge by rule; they must agree on whether anything is."""
    plan = solve(made)
    words = checker.violations(made, plan)
    broken = checking.broken_rules(made, plan.volunteer.astype(np.int64), plan.shift.astype(np.int64))
    assert bool(words) == bool(broken)
    assert all(one.volunteer in plan.volunteer[plan.shift == one.shift] for one in broken)
    return [*words, *(one.rule for one in broken)]


def both(found, word, rule):
    """Whether the checker has said so in its words and the judge has named the rule."""
    return any(word in one for one in found) and rule in found


def test_both_see_that_the_rest_was_dropped(monkeypatch):
    made = drawn(60, 60, seed=1)
    assert faults(made) == []

    monkeypatch.setattr(eligibility, "REST_HOURS", 0)

    assert both(faults(made), "too little rest", "rest")


def test_both_see_an_hour_of_rest_too_few(monkeypatch):
    made = problem([volunteer()], [shift(8, 12), shift(19, 23)])

    monkeypatch.setattr(eligibility, "REST_HOURS", 7)

    assert both(faults(made), "too little rest", "rest")


@pytest.mark.parametrize(("first", "last"), [(1, 0), (0, -1)])
def test_both_see_a_window_that_is_an_hour_too_short(monkeypatch, first, last):
    made = problem([volunteer(hours=hours((8 + first, 12 + last)))], [shift(8, 12)])
    true_words = eligibility.window_words
    assert solve(made).objective == 0

    monkeypatch.setattr(eligibility, "window_words", lambda start, end: true_words(start + first, end + last))

    assert both(faults(made), "hour", "availability")


@pytest.mark.parametrize("start", [60, 63, 64, 128])
def test_both_see_a_bit_in_the_wrong_word(monkeypatch, start):
    made = problem([volunteer(hours=hours((0, start), (start + 4, 168)))], [shift(start, start + 4)])
    true_words = eligibility.window_words
    assert solve(made).objective == 0

    monkeypatch.setattr(
        eligibility, "window_words", lambda start, end: np.roll(true_words(start, end), 1, axis=1)
    )

    assert both(faults(made), "hour", "availability")


def spoil(monkeypatch, change):
    """Lets the engine read every problem with `change` made to its records of people and shifts."""
    true_prepare = solving.prepare

    def spoiled(made):
        arrays = true_prepare(made)
        change(arrays)
        return arrays

    monkeypatch.setattr(solving, "prepare", spoiled)


def forget_hours(arrays):
    arrays.people["hours"] = 168


def measure_reach_in_metres(arrays):
    arrays.people["reach"] *= 1000


def move_traits_by_a_bit(arrays):
    arrays.people["traits"] <<= np.uint64(1)


def lose_the_last_trait(arrays):
    arrays.shifts["traits"] &= np.uint64(2**63 - 1)


def end_an_hour_early(arrays):
    arrays.shifts["end"] -= 1


def offer_a_seat_too_many(arrays):
    arrays.shifts["most"] += 1


FAULTS = {
    forget_hours: ([volunteer(max_hours=6)], [shift(8, 12), shift(32, 36)], "too many hours", "hours"),
    measure_reach_in_metres: ([volunteer(x=40, reach=10)], [shift(8, 12)], "distance", "reach"),
    move_traits_by_a_bit: ([volunteer(traits=1)], [shift(8, 12, traits=2)], "trait 1", "traits"),
    lose_the_last_trait: ([volunteer()], [shift(8, 12, traits=1 << 63)], "trait 63", "traits"),
    end_an_hour_early: ([volunteer()], [shift(8, 12), shift(19, 23)], "too little rest", "rest"),
    offer_a_seat_too_many: ([volunteer(), volunteer()], [shift(8, 12)], "more people than seats", "seats"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_both_see_what_was_read_wrongly(monkeypatch, fault):
    people, work, word, rule = FAULTS[fault]
    made = problem(people, work)
    assert faults(made) == []

    spoil(monkeypatch, fault)

    assert both(faults(made), word, rule)


def test_both_see_pairs_that_were_never_eligible():
    made = drawn(30, 20, seed=2)
    plan = solve(made)
    plan.volunteer[:] = np.roll(plan.volunteer, 1)

    assert checker.violations(made, plan) != []
