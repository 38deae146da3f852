"""Requests for a seat: who sees them, and what is answered."""

import pytest
from django.test import Client

from core import clock
from tasks.actions.approvals import ask_approval
from tasks.models import Shift, Waiting
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


def looked_at(**values: object) -> Shift:
    return make_shift(area=small_tree().counties[0], **{"needs_approval": True, **values})  # type: ignore[arg-type]


def ask(shift: Shift, words: str = "") -> Waiting:
    volunteer = make_volunteer()
    return ask_approval(role=role_of(shift), by=volunteer.user, at=clock.now(), words=words)


def address(asked: Waiting, *more: str) -> str:
    code = asked.shift.organization.code
    return "/".join([f"/en/org/{code}/requests", *([asked.code, *more] if more else []), ""])


@pytest.fixture
def shift(client: Client) -> Shift:
    shift = looked_at()
    sign_in(client, make_member(shift.organization))
    return shift


def test_an_organizer_reads_who_asks_and_what_they_write(client: Client, shift: Shift) -> None:
    asked = ask(shift, "I worked in a pharmacy.")

    page = check_page(client.get(address(asked)))

    assert asked.volunteer.user.name in page.text
    assert "I worked in a pharmacy." in page.text
    assert "first time" in page.text
    board = check_page(client.get(f"/en/org/{shift.organization.code}/"))
    assert "1 person asks for a seat and waits for your word" in board.text


def test_a_yes_gives_the_seat(client: Client, shift: Shift) -> None:
    asked = ask(shift)

    response = client.post(address(asked, "approve"), follow=True)

    assert f"{asked.volunteer.user.name} has the seat, and is told." in check_page(response).text
    assert role_of(shift).seats_taken == 1
    assert "Has the seat" in check_page(client.get(address(asked) + "?state=answered")).text


def test_a_full_shift_offers_the_line_instead(client: Client) -> None:
    shift = looked_at(seats=1)
    sign_in(client, make_member(shift.organization))
    asked = ask(shift)
    make_assignment(shift)

    page = check_page(client.get(address(asked)))
    assert "Full: put them in line" in page.text and "Yes, give the seat" not in page.text
    refused = check_page(client.post(address(asked, "approve"), follow=True))
    client.post(address(asked, "line"))

    assert "has no seat yet" in refused.text
    asked.refresh_from_db()
    assert (asked.kind, asked.status) == ("seat", "waiting")


def test_a_no_needs_a_reason(client: Client, shift: Shift) -> None:
    asked = ask(shift)

    empty = client.post(address(asked, "refuse"), {"reason": " "})
    client.post(address(asked, "refuse"), {"reason": "Only nurses this time."})

    assert empty.status_code == 422
    asked.refresh_from_db()
    assert (asked.status, asked.end_reason) == ("refused", "Only nurses this time.")


@pytest.mark.parametrize("answer", ["approve", "line", "refuse"])
def test_nobody_else_answers(client: Client, answer: str) -> None:
    shift = looked_at()
    asked = ask(shift)
    strangers = {
        404: make_member(make_organization()),
        403: make_member(shift.organization, role="desk"),
    }

    for status, person in strangers.items():
        sign_in(client, person)
        assert client.post(address(asked, answer), {"reason": "No."}).status_code == status

    asked.refresh_from_db()
    assert asked.status == "waiting"


def test_a_request_to_another_organization_is_not_found(client: Client, shift: Shift) -> None:
    elsewhere = ask(make_shift(needs_approval=True))
    own = f"/en/org/{shift.organization.code}/requests/{elsewhere.code}/approve/"

    assert client.post(own).status_code == 404


def test_requests_narrow_to_one_shift(client: Client, shift: Shift) -> None:
    here = ask(shift)
    other = ask(make_shift(organization=shift.organization, task=shift.task, needs_approval=True))

    page = check_page(client.get(f"{address(here)}?shift={shift.code}"))

    assert here.volunteer.user.name in page.text
    assert other.volunteer.user.name not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client: Client, shift: Shift, count: int) -> None:
    for _ in range(count):
        asked = ask(shift)
    client.get("/en/privacy/")

    with statements() as found:
        client.get(address(asked))

    assert len(found) == 7, found
