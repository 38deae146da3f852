"""First steps: shown to somebody new, ticked by what happened, put away and brought back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from areas.models import Area
from core import clock
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task
from tests.factories.volunteers import make_volunteer
from tests.web.reading import statements
from volunteers.models import WeeklyAvailability

pytestmark = pytest.mark.django_db
TITLE = "First steps"
TODAY = "/en/me/"


@pytest.fixture
def street() -> Area:
    return small_tree().townships[0]


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def asked_by(client: Client, address: str) -> int:
    with statements() as asked:
        client.get(address)
    return len(asked)


def put_away(client: Client, role: str, back: str = TODAY) -> None:
    answer = client.post(reverse("guide:first_steps"), {"role": role, "back": back})
    assert answer.status_code == 303


def test_a_volunteer_sees_what_is_done_and_what_comes_next(client: Client, street: Area) -> None:
    volunteer = make_volunteer(area=street)
    sign_in(client, volunteer.user)
    assert "1 of 4 done" in shown(client, TODAY)

    WeeklyAvailability.objects.create(volunteer=volunteer, weekday=0, starts_hour=8, ends_hour=12)
    seat = make_assignment(make_shift(), volunteer)
    assert "3 of 4 done" in shown(client, TODAY)

    seat.check_ins.create(kind="in", method="spoken", at=clock.now(), nonce=uuid4(), recorded_at=clock.now())
    assert TITLE not in shown(client, TODAY)


def test_an_organizer_and_an_official_see_theirs_until_they_are_done(client: Client, street: Area) -> None:
    county = street.county
    assert county is not None
    group = make_organization(home_area=county, summary="Neighbours.", contact_phone="057100000000")
    authority = make_authority(county)
    organizer, official = make_member(group, "owner"), make_member(authority)
    board, overview = f"/en/org/{group.code}/", f"/en/area/{county.code}/"
    other = Client()
    sign_in(client, organizer)
    sign_in(other, official)
    assert "1 of 3 done" in shown(client, board)
    assert TITLE in shown(other, overview)

    make_shift(task=make_task(area=street, issuer=authority), organization=group)
    desk = make_member(group, "desk")
    make_member(authority)
    assert TITLE not in shown(client, board)
    assert "2 of 3 done" in shown(other, overview)
    sign_in(client, desk)
    assert TITLE not in shown(client, board)


def test_who_puts_them_away_sees_them_no_more_and_may_bring_them_back(client: Client, street: Area) -> None:
    volunteer, neighbour = make_volunteer(area=street), make_volunteer(area=street)
    sign_in(client, volunteer.user)
    before = asked_by(client, TODAY)

    put_away(client, "volunteer")
    assert "put away" in shown(client, TODAY)
    assert asked_by(client, TODAY) == before - 1
    assert "Show my first steps again" in shown(client, reverse("guide:index"))

    # The same telephone, somebody else: what one put away says nothing about the next.
    sign_in(client, neighbour.user)
    assert TITLE in shown(client, TODAY)

    put_away(client, "")
    sign_in(client, volunteer.user)
    assert TITLE in shown(client, TODAY)


def test_they_are_for_those_who_are_new_and_cost_others_nothing(client: Client, street: Area) -> None:
    new, old = make_volunteer(area=street), make_volunteer(area=street)
    old.joined_at = clock.now() - timedelta(days=91)
    old.save()
    sign_in(client, new.user)
    asked = asked_by(client, TODAY)

    sign_in(client, old.user)
    assert TITLE not in shown(client, TODAY)
    assert asked_by(client, TODAY) == asked - 1


def test_the_way_back_stays_on_this_site(client: Client, street: Area) -> None:
    sign_in(client, make_volunteer(area=street).user)
    answer = client.post(
        reverse("guide:first_steps"), {"role": "volunteer", "back": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == reverse("home_of_role")
