"""A seat for a name and a confirmed contact, without an account."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from core import clock
from tasks.models import Assignment, Shift, Waiting
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.sessions import give_totp
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.web.account.reading import digits_sent_to, error_of
from tests.web.reading import check_page
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
PHONE = "+8613800000044"
# The cookie is random, the other the time of day.
VARYING = {"Set-Cookie", "Expires"}


def shift_with(**values: Any) -> Shift:
    return make_shift(area=small_tree().counties[0], **values)


def ask(client: Client, shift: Shift, **values: str) -> Any:
    data = {"name": "桂芳", "contact": "138 0000 0044", "agree": "on", **values}
    return client.post(f"/en/needs/{shift.code}/guest/", data)


def confirm(client: Client) -> Any:
    return client.post("/en/enter/code/", {"code": digits_sent_to(PHONE)})


def test_a_stranger_has_a_seat_with_one_form_and_a_code(client: Client) -> None:
    shift = shift_with()
    assert "Sign up without an account" in check_page(client.get(f"/en/needs/{shift.code}/")).text
    check_page(client.get(f"/en/needs/{shift.code}/guest/"))

    asked = ask(client, shift)
    done = confirm(client)

    seat = Assignment.objects.get(shift=shift)
    assert (asked.status_code, asked["Location"]) == (303, "/en/enter/code/")
    assert (done.status_code, done["Location"]) == (303, f"/en/me/seats/{seat.code}/done/")
    assert seat.volunteer.is_guest
    page = check_page(client.get(done["Location"]))
    assert "30 days after your last shift your name and contact are forgotten" in page.text


def test_a_guest_stays_with_one_tap(client: Client) -> None:
    ask(client, shift_with())
    confirm(client)

    client.post("/en/me/keep-account/")

    assert not Volunteer.objects.get().is_guest
    again = client.post("/en/me/keep-account/", follow=True)
    assert "This account is kept already" in again.content.decode()


def test_nothing_happens_without_the_word_of_consent(client: Client) -> None:
    response = client.post(
        f"/en/needs/{shift_with().code}/guest/", {"name": "桂芳", "contact": "138 0000 0044"}
    )

    assert response.status_code == 422
    assert "nobody could tell you where to come" in error_of(response, "agree")


def test_whoever_has_an_account_signs_up_as_themselves(client: Client) -> None:
    shift = shift_with()
    volunteer = make_volunteer(user=make_user(phone=PHONE, name="林跃"))

    ask(client, shift)
    who = confirm(client)
    assert who["Location"] == "/en/enter/who/"
    client.post("/en/enter/who/", {"person": volunteer.user.code})

    seat = Assignment.objects.get(shift=shift)
    assert seat.volunteer == volunteer
    assert not Volunteer.objects.get().is_guest


def test_the_answers_are_the_same_whether_or_not_somebody_is_behind_the_contact(client: Client) -> None:
    shift = shift_with()
    make_volunteer(user=make_user(phone=PHONE))

    known, unknown = ask(client, shift), ask(Client(), shift, contact="138 0000 0055")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert {name: value for name, value in known.headers.items() if name not in VARYING} == {
        name: value for name, value in unknown.headers.items() if name not in VARYING
    }


def test_whoever_has_a_second_factor_meets_it_before_anything_is_taken(client: Client) -> None:
    shift = shift_with()
    volunteer = make_volunteer(user=make_user(phone=PHONE))
    give_totp(volunteer.user)

    ask(client, shift)
    confirm(client)
    client.post("/en/enter/who/", {"person": volunteer.user.code})

    assert not Assignment.objects.filter(shift=shift).exists()


def test_where_an_organizer_looks_first_a_request_is_made(client: Client) -> None:
    shift = shift_with(needs_approval=True)

    ask(client, shift)
    done = confirm(client)

    asked = Waiting.objects.get(shift=shift)
    assert done["Location"] == f"/en/me/requests/{asked.code}/"
    assert asked.kind == "approval"


def test_the_birthday_is_asked_for_only_where_the_seat_needs_it(client: Client) -> None:
    open_to_all = shift_with()
    adults = make_shift(organization=open_to_all.organization, task=open_to_all.task, min_age=18)

    assert "Date of birth" not in client.get(f"/en/needs/{open_to_all.code}/guest/").content.decode()
    missing = ask(client, adults)
    ask(client, adults, birth_on="1990-05-01")
    confirm(client)

    assert missing.status_code == 422
    assert Assignment.objects.get(shift=adults).volunteer.birth_on == date(1990, 5, 1)


def test_whoever_is_too_young_reads_it_and_has_no_seat(client: Client) -> None:
    shift = shift_with(min_age=18)
    today = clock.now().date()

    child = ask(client, shift, birth_on=f"{today.year - 10}-01-01")
    ask(client, shift, birth_on=f"{today.year - 16}-01-01")
    response = confirm(client)

    assert "a guardian must agree first" in error_of(child, "birth_on")
    assert response["Location"] == f"/en/needs/{shift.code}/"
    assert "This seat is for people from 18" in client.get(response["Location"]).content.decode()
    assert not Assignment.objects.filter(shift=shift).exists()


def test_a_shift_that_filled_up_meanwhile_says_so(client: Client) -> None:
    shift = shift_with(seats=1)
    ask(client, shift)
    make_assignment(shift)

    response = confirm(client)

    assert response["Location"] == f"/en/needs/{shift.code}/"
    assert role_of(shift).seats_taken == 1


def test_a_closed_or_full_shift_and_somebody_signed_in_have_no_such_form(client: Client) -> None:
    full = shift_with(seats=1)
    make_assignment(full)
    later = make_shift(
        organization=full.organization, task=full.task, opens_at=clock.now().replace(year=2099)
    )

    for shift in (full, later):
        assert client.get(f"/en/needs/{shift.code}/guest/").status_code == 302
    assert client.get("/en/needs/NOTHERE2/guest/").status_code == 404
    client.force_login(make_volunteer().user)
    assert client.get(f"/en/needs/{full.code}/guest/").status_code == 302
