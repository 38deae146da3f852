"""What a volunteer can do, as pages say it."""

from datetime import timedelta

import pytest
from django.test import Client

from areas.models import Area
from core import clock
from tasks.models import Recruiting, Shift
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_capability, make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.web.reading import check_page, page_of
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
HERE = {"longitude": 119.55, "latitude": 29.83}


@pytest.fixture
def county() -> Area:
    return small_tree().counties[0]


@pytest.fixture
def volunteer(client: Client, county: Area) -> Volunteer:
    found = make_volunteer(area=county, reach_km=10, **HERE)
    client.force_login(found.user)
    return found


def pause(area: Area) -> None:
    Recruiting.objects.create(
        area=area, hands=900, seats_open=40, counted_at=clock.now(), paused_since=clock.now()
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("elder", ["", "24"])
def test_it_says_where_one_stands(
    client: Client, volunteer: Volunteer, county: Area, language: str, elder: str
) -> None:
    client.cookies["elder"] = elder
    make_shift(area=county, longitude=119.56, latitude=29.83)
    full = make_full_shift(area=county, starts_at=tomorrow_at(9, days=3))
    make_waiting(role_of(full))
    place = make_waiting(role_of(full), volunteer)
    pause(county)

    page = check_page(client.get(f"/{language}/me/find/"))

    assert f"/{language}/me/waiting/{place.code}/" in page.links
    assert ("第 2 位" if language == "zh-hans" else "You are number 2 in line") in page.text
    assert ("最近的缺口离你" if language == "zh-hans" else "The nearest real shortage is") in page.text
    assert ("眼下不再招人" if language == "zh-hans" else "calls nobody else for now") in page.text


def test_each_hindrance_has_its_next_step(client: Client, volunteer: Volunteer, county: Area) -> None:
    make_shift(area=county, requirements=[make_capability("first-aid")])
    make_shift(area=county, longitude=119.9, latitude=29.83)
    make_assignment(make_shift(area=county, starts_at=tomorrow_at(9, days=4)), volunteer)
    make_shift(area=county, starts_at=tomorrow_at(9, days=4))

    page = check_page(client.get("/en/me/find/"))

    assert "1 needs: Skill first-aid" in page.text
    assert "1 is farther away than 10 km" in page.text
    assert "1 is at the same time as a shift of yours" in page.text
    assert {"/en/me/papers/", "/en/me/profile/", "/en/me/"} <= set(page.links)


def test_what_opens_later_stands_apart_with_its_moment(
    client: Client, volunteer: Volunteer, county: Area
) -> None:
    later = make_shift(area=county, starts_at=tomorrow_at(9, days=5), opens_at=tomorrow_at(18))

    response = client.get("/en/me/find/")

    page = check_page(response)
    assert [row.code for row in response.context["later"]] == [later.code]
    assert "Sign-up opens tomorrow 18:00" in page.text
    assert response.context["rows"] == []


def test_work_without_a_time_has_its_own_list(client: Client, volunteer: Volunteer, county: Area) -> None:
    timed, timeless = make_shift(area=county), make_shift(area=county)
    due = tomorrow_at(12, days=2)
    Shift.objects.filter(pk=timeless.pk).update(starts_at=None, ends_at=None, due_at=due)

    plain, other = client.get("/en/me/find/"), client.get("/en/me/find/?tab=any")

    assert [row.code for row in plain.context["rows"]] == [timed.code]
    assert [row.code for row in other.context["rows"]] == [timeless.code]
    assert "done by" in check_page(other).text
    assert 'name="part"' not in other.content.decode()


def test_filters_work_without_javascript_and_offer_what_was_found(
    client: Client, volunteer: Volunteer, county: Area
) -> None:
    morning = make_shift(area=county, **HERE)
    evening = make_shift(area=county, starts_at=tomorrow_at(19, days=2), longitude=119.62, latitude=29.83)

    def codes(query: str) -> list[str]:
        return [row.code for row in client.get(f"/en/me/find/?{query}").context["rows"]]

    assert codes("part=evening") == [evening.code]
    assert codes("km=5") == [morning.code]
    assert codes(f"cause={evening.task.type.cause.code}") == [evening.code]
    assert codes(f"organization={morning.organization.code}") == [morning.code]
    assert codes("sort=near&day=week") == [morning.code, evening.code]
    assert morning.organization.display_name in client.get("/en/me/find/").content.decode()
    empty = check_page(client.get("/en/me/find/?organization=NOBODY"))
    assert "Show all that fits me" in empty.text


@pytest.mark.parametrize(
    "query",
    ["km=x&sort=y&weekday=9", "since=9999-12-31", "page=abc", "cause=%27&organization=%3Cb%3E", "tab=z"],
)
def test_nonsense_in_the_address_does_no_harm(client: Client, volunteer: Volunteer, query: str) -> None:
    assert client.get(f"/en/me/find/?{query}").status_code == 200


def test_a_seat_that_went_keeps_what_was_typed_and_names_others_in_one_tap(
    client: Client, volunteer: Volunteer, county: Area
) -> None:
    full = make_full_shift(area=county, **HERE)
    near = make_shift(area=county, longitude=119.56, latitude=29.83)
    small = make_shift(area=county, seats=1, seats_min=1, starts_at=tomorrow_at(9, days=2))

    response = client.post(
        f"/en/me/needs/{full.code}/sign-up/", {"part": "1", "seats": "2", "words": "We two"}
    )

    page = check_page(response)
    assert response.context["typed"] == {"part": "1", "seats": 2, "words": "We two"}
    assert [row.code for row in response.context["nearest"]] == [near.code]
    assert f'action="/en/me/needs/{near.code}/sign-up/"' in page.html
    assert '<input type="hidden" name="seats" value="2">' in page.html
    assert small.code not in page.html


@pytest.mark.parametrize("path", ["", "join/"])
def test_a_pause_is_said_where_people_come_to_help(client: Client, county: Area, path: str) -> None:
    province = Area.objects.get(parent=None)
    address = f"/en/{path}"
    assert "calls nobody else for now" not in page_of(client.get(address)).text
    pause(province)

    page = check_page(client.get(address))

    assert "Zhejiang Province calls nobody else for now: 900 people wait for 40 seats" in page.text
    assert "You can join all the same" in page.text


def test_today_says_it_to_whoever_has_no_shift(client: Client, volunteer: Volunteer, county: Area) -> None:
    pause(county)

    assert "calls nobody else for now" in check_page(client.get("/en/me/")).text
    Recruiting.objects.update(counted_at=clock.now() - timedelta(hours=3))
    assert "calls nobody else for now" not in page_of(client.get("/en/me/")).text


@pytest.mark.parametrize("shifts", [1, 3])
def test_with_everything_on_it_takes_ten_statements_at_most(
    client: Client, volunteer: Volunteer, county: Area, django_assert_max_num_queries, shifts: int
) -> None:
    for day in range(shifts):
        make_shift(area=county, starts_at=tomorrow_at(9, days=day + 1))
        make_waiting(
            role_of(make_full_shift(area=county, starts_at=tomorrow_at(15, days=day + 1))), volunteer
        )
        make_shift(area=county, longitude=119.9, latitude=29.83)
    pause(county)
    client.get("/en/")

    with django_assert_max_num_queries(10):
        client.get("/en/me/find/?sort=near")
