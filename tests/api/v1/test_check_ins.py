"""Arrivals and departures through the API: one's own by the site's code, and those of a desk, many at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.v1.serializers import BATCH_MOST
from core import clock
from tasks.models import CheckIn
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.tokens import Program, new_key
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db

PATH = "/api/v1/check-ins/"


@pytest.fixture
def shift():
    return make_shift(starts_at=clock.now() - timedelta(minutes=5), seats=30)


@pytest.fixture
def desk(shift):
    return Program(make_member(shift.organization, "desk"))


def body_of(code, kind="in", **fields):
    return {"code": code, "kind": kind, "nonce": str(uuid4()), "at": clock.now().isoformat(), **fields}


def code_of(problem):
    return problem["type"].rsplit("/", 1)[1]


def test_a_volunteer_checks_in_by_the_code_of_the_site(shift):
    seat = make_assignment(shift)
    body = body_of(shift.site_code)

    answers = [Program(seat.volunteer.user).post(PATH, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    seen = CheckIn.objects.get()
    assert (seen.assignment, seen.method, seen.kind) == (seat, "site_code", "in")


def test_ones_own_check_counts_from_when_it_arrives(shift):
    seat = make_assignment(shift)
    long_ago = clock.now() - timedelta(minutes=40)

    Program(seat.volunteer.user).post(PATH, body_of(shift.site_code, at=long_ago.isoformat()))

    assert clock.now() - CheckIn.objects.get().at < timedelta(minutes=1)


def test_a_desk_checks_in_by_what_it_scans_or_hears_and_says_when_it_was(shift, desk):
    scanned, heard, numbered = (make_assignment(shift) for _ in range(3))
    at = clock.now() - timedelta(minutes=3)

    answers = [
        desk.post(PATH, body_of(f"https://example.org/me/seats/{scanned.code}/", at=at.isoformat())),
        desk.post(PATH, body_of(heard.spoken_code, shift=shift.code)),
        desk.post(PATH, body_of(numbered.volunteer.number, shift=shift.code)),
    ]

    assert [answer.status_code for answer in answers] == [201] * 3, [answer.content for answer in answers]
    assert [answer.json()["method"] for answer in answers] == ["scan", "spoken", "desk"]
    assert CheckIn.objects.get(assignment=scanned).at == at


def test_a_stranger_cannot_check_anybody_in(shift):
    seat = make_assignment(shift)
    other_desk = Program(make_member(make_organization(), "desk"))

    for program in (other_desk, Program(make_volunteer().user)):
        for body in (
            body_of(seat.code),
            body_of(seat.spoken_code, shift=shift.code),
            body_of(shift.site_code),
        ):
            assert program.post(PATH, body).status_code == 404
    assert not CheckIn.objects.exists()


def test_codes_of_sites_cannot_be_tried_out(shift):
    program = Program(make_volunteer().user)

    statuses = [program.post(PATH, body_of("AAAAAAA")).status_code for _ in range(21)]

    assert statuses == [404] * 20 + [429]


@pytest.mark.parametrize("way", ["with a key", "many at once"])
def test_tries_with_codes_of_sites_count_however_they_are_sent(shift, way):
    seat = make_assignment(shift)
    program = Program(seat.volunteer.user)
    if way == "with a key":
        for _ in range(20):
            assert program.post(PATH, body_of("AAAAAAA"), key=new_key()).status_code == 404
    else:
        results = program.post(PATH, [body_of("AAAAAAA") for _ in range(25)]).json()["results"]
        assert sorted(each["status"] for each in results) == [404] * 20 + [429] * 5

    assert program.post(PATH, body_of(shift.site_code)).status_code == 429
    assert not CheckIn.objects.exists()


def test_checks_with_a_key_are_answered_once(shift, desk):
    seats = [make_assignment(shift) for _ in range(2)]

    for body in (body_of(seats[0].code), [body_of(seats[1].code)]):
        key = new_key()
        first, second = desk.post(PATH, body, key=key), desk.post(PATH, body, key=key)
        assert first.status_code in {200, 201}
        assert second.json() == first.json()
    assert CheckIn.objects.count() == 2


def test_each_of_many_has_its_own_outcome_and_sending_them_again_changes_nothing(shift, desk):
    seats = [make_assignment(shift) for _ in range(3)]
    batch = [
        *(body_of(seat.code) for seat in seats),
        body_of("NOBODY"),
        body_of(seats[0].code, kind="sideways"),
        body_of(seats[1].code, at=(clock.now() + timedelta(hours=1)).isoformat(), kind="out"),
        "nonsense",
    ]

    first, second = desk.post(PATH, batch), desk.post(PATH, batch)

    assert first.status_code == 200
    results = first.json()["results"]
    assert [result["status"] for result in results] == [201, 201, 201, 404, 422, 409, 422]
    assert [code_of(result["problem"]) for result in results[3:]] == [
        "not-found", "invalid", "in-the-future", "invalid",
    ]  # fmt: skip
    assert [result["nonce"] for result in results[:-1]] == [body["nonce"] for body in batch[:-1]]
    assert second.json() == first.json()
    assert CheckIn.objects.count() == 3


def test_a_nonce_of_another_check_is_refused(shift, desk):
    one, other = make_assignment(shift), make_assignment(shift)
    body = body_of(one.code)
    desk.post(PATH, body)

    answer = desk.post(PATH, {**body, "code": other.code})

    assert (answer.status_code, code_of(answer.json())) == (409, "nonce-used")


def test_two_people_with_the_same_digits_are_not_mixed_up(shift, desk):
    for _ in range(2):
        make_assignment(shift, spoken_code="1234")

    answer = desk.post(PATH, body_of("1234", shift=shift.code))

    assert code_of(answer.json()) == "ambiguous-code"


def test_a_batch_has_an_end(desk):
    answer = desk.post(PATH, [body_of("X")] * (BATCH_MOST + 1))

    assert answer.status_code == 422
    assert not CheckIn.objects.exists()


def test_the_seats_of_a_batch_are_looked_up_at_once(shift, desk):
    def counted(count):
        batch = [body_of(make_assignment(shift).code) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            assert desk.post(PATH, batch).status_code == 200
        return len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    counted(1)
    one, three = counted(1), counted(3)

    # What `check` itself asks for each: its nonce, earlier checks, a stop, the check and its record.
    assert three - one == 2 * 5
