"""Faults planted in the engine: the independent checker, or a known optimum, must see each."""

import numpy as np
import pytest

from matching.engine import eligibility, solve, solving
from tests.matching.engine import checker
from tests.matching.engine.problems import drawn, hours, problem, shift, volunteer


def faults(made):
    return checker.violations(made, solve(made))


def test_the_checker_sees_that_the_rest_was_dropped(monkeypatch):
    made = drawn(60, 60, seed=1)
    assert faults(made) == []

    monkeypatch.setattr(eligibility, "REST_HOURS", 0)

    assert any("too little rest" in fault for fault in faults(made))


def test_the_checker_sees_an_hour_of_rest_too_few(monkeypatch):
    made = problem([volunteer()], [shift(8, 12), shift(19, 23)])

    monkeypatch.setattr(eligibility, "REST_HOURS", 7)

    assert any("too little rest" in fault for fault in faults(made))


@pytest.mark.parametrize(("first", "last"), [(1, 0), (0, -1)])
def test_the_checker_sees_a_window_that_is_an_hour_too_short(monkeypatch, first, last):
    made = problem([volunteer(hours=hours((8 + first, 12 + last)))], [shift(8, 12)])
    true_words = eligibility.window_words
    assert solve(made).objective == 0

    monkeypatch.setattr(eligibility, "window_words", lambda start, end: true_words(start + first, end + last))

    assert any("hour" in fault for fault in faults(made))


@pytest.mark.parametrize("start", [60, 63, 64, 128])
def test_the_checker_sees_a_bit_in_the_wrong_word(monkeypatch, start):
    made = problem([volunteer(hours=hours((0, start), (start + 4, 168)))], [shift(start, start + 4)])
    true_words = eligibility.window_words
    assert solve(made).objective == 0

    monkeypatch.setattr(
        eligibility, "window_words", lambda start, end: np.roll(true_words(start, end), 1, axis=1)
    )

    assert any("hour" in fault for fault in faults(made))


def test_the_checker_sees_that_the_hours_of_the_week_were_forgotten(monkeypatch):
    made = problem([volunteer(max_hours=6)], [shift(8, 12), shift(32, 36)])
    true_prepare = solving.prepare
    assert faults(made) == []

    def forgetful(made):
        arrays = true_prepare(made)
        arrays.people["hours"] = 168
        return arrays

    monkeypatch.setattr(solving, "prepare", forgetful)

    assert any("too many hours" in fault for fault in faults(made))


def test_the_checker_sees_pairs_that_were_never_eligible():
    made = drawn(30, 20, seed=2)
    plan = solve(made)
    plan.volunteer[:] = np.roll(plan.volunteer, 1)

    assert checker.violations(made, plan) != []
