"""The page behind the link in the message that a seat is gone or was moved."""

import pytest
from django.test import Client

from core import clock
from tasks.actions.seats import remove
from tasks.actions.shifts import cancel_shift
from tasks.models import Assignment
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.tasks import make_assignment, make_shift, role_of, tomorrow_at
from tests.factories.volunteers import make_volunteer
from tests.web.reading import check_page, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(client: Client) -> Assignment:
    area = small_tree().counties[0]
    volunteer = make_volunteer(area=area)
    client.force_login(volunteer.user)
    return make_assignment(make_shift(area=area), volunteer)


def page(seat: Assignment) -> str:
    return f"/en/me/rebook/{seat.code}/"


@pytest.mark.parametrize("cancels", [True, False])
def test_it_says_why_and_another_seat_is_one_tap(client: Client, seat: Assignment, cancels: bool) -> None:
    other = make_shift(area=seat.shift.area, starts_at=tomorrow_at(9, days=2))
    if cancels:
        cancel_shift(shift=seat.shift, by=make_user(), at=clock.now(), reason="The road is closed.")
    else:
        remove(assignment=seat, by=make_user(), at=clock.now(), reason="The road is closed.")

    seen = check_page(client.get(page(seat)))
    response = client.post(page(seat), {"shift": other.code, "part": "1"})

    assert "The road is closed." in seen.text
    new = Assignment.objects.live().get(volunteer=seat.volunteer)
    assert (new.shift, response.status_code, response.url) == (other, 303, f"/en/me/seats/{new.code}/done/")


def test_a_moved_seat_stays_until_another_is_taken(client: Client, seat: Assignment) -> None:
    other = make_shift(area=seat.shift.area, starts_at=tomorrow_at(9, days=2))

    seen = check_page(client.get(page(seat)))
    client.post(page(seat), {"shift": other.code})

    assert "the seat is yours" in seen.text
    assert f"/en/me/seats/{seat.code}/" in seen.links
    seat.refresh_from_db()
    assert (seat.status, role_of(other).seats_taken) == ("released", 1)


def test_a_seat_that_went_meanwhile_is_said_and_the_others_stay(client: Client, seat: Assignment) -> None:
    remove(assignment=seat, by=make_user(), at=clock.now(), reason="Rain.")
    gone = make_shift(area=seat.shift.area, seats=1, seats_min=1, starts_at=tomorrow_at(9, days=2))
    left = make_shift(area=seat.shift.area, starts_at=tomorrow_at(9, days=3))
    make_assignment(gone)

    response = client.post(page(seat), {"shift": gone.code, "part": "1"})

    assert response.status_code == 409
    assert left.code in check_page(response).html


def test_nothing_else_is_said_kindly(client: Client, seat: Assignment) -> None:
    assert "Nothing else fits you just now" in check_page(client.get(page(seat))).text


def test_it_is_nobody_elses_page(client: Client, seat: Assignment) -> None:
    stranger = Client()
    assert stranger.get(page(seat)).status_code == 302
    stranger.force_login(make_volunteer().user)
    assert stranger.get(page(seat)).status_code == 404
    assert stranger.post(page(seat), {"shift": seat.shift.code}).status_code == 404
    assert client.post(page(seat), {"shift": "NOSUCH", "part": "x"}).status_code == 404


@pytest.mark.parametrize("others", [1, 3])
def test_it_takes_a_constant_number_of_statements(client: Client, seat: Assignment, others: int) -> None:
    for day in range(others):
        make_shift(area=seat.shift.area, starts_at=tomorrow_at(9, days=day + 2))
    client.get("/en/privacy/")

    with statements() as seen:
        client.get(page(seat))

    assert len(seen) == 9
