"""The overview: figures, map, table, protection, few queries."""

import json
import re
from csv import DictReader
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import localtime

from areas.models import Area
from core import clock
from insights.actions import refresh, release_for
from insights.actions.window import morning_of, write_window
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_official, make_organization
from tests.factories.residents import make_request
from tests.factories.tasks import make_assignment, make_crisis, make_shift, make_stop
from tests.factories.volunteers import make_volunteer
from tests.insights.serving import serve
from tests.web.authority.conftest import People, signed_in
from tests.web.reading import statements

pytestmark = pytest.mark.django_db
NOW = clock.now()
MOST = 12


def page(client: Client, area, query: str = "", language: str = "en") -> str:
    address = reverse("authority:overview", args=[area.code]).replace("/en/", f"/{language}/")
    response = client.get(address + query)
    assert response.status_code == 200
    return response.content.decode()


def look(tree: SmallTree, days: int = 1) -> None:
    """Count everything as the jobs of the last mornings do."""
    refresh(at=NOW)
    for back in range(days, 0, -1):
        release_for(clock.today() - timedelta(days=back), at=NOW)
    write_window(morning_of(clock.today() - timedelta(days=1), at=NOW), at=NOW)


def waits(area: Area, count: int) -> None:
    """Volunteers on duty for two weeks whom nobody asked."""
    for _ in range(count):
        make_volunteer(area=area, on_duty_since=NOW - timedelta(days=14))


def test_an_empty_area_says_so_instead_of_showing_nothing(official: Client, tree: SmallTree) -> None:
    text = page(official, tree.counties[0])

    assert "Every shift of these days has the hands that it needs." in text
    assert "No shift until today." in text
    assert "No day was released for this area." in text


def test_the_city_shows_what_its_counties_lack(people: People, tree: SmallTree) -> None:
    shift = make_shift(area=tree.counties[0], seats=6, seats_min=4)
    make_assignment(shift)
    refresh(at=NOW)

    text = page(signed_in(people.above), tree.cities[0])

    assert "Tonglu County" in text
    assert re.search(r'figure-value--short">\s*3 ', text)
    assert "25 %" in text
    assert 'class="tile-map ' in text


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
    return sorted(re.findall(r'<text class="count"[^>]*>([^<]+)<', text))


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
    for county, count in ((tree.counties[0], 3), (tree.counties[1], 9)):
        for _ in range(count):
            serve(county)
        make_shift(area=county, seats_min=4)
    waits(tree.counties[0], 3)
    waits(tree.counties[1], 30)
    look(tree)
    client = signed_in(people.above)

    text = page(client, tree.cities[0])
    csv = client.get(reverse("authority:table_csv", args=[tree.cities[0].code])).content.decode()
    rows = list(DictReader(StringIO(csv.removeprefix("\ufeff"))))

    assert "hidden-cell" in text
    assert "hidden, too few people" in text
    assert [row["idle"] for row in rows if row["code"] == tree.counties[0].code] == ["*"]
    assert [row["volunteers"] for row in rows] == ["10", "†", "*"]


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


@pytest.mark.parametrize("level", ["province", "city", "county", "township"])
def test_the_overview_takes_as_many_statements_for_one_row_as_for_three(
    people: People, tree: SmallTree, level: str
) -> None:
    places = {
        "province": tree.province,
        "city": tree.cities[0],
        "county": tree.counties[0],
        "township": tree.townships[0],
    }
    address = reverse("authority:overview", args=[places[level].code]) + "?all"
    client = signed_in(make_official(tree.province))
    counts = []
    for areas in (tree.townships[:1], tree.townships[1:3]):
        for area in areas:
            make_shift(area=area, seats_min=4)
            serve(area)
            waits(area, 8)
        look(tree, days=len(areas))
        client.get(address)
        with statements() as found:
            client.get(address)
        counts.append(len(found))

    assert counts[0] == counts[1] <= MOST


def test_a_township_has_no_map_and_no_table(people: People, tree: SmallTree) -> None:
    make_shift(organization=make_organization(home_area=tree.townships[0]), area=tree.townships[0])
    refresh(at=NOW)

    text = page(signed_in(people.official), tree.townships[0])

    assert "There is no area below this one." in text
    assert 'class="tile-map' not in text


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


def test_the_map_knows_every_day_with_a_bar(people: People, tree: SmallTree) -> None:
    make_shift(area=tree.counties[0], seats=6, seats_min=4, starts_at=NOW + timedelta(days=3))
    refresh(at=NOW)

    text = page(signed_in(people.above), tree.cities[0])
    known = json.loads(re.search(r'id="map-days"[^>]*>(.*?)</script>', text, re.DOTALL)[1])

    day = str(clock.today() + timedelta(days=3))
    found = {one["day"]: dict(zip(known["names"], one["tiles"], strict=True)) for one in known["days"]}
    assert len(found) == 15
    assert found[day]["Tonglu County, Hangzhou"] == [4, known["states"].index("short")]
    assert {short for one in found.values() for short, _ in one.values()} == {0, 4}


def test_a_county_with_hands_and_people_who_wait_could_help_its_neighbour(
    people: People, tree: SmallTree
) -> None:
    needy, other = tree.counties[:2]
    make_shift(area=needy, seats=6, seats_min=4)
    waits(other, 30)
    look(tree)

    text = page(signed_in(people.above), tree.cities[0])

    assert f"<b>{escape(other.name_en)}</b> could support <b>{needy.name_en}</b>" in text
    assert "30 persons wait" in text
    assert reverse("authority:new_transfer", args=[needy.code]) + f"?giver={other.code}" in text


def test_requests_flow_from_asking_to_done(people: People, tree: SmallTree) -> None:
    for status, count in (("new", 10), ("verified", 15), ("confirmed", 25)):
        for _ in range(count):
            make_request(area=tree.townships[0], status=status, asked_at=NOW - timedelta(days=2))
    look(tree)

    client = signed_in(people.above)
    text, county = page(client, tree.cities[0]), page(client, tree.counties[0])
    township = page(client, tree.townships[0])

    assert "50 requests, and what became of them" in text
    assert 'class="flow"' in text
    assert "<b>25</b>" in text.split("Result</dt>")[1].split("</div>")[0]
    assert re.search(r"<p>50 requests, [^<]+ Counted by state for cities and above.</p>", county)
    assert "Requests are counted for counties and above" in township
    # The gap is one between counties, and each figure leads to what it is in this area.
    gap, asked = (reverse("public:definition", args=[key]) + "?area=" for key in ("fairness", "requests"))
    assert gap + tree.cities[0].code in text and gap not in county and gap not in township
    assert asked + tree.counties[0].code in county and asked not in township
    assert not [
        one for one in (county, township) if "Nobody asked" in one or 'class="flow"' in one or "†" in one
    ]


def test_hours_stand_on_their_days_and_kinds_beside_the_map(people: People, tree: SmallTree) -> None:
    for _ in range(20):
        serve(tree.counties[0])
    make_shift(area=tree.counties[0], seats=6, seats_min=4)
    look(tree)

    text = page(signed_in(people.official), tree.counties[0])

    assert 'class="heat"' in text
    assert "heat-5" in text
    assert "Short by kind of work" in text


def test_the_index_says_its_parts_its_weights_and_its_history(people: People, tree: SmallTree) -> None:
    for county in tree.counties[:2]:
        make_shift(area=county, seats=6, seats_min=4, starts_at=NOW - timedelta(days=1))
    look(tree, days=3)
    client = signed_in(people.above)

    with statements() as found:
        city = client.get(reverse("authority:index", args=[tree.cities[0].code])).content.decode()
    county = client.get(reverse("authority:index", args=[tree.counties[0].code])).content.decode()
    township = client.get(reverse("authority:index", args=[tree.townships[0].code])).content.decode()

    assert len(found) <= MOST
    assert "Version 1" in city
    assert 'class="line-chart"' in city
    assert "Tonglu County" in city
    assert "The areas below" not in county
    assert "No index was made for this area yet." in township
