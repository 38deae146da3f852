"""Signing up through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiToken
from core.models import AuditRecord, RequestKey
from notifications.models import Message
from tasks.models import Assignment
from tests.factories.tasks import make_assignment, make_shift, role_of
from tests.factories.tokens import Program, new_key
from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


def path_of(shift):
    return f"/api/v1/shifts/{shift.code}/sign-up/"


def test_a_sign_up_answers_with_the_seat():
    shift = make_shift(address="1 East Road", contact_phone="+8657112345")
    volunteer = make_volunteer()

    answer = Program(volunteer.user).post(path_of(shift), {"role": 1, "seats": 1})

    assert answer.status_code == 201
    seat = Assignment.objects.get(volunteer=volunteer)
    body = answer.json()
    assert body["id"] == seat.code
    assert body["shift"] == shift.code
    assert body["address"] == "1 East Road"
    assert body["spoken_code"] == seat.spoken_code
    role = role_of(shift)
    assert role.seats_taken == 1


def test_a_sign_up_with_a_key_takes_four_statements_after_the_one_that_knows_the_token():
    shift = make_shift()
    program = Program(make_volunteer().user)
    Program(make_volunteer().user).post(path_of(shift), key=new_key())

    with CaptureQueriesContext(connection) as asked:
        answer = program.post(path_of(shift), key=new_key())

    assert answer.status_code == 201
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert "accounts_apitoken" in statements[0]
    assert len(statements) == 1 + 4, "\n".join(statements)


def test_the_same_key_and_body_get_the_same_answer_and_one_seat():
    shift = make_shift()
    volunteer = make_volunteer()
    program = Program(volunteer.user)

    first = program.post(path_of(shift), {"seats": 1}, key="once")
    audited, told = AuditRecord.objects.count(), Message.objects.count()
    second = program.post(path_of(shift), {"seats": 1}, key="once")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert Assignment.objects.filter(volunteer=volunteer).count() == 1
    assert role_of(shift).seats_taken == 1
    assert (AuditRecord.objects.count(), Message.objects.count()) == (audited, told)


def test_the_same_key_with_another_body_is_refused_and_changes_nothing():
    shift, other = make_shift(), make_shift(starts_at=None)
    volunteer = make_volunteer()
    program = Program(volunteer.user)
    program.post(path_of(shift), {"seats": 1}, key="once")

    for path, body in ((path_of(shift), {"seats": 2}), (path_of(other), {"seats": 1})):
        answer = program.post(path, body, key="once")

        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("/problems/idempotency-key-reused")
    assert Assignment.objects.count() == 1
    assert role_of(other).seats_taken == 0


def test_a_key_belongs_to_its_person():
    shift = make_shift()
    people = [make_volunteer() for _ in range(2)]

    answers = [Program(person.user).post(path_of(shift), key="same") for person in people]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert role_of(shift).seats_taken == 2


def test_a_refusal_is_not_kept():
    shift = make_shift(seats=1, seats_min=1)
    holder = make_assignment(shift)
    program = Program(make_volunteer().user)

    refused = program.post(path_of(shift), key="later")
    Assignment.objects.filter(pk=holder.pk).update(status="released", ended_at=holder.created_at)
    role = role_of(shift)
    role.seats_taken = 0
    role.save()
    taken = program.post(path_of(shift), key="later")

    assert (refused.status_code, taken.status_code) == (409, 201)
    assert RequestKey.objects.count() == 1


def test_a_full_shift_is_a_problem_with_its_reason():
    shift = make_shift(seats=1, seats_min=1)
    make_assignment(shift)

    answer = Program(make_volunteer().user).post(path_of(shift))

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"].endswith("/problems/shift-full")
    assert body["title"] == "No free seat"
    assert body["status"] == 409
    assert body["params"] == {"free": 0}


def test_a_problem_is_in_the_language_of_the_request():
    shift = make_shift(seats=1, seats_min=1)
    make_assignment(shift)
    volunteer = make_volunteer()

    detail = Program(volunteer.user, language="zh-CN").post(path_of(shift)).json()["detail"]

    assert "位子" in detail


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 65])
def test_a_key_that_cannot_be_one_is_refused(key):
    shift = make_shift()
    program = Program(make_volunteer().user)

    answer = program.client.post(
        path_of(shift), {}, content_type="application/json", headers={"idempotency-key": key}
    )

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/idempotency-key-malformed")
    assert not Assignment.objects.exists()


def test_a_wrong_field_is_named():
    answer = Program(make_volunteer().user).post(path_of(make_shift()), {"seats": 0, "role": "x"})

    assert answer.status_code == 422
    body = answer.json()
    assert body["type"].endswith("/problems/invalid")
    assert set(body["errors"]) == {"seats", "role"}


def test_a_revoked_token_and_a_person_who_is_gone_get_nothing():
    shift = make_shift()
    volunteer = make_volunteer()
    program = Program(volunteer.user)
    ApiToken.objects.update(revoked_at=volunteer.joined_at)
    gone = make_volunteer()
    theirs = Program(gone.user)
    gone.user.is_active = False
    gone.user.save()

    for asks in (program, theirs, Program(token="mh_wrong"), Program()):
        answer = asks.post(path_of(shift))

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["type"].endswith("/problems/not-signed-in")
    assert not Assignment.objects.exists()
