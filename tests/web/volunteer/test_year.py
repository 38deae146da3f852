"""A volunteer's own year: the drawn days are those of the list."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from core import clock
from tests.factories.areas import small_tree
from tests.factories.volunteers import make_volunteer
from tests.insights.serving import serve
from tests.web.reading import check_page, statements
from volunteers.models import Volunteer
from web.drawing.year import month_crowd, shade_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_day_served_is_drawn_and_listed_once(
    client: Client, volunteer: Volunteer, language: str
) -> None:
    town = small_tree().townships[0]
    for days_ago, minutes in ((3, 60), (40, 150), (300, 400), (800, 90)):
        serve(town, days_ago=days_ago, volunteer=volunteer, minutes=minutes)

    page = check_page(client.get(f"/{language}/me/hours/year/"))

    # The oldest lies before the twelve months, and has a page of its own year.
    drawn = sorted(int(shade) for shade in re.findall(r'class="day day--(\d)"', page.html))
    assert drawn == sorted([shade_of(1), shade_of(2.5), shade_of(6.7)]) == [1, 2, 4]
    words = (
        ("1 h", "2 h 30 min", "6 h 40 min")
        if language == "en"
        else ("1 小时", "2 小时 30 分", "6 小时 40 分")
    )
    # Once beside its day, and once as the sum of its month.
    assert all(page.html.count(f"{length}</td>") == 2 for length in words)
    old = (clock.today() - timedelta(days=800)).year
    assert client.get(f"/{language}/me/hours/year/?year={old}").content.decode().count("day day--1") == 1


def test_a_year_costs_the_same_for_one_day_and_for_many(client: Client, volunteer: Volunteer) -> None:
    town, counted = small_tree().townships[0], []
    for days in (range(1, 2), range(2, 9)):
        for days_ago in days:
            serve(town, days_ago=days_ago, volunteer=volunteer)
        client.get("/en/privacy/")
        with statements() as asked:
            client.get("/en/me/hours/year/")
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 12


def test_a_month_has_its_days_and_none_after_today() -> None:
    first = date(2020, 2, 1)

    assert month_crowd(first, {}, date(2020, 3, 5), "x").count("<circle") == 29
    assert month_crowd(first, {}, date(2020, 2, 10), "x").count("<circle") == 10
    assert month_crowd(first, {}, date(2020, 2, 10), "x").count("day-now") == 1
