"""Parts of public pages that ask anew by themselves."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


def polls(client: Client, address: str) -> str:
    """Where the one live part of a page asks next."""
    found = re.findall(r'hx-get="([^"]+)" hx-trigger="every 30s"', check_page(client.get(address)).html)
    assert len(found) == 1
    return unescape(found[0])


def test_the_seats_of_a_page_fill_while_one_looks_and_cost_little(client: Client) -> None:
    shift = make_shift(area=small_tree().townships[0], seats=2, seats_min=2)
    asks = polls(client, f"/en/needs/{shift.code}/")

    with statements() as found:
        same = client.get(asks, headers={"hx-request": "true"})
    make_assignment(shift)
    newer = client.get(asks, headers={"hx-request": "true"}).content.decode()

    assert (same.status_code, same.content) == (204, b"")
    assert "max-age" in same["Cache-Control"]
    assert len(found) <= 4, found
    assert "2 seats, 1 signed up" in newer and newer.count('class="taken new"') == 1
    assert 'id="need-state" hx-swap-oob="true"' in newer and "1 more person needed" in newer
    assert "need-news" not in newer and "<html" not in newer

    make_assignment(shift)
    full = client.get(asks, headers={"hx-request": "true"}).content.decode()
    assert "The last seat is taken now." in full and 'hx-swap-oob="innerHTML:#need-news"' in full
    assert client.get(f"/en/needs/NOSUCH/?{asks.split('?')[1]}").status_code == 404


def test_a_poll_of_somebody_signed_in_reads_no_person(client: Client) -> None:
    shift = make_shift(area=small_tree().townships[0], seats=2)
    client.force_login(make_volunteer().user)
    asks = polls(client, f"/en/needs/{shift.code}/")

    with statements() as found:
        assert client.get(asks).status_code == 204

    assert len(found) <= 6, found
    assert "volunteers_volunteer" not in " ".join(found)


def test_the_hands_missing_on_the_first_page_follow(client: Client) -> None:
    shift = make_shift(area=small_tree().counties[0], seats=8, seats_min=5)
    asks = polls(client, "/en/")

    with statements() as found:
        assert client.get(asks).status_code == 204
    make_assignment(shift)
    newer = client.get(asks).content.decode()

    assert len(found) <= 3, found
    assert '<span class="headline-number">4</span> hands short' in " ".join(newer.split())
    assert newer.count('class="t new"') == 1
