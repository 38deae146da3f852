"""The overview: figures, map, table, protection, few queries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from core import clock
from insights.actions import refresh
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_official, make_organization
from tests.factories.tasks import make_assignment, make_crisis, make_shift, make_stop, make_task
from tests.insights.test_refresh import serve
from tests.web.authority.conftest import People, signed_in

pytestmark = pytest.mark.django_db
NOW = clock.now()


def page(client: Client, area, query: str = "", language: str = "en") -> str:
    address = reverse("authority:overview", args=[area.code]).replace("/en/", f"/{language}/")
    response = client.get(address + query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_area_says_so_instead_of_showing_nothing(official: Client, tree: SmallTree) -> None:
    text = page(official, tree.counties[0])

    assert "Every shift of these days has the hands that it needs." in text
    assert "None. Every call has an organization." in text


def test_the_city_shows_what_its_counties_lack(people: People, tree: SmallTree) -> None:
    shift = make_shift(area=tree.counties[0], seats=6, seats_min=4)
    make_assignment(shift)
    refresh(at=NOW)

    text = page(signed_in(people.above), tree.cities[0])

    assert "Tonglu County" in text
    assert re.search(r'figure-value--short">\s*3 ', text)
    assert "25 %" in text
    assert 'class="tile-map"' in text


def test_the_first_page_and_the_overview_say_the_same_number(people: People, tree: SmallTree) -> None:
    noon = localtime(NOW).replace(hour=12, minute=0)
    for area, hours, least in (
        (tree.counties[0], -9, 40),
        (tree.counties[0], -1, 5),
        (tree.townships[0], 3, 4),
        (tree.counties[2], 26, 3),
        (tree.province, 5, 2),
    ):
        shift = make_shift(area=area, seats=50, seats_min=least, starts_at=noon + timedelta(hours=hours))
        make_assignment(shift)
    refresh(at=noon)
    province = signed_in(make_official(tree.province))

    with time_machine.travel(noon, tick=False):
        home, needs = Client().get("/en/").content.decode(), Client().get("/en/needs/").content.decode()
        text = page(province, tree.province)
        csv = province.get(reverse("authority:table_csv", args=[tree.province.code])).content.decode()

    assert '<span class="headline-number">10</span>' in home
    assert re.search(r'figure-value--short">\s*10 ', text)
    assert re.search(r'figure-value">\s*28 ', text)
    assert csv.splitlines()[1].split(",")[5:9] == ["14", "4", "10", "28"]
    assert _on_map(home) == _on_map(needs) == _on_map(text) == ["2", "7"]


def _on_map(text: str) -> list[str]:
    return sorted(re.findall(r'<text class="count"[^>]*>([^<]*)<', text))


def test_a_day_is_chosen_by_its_bar(people: People, tree: SmallTree) -> None:
    client = signed_in(people.above)
    make_shift(area=tree.counties[0], seats=6, seats_min=4, starts_at=NOW + timedelta(days=3))
    refresh(at=NOW)
    day = clock.today() + timedelta(days=3)

    today, later = page(client, tree.cities[0]), page(client, tree.cities[0], f"?day={day}")

    assert "Every shift of these days" in today
    assert "Every shift of these days" not in later
    assert "Back to today and tomorrow" in later


@pytest.mark.parametrize("query", ["?day=nonsense", "?day=2001-01-01", "?day=", "?all=1", "?day=9999-12-31"])
def test_whatever_is_asked_for_the_page_stands(official: Client, tree: SmallTree, query: str) -> None:
    assert "Overview of" in page(official, tree.counties[0], query)


def test_small_numbers_of_persons_are_hatched(people: People, tree: SmallTree) -> None:
    for area, count in ((tree.counties[0], 3), (tree.counties[1], 9)):
        for _ in range(count):
            serve(area)
        make_shift(area=area, seats_min=4)
    refresh(at=NOW)
    client = signed_in(people.above)

    text = page(client, tree.cities[0])
    csv = client.get(reverse("authority:table_csv", args=[tree.cities[0].code])).content.decode()

    assert text.count("hidden-cell") == 2
    assert "hidden, too few people" in text
    assert "hidden to protect another figure" in text
    assert [line.split(",")[-2] for line in csv.strip().splitlines()[1:]] == ["10", "†", "*"]


def test_no_person_is_named_on_the_overview(people: People, tree: SmallTree) -> None:
    record = serve(tree.counties[0])
    refresh(at=NOW)

    text = page(signed_in(people.above), tree.cities[0])

    assert record.volunteer.user.name not in text
    assert record.volunteer.number not in text


def test_the_stage_and_its_day_stand_under_the_title(people: People, tree: SmallTree) -> None:
    crisis = make_crisis(tree.province)
    crisis.stage_changes.create(
        area=tree.province,
        stage=1,
        effective_at=NOW - timedelta(days=14),
        decided_at=NOW,
        decided_by=people.above,
        reason="Cases.",
    )

    assert "Stage 1, day 15." in page(signed_in(people.official), tree.counties[0])
    assert "第一阶段" in page(signed_in(people.official), tree.counties[0], language="zh-hans")


def test_a_stop_is_on_top_of_every_page_with_its_way_back(official: Client, tree: SmallTree) -> None:
    make_stop(tree.counties[0])

    text = page(official, tree.counties[0])

    assert "Everything in Tonglu County stands still" in text
    assert reverse("authority:lift_stop", args=[tree.counties[0].code]) in text


def test_a_stop_from_above_is_shown_without_a_way_to_lift_it(official: Client, tree: SmallTree) -> None:
    make_stop(tree.province)

    text = page(official, tree.counties[0])

    assert "stands still" in text
    assert "Let it go on" not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_overview_takes_few_queries(
    people: People, tree: SmallTree, django_assert_max_num_queries, rows: int
) -> None:
    for area in tree.townships[:rows]:
        make_shift(area=area, seats_min=4)
        make_task(area=area)
        serve(area)
    refresh(at=NOW)
    client = signed_in(people.above)

    with django_assert_max_num_queries(12):
        page(client, tree.cities[0])


def test_a_township_has_no_map_and_no_table(people: People, tree: SmallTree) -> None:
    make_shift(organization=make_organization(home_area=tree.townships[0]), area=tree.townships[0])
    refresh(at=NOW)

    text = page(signed_in(people.official), tree.townships[0])

    assert "There is no area below this one." in text
    assert 'class="tile-map"' not in text


def test_a_county_lists_its_townships(official: Client, tree: SmallTree) -> None:
    make_shift(area=tree.townships[0], seats_min=4)
    refresh(at=NOW)

    assert "Tongjun Subdistrict" in page(official, tree.counties[0])


def test_an_area_and_a_day_are_chosen_from_the_selects(people: People, tree: SmallTree) -> None:
    client = signed_in(people.above)
    day = clock.today() + timedelta(days=1)
    city, county = tree.cities[0], tree.counties[0]

    answer = client.get(reverse("authority:overview", args=[city.code]), {"area": county.code, "day": day})

    assert answer.status_code == 302
    assert answer["Location"] == reverse("authority:overview", args=[county.code]) + f"?day={day}"


@pytest.mark.parametrize("code", ["33", "nonsense", "../me"])
def test_an_area_out_of_reach_is_not_turned_to(official: Client, tree: SmallTree, code: str) -> None:
    assert "Overview of Tonglu County" in page(official, tree.counties[0], f"?area={code}")


def test_a_county_is_not_sent_up_to_a_city_that_it_cannot_open(people: People, tree: SmallTree) -> None:
    city = reverse("authority:overview", args=[tree.cities[0].code])

    assert f'href="{city}"' not in page(signed_in(people.official), tree.counties[0])
    assert f'href="{city}"' in page(signed_in(people.above), tree.counties[0])


def test_the_widest_gap_is_named_on_the_lines(people: People, tree: SmallTree) -> None:
    for days in (0, 1):
        make_shift(area=tree.counties[0], seats_min=4 + days, starts_at=NOW + timedelta(days=days))
    refresh(at=NOW)

    text = page(signed_in(people.above), tree.cities[0])

    assert 'class="gap-line"' in text
    assert "Widest gap:" in text
