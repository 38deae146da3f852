"""The list of needs."""

import pytest
from django.test import Client

from core import clock
from tasks.models import AreaStop
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, make_task, make_task_type, tomorrow_at
from tests.factories.volunteers import make_cause
from tests.web.reading import check_page, page_of, statements

pytestmark = pytest.mark.django_db


def make_need(area, title="Night checkpoint", **fields):
    organization = fields.pop("organization", None) or make_organization(home_area=area)
    task_fields = {key: fields.pop(key) for key in ("is_remote", "type", "priority") if key in fields}
    task = make_task(area=area, title=title, adopted_by=organization, **task_fields)
    return make_shift(task=task, organization=organization, area=area, **fields)


def titles(client: Client, query: str) -> list[str]:
    return [row.title for row in client.get(f"/en/needs/{query}").context["rows"]]


def test_everything_open_is_listed_the_soonest_first(client: Client) -> None:
    tree = small_tree()
    make_need(tree.counties[0], "Later", starts_at=tomorrow_at(18))
    make_need(tree.counties[1], "Sooner")

    response = client.get("/en/needs/")

    check_page(response)
    assert [row.title for row in response.context["rows"]] == ["Sooner", "Later"]


def test_an_area_holds_everything_below_it(client: Client) -> None:
    tree = small_tree()
    make_need(tree.townships[0], "In Tonglu")
    make_need(tree.townships[4], "In Changxing")

    assert titles(client, "?area=330122") == ["In Tonglu"]
    assert titles(client, "?area=3301") == ["In Tonglu"]
    assert len(titles(client, "")) == 2


def test_filters_narrow_by_day_kind_home_words_and_free_seats(client: Client) -> None:
    county = small_tree().counties[0]
    kind = make_task_type("watch", make_cause("safety"))
    make_need(county, "Watch post", type=kind)
    make_need(county, "Telephone", is_remote=True, starts_at=tomorrow_at(9, days=3))
    full = make_need(county, "Full one", seats=1, seats_min=1)
    make_assignment(full)

    assert set(titles(client, "?day=tomorrow")) == {"Watch post", "Full one"}
    assert titles(client, "?cause=safety") == ["Watch post"]
    assert titles(client, "?home=on") == ["Telephone"]
    assert titles(client, "?q=tele") == ["Telephone"]
    assert "Full one" not in titles(client, "?free=on")


def test_what_is_over_cancelled_draft_or_stopped_is_not_listed(client: Client) -> None:
    tree = small_tree()
    make_need(tree.counties[0], "Begun", starts_at=clock.now().replace(microsecond=0), hours=4)
    make_need(
        tree.counties[0], "Cancelled", status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."
    )
    make_need(tree.counties[1], "Stopped")
    AreaStop.objects.create(
        area=tree.cities[0], stopped_at=clock.now(), stopped_by=make_user(), reason="Landslide."
    )
    suspended = make_organization(home_area=tree.counties[2], status="suspended")
    make_need(tree.counties[2], "Suspended", organization=suspended)

    assert titles(client, "") == []


def test_work_without_a_fixed_time_is_listed(client: Client) -> None:
    shift = make_need(small_tree().counties[0], "Sewing masks")
    type(shift).objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)

    page = check_page(client.get("/en/needs/"))

    assert "Any time" in page.text
    assert check_page(client.get(f"/en/needs/{shift.code}/")).text.count("At a time that suits you") == 1


def test_an_empty_place_names_the_nearest_real_shortage(client: Client) -> None:
    tree = small_tree()
    make_need(tree.counties[2], "Far away")
    near = make_need(tree.counties[1], "In the same city", starts_at=tomorrow_at(15))

    response = client.get("/en/needs/?area=330122")

    page = check_page(response)
    assert "Tonglu County has enough hands" in page.text
    assert f"/en/needs/{near.code}/" in page.links
    assert "4 people short" in page.text


def test_calls_that_wait_for_an_organization_are_shown_for_a_place(client: Client) -> None:
    county = small_tree().counties[0]
    call = make_task(area=county, title="Waiting call")

    page = page_of(client.get("/en/needs/?area=330122"))

    assert f"/en/needs/{call.code}/" in page.links


def test_pages_follow_one_another(client: Client) -> None:
    county = small_tree().counties[0]
    organization = make_organization(home_area=county)
    task = make_task(area=county, adopted_by=organization)
    for hour in range(21):
        make_shift(task=task, organization=organization, area=county, starts_at=tomorrow_at(hour))

    first = client.get("/en/needs/?area=3301")
    second = client.get(f"/en/needs/{first.context['next_url']}")

    assert len(first.context["rows"]) == 20
    assert len(second.context["rows"]) == 1
    assert "area=3301" in first.context["next_url"]
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("query", ["?area=nowhere", "?page=abc", "?day=never", "?cause=x&page=-3"])
def test_nonsense_in_the_address_does_no_harm(client: Client, query: str) -> None:
    small_tree()

    assert client.get(f"/en/needs/{query}").status_code == 200


def test_an_address_with_a_null_character_is_refused(client: Client) -> None:
    assert client.get("/en/needs/?q=%00").status_code == 400


@pytest.mark.parametrize("shifts", [1, 3])
def test_the_number_of_statements_does_not_grow(client: Client, shifts: int) -> None:
    tree = small_tree()
    for hour in range(shifts):
        make_need(tree.counties[0], starts_at=tomorrow_at(hour + 6))

    with statements() as found:
        client.get("/en/needs/?area=3301")

    assert len(found) == 7
