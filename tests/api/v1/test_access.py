"""Who may ask what: every address of the API, read and written, in every role."""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tasks.models import Assignment, Offer, Shift
from tests.architecture.routes import routes
from tests.architecture.world import ROLES, build
from tests.factories.tasks import make_assignment, make_offer, make_shift, role_of
from tests.factories.tokens import Program, make_token
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from web.second_factor import NOT_NEEDED, PASSED, SESSION_KEY

pytestmark = pytest.mark.django_db

ROUTES = [route for route in routes() if route.namespace == "api"]
WHO = {"api:schema": "public", "api:docs": "public", "api:figures": "api:public"}
CANARY = "canary-1-east-road"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def world():
    return build()


def things():
    """What belongs to somebody who never asks, by the address that shows or changes it."""
    shift = make_shift(
        seats=1, seats_min=1, address=CANARY, contact_phone="+8657199887766", private_details=CANARY
    )
    owner = make_volunteer()
    seat = make_assignment(shift, owner)
    offer = make_offer(role_of(make_shift(address=CANARY)), owner)
    place = make_waiting(role_of(make_shift(seats=1, seats_min=1)), make_volunteer())
    codes = {"api:release": seat.code, "api:accept_offer": offer.code, "api:decline_offer": offer.code}
    codes |= {f"api:{name}": place.code for name in ("accept_held", "decline_held", "leave_line")}
    return shift, codes


def test_every_address_is_known_here_and_says_who_may_ask():
    assert len(ROUTES) >= 15
    for route in ROUTES:
        assert route.access == WHO.get(route.full_name, "api:token"), str(route)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reaches_what_belongs_to_somebody_else_and_nothing_breaks(role, world):
    shift, codes = things()
    user = world.people[role]
    program = Program(user, language="en")
    for route in ROUTES:
        code = codes.get(route.full_name, shift.code)
        path = reverse(route.full_name, args=[code] if route.params else [])
        for method in METHODS:
            with transaction.atomic():
                answer = (
                    getattr(program.client, method)(path, {}, content_type="application/json")
                    if (method != "get")
                    else program.client.get(path)
                )
                transaction.set_rollback(True)
            where = f"{role} {method} {route}: {answer.status_code}"
            assert answer.status_code < 500, where
            assert CANARY not in answer.content.decode(), where
            if route.full_name in WHO:
                continue
            if user is None:
                assert answer.status_code == 401, where
            if route.full_name in codes and method == "post" and user is not None:
                assert answer.status_code in {404, 409, 422}, where
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json", where
                problem = json.loads(answer.content)
                assert problem["status"] == answer.status_code, where
                assert {"type", "title", "detail"} <= problem.keys(), where
    assert Assignment.objects.live().filter(shift=shift).count() == 1
    assert Offer.objects.filter(code=codes["api:accept_offer"]).get().status == "offered"


def test_the_owner_reaches_it():
    """The refusals above mean something only where somebody is let in."""
    _, codes = things()
    seat = Assignment.objects.get(code=codes["api:release"])

    answer = Program(seat.volunteer.user).get("/api/v1/assignments/")

    assert CANARY in answer.content.decode()


def test_no_field_that_is_not_asked_for_is_taken():
    """Mass assignment: what a sign-up does not ask for changes nothing."""
    shift, other = make_shift(), make_volunteer()
    program = Program(make_volunteer().user)
    extra = {
        "volunteer": other.pk,
        "status": "removed",
        "spoken_code": "0000",
        "override_reason": "x",
        "code": "MINE",
    }

    answer = program.post(f"/api/v1/shifts/{shift.code}/sign-up/", {"role": 1, "seats": 1, **extra})

    seat = Assignment.objects.get()
    assert answer.status_code == 201
    assert seat.volunteer != other
    assert (seat.status, seat.override_reason) == ("active", "")
    assert seat.code != "MINE" and seat.spoken_code != "0000"


def test_a_draft_is_nobodys_to_read():
    shift = make_shift()
    shift.task.status = "draft"
    shift.task.called_at = shift.task.adopted_at = None
    shift.task.save()

    assert Program(make_volunteer().user).get(f"/api/v1/shifts/{shift.code}/").status_code == 404


def session_of(user, state):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    session = client.session
    session[SESSION_KEY] = state
    session.save()
    return client


def test_a_session_reads_and_writes_only_with_the_token_against_forged_requests():
    user = make_volunteer().user
    client = session_of(user, NOT_NEEDED)
    shift = make_shift()
    path = f"/api/v1/shifts/{shift.code}/sign-up/"
    client.cookies["csrftoken"] = "a" * 32

    read = client.get("/api/v1/assignments/")
    forged = client.post(path, {}, content_type="application/json")
    meant = client.post(path, {}, content_type="application/json", headers={"x-csrftoken": "a" * 32})

    assert (read.status_code, forged.status_code, meant.status_code) == (200, 403, 201)
    assert forged.json()["type"].endswith("/problems/forbidden")


def test_a_member_without_the_second_factor_is_told_so_and_let_in_with_it(world):
    for role in ("owner", "official", "staff"):
        user = world.people[role]

        without = session_of(user, NOT_NEEDED).get("/api/v1/shifts/")
        passed = session_of(user, PASSED).get("/api/v1/shifts/")

        assert (without.status_code, passed.status_code) == (403, 200), role
        assert without.json()["type"].endswith("/problems/second-factor-needed")


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ({"content-type": "text/plain"}, "x", 415, "unsupported-media-type"),
        ({"content-type": "application/json"}, "{", 400, "malformed"),
        ({"content-type": "application/json"}, '{"role": 1, "x": "\x00"}', 400, "malformed"),
        ({"content-type": "application/json", "accept": "text/csv"}, "{}", 406, "not-acceptable"),
        ({"content-type": "application/json"}, "[" * 3000, 400, "malformed"),
        ({"content-type": "application/json"}, '{"a":"' + "x" * 3_000_000 + '"}', 413, "too-large"),
    ],
)
def test_what_cannot_be_read_is_said_so(headers, body, status, code):
    program = Program(make_volunteer().user)
    content_type = headers.pop("content-type")

    answer = program.client.generic(
        "POST", f"/api/v1/shifts/{make_shift().code}/sign-up/", body, content_type, headers=headers
    )

    assert answer.status_code == status, answer.content
    assert answer.json()["type"].endswith(f"/problems/{code}")


def test_an_unknown_address_is_a_problem_too():
    for path in ("/api/v1/nothing/", "/api/"):
        answer = Program(make_volunteer().user).client.get(path)

        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path


def test_an_error_of_ours_says_nothing_of_it(monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("api.v1.views.shifts.joinable", broken)
    program = Program(make_volunteer().user)
    program.client.raise_request_exception = False

    answer = program.get("/api/v1/shifts/")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "secret" not in answer.content.decode()


def test_too_many_requests_of_a_minute_wait(monkeypatch):
    monkeypatch.setattr("api.throttling.LIMIT", 3)
    user = make_volunteer().user
    secret = make_token(user)

    answers = [Program(token=secret).get("/api/v1/offers/") for _ in range(5)]

    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert Shift.objects.count() == 0
