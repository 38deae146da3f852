"""Pictures of an area: true to their tables, in words, with a definition, from few statements."""

import re
from collections.abc import Iterator
from csv import reader
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from areas.models import Area
from core import clock
from insights.actions import redraw
from insights.queries.picture_definitions import PICTURES
from tasks.models import TaskType
from tests.factories.areas import SmallTree
from tests.factories.organizations import make_authority, make_organization
from tests.factories.tasks import make_adoption, make_shift, make_task, make_task_type
from tests.web.authority.conftest import People, signed_in
from tests.web.reading import check_page, statements
from web.drawing.arcs import Arc, arcs_chart, in_order, widths_of

pytestmark = pytest.mark.django_db
PAGES = ("pictures", "picture_requests", "picture_hours", "picture_gaps", "picture_together")
MOST = 12


def page(client: Client, name: str, area: Area, query: str = "") -> str:
    response = client.get(reverse(f"authority:{name}", args=[area.code]) + query)
    assert response.status_code == 200
    check_page(response)
    return response.content.decode()


def table(client: Client, name: str, area: Area) -> list[list[str]]:
    found = client.get(reverse("authority:table_of", args=[area.code, name])).content.decode("utf-8-sig")
    return list(reader(StringIO(found)))


def work(tree: SmallTree, calls: int = 1) -> None:
    """Calls for counselling in two counties of a city; only the second has a group for them."""
    asked = TaskType.objects.filter(code="counselling").first() or make_task_type("counselling")
    authority = make_authority(tree.cities[0])
    group = make_organization(
        home_area=tree.counties[1], kind="cbo", cbo_type="mental_health", name="Open Ear"
    )
    for _ in range(calls):
        make_task(area=tree.counties[0], type=asked, issuer=authority, people_needed=4)
        led = make_task(area=tree.counties[1], type=asked, issuer=authority, adopted_by=group)
        make_adoption(led, make_organization(home_area=tree.counties[1]), role="partner")
        make_shift(task=led, seats_min=5)
    redraw(at=clock.now())


def more_work(tree: SmallTree) -> None:
    for _ in range(3):
        task = make_task(area=tree.counties[1], adopted_by=make_organization(home_area=tree.counties[1]))
        make_adoption(task, make_organization(home_area=tree.counties[0]), role="partner")
    redraw(at=clock.now())


def test_a_gap_is_said_in_words_with_who_is_near_and_the_matrix_says_what_the_file_says(
    people: People, tree: SmallTree
) -> None:
    client = signed_in(people.above)
    work(tree)

    text = page(client, "picture_gaps", tree.cities[0])

    assert "Mental health: 1 area has calls and no group" in text
    assert "Open Ear" in text
    assert f"giver={tree.counties[1].code}" in text
    drawn = re.findall(r'<td class="gap gap--(\w+)">(.*?)</td>', text, re.DOTALL)
    header, *rows = table(client, "gaps", tree.cities[0])
    calls, groups = header.index("calls"), header.index("groups")
    assert len(drawn) == len(rows)
    for (tone, cell), row in zip(drawn, rows, strict=True):
        assert (tone == "empty") == (row[calls] == "0")
        assert (tone == "none") == (row[calls] != "0" and row[groups] == "0")
        if tone not in ("empty", "none"):
            empty = int(row[header.index("least")]) - int(row[header.index("covered")])
            share = -(-100 * empty // int(row[header.index("least")]))
            assert f"<b>{share} %</b>" in cell
        assert (tone == "none") or re.search(rf"<span>{row[groups]} groups?</span>", cell)


def test_arcs_are_as_wide_as_the_numbers_of_the_table(people: People, tree: SmallTree) -> None:
    client = signed_in(people.above)
    work(tree, calls=2)

    text = page(client, "picture_together", tree.cities[0])

    _, *rows = table(client, "ties", tree.cities[0])
    said = sorted(int(number) for number in re.findall(r"<title>[^<]*: (\d+)</title>", text))
    assert said == sorted(int(row[4]) for row in rows) == [1, 1, 2]
    widths = {float(width) for width in re.findall(r'stroke-width="([\d.]+)"', text)}
    assert max(widths) == 2 * min(widths)


def test_the_same_ties_are_drawn_the_same_and_an_authority_leads_its_groups() -> None:
    arcs = [
        Arc(1, 5, 3, "call", "a"),
        Arc(1, 6, 9, "call", "b"),
        Arc(2, 7, 4, "call", "c"),
        Arc(6, 7, 1, "share", "d"),
    ]

    order = in_order(arcs, [1, 2])

    assert order == in_order(list(reversed(arcs)), [2, 1]) == [1, 6, 7, 5, 2]
    assert arcs_chart(order, arcs, "x") == arcs_chart(order, list(reversed(arcs)), "x")
    assert widths_of(arcs)[arcs[1]] == 12
    assert widths_of(arcs)[arcs[0]] == 4


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param


def test_every_number_of_a_picture_has_a_page_that_says_what_it_is(client: Client, language: str) -> None:
    for key in PICTURES:
        response = client.get(f"/{language}/figures/definitions/{key}/")

        assert response.status_code == 200, key
        assert str(key) in response.content.decode()


def test_pages_of_pictures_cost_the_same_for_one_row_and_for_many(people: People, tree: SmallTree) -> None:
    client = signed_in(people.above)
    work(tree)
    page(client, "pictures", tree.cities[0])
    counted = []
    for _ in range(2):
        for name in PAGES:
            with statements() as asked:
                page(client, name, tree.cities[0])
            counted.append(len(asked))
        more_work(tree)

    first, second = counted[: len(PAGES)], counted[len(PAGES) :]
    assert first == second
    assert max(first) <= MOST


def test_an_area_without_work_says_so(official: Client, tree: SmallTree) -> None:
    for name in PAGES:
        text = page(
            official, name, tree.townships[0] if name != "picture_hours" else tree.counties[0], "?stage=2"
        )
    assert "Not counted yet." in text
