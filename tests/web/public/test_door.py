"""The door of a shift: what its page says before it opens, after it closes, and where an organizer looks first."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from tasks.models import Assignment, Shift, Waiting
from tests.factories.areas import small_tree
from tests.factories.sheets import make_affiliation
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from tests.web.reading import check_page, statements
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def shift_with(**values: Any) -> Shift:
    return make_shift(area=small_tree().counties[0], **values)


def page_of(client: Client, shift: Shift) -> Any:
    return check_page(client.get(f"/en/needs/{shift.code}/"))


@pytest.fixture
def volunteer(client: Client) -> Volunteer:
    volunteer = make_volunteer()
    client.force_login(volunteer.user)
    return volunteer


def test_a_stranger_reads_when_it_opens_and_for_whom_it_is_open(client: Client) -> None:
    now = clock.now()
    shift = shift_with(opens_to_members_at=now, opens_at=now + timedelta(hours=5))

    page = page_of(client, shift)

    assert f"; to members of {shift.organization.display_name} now." in page.text
    assert "A name and a phone are enough" not in page.text
    assert "I have joined before" in page.text


def test_a_member_signs_up_while_others_wait(client: Client, volunteer: Volunteer) -> None:
    now = clock.now()
    shift = shift_with(opens_to_members_at=now, opens_at=now + timedelta(hours=5))

    before = page_of(client, shift)
    make_affiliation(shift.organization, volunteer)
    after = page_of(client, shift)

    assert "Sign up for" not in before.text
    assert "Sign up for" in after.text


def test_once_the_sign_up_has_ended_the_page_says_whom_to_call(client: Client, volunteer: Volunteer) -> None:
    shift = shift_with(closes_at=clock.now() - timedelta(hours=1))

    assert "Sign-up for this shift ended on" in page_of(client, shift).text


def test_a_request_is_made_read_and_taken_back(client: Client, volunteer: Volunteer) -> None:
    shift = shift_with(needs_approval=True)
    need = page_of(client, shift)
    assert "The organizer looks at each sign-up first" in need.text

    response = client.post(
        f"/en/me/needs/{shift.code}/ask/", {"part": "1", "seats": "2", "words": "We are two."}, follow=True
    )

    page = check_page(response)
    assert "Not answered yet" in page.text and "We are two." in page.text
    assert "You have asked for a seat." in page_of(client, shift).text
    assert "for a seat" in check_page(client.get("/en/me/")).text
    asked = Waiting.objects.get()
    client.post(f"/en/me/requests/{asked.code}/take-back/")
    asked.refresh_from_db()
    assert asked.status == "left"


def test_a_refusal_is_read_with_its_reason(client: Client, volunteer: Volunteer) -> None:
    asked = Waiting.objects.create(
        role=role_of(shift := shift_with(needs_approval=True)),
        shift=shift,
        volunteer=volunteer,
        kind="approval",
        status="refused",
        end_reason="Only nurses this time.",
        created_at=clock.now(),
        ended_at=clock.now(),
    )

    page = check_page(client.get(f"/en/me/requests/{asked.code}/"))

    assert "Only nurses this time." in page.text


def test_a_request_of_somebody_else_is_not_found(client: Client, volunteer: Volunteer) -> None:
    shift = shift_with(needs_approval=True)
    other = Waiting.objects.create(
        role=role_of(shift), shift=shift, volunteer=make_volunteer(), kind="approval", created_at=clock.now()
    )

    assert client.get(f"/en/me/requests/{other.code}/").status_code == 404
    assert client.post(f"/en/me/requests/{other.code}/take-back/").status_code == 404


def test_a_direct_sign_up_where_somebody_looks_first_is_a_refusal(
    client: Client, volunteer: Volunteer
) -> None:
    shift = shift_with(needs_approval=True)

    response = client.post(f"/en/me/needs/{shift.code}/sign-up/", {"part": "1"})

    assert response.status_code == 409
    assert "Ask for a seat" in check_page(response).text


def test_a_party_is_asked_for_only_where_it_may_come(client: Client, volunteer: Volunteer) -> None:
    alone = shift_with(party_most=1)
    together = make_shift(
        organization=alone.organization, task=alone.task, party_most=3, starts_at=tomorrow_at(15)
    )

    assert "How many of you" not in page_of(client, alone).text
    assert "How many of you" in page_of(client, together).text
    client.post(f"/en/me/needs/{together.code}/sign-up/", {"part": "1", "seats": "3"})

    assert Assignment.objects.live().get(shift=together).seats == 3


def test_the_page_stays_within_its_statements(client: Client, volunteer: Volunteer) -> None:
    shift = shift_with(needs_approval=True, seats=1)
    make_assignment(shift)
    client.get("/en/privacy/")

    with statements() as found:
        page_of(client, shift)

    assert len(found) <= 12, found


def test_a_full_shift_that_looks_first_takes_requests_for_the_line(
    client: Client, volunteer: Volunteer
) -> None:
    shift = shift_with(needs_approval=True, seats=1)
    make_assignment(shift)

    page = page_of(client, shift)
    client.post(f"/en/me/needs/{shift.code}/ask/", {"part": "1"})

    assert "a yes puts you in line" in page.text
    assert "Join the waiting list" not in page.text
    assert Waiting.objects.get().kind == "approval"


def test_whoever_waits_in_line_sees_their_place_after_the_sign_up_has_ended(
    client: Client, volunteer: Volunteer
) -> None:
    shift = shift_with(seats=1, closes_at=clock.now() - timedelta(hours=1))
    make_assignment(shift)
    make_waiting(role_of(shift), volunteer)

    assert "You are no. 1 in line." in page_of(client, shift).text
