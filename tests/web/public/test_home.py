"""The first page."""

import pytest
from django.test import Client

from core import clock
from tasks.models import Stage, StageChange
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_crisis, make_shift, make_task, tomorrow_at
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db


def test_the_headline_says_how_many_hands_are_missing_until_tomorrow(client: Client) -> None:
    tree = small_tree()
    shift = make_shift(area=tree.counties[0], seats=8, seats_min=5)
    make_assignment(shift)
    make_shift(area=tree.counties[1], seats=3, seats_min=2, starts_at=tomorrow_at(9, days=3))

    page = check_page(client.get("/en/"))

    assert "Zhejiang is 4 hands short" in page.text
    assert "1 seat taken until tomorrow" in page.text


def test_a_role_with_more_than_enough_does_not_hide_another_that_is_short(client: Client) -> None:
    tree = small_tree()
    make_shift(area=tree.counties[0], seats=8, seats_min=5)
    rich = make_shift(area=tree.counties[0], seats=8, seats_min=1)
    for _ in range(4):
        make_assignment(rich)

    assert "5 hands short" in page_of(client.get("/en/")).text


def test_without_a_gap_the_page_says_the_good_news(client: Client) -> None:
    small_tree()

    assert "Enough hands until tomorrow" in check_page(client.get("/en/")).text


def test_one_kind_of_work_stands_at_most_twice_while_there_are_others(client: Client) -> None:
    tree = small_tree()
    task = make_task(area=tree.counties[0])
    same = [make_shift(task=task, area=tree.counties[0], seats=8, seats_min=5) for _ in range(7)]
    other = make_shift(area=tree.counties[1], seats=8, seats_min=5, starts_at=tomorrow_at(9, days=3))

    links = page_of(client.get("/en/")).links

    shown = [f"/en/needs/{shift.code}/" in links for shift in (*same, other)]
    assert shown.count(True) == 6
    assert shown[-1]


def test_a_form_that_came_too_late_is_told_so() -> None:
    response = Client(enforce_csrf_checks=True).post("/en/enter/", {"contact": "13900000000"})

    assert response.status_code == 403
    assert "This page lay open too long" in page_of(response).text


def test_the_map_links_each_county_to_its_page(client: Client) -> None:
    tree = small_tree()
    make_shift(area=tree.counties[0], seats=8, seats_min=5)

    page = page_of(client.get("/en/"))

    assert "/en/places/330122/" in page.links
    assert "/en/places/330523/" in page.links


def test_the_strip_says_which_stage_is_in_force(client: Client) -> None:
    tree = small_tree()
    at = clock.now()
    StageChange.objects.create(
        crisis=make_crisis(tree.province),
        area=tree.province,
        stage=Stage.PREVENTION,
        effective_at=at,
        decided_at=at,
        decided_by=make_user(),
        reason="Cases.",
    )

    page = check_page(client.get("/en/"))

    assert "Stage 1" in page.text
    assert "today is day 1" in page.text


@pytest.mark.parametrize("shifts", [1, 3])
def test_the_number_of_statements_does_not_grow(client: Client, shifts: int) -> None:
    tree = small_tree()
    for county in tree.counties[:shifts]:
        make_shift(area=county, seats=8, seats_min=5)

    with statements() as found:
        client.get("/en/")

    assert len(found) == 9


def test_larger_text_leaves_one_need_and_the_telephone_first(client: Client) -> None:
    tree = small_tree()
    make_shift(area=tree.counties[0], seats=8, seats_min=5)
    make_shift(area=tree.counties[1], seats=8, seats_min=5)
    plain = page_of(client.get("/en/"))

    client.cookies["elder"] = "24"
    large = check_page(client.get("/en/"))

    assert "What would you like to do?" in large.text
    assert len(large.text) < len(plain.text) / 2
    assert next(link for link in large.links if link.startswith("tel:")) == "tel:12345"


def test_strangers_get_no_cookie_but_the_language_and_may_be_served_from_a_cache(client: Client) -> None:
    small_tree()

    response = client.get("/en/")

    assert set(response.cookies) <= {"django_language"}
    assert response["Cache-Control"] == "public, max-age=10"
    assert "Cookie" in response["Vary"]


def test_what_a_signed_in_reader_sees_stays_with_them(client: Client) -> None:
    small_tree()
    client.force_login(make_user())

    assert "private" in client.get("/en/")["Cache-Control"]
