"""Fewer seats than people have: the page asks what becomes of them, and names them."""

import pytest
from django.test import Client

from notifications.models import Message
from tasks.models import Assignment, Shift, Waiting
from tests.factories.areas import small_tree
from tests.factories.organizations import make_member, make_organization
from tests.factories.sessions import sign_in
from tests.factories.tasks import make_assignment, make_check, make_shift, make_task, role_of
from tests.factories.waiting import make_waiting
from tests.web.organization.test_changing import edit_address, edited
from tests.web.reading import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift() -> Shift:
    organization = make_organization(home_area=small_tree().counties[0])
    task = make_task(area=organization.home_area, adopted_by=organization)
    shift = make_shift(
        task=task,
        organization=organization,
        area=organization.home_area,
        seats=4,
        seats_min=1,
        contact_name="Zhao Qing",
        contact_phone="+8613800000044",
    )
    for _ in range(4):
        make_assignment(shift)
    return shift


@pytest.fixture
def browser(client: Client, shift: Shift) -> Client:
    return sign_in(client, make_member(shift.organization))


def lower(browser: Client, shift: Shift, **values: object) -> str:
    sent = edited(shift, **{"roles-0-seats": 2, "step": "preview", **values})
    response = browser.post(f"/en/org/{shift.organization.code}/shifts/{shift.code}/edit/", sent)
    return response.content.decode() if response.status_code != 303 else "changed"


def test_the_question_names_those_who_would_wait_and_changes_nothing(browser: Client, shift: Shift) -> None:
    seats = list(Assignment.objects.filter(shift=shift).order_by("pk").select_related("volunteer__user"))

    page = lower(browser, shift, reason="Only two may enter.")

    assert "4 people, 2 seats" in page
    names = [seat.volunteer.user.name for seat in seats]
    assert [name in page for name in names] == [False, False, True, True]
    assert "Only two may enter." in page
    assert (role_of(shift).seats, role_of(shift).seats_taken) == (4, 4)


def test_everybody_stays(browser: Client, shift: Shift) -> None:
    assert lower(browser, shift, asked="yes", lowered="keep", step="save") == "changed"

    role = role_of(shift)
    assert (role.seats, role.seats_goal, role.seats_taken) == (4, 2, 4)
    assert not Message.objects.exists()


def test_the_last_wait_and_read_why(browser: Client, shift: Shift) -> None:
    sent = {"asked": "yes", "lowered": "wait", "step": "save", "reason": "Only two may enter."}

    assert lower(browser, shift, **sent) == "changed"

    assert (role_of(shift).seats, role_of(shift).seats_taken) == (2, 2)
    assert set(Waiting.objects.values_list("rank", "status")) == {(-1, "waiting")}
    told = Message.objects.filter(kind="seat_to_line", channel="inbox")
    assert {message.context["reason"] for message in told} == {"Only two may enter."}
    assert told.count() == 2


def test_without_a_choice_or_a_reason_it_is_asked_again(browser: Client, shift: Shift) -> None:
    assert "Choose one of the two" in lower(browser, shift, asked="yes", step="save")
    page = lower(browser, shift, asked="yes", lowered="wait", step="save", reason=" ")
    assert "Write why, in a sentence" in page
    assert role_of(shift).seats == 4


def test_what_is_only_held_is_named_first(browser: Client, shift: Shift) -> None:
    Assignment.objects.filter(shift=shift).order_by("-pk")[0].delete()
    role = role_of(shift)
    type(role).objects.filter(pk=role.pk).update(seats_taken=3)
    held = make_waiting(role, status="offered")

    page = lower(browser, shift, **{"roles-0-seats": 3})

    assert held.volunteer.user.name in page and "a seat is only held" in page


def test_fewer_seats_than_people_who_are_there_are_refused(browser: Client, shift: Shift) -> None:
    for seat in Assignment.objects.filter(shift=shift):
        make_check(seat)

    page = lower(browser, shift)

    assert "4 people are there already" in page


def test_the_page_is_well_formed(browser: Client, shift: Shift) -> None:
    sent = edited(shift, **{"roles-0-seats": 2, "step": "preview"})
    check_page(browser.post(edit_address(shift.organization, shift), sent))
