"""What past offers teach: shrinkage, intervals, how many to ask, how many yes to expect."""

from datetime import datetime, timedelta
from itertools import product
from math import comb, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.policies import acceptance
from matching.policies.acceptance import PRIOR, Count, Rate, beta_below, expected, learned, to_ask

NONE = Count()
NOON = datetime(2026, 3, 4, 12)
quietly = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def counts(draw, most=400):
    asked = draw(st.integers(0, most))
    return Count(asked, draw(st.integers(0, asked)))


@st.composite
def nested(draw):
    """Counts of everywhere, a county, a kind and a role: each part of the one before."""
    found = [draw(counts())]
    for most in (400, 100, 12):
        above = found[-1]
        yes = draw(st.integers(0, min(above.accepted, most)))
        no = draw(st.integers(0, min(above.asked - above.accepted, most)))
        found.append(Count(yes + no, yes))
    return found


chances = st.lists(st.floats(0.02, 0.98), max_size=20)
rates = st.builds(Rate, st.floats(0.3, 60), st.floats(0.3, 60))


def test_where_nothing_was_answered_the_prior_stands_and_the_interval_says_how_little_is_known():
    rate = learned(NONE, NONE, NONE, NONE)
    low, high = rate.interval()

    assert rate.mean == pytest.approx(PRIOR.mean) == pytest.approx(0.6)
    assert low < 0.4 and high > 0.8


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 5), (7, 3), (40, 60), (1, 30)])
@pytest.mark.parametrize("x", [0.001, 0.1, 0.35, 0.6, 0.98])
def test_the_beta_function_equals_the_sum_of_the_binomial(a, b, x):
    tosses = a + b - 1
    exact = sum(
        comb(tosses, heads) * x**heads * (1 - x) ** (tosses - heads) for heads in range(a, tosses + 1)
    )

    assert beta_below(x, a, b) == pytest.approx(exact, abs=1e-10)
    if 1e-6 < exact < 1 - 1e-6:
        assert Rate(a, b).quantile(exact) == pytest.approx(x, abs=1e-8)


@quietly
@given(rates, counts(), st.floats(1, 80))
def test_a_rate_lies_between_what_was_known_and_what_was_counted_and_in_its_interval(above, own, alike):
    rate = above.within(own, alike=alike)
    ends = sorted([above.mean, own.accepted / own.asked if own.asked else above.mean])
    low, high = rate.interval()

    assert ends[0] - 1e-9 <= rate.mean <= ends[1] + 1e-9
    assert 0 <= low <= rate.mean <= high <= 1


@quietly
@given(nested())
def test_one_more_yes_raises_a_rate_and_one_more_no_lowers_it(found):
    """Whoever answers for the role answers for its kind, its county and everywhere as well."""
    before = learned(*found).mean
    with_yes = learned(*(Count(one.asked + 1, one.accepted + 1) for one in found)).mean
    with_no = learned(*(Count(one.asked + 1, one.accepted) for one in found)).mean

    assert with_no < before < with_yes


@pytest.mark.parametrize("level", range(4))
def test_the_more_was_answered_the_narrower_is_the_interval(level):
    widths = []
    for times in (0, 1, 4, 20, 200):
        found = [NONE] * 4
        found[level] = Count(5 * times, 3 * times)
        rate = learned(*found)
        low, high = rate.interval()
        assert rate.mean == pytest.approx(0.6)
        widths.append(high - low)

    assert widths == sorted(widths, reverse=True) and len(set(widths)) == len(widths)


def test_a_kind_with_few_offers_leans_on_its_county_and_one_with_many_on_itself():
    everywhere, county = Count(9000, 4500), Count(900, 180)

    few = learned(everywhere, county, Count(2, 2), NONE).mean
    many = learned(everywhere, county, Count(400, 320), NONE).mean

    assert 0.2 < few < 0.35
    assert 0.7 < many < 0.8


def test_a_first_wave_without_an_answer_lowers_what_is_expected_of_the_next():
    much = (Count(9000, 5400), Count(900, 540), Count(90, 54))
    means = [learned(*much, Count(asked, 0)).mean for asked in (0, 1, 4, 12)]

    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(0.6) and means[-1] < 0.4


@quietly
@given(st.lists(st.floats(0.02, 0.98), max_size=7))
def test_at_a_rate_that_is_certain_the_yes_are_counted_as_if_every_case_were_written_down(found):
    sure = Rate(5e5, 5e5)
    cases = [0.0] * (len(found) + 1)
    for answers in product([True, False], repeat=len(found)):
        cases[sum(answers)] += prod(p if yes else 1 - p for p, yes in zip(found, answers, strict=True))

    seen = expected(found, sure)

    # Within a hair of a step either side may be told.
    for at, value in ((0.1, seen.low), (0.9, seen.high)):
        below = {
            next(n for n in range(len(cases)) if sum(cases[: n + 1]) >= at + hair) for hair in (-1e-3, 1e-3)
        }
        assert value in below | {seen.likely}
    assert 0 <= seen.low <= seen.likely <= seen.high <= seen.asked == len(found)


def test_what_is_not_known_of_the_rate_makes_the_interval_wider():
    sure, unsure = (expected([0.6] * 20, Rate(0.6 * known, 0.4 * known)) for known in (1e6, 5))

    assert (sure.likely, unsure.likely) == (12, 12)
    assert unsure.low < sure.low < 12 < sure.high < unsure.high


@quietly
@given(st.integers(-1, 6), chances, st.integers(0, 20), rates)
def test_a_wave_reaches_what_is_missing_with_the_fewest_and_never_passes_the_free_seats(
    missing, people, free, rate
):
    values = {"missing": missing, "chances": people, "free": free, "rate": rate}
    calm, close = to_ask(**values, close=False), to_ask(**values, close=True)
    most = min(free, len(people))

    assert 0 <= calm <= close <= most
    assert (calm == 0) == (missing <= 0 or most == 0)
    assert sum(people[:calm]) >= missing or calm == most
    assert calm == 0 or sum(people[: calm - 1]) < missing
    if 0 < close < most:
        assert expected(people[:close], rate).low >= missing
        assert acceptance.is_enough(missing=missing, chances=people[:close], rate=rate, close=True)


def test_close_to_the_start_more_are_asked():
    rate = Rate(30, 20)
    values = {"missing": 3, "chances": [0.6] * 20, "free": 20, "rate": rate}

    assert (to_ask(**values, close=False), to_ask(**values, close=True)) == (5, 8)
    assert acceptance.is_close(NOON + timedelta(hours=5, minutes=59), NOON)
    assert not acceptance.is_close(NOON + timedelta(hours=6), NOON)
    assert not acceptance.is_close(None, NOON)
