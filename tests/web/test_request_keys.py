"""Forms that are sent twice."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import RequestKey
from tasks.models import Assignment
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="request_key" value="([^"]+)"')


@pytest.fixture
def volunteer():
    return make_volunteer()


@pytest.fixture
def page(client: Client, volunteer):
    return sign_in(client, volunteer.user)


def sign_up(page: Client, shift, key: str, **fields: str):
    return page.post(
        reverse("volunteer:sign_up", args=[shift.code]), {"part": "1", "request_key": key, **fields}
    )


def test_every_form_of_a_page_has_a_key_of_its_own(page, volunteer):
    make_assignment(make_shift(), volunteer)

    one = KEY.findall(page.get(reverse("account:proxies")).content.decode())
    other = KEY.findall(page.get(reverse("account:proxies")).content.decode())

    assert one
    assert len({*one, *other}) == len(one) + len(other)


def test_a_form_that_is_sent_twice_leads_to_the_same_page_and_has_one_effect(page, volunteer):
    shift = make_shift()

    first, second = sign_up(page, shift, "k1"), sign_up(page, shift, "k1")

    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert Assignment.objects.filter(volunteer=volunteer).count() == 1
    assert role_of(shift).seats_taken == 1


def test_without_the_key_the_second_one_is_refused(page):
    """The planted fault: the same, as it would be without keys."""
    shift = make_shift()
    path = reverse("volunteer:sign_up", args=[shift.code])

    answers = [page.post(path, {"part": "1"}) for _ in range(2)]

    assert answers[0].status_code == 303
    assert answers[1].get("Location") != answers[0]["Location"]


def test_the_same_key_with_other_answers_is_said_so(page, volunteer):
    shift, other = make_shift(), make_shift()
    sign_up(page, shift, "k1")

    answer = sign_up(page, other, "k1")

    assert answer.status_code == 422
    assert reverse("volunteer:sign_up", args=[other.code]) in answer.content.decode()
    assert role_of(other).seats_taken == 0


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/en/me/teams/", "http://testserver/en/me/teams/"),
        ("https://elsewhere.example/en/me/teams/", "/en/me/teams/new/"),
        ("javascript:alert(1)", "/en/me/teams/new/"),
    ],
)
def test_whoever_sent_other_answers_is_led_back_to_the_form_and_nowhere_else(
    page, volunteer, referer, leads_to
):
    for name in ("Night shift", "Day shift"):
        answer = page.post(
            "/en/me/teams/new/", {"name": name, "request_key": "k1"}, headers={"referer": referer}
        )

    assert answer.status_code == 422
    assert f'href="{leads_to}"' in answer.content.decode()


def test_a_seat_given_back_twice_leads_to_the_same_page_although_it_is_gone(page, volunteer):
    seat = make_assignment(make_shift(), volunteer)
    path = reverse("volunteer:step_back", args=[seat.code])

    answers = [page.post(path, {"reason": "", "request_key": "k2"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert role_of(seat.shift).seats_taken == 0


def test_a_refused_form_is_not_kept(page):
    shift = make_shift(seats=1, seats_min=1)
    make_assignment(shift)

    answer = sign_up(page, shift, "k3")

    assert answer.status_code == 409
    assert not RequestKey.objects.exists()


def test_a_code_for_signing_in_keeps_nothing(client):
    client.post(reverse("account:enter"), {"contact": "13912345678", "request_key": "k4"})

    assert not RequestKey.objects.exists()


def test_a_key_costs_one_statement(page):
    shift, other = make_shift(), make_shift(starts_at=None)
    path = reverse("volunteer:sign_up", args=[shift.code])
    page.get(path)

    with CaptureQueriesContext(connection) as without:
        page.post(reverse("volunteer:sign_up", args=[other.code]), {"part": "1"})
    Assignment.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        assert sign_up(page, shift, "k5").status_code == 303

    def counted(found):
        return len([query for query in found if "SAVEPOINT" not in query["sql"]])

    assert counted(asked) <= counted(without) + 1
