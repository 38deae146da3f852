"""Codes on buildings, and requests that somebody writes down for residents."""

import pytest
from django.test import Client

from notifications.models import Message
from residents.models import HelpRequest, RequestDesk, RequestPoint
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.residents import make_help_kind, make_point
from tests.factories.sessions import sign_in
from tests.web.account.reading import error_of
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


def test_a_group_puts_up_a_code_prints_it_and_takes_it_down(client: Client) -> None:
    town = small_tree().townships[0]
    group = make_organization(home_area=town)
    sign_in(client, make_member(group, "owner"))
    pages = f"/en/org/{group.code}/points/"

    made = client.post(pages, {"area": town.name_en, "place": "Canal house 3"})
    again = client.post(pages, {"area": town.name_en, "place": "Canal house 3"})
    point = RequestPoint.objects.get()

    assert made["Location"] == f"{pages}{point.code}/poster/"
    assert "There is a code for this place already" in error_of(again, "place")
    poster = client.get(made["Location"]).content.decode()
    assert f"/h/{point.code}/" in poster and f"say “{point.code}”" in poster and "<svg" in poster
    client.post(f"{pages}{point.code}/end/")
    assert client.get(f"{pages}{point.code}/poster/").status_code == 404
    outside = client.post(pages, {"area": "Anji County", "place": "Gate"})
    assert "is not an area that your organization serves" in error_of(outside, "area")


def test_a_group_begins_and_stops_to_look_at_requests(client: Client) -> None:
    group = make_organization(home_area=small_tree().townships[0])
    sign_in(client, make_member(group, "owner"))
    desk = f"/en/org/{group.code}/points/desk/"

    client.post(desk, {"look": "yes"})
    assert RequestDesk.objects.filter(organization=group, closed_at=None).exists()
    client.post(desk, {"look": "no"})
    again = client.post(desk, {"look": "no"}, follow=True)

    assert not RequestDesk.objects.filter(closed_at=None).exists()
    assert "Your group does not look at requests" in again.content.decode()


def test_the_list_of_codes_asks_as_much_for_one_as_for_three(client: Client) -> None:
    group = make_organization(home_area=small_tree().townships[0])
    sign_in(client, make_member(group, "owner"))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            make_point(group)
        with statements() as asked:
            check_page(client.get(f"/en/org/{group.code}/points/"))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("room", ["org", "area"])
def test_an_operator_writes_down_reads_aloud_and_prints_a_slip(client: Client, room: str) -> None:
    kind = make_help_kind("errands")
    county = small_tree().counties[0]
    authority = make_authority(county, name_en="Tonglu Civil Affairs")
    group = make_organization(home_area=county)
    operator = make_member(authority if room == "area" else group)
    sign_in(client, operator)
    pages = f"/en/{room}/{county.code if room == 'area' else group.code}/ask/"
    check_page(client.get(pages))
    call = {
        "channel": "phone",
        "type": kind.code,
        "words": "The wheelchair broke.",
        "county": "330122109",
        "place": "South street 12",
        "people": "1",
        "name": "Li",
        "phone": "13800000044",
        "language": "zh-hans",
        "request_key": "page.1",
    }

    refused = client.post(pages, {**call, "phone": "138", "county": "330523", "request_key": "page.0"})
    first, again = client.post(pages, call), client.post(pages, call)

    assert refused.status_code == 422
    assert error_of(refused, "phone") and error_of(refused, "county")
    made = HelpRequest.objects.get()
    assert first["Location"] == again["Location"] == f"{pages}{made.ref}/"
    assert (made.channel, made.entered_by, made.area.name_en) == ("phone", operator, "Fenshui Town")
    assert Message.objects.get(kind="help_asked").language == "zh-hans"
    aloud = check_page(client.get(first["Location"])).text
    assert made.code[:4] in aloud and "Tonglu Civil Affairs looks at it. You have an answer by" in aloud
    slip = client.get(f"{first['Location']}slip/").content.decode()
    assert f"/help/{made.code}/" in slip and "<svg" in slip and "800000044" not in slip

    point = make_point(group, place="Canal house 3")
    told = {**call, "county": "", "place": "", "building": "NOSUCH", "request_key": "page.2"}
    assert "No notice with this code" in error_of(client.post(pages, told), "building")
    client.post(pages, {**told, "building": point.code.lower(), "request_key": "page.3"})
    assert HelpRequest.objects.filter(point=point, place="Canal house 3", area=county).count() == 1

    sign_in(client, make_member(authority if room == "area" else group))
    assert client.get(first["Location"]).status_code == 404, "a colleague did not write it down"
