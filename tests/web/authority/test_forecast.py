"""How need and hands go on: lines, errors, the day on which they meet."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.authority.overview.forecast import AHEAD, Forecast, forecast, line_through

COUNTS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=5, max_size=30)


def test_a_straight_gap_is_closed_on_the_day_that_its_slope_says() -> None:
    # Ten hands come nearer each day, 30 are missing: three days more.
    found = forecast([100] * 7, [10, 20, 30, 40, 50, 60, 70])

    assert found is not None
    assert (found.meets_in, found.error_days) == (3, 0)
    assert [round(one.value) for one in found.hands] == [80, 90, 100]
    assert [one.value for one in found.need] == [100] * 3


def test_the_error_is_the_prediction_interval_of_the_line() -> None:
    line = line_through([1, 3, 2, 5, 4, 6, 7])

    # By hand: slope 26/28, squares around the line 28 − 26²/28, five degrees of freedom.
    spread = sqrt((28 - 26**2 / 28) / 5)
    assert line.slope == pytest.approx(26 / 28)
    assert line.error_at(9) == pytest.approx(1.476 * spread * sqrt(1 + 1 / 7 + 36 / 28))


def test_a_gap_that_grows_is_foretold_no_end() -> None:
    found = forecast([50, 60, 70, 80, 90, 100, 110], [40] * 7)

    assert found is not None
    assert found.meets_in is None
    assert found.need[-1].value > found.hands[-1].value


def test_days_that_jump_too_much_foretell_no_end() -> None:
    found = forecast([100] * 7, [0, 90, 10, 80, 20, 95, 30])

    assert found is not None
    assert found.meets_in is None


@pytest.mark.parametrize(
    ("need", "hands"), [([9] * 4, [1] * 4), ([5] * 7, [5] * 7), ([0] * 7, [0] * 7), ([], [])]
)
def test_too_few_days_or_no_gap_foretell_nothing(need: list[int], hands: list[int]) -> None:
    assert forecast(need, hands) is None


def test_days_of_need_without_days_of_hands_are_refused() -> None:
    with pytest.raises(ValueError, match="same days"):
        forecast([1, 2, 3], [1, 2])


@given(COUNTS)
def test_whatever_the_days_the_forecast_stays_in_its_bounds(days: list[tuple[int, int]]) -> None:
    need = [wanted for wanted, _ in days]
    hands = [min(wanted, there) for wanted, there in days]

    found = forecast(need, hands)

    assert (found is None) == (need[-1] == hands[-1])
    if found is not None:
        _holds(found)


def _holds(found: Forecast) -> None:
    assert len(found.need) == len(found.hands) <= AHEAD
    assert all(0 <= hand.value <= want.value for want, hand in zip(found.need, found.hands, strict=True))
    assert all(one.error >= 0 for one in (*found.need, *found.hands))
    if found.meets_in is not None:
        assert len(found.need) == found.meets_in
        assert found.hands[-1].value == found.need[-1].value
