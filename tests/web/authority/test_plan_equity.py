"""The part of a plan's page that says who was asked: the same statements for any number of groups, and nothing raw."""

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from areas.models import Area
from matching.models import MatchRun
from tests.factories.areas import small_tree
from web.plan_equity import plan_equity

pytestmark = pytest.mark.django_db


def counts(areas: list[Area], each: int) -> dict[str, int]:
    """So many people of each area, who differ in nothing else but their sex: seven are men."""
    people = each * len(areas)
    return {
        "all": people,
        **{f"area:{area.code}": each for area in areas},
        "age:60": people,
        "sex:female": people - 7,
        "sex:male": 7,
        "channel:helped": people,
    }


def page(run: MatchRun) -> str:
    html = render_to_string("authority/plan_equity.html", {"equity": plan_equity(run)})
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.mark.parametrize("rows", [1, 3])
def test_names_of_areas_take_one_statement(django_assert_num_queries, rows: int) -> None:
    areas = small_tree().counties[:rows]
    table = counts(areas, 40)
    run = MatchRun(equity={"eligible": table, "proposed": table, "offered": table})

    with django_assert_num_queries(1), override("en"):
        text = page(run)
        names = [area.name for area in areas]

    assert [name for name in names if name not in text] == []


def test_hidden_groups_are_marked_and_a_sentence_says_the_rest() -> None:
    areas = small_tree().counties[:2]
    run = MatchRun(
        equity={"eligible": counts(areas, 100), "proposed": counts(areas, 60), "offered": counts(areas, 20)}
    )

    with override("en"):
        text = page(run)
    with override("zh-hans"):
        chinese = page(run)

    assert "Of 100 people who could have come, 20 were asked." in text
    assert "Male * hidden, too few people" in text and "Female † hidden" in text
    assert "60 and older 200 120 40 20" in text and "Through somebody who acts for them 200" in text
    assert "每 100 位能来的人里，问了 20 位。" in chinese and "有人代办" in chinese


def test_before_it_is_counted_it_says_so(django_assert_num_queries) -> None:
    with django_assert_num_queries(0), override("en"):
        assert "counted once a plan stands" in page(MatchRun())
