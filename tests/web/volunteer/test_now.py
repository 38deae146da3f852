"""What a volunteer's pages bring by themselves while one looks."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from core import clock
from tasks.models import Shift, Waiting
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_offer, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_full_shift, make_waiting
from tests.web.reading import check_page, statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
# The session and its person, the volunteer, and what the part itself says.
LIMIT = 6


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


def polls(client: Client, address: str) -> str:
    """Where the one live part of a page asks next."""
    found = re.findall(r'hx-get="([^"]+)" hx-trigger="every 30s"', check_page(client.get(address)).html)
    assert len(found) == 1
    return unescape(found[0])


def test_today_brings_an_offer_and_says_that_the_shift_moved(client: Client, volunteer: Volunteer) -> None:
    shift = make_shift(area=small_tree().counties[0], starts_at=tomorrow_at(9))
    make_assignment(shift, volunteer)
    asks = polls(client, "/en/me/")

    with statements() as found:
        assert client.get(asks).status_code == 204
    assert len(found) <= LIMIT, found

    make_offer(role_of(make_shift(area=shift.area, starts_at=tomorrow_at(15))), volunteer)
    newer = client.get(asks).content.decode()
    assert "You are asked" in newer and "today-news" not in newer and "<html" not in newer

    Shift.objects.filter(pk=shift.pk).update(ends_at=shift.ends_at + timedelta(minutes=30))
    assert "Something about your next shift has changed." in client.get(asks).content.decode()


def test_the_check_in_appears_when_its_time_has_come(client: Client, volunteer: Volunteer) -> None:
    at = clock.now()
    shift = make_shift(
        area=small_tree().counties[0], starts_at=at + timedelta(hours=9), ends_at=at + timedelta(hours=11)
    )
    make_assignment(shift, volunteer)
    asks = polls(client, "/en/me/")

    Shift.objects.filter(pk=shift.pk).update(starts_at=at + timedelta(minutes=5))

    assert "Check in: I am here" in client.get(asks).content.decode()


def test_a_place_in_line_follows_and_a_held_seat_is_news(client: Client, volunteer: Volunteer) -> None:
    full = make_full_shift(area=small_tree().counties[0])
    before = make_waiting(role_of(full), make_volunteer())
    place = make_waiting(role_of(full), volunteer)
    asks = polls(client, f"/en/me/waiting/{place.code}/")

    with statements() as found:
        assert client.get(asks).status_code == 204
    assert len(found) <= LIMIT, found

    before.delete()
    assert "The next seat that comes free is held for you" in client.get(asks).content.decode()
    at = clock.now()
    Waiting.objects.filter(pk=place.pk).update(
        status="offered", offered_at=at, expires_at=at + timedelta(hours=2)
    )
    assert "A seat is held for you now." in client.get(asks).content.decode()
