"""The waiting list as organizers see it."""

import pytest
from django.test import Client

from core.models import AccessRecord
from notifications.models import Message
from tasks.models import Waiting
from tests.factories.organizations import make_member
from tests.factories.sessions import sign_in
from tests.factories.tasks import role_of
from tests.factories.waiting import make_full_shift, make_waiting
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3])
def test_the_line_names_those_who_wait_in_order_and_each_can_read_it(client: Client, number: int) -> None:
    shift = make_full_shift()
    organization = shift.organization
    sign_in(client, make_member(organization))
    places = [make_waiting(role_of(shift)) for _ in range(number)]
    first = make_waiting(role_of(shift), rank=-1)

    with statements() as seen:
        page = check_page(client.get(f"/en/org/{organization.code}/shifts/{shift.code}/line/"))

    names = [first.volunteer.user.name, *(place.volunteer.user.name for place in places)]
    positions = [page.text.index(name) for name in names]
    assert positions == sorted(positions)
    assert "No. 1 in line" in page.text
    assert len(seen) <= 12, seen
    assert AccessRecord.objects.filter(what="name").count() == number + 1
    client.get(f"/en/org/{organization.code}/shifts/{shift.code}/line/")
    assert AccessRecord.objects.filter(what="name").count() == number + 1


def test_the_board_leads_to_the_line(client: Client) -> None:
    shift = make_full_shift()
    sign_in(client, make_member(shift.organization))
    make_waiting(role_of(shift))

    page = check_page(client.get(f"/en/org/{shift.organization.code}/?shift={shift.code}"))

    assert "1 person waits for a seat" in page.text


def test_taking_somebody_off_needs_a_reason_that_reaches_them(client: Client) -> None:
    shift = make_full_shift()
    sign_in(client, make_member(shift.organization))
    place = make_waiting(role_of(shift))
    address = f"/en/org/{shift.organization.code}/shifts/{shift.code}/line/{place.code}/"

    check_page(client.get(address))
    assert "Write the reason" in client.post(address, {"reason": " "}).content.decode()
    response = client.post(address, {"reason": "We need drivers."})

    place.refresh_from_db()
    assert (response.status_code, place.status, place.end_reason) == (303, "refused", "We need drivers.")
    assert Message.objects.filter(kind="line_removed", recipient=place.volunteer.user).exists()
    assert client.get(address).status_code == 404


def test_other_organizations_and_the_desk_do_not_see_the_line(client: Client) -> None:
    shift = make_full_shift()
    place = make_waiting(role_of(shift))
    address = f"/en/org/{shift.organization.code}/shifts/{shift.code}/line/"
    other = make_full_shift().organization
    own_door = f"/en/org/{other.code}/shifts/{shift.code}/line/"

    sign_in(client, make_member(shift.organization, "desk"))
    assert client.get(address).status_code in (403, 404)
    sign_in(client, make_member(other))
    assert client.get(address).status_code in (403, 404)
    assert client.get(own_door).status_code == 404
    assert client.post(f"{own_door}{place.code}/", {"reason": "No."}).status_code == 404
    assert Waiting.objects.get().status == "waiting"
