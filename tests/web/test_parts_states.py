"""States: which one a shift is in, and its words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from web.states import State, StateKey, state_of, words_for

NOW = datetime(2020, 2, 6, 6, 25, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
END = NOW + timedelta(hours=8)


@pytest.mark.parametrize(
    ("taken", "minimum", "seats", "expected"),
    [
        (0, 14, 16, State(StateKey.SHORT, 14)),
        (6, 14, 16, State(StateKey.SHORT, 8)),
        (14, 20, 24, State(StateKey.SHORT, 6)),
        (15, 20, 24, State(StateKey.AT_RISK, 5)),
        (19, 20, 24, State(StateKey.AT_RISK, 1)),
        (20, 20, 24, State(StateKey.FILLED)),
        (24, 20, 24, State(StateKey.FULL)),
        (0, 0, 24, State(StateKey.OPEN)),
    ],
)
def test_the_seats_of_a_coming_shift_give_its_state(
    taken: int, minimum: int, seats: int, expected: State
) -> None:
    assert state_of(taken, minimum, seats, LATER, END, NOW) == expected


def test_a_shift_that_has_begun_is_running_and_remembers_who_is_missing() -> None:
    assert state_of(12, 14, 16, NOW, END, NOW) == State(StateKey.RUNNING, 2)


def test_a_shift_whose_end_has_come_is_over() -> None:
    assert state_of(12, 14, 16, NOW - timedelta(hours=4), NOW, NOW).key == StateKey.OVER


def test_a_cancelled_shift_is_cancelled_even_when_it_is_over() -> None:
    assert state_of(12, 14, 16, NOW, NOW, NOW, cancelled=True).key == StateKey.CANCELLED


def test_work_without_a_fixed_time_is_judged_by_its_seats() -> None:
    assert state_of(3, 4, 9, None, None, NOW) == State(StateKey.AT_RISK, 1)


def test_a_missing_number_is_in_the_words() -> None:
    with translation.override("en"):
        assert words_for("short", 8) == "8 short"
        assert words_for("late", 2) == "2 late"
        assert State(StateKey.FULL).words == "Full"


@pytest.mark.parametrize("key", list(StateKey))
def test_every_state_has_words(key: StateKey) -> None:
    with translation.override("en"):
        assert words_for(key, 3)
