"""The description of the API is valid, complete and true."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from drf_spectacular.drainage import reset_generator_stats
from jsonschema import Draft202012Validator

from api.problems import DOMAIN, DOOR, KINDS, code_for
from api.v1 import base
from api.v1.views import checks as check_views
from api.views import schema
from core import request_keys
from core.errors import DomainError
from tasks.actions import approvals, refusals, seats, standstill, waiting
from tasks.actions.attendance import checks
from tasks.actions.offers import answering
from tests.architecture.routes import routes
from tests.factories.tasks import make_assignment, make_offer, make_shift, tomorrow_at
from tests.factories.tokens import Program
from tests.factories.volunteers import make_volunteer

DOCS = Path(settings.BASE_DIR) / "docs" / "api.md"


# Asked without saying who one is.
OPEN = {"/api/v1/figures/"}


@pytest.fixture(scope="module")
def described():
    return json.loads(json.dumps(schema(), default=str))


def test_it_is_openapi_3_1(described):
    meta = resources.files("drf_spectacular.validation") / "openapi_3_1_schema.json"

    Draft202012Validator(json.loads(meta.read_text())).validate(described)

    assert described["openapi"].startswith("3.1")


def test_it_says_how_to_say_who_asks(described):
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert ({"token": []} in operation.get("security", [])) == (path not in OPEN), path


def test_it_is_made_without_a_warning(capsys):
    schema.cache_clear()
    reset_generator_stats()

    schema()

    assert "arning" not in capsys.readouterr().err


def test_it_has_every_address(described):
    ours = [route for route in routes() if route.namespace == "api" and route.access.startswith("api:")]
    paths = set(described["paths"])

    assert {re.sub(r"\{\w+\}", "CODE", path) for path in paths} == {
        reverse(route.full_name, args=["CODE"] if route.params else []) for route in ours
    }


def test_every_answer_and_problem_is_described(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            expected = {"429", "500", "503"} | (set() if path in OPEN else {"401", "403"})
            assert expected <= answers.keys(), (path, method)
            for status, answer in answers.items():
                is_problem = int(status) >= 400
                media = "application/problem+json" if is_problem else "application/json"
                assert media in answer["content"], (path, method, status)
                for code in re.findall(r"`([a-z-]+)`", answer["description"]) if is_problem else ():
                    assert KINDS[code].status == int(status)
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method == "post"), (path, method)


def validator(described, name):
    """Checks a value against a component, in which no other field may be."""
    text = json.dumps(described["components"]).replace(
        '"type": "object"', '"type": "object", "additionalProperties": false'
    )
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": json.loads(text)})


@pytest.mark.django_db
def test_the_answers_are_as_described(described):
    volunteer = make_volunteer()
    program = Program(volunteer.user)
    shift = make_shift()
    make_assignment(make_shift(), make_volunteer())
    make_offer(volunteer=volunteer)
    full = make_shift(seats=1, seats_min=1, starts_at=tomorrow_at(9, days=3))
    make_assignment(full)

    validator(described, "ShiftPage").validate(program.get("/api/v1/shifts/").json())
    validator(described, "Seat").validate(program.post(f"/api/v1/shifts/{shift.code}/sign-up/").json())
    validator(described, "SeatPage").validate(program.get("/api/v1/assignments/").json())
    validator(described, "OfferList").validate(program.get("/api/v1/offers/").json())
    validator(described, "Waiting").validate(program.post(f"/api/v1/shifts/{full.code}/waiting/").json())
    validator(described, "WaitingList").validate(program.get("/api/v1/waiting/").json())


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_of_problem_has_a_page_and_stands_in_the_guide(client, language):
    guide = DOCS.read_text(encoding="utf-8")

    for code in KINDS:
        assert client.get(f"/{language}/problems/{code}/").status_code == 200
        assert f"`{code}`" in guide, code
    assert client.get(f"/{language}/problems/nothing/").status_code == 404


@pytest.mark.django_db
def test_the_type_of_a_problem_leads_to_its_page(client):
    first = client.get("/problems/shift-full", follow=True, headers={"accept-language": "en"})

    assert first.status_code == 200
    assert "No free seat" in first.content.decode()


# Whatever an act that the API offers can refuse with.
REFUSING = (
    seats,
    refusals,
    standstill,
    waiting,
    approvals,
    answering,
    checks,
    request_keys,
    base,
    check_views,
)
# Raised by acts beside them, which the API does not offer.
ELSEWHERE = {
    "already-undone", "hours-confirmed", "no-waiting-list", "not-fewer", "reason-missing", "request-over", "undo-out-first",
}  # fmt: skip


def test_every_refusal_is_a_kind_of_its_own():
    codes = {
        found.code
        for module in REFUSING
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, DomainError) and found is not DomainError
    }

    assert codes - ELSEWHERE <= KINDS.keys()


def test_every_status_has_a_code():
    assert {
        code_for(status) for status in (400, 401, 403, 404, 405, 406, 413, 415, 422, 429, 500, 503)
    } <= DOOR.keys()
    assert not DOOR.keys() & DOMAIN.keys()


@pytest.mark.django_db
def test_the_page_breaks_no_content_security_policy(client):
    page = client.get("/api/v1/docs/").content.decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle\s*=|<style", page)
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert finders.find(path.removeprefix("/static/")), path
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.1")
