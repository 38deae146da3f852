"""Officials see residents' requests without a person, let somebody else look at them, and promise times."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock
from insights.actions import refresh
from residents.models import HelpRequest, Promise
from tests.factories.areas import make_area, small_tree
from tests.factories.organizations import make_authority, make_member
from tests.factories.residents import make_help_kind, make_request
from tests.factories.sessions import sign_in
from tests.residents.triage_rules import Town, make_town
from tests.web.reading import check_page

pytestmark = pytest.mark.django_db
PRIVATE = {
    "words": "For my mother Li Hua",
    "place": "Canal house 7",
    "name": "Zhou Guilan",
    "phone": "+8613900001111",
    "address": "Block 3, 501",
}


@pytest.fixture
def town(client: Client) -> Town:
    town = make_town()
    sign_in(client, make_member(town.authority))
    return town


def address(town: Town, *more: str) -> str:
    return "/".join([f"/en/area/{town.authority.home_area.code}", *more])


def test_the_record_is_the_same_and_shows_nobody(client: Client, town: Town) -> None:
    asked = town.ask(**PRIVATE)

    pages = [
        client.get(address(town, "requests/") + "?state=new"),
        client.get(address(town, "requests", asked.ref, "")),
        client.get(address(town, "requests.csv")),
    ]

    for page in pages:
        text = page.getvalue().decode()
        assert asked.type.asked_en in text or asked.type.code in text
        assert not any(private in text for private in (*PRIVATE.values(), "13900001111", asked.code))
    assert "organization:resident" not in pages[1].content.decode()
    assert client.get(f"/en/org/{town.group.code}/residents/{asked.ref}/").status_code == 404


def test_where_nobody_looks_officials_give_it_to_somebody(client: Client, town: Town) -> None:
    asked = town.ask()
    HelpRequest.objects.filter(pk=asked.pk).update(organization=None)
    listed = check_page(client.get(address(town, "requests/") + "?organization=nobody"))
    assert "Nobody yet" in listed.text

    url = address(town, "requests", asked.ref, "pass-on", "")
    taken = client.post(
        url, {"organization": town.authority.code, "words": "We look ourselves."}, follow=True
    )

    assert "Open it to decide" in check_page(taken).text
    own = client.get(f"/en/org/{town.authority.code}/residents/{asked.ref}/")
    assert own.status_code == 200


def test_a_promise_is_made_read_and_refused_in_words(client: Client, town: Town) -> None:
    url = address(town, "promises/")

    made = check_page(client.post(url, {"answer_hours": 4, "done_hours": 24}, follow=True))
    refused = check_page(client.post(url, {"answer_hours": 8, "done_hours": 2}))

    assert "answer within 4 h, done within 24 h" in made.text
    assert "It cannot be done before somebody answers" in refused.text
    assert Promise.objects.get().area == town.authority.home_area


def test_beside_a_promise_stands_what_came_of_it(client: Client) -> None:
    tree, at = small_tree(), clock.now()
    kind, asked = make_help_kind(en="Groceries"), at - timedelta(days=3)
    for late in (2,) * 12 + (30,) * 4:
        make_request(
            area=tree.counties[0],
            type=kind,
            status="verified",
            asked_at=asked,
            answer_due_at=asked + timedelta(hours=24),
            answered_at=asked + timedelta(hours=late),
        )
    refresh(at=at)

    sign_in(client, make_member(make_authority(tree.cities[0])))
    city = check_page(client.get(f"/en/area/{tree.cities[0].code}/promises/")).text
    sign_in(client, make_member(make_authority(tree.counties[0])))
    county = check_page(client.get(f"/en/area/{tree.counties[0].code}/promises/")).text

    # Kinds are counted down to cities.
    assert "Groceries 24 h 3 days 2 h–75 % nobody" in city
    assert "Groceries 24 h 3 days nobody" in county
    assert "What came of it in" in city and "What came of it in" in county


def test_officials_of_elsewhere_and_groups_are_refused(client: Client, town: Town) -> None:
    asked = town.ask()
    for user, status in ((make_member(make_authority(make_area())), 403), (town.by, 404)):
        sign_in(client, user)
        for page in ("requests/", f"requests/{asked.ref}/", "requests.csv", "promises/"):
            assert client.get(address(town, page)).status_code == status
        assert (
            client.post(address(town, "promises/"), {"answer_hours": 4, "done_hours": 9}).status_code
            == status
        )
    assert not Promise.objects.exists()


def test_lists_read_no_more_as_they_grow(client: Client, town: Town) -> None:
    def reads() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address(town, "requests/") + "?state=new").status_code == 200
        return len(asked)

    kind = town.ask().type
    few = reads()
    for _ in range(3):
        town.ask(type=kind)
    assert reads() == few <= 12
