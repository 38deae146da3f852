"""Giving a seat back, answering offers, and waiting, through the API."""

import pytest

from core import clock
from tasks.models import Assignment, Offer, Waiting
from tests.factories.tasks import make_assignment, make_offer, make_shift, role_of
from tests.factories.tokens import Program, new_key
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def volunteer():
    return make_volunteer()


@pytest.fixture
def program(volunteer):
    return Program(volunteer.user)


def code_of(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()["type"].rsplit("/", 1)[1]


def twice(program, path, body=None):
    """The same request twice with one key, which must get one answer."""
    key = new_key()
    first, second = program.post(path, body, key=key), program.post(path, body, key=key)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    return first


def test_a_seat_is_given_back_once(program, volunteer):
    seat = make_assignment(make_shift(), volunteer)
    path = f"/api/v1/assignments/{seat.code}/release/"

    answer = twice(program, path, {"reason": "Ill."})
    again = program.post(path)

    assert answer.status_code == 200
    assert answer.json()["status"] == "released"
    assert role_of(seat.shift).seats_taken == 0
    assert code_of(again) == "not-holding"


def test_the_seat_of_somebody_else_is_not_there(program):
    seat = make_assignment()

    answer = program.post(f"/api/v1/assignments/{seat.code}/release/")

    assert (answer.status_code, code_of(answer)) == (404, "not-found")
    assert Assignment.objects.live().count() == 1


def test_an_offer_is_accepted_once(program, volunteer):
    offer = make_offer(volunteer=volunteer)

    answer = twice(program, f"/api/v1/offers/{offer.code}/accept/")

    assert answer.status_code == 201
    assert answer.json()["shift"] == offer.shift.code
    assert Offer.objects.get().status == "accepted"
    assert role_of(offer.shift).seats_taken == 1


def test_an_offer_is_declined_with_a_reason(program, volunteer):
    offer = make_offer(volunteer=volunteer)
    path = f"/api/v1/offers/{offer.code}/decline/"

    missing = program.post(path)
    answer = twice(program, path, {"answer": "no-time"})

    assert (missing.status_code, set(missing.json()["errors"])) == (422, {"answer"})
    assert (answer.status_code, answer.json()["status"]) == (200, "declined")


def test_the_offer_of_somebody_else_is_not_there(program):
    offer = make_offer()

    for verb, body in (("accept", {}), ("decline", {"answer": "no-time"})):
        assert program.post(f"/api/v1/offers/{offer.code}/{verb}/", body).status_code == 404
    assert Offer.objects.get().status == "offered"


def test_one_waits_for_a_full_shift_and_gets_the_seat_that_is_given_back(program, volunteer):
    shift = make_shift(seats=1, seats_min=1)
    holder = make_assignment(shift)

    joined = twice(program, f"/api/v1/shifts/{shift.code}/waiting/")
    Program(holder.volunteer.user).post(f"/api/v1/assignments/{holder.code}/release/")
    (held,) = program.get("/api/v1/waiting/").json()["results"]
    answer = twice(program, f"/api/v1/waiting/{held['id']}/accept/")

    assert (joined.status_code, joined.json()["place"]) == (201, 1)
    assert (held["status"], held["id"]) == ("offered", joined.json()["id"])
    assert answer.status_code == 201
    assert Assignment.objects.live().get().volunteer == volunteer


def test_nobody_waits_while_a_seat_is_free(program):
    answer = program.post(f"/api/v1/shifts/{make_shift().code}/waiting/")

    assert (answer.status_code, code_of(answer)) == (409, "seat-is-free")


def test_one_leaves_the_line_once(program):
    shift = make_shift(seats=1, seats_min=1)
    make_assignment(shift)
    place = program.post(f"/api/v1/shifts/{shift.code}/waiting/").json()["id"]

    answer = twice(program, f"/api/v1/waiting/{place}/leave/")

    assert (answer.status_code, answer.json()["status"]) == (200, "left")
    assert Program(make_volunteer().user).post(f"/api/v1/waiting/{place}/leave/").status_code == 404


def test_the_organizer_is_asked_where_each_sign_up_is_looked_at(program):
    shift = make_shift(needs_approval=True)

    refused = program.post(f"/api/v1/shifts/{shift.code}/sign-up/")
    asked = twice(program, f"/api/v1/shifts/{shift.code}/ask/", {"words": "I know the way."})

    assert code_of(refused) == "needs-approval"
    assert (asked.status_code, asked.json()["kind"], asked.json()["place"]) == (201, "approval", None)
    assert Waiting.objects.get().words == "I know the way."


def test_the_reason_says_when_sign_up_opens(program):
    opens_at = clock.now().replace(microsecond=0) + (make_shift().starts_at - clock.now()) / 2
    shift = make_shift(opens_at=opens_at)

    answer = program.post(f"/api/v1/shifts/{shift.code}/sign-up/")

    assert code_of(answer) == "not-yet-open"
    assert "opens_at" in answer.json()["params"]
