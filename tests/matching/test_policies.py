"""Places on a plane, hours as bits, traits as bits, weights."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from areas.policies import distance_m
from matching.policies import hours, weights
from matching.policies.hours import Horizon
from matching.policies.places import Plane
from matching.policies.vocabulary import Kind, Trait, Word, groups, merge_thresholds
from matching.queries.snapshot import last_birthday
from tasks import policies

HERE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, tzinfo=HERE)
WEEK = Horizon(MONDAY, MONDAY, MONDAY + timedelta(days=7))

places = st.tuples(st.floats(118.0, 123.0), st.floats(27.0, 31.2))


@given(st.lists(places, min_size=2, max_size=12))
def test_a_reach_on_the_plane_is_never_longer_than_on_the_globe(points):
    longitudes, latitudes = (np.array(values) for values in zip(*points, strict=True))
    plane = Plane.around(longitudes, latitudes)
    x, y = (values.astype(np.float64) for values in plane.project(longitudes, latitudes))

    away = np.hypot(x[1:] - x[0], y[1:] - y[0])
    true = np.array([distance_m(*points[0], *point) / 1000 for point in points[1:]])

    assert (away[true > 0] <= true[true > 0] * 1.002 + 0.001).all()
    # Whatever lies within the plane's reach lies within the real one.
    assert (true <= away / min(plane.least_scale, 1.0) + 0.001).all()


def test_no_point_at_all_makes_a_plane_all_the_same():
    nothing = np.array([np.nan])

    x, y = Plane.around(nothing, nothing).project(nothing, nothing)

    assert np.isfinite(x).all() and np.isfinite(y).all()


def test_windows_free_their_hours_and_no_others():
    free = hours.all_free(2)
    one = np.array([0])

    hours.apply_week(free, WEEK, one, np.array([2]), np.array([9]), np.array([12]))

    assert np.flatnonzero(free[0]).tolist() == [2 * 24 + 9, 2 * 24 + 10, 2 * 24 + 11]
    assert free[1].all()


def test_a_week_that_begins_at_any_hour_still_knows_its_weekdays():
    start = MONDAY + timedelta(days=3, hours=17)
    horizon = Horizon(start, MONDAY, MONDAY + timedelta(days=7))
    free = hours.all_free(1)

    hours.apply_week(free, horizon, np.array([0]), np.array([4]), np.array([8]), np.array([10]))

    # Friday at eight is fifteen hours after Thursday at five in the afternoon.
    assert np.flatnonzero(free[0]).tolist() == [15, 16]


def test_a_day_that_is_both_free_and_not_is_not_free():
    free = hours.all_free(1)
    days = [(MONDAY.date() - hours.EPOCH).days + 1] * 2

    hours.apply_days(free, WEEK, np.array([0, 0]), np.array(days), np.array(days), np.array([0, 1]))

    assert np.flatnonzero(~free[0]).tolist() == list(range(24, 48))


def test_a_busy_time_takes_its_hours_and_the_rest_around_it_rounded_outward():
    free = hours.all_free(1)
    start = int((MONDAY + timedelta(hours=20, minutes=30)).timestamp())

    hours.block(free, WEEK, np.array([0]), np.array([start]), np.array([start + 3600]), rest=policies.REST)

    assert np.flatnonzero(~free[0]).tolist() == list(range(12, 30))


@given(st.lists(st.booleans(), min_size=168, max_size=168))
def test_bit_h_of_the_words_is_hour_h(wanted):
    free = np.array([wanted])

    words = hours.as_words(free)

    assert [bool(int(words[0, h >> 6]) >> (h & 63) & 1) for h in range(168)] == wanted


def test_hours_of_a_week_count_only_what_falls_into_it_rounded_up():
    at = [int((MONDAY + timedelta(hours=h)).timestamp()) for h in (-2, 1.5, 167, 170)]

    spent = hours.hours_spent(1, WEEK, np.array([0, 0]), np.array([at[0], at[2]]), np.array([at[1], at[3]]))

    assert spent.tolist() == [3]


def test_clocks_that_change_keep_the_hours_of_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    monday = datetime(2026, 3, 23, tzinfo=berlin)
    horizon = Horizon(monday, monday, monday + timedelta(days=7))
    free = hours.all_free(1)

    hours.apply_week(free, horizon, np.array([0]), np.array([6]), np.array([9]), np.array([10]))

    # On Sunday, 29 March, the clock leaps from two to three: nine comes an hour earlier.
    assert np.flatnonzero(free[0]).tolist() == [6 * 24 + 8]


def test_thresholds_that_the_same_people_reach_become_one():
    assert merge_thresholds([10, 12, 20], np.array([9, 15, 30])) == {10: 12, 12: 12, 20: 20}
    assert merge_thresholds([10, 12], np.array([11])) == {10: 10, 12: 12}


def needs(*which: int) -> frozenset[Trait]:
    return frozenset(Trait(Kind.CAPABILITY, number) for number in which)


def test_roles_that_need_more_than_a_word_are_planned_in_groups():
    wanted = [needs(*range(40)), needs(*range(40, 70)), needs(*range(10))]

    assert groups(wanted) == [[0, 2], [1]]


def test_every_bit_of_a_word_can_be_used():
    word = Word.of([needs(*range(64))])
    words = np.zeros(1, np.uint64)

    for trait in word.bits:
        word.give(words, trait, np.array([0]))

    assert int(words[0]) == word.needed(needs(*range(64))) == 2**64 - 1


@pytest.mark.parametrize(("priority", "value"), [(0, 2000), (1, 4000), (3, 16000)])
def test_a_seat_is_worth_more_the_more_it_presses_and_half_above_the_least(priority, value):
    assert weights.seat_values(priority, "", "screening", weights.Weights()) == (value, value // 2)


def test_a_stage_can_weigh():
    weighing = weights.Weights(stages={"zj/1": 1.5}, priorities={"zj/1": {"screening": 2}})

    assert weights.seat_values(0, "zj/1", "errands", weighing) == (3000, 1500)
    assert weights.seat_values(0, "zj/2", "errands", weighing) == (2000, 1000)
    # A stage lifts what a call says, and never lowers it.
    assert weights.seat_values(0, "zj/1", "screening", weighing) == (12000, 6000)
    assert weights.seat_values(3, "zj/1", "screening", weighing) == (24000, 12000)


@given(st.integers(0, 20), st.integers(0, 20))
def test_load_counts_as_suggestions_count_it(shifts, alerts):
    found = weights.recent_load(np.array([shifts]), np.array([alerts]))

    assert found.tolist() == [policies.recent_load(shifts=shifts, alerts=alerts)]


def test_points_are_those_that_suggestions_count():
    counted = policies.offers

    assert weights.Weights().kilometre == counted.COST_PER_KM
    assert weights.Weights().other_cause == counted.COST_OTHER_CAUSE
    assert weights.Weights().recent_load == counted.COST_PER_RECENT_SHIFT


def test_the_last_birthday_before_a_leap_day():
    assert last_birthday(date(2028, 2, 29), 18) == date(2010, 2, 28)
    assert policies.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert last_birthday(date(2026, 2, 28), 18) == date(2008, 2, 28)
