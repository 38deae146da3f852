"""The list of needs."""

from importlib import import_module

import pytest
from django.test import Client

from core import clock
from tasks.models import AreaStop
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_assignment, make_shift, make_task, make_task_type, tomorrow_at
from tests.factories.volunteers import make_capability, make_cause, make_volunteer
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
    assert titles(client, f"?weekday={tomorrow_at(9, days=3).isoweekday()}") == ["Telephone"]
    assert titles(client, "?part=evening") == []
    assert titles(client, f"?since={tomorrow_at(9, days=2).date()}") == ["Telephone"]
    assert "Telephone" not in titles(client, f"?until={tomorrow_at(9, days=2).date()}")
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


def test_two_characters_of_chinese_find_a_title_a_place_or_an_organization(client: Client) -> None:
    county = small_tree().counties[0]
    make_need(county, "卡口测温登记")
    make_need(county, "By place", place="口罩仓库东门")
    make_need(county, "By group", organization=make_organization(home_area=county, name="蓝天救援队"))

    assert titles(client, "?q=测温") == ["卡口测温登记"]
    assert titles(client, "?q=口罩") == ["By place"]
    assert titles(client, "?q=救援 group") == ["By group"]
    assert titles(client, "?q=温测") == []
    assert set(titles(client, "?q=口")) == {"卡口测温登记", "By place"}


def test_it_looks_around_the_centre_of_an_area(client: Client) -> None:
    county, _, other, _ = small_tree().counties
    assert (county.longitude, county.latitude) == (119.55, 29.83)
    make_need(other, "Across the border", longitude=119.60, latitude=29.83)
    make_need(county, "Far side", longitude=119.90, latitude=29.83)
    make_need(county, "Somewhere in it")

    rows = client.get("/en/needs/?area=330122&km=10").context["rows"]

    assert [row.title for row in rows] == ["Across the border", "Somewhere in it"]
    assert rows[0].metres == pytest.approx(4825, rel=0.01)
    assert set(titles(client, "?area=330122")) == {"Far side", "Somewhere in it"}


def test_a_volunteer_narrows_it_to_what_they_can_take(client: Client) -> None:
    county = small_tree().counties[0]
    make_need(county, "Fits")
    make_need(county, "Beyond", requirements=[make_capability()])
    client.force_login(make_volunteer(area=county).user)

    assert titles(client, "?mine=on") == ["Fits"]
    assert 'name="mine"' in client.get("/en/needs/").content.decode()
    client.logout()
    assert len(titles(client, "?mine=on")) == 2
    assert 'name="mine"' not in client.get("/en/needs/").content.decode()


def test_a_page_stays_where_it_is_while_shifts_come_and_go(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("web.public.views.needs"), "PAGE", 2)
    county = small_tree().counties[0]
    shifts = [make_need(county, f"No. {hour}", starts_at=tomorrow_at(hour)) for hour in range(6, 11)]
    timeless = make_need(county, "Any time")
    type(timeless).objects.filter(pk=timeless.pk).update(starts_at=None, ends_at=None)

    first = client.get("/en/needs/").context
    make_need(county, "New", starts_at=tomorrow_at(5))
    type(shifts[1]).objects.filter(pk=shifts[1].pk).update(
        status="cancelled", cancelled_at=clock.now(), cancel_reason="Rain."
    )
    second = client.get("/en/needs/" + first["next_url"]).context
    third = client.get("/en/needs/" + second["next_url"]).context
    back = client.get("/en/needs/" + third["previous_url"]).context
    start = client.get("/en/needs/" + back["previous_url"]).context

    assert [row.title for page in (first, second, third) for row in page["rows"]] == [
        *[f"No. {hour}" for hour in range(6, 11)],
        "Any time",
    ]
    assert third["next_url"] == ""
    assert [row.title for row in back["rows"]] == ["No. 8", "No. 9"]
    assert [row.title for row in start["rows"]] == ["New", "No. 6"]
    assert start["previous_url"] == ""


def test_many_are_not_counted_to_the_last(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("web.public.views.needs"), "COUNTED", 1)
    county = small_tree().counties[0]
    make_need(county)
    make_need(county, starts_at=tomorrow_at(15))

    assert "More than 1 shifts lie ahead." in page_of(client.get("/en/needs/")).text


def test_days_the_wrong_way_round_are_said_so(client: Client) -> None:
    small_tree()

    page = check_page(client.get("/en/needs/?since=2027-02-09&until=2027-02-06"))

    assert "The last day must not lie before the first" in page.text


@pytest.mark.parametrize(
    "query", ["?since=9999-12-31&until=9999-12-31", "?weekday=9&km=7&part=x", "?after=NO&before=NO"]
)
def test_what_no_form_would_send_does_no_harm(client: Client, query: str) -> None:
    small_tree()

    assert client.get(f"/en/needs/{query}").status_code == 200


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


def test_a_place_has_a_page_with_what_is_missing_there_and_who_works_there(client: Client) -> None:
    tree = small_tree()
    county, town = tree.counties[0], tree.townships[0]
    shift = make_shift(area=town, seats=8, seats_min=5)
    make_shift(area=tree.counties[1], seats=8, seats_min=6)

    with statements() as found:
        page = check_page(client.get(f"/en/places/{county.code}/"))
    poll = client.get(f"/en/places/{county.code}/?live=0&taken=0").content.decode()

    assert len(found) <= 10, found
    assert "is 5 hands short" in page.text and '<span class="headline-number">5</span>' in poll
    assert town.name_en in page.text and shift.task.display_title in page.text
    assert f"/en/places/{town.code}/" in page.links and f"/en/needs/?area={county.code}" in page.links
    assert f"/en/needs/?area={county.code}" in check_page(client.get(f"/en/places/{town.code}/")).links
    assert client.get("/en/places/000000/").status_code == 404
