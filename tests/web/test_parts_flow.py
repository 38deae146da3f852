"""Flows and calendars: blocks and ribbons that fit, shades that follow the numbers, hidden ones that stay hidden."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import translation

from tests.web.test_parts_drawing import render
from web.drawing.flow import Ribbon, Step, flow_chart, placed
from web.drawing.heat import heat

STEPS = [
    Step("asked", "Asked", 0, 200, "200"),
    Step("done", "Done", 1, 150, "150", "done"),
    Step("waiting", "Waiting", 1, 50, "50", "waits"),
    Step("few", "Declined", 1, 0, "*", "lost", "small"),
]
RIBBONS = [Ribbon("asked", "done", 150), Ribbon("asked", "waiting", 50), Ribbon("asked", "few", 0, "small")]
MONDAY = date(2020, 1, 27)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_blocks_are_as_high_as_their_numbers_and_names_stay_apart() -> None:
    scale, blocks = placed(STEPS)

    assert blocks["asked"].height == pytest.approx(blocks["done"].height + blocks["waiting"].height)
    assert blocks["done"].height == pytest.approx(150 * scale)
    middles = [blocks[key].middle for key in ("done", "waiting", "few")]
    assert all(after - before >= 22 for before, after in pairwise(middles))


def test_a_ribbon_is_as_wide_at_both_ends_and_a_hidden_one_is_not_drawn() -> None:
    svg = flow_chart(STEPS, RIBBONS, ["Start", "End"], "Asked 200")

    assert svg.count('class="ribbon') == 2
    assert 'aria-label="Asked 200"' in svg
    scale, _ = placed(STEPS)
    for path, count in zip(re.findall(r'class="ribbon[^"]*" d="M0 ([^"]+)Z"', svg), (150, 50), strict=True):
        upper, lower = float(path.split("C")[0]), float(path.split(" ")[-1])
        assert lower - upper == pytest.approx(count * scale, abs=0.02)


def test_a_flow_repeats_its_numbers_as_a_table_and_hides_what_is_hidden() -> None:
    html = render(
        "{% flow_chart steps ribbons heads 'x' %}", steps=STEPS, ribbons=RIBBONS, heads=["Start", "End"]
    )

    assert html.count("<tr>") == 1 + len(RIBBONS)
    assert html.count(">hidden, too few people<") == 1
    assert "<b>*</b>" in html


def test_a_flow_of_nothing_draws_nothing() -> None:
    assert flow_chart([], [], [], "") == ""


def test_a_calendar_is_whole_weeks_with_the_darkest_day_the_fullest() -> None:
    values = {
        MONDAY: (0.0, ""),
        MONDAY + timedelta(days=1): (500.0, ""),
        MONDAY + timedelta(days=2): (None, "small"),
    }

    found = heat(values, MONDAY, MONDAY + timedelta(days=13), MONDAY)

    first, second = found.weeks
    assert [day.shade for day in first.days[:3]] == [0, 5, 0]
    assert first.days[2].why == "small"
    assert (first.month, second.month) == (date(2020, 2, 1), None)
    assert all(day.is_open for day in second.days)
    assert found.is_marked


def test_many_hours_are_told_in_thousands_and_unknown_ones_are_left_open() -> None:
    values = {MONDAY: (26_500.0, ""), MONDAY + timedelta(days=1): (20.0, "")}

    found = heat(values, MONDAY, MONDAY + timedelta(days=6))

    assert [day.words for day in found.weeks[0].days[:3]] == ["26.5", "<0.1", ""]
    html = render("{% heat calendar 'Hours' %}", calendar=found)
    assert html.count("<td") == 7
    assert "&lt;0.1" in html
