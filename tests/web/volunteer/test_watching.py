"""Watching a shift, beginning work, choosing reminders, more time for a call: the pages and buttons."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from tasks.models import Adoption, Shift, Watch
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, make_task
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


def test_whoever_signed_in_watches_a_shift_and_stops(client: Client) -> None:
    shift = make_shift()
    person = make_user()
    sign_in(client, person)
    path = f"/en/me/needs/{shift.code}/watch/"

    assert path in client.get(f"/en/needs/{shift.code}/").content.decode()
    begun = client.post(path)
    assert begun.status_code == 303
    assert Watch.objects.get().user == person
    assert shift.task.title in client.get("/en/me/watching/").content.decode()
    assert 'value="stop"' in client.get(f"/en/needs/{shift.code}/").content.decode()
    ended = client.post(path, {"do": "stop", "from": "list"})

    assert ended.headers["Location"] == "/en/me/watching/"
    assert not Watch.objects.exists()


def test_strangers_are_asked_to_sign_in_and_see_no_button(client: Client) -> None:
    shift = make_shift()

    assert client.post(f"/en/me/needs/{shift.code}/watch/").status_code == 302
    assert "/watch/" not in client.get(f"/en/needs/{shift.code}/").content.decode()


def test_a_shift_that_is_over_is_refused_in_words(client: Client) -> None:
    shift = make_shift(starts_at=clock.now() - timedelta(days=1))
    sign_in(client, make_user())

    client.post(f"/en/me/needs/{shift.code}/watch/")

    assert not Watch.objects.exists()
    assert (
        client.post(f"/en/me/needs/{make_shift(task=make_task(status='draft')).code}/watch/").status_code
        == 404
    )


def test_the_list_takes_as_many_statements_for_one_as_for_three(
    client: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    person = make_user()
    sign_in(client, person)
    counts = []
    for _ in range(3):
        Watch.objects.create(shift=make_shift(), user=person, made_at=clock.now())
        with django_assert_max_num_queries(12) as captured:
            assert client.get("/en/me/watching/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[2]


def test_somebody_says_on_the_page_of_the_seat_that_they_are_on_it(client: Client) -> None:
    shift = make_shift()
    Shift.objects.filter(pk=shift.pk).update(starts_at=None, ends_at=None)
    shift.refresh_from_db()
    seat = make_assignment(shift, begin_by=clock.now() + timedelta(hours=5))
    sign_in(client, seat.volunteer.user)
    path = f"/en/me/seats/{seat.code}/begin/"

    assert path in client.get(f"/en/me/seats/{seat.code}/").content.decode()
    assert client.post(path).status_code == 303

    seat.refresh_from_db()
    assert seat.begun_at is not None
    assert path not in client.get(f"/en/me/seats/{seat.code}/").content.decode()
    assert client.post(path).status_code == 303


def test_nobody_begins_the_work_of_somebody_else(client: Client) -> None:
    seat = make_assignment(begin_by=clock.now() + timedelta(hours=5))
    sign_in(client, make_volunteer().user)

    assert client.post(f"/en/me/seats/{seat.code}/begin/").status_code == 404


@pytest.mark.parametrize(
    ("chosen", "status", "kept"),
    [
        (["1440", "30"], 303, [1440, 30]),
        ([], 303, []),
        (["0", "1440", "720", "180", "60"], 422, [0, 180]),
        (["7"], 422, [0, 180]),
    ],
)
def test_everybody_chooses_when_to_be_reminded(
    client: Client, chosen: list[str], status: int, kept: list[int]
) -> None:
    volunteer = make_volunteer()
    sign_in(client, volunteer.user)

    assert client.get("/en/me/reminders/").status_code == 200
    assert client.post("/en/me/reminders/", {"reminders": chosen}).status_code == status

    volunteer.refresh_from_db()
    assert volunteer.reminders == kept


def test_an_organization_asks_for_more_time_once(client: Client) -> None:
    organization = make_organization()
    task = make_task(area=organization.home_area, adopted_by=organization)
    Adoption.objects.update(act_by=clock.now() + timedelta(hours=5))
    sign_in(client, make_member(organization))
    path = f"/en/org/{organization.code}/calls/{task.code}/more-time/"

    assert path in client.get(f"/en/org/{organization.code}/calls/{task.code}/").content.decode()
    assert client.get(path).status_code == 200
    first = client.post(path, {"reason": "The hall is closed until Friday."})
    second = client.post(path, {"reason": "Still closed."})

    assert first.status_code == 303
    assert second.status_code == 200
    assert "once already" in second.content.decode()
    assert path not in client.get(f"/en/org/{organization.code}/calls/{task.code}/").content.decode()


def test_only_leaders_ask_for_more_time(client: Client) -> None:
    organization = make_organization()
    task = make_task(area=organization.home_area, adopted_by=organization)

    for person, expected in ((make_member(organization, "desk"), 403), (make_user(), 404)):
        sign_in(client, person)
        path = f"/en/org/{organization.code}/calls/{task.code}/more-time/"
        assert client.post(path, {"reason": "A reason."}).status_code == expected
