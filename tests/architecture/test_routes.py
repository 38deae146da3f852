"""Who may enter where: every route, asked for by every role, both reading and writing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.architecture.routes import Route, routes
from tests.architecture.world import ROLES, World, build
from web.second_factor import PASSED, SESSION_KEY

ROUTES = routes()
# The API answers by status alone: tests/api asks it in every role.
OURS = [route for route in ROUTES if route.namespace and route.namespace != "api"]
# Pages of allauth's and machines' addresses guard themselves.
OTHERS = re.compile(r"(account|mfa|usersessions)_|healthz$|readyz$")
# What a reading request may write: the session, and the log of who looked at whom.
MEMBERS = {"staff", "owner", "desk", "other_owner", "official", "other_official"}
MAY_WRITE = ("django_session", "core_accessrecord", "residents_requestlook")
# Session and person included.
MOST_STATEMENTS = 12
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)


def test_every_route_says_who_may_enter() -> None:
    silent = [str(route) for route in ROUTES if not route.access and not OTHERS.match(route.full_name)]
    assert not silent


def test_every_access_is_one_of_those_tested_here() -> None:
    known = {"public", "signed_in", "volunteer", "official", "staff"}
    assert {route.access.split(":")[0] for route in OURS} <= known | {"organizer"}


@pytest.fixture
def world(db: None) -> World:
    return build()


def address(route: Route, world: World) -> str:
    kwargs = {
        param: world.values.get((route.full_name, param)) or world.values[route.namespace, param]
        for param in route.params
    }
    return reverse(route.full_name, kwargs=kwargs)


def client_of(role: str, world: World) -> Client:
    client = Client()
    user = world.people[role]
    if user is not None:
        client.force_login(user)
        session = client.session
        session[SESSION_KEY] = PASSED
        session.save()
    return client


def expected(route: Route, role: str) -> str:
    """`in`, `login`, `hidden` (404), `refused` (403) or `start` (sent to the first steps)."""
    kind, _, roles = route.access.partition(":")
    if kind == "public":
        return "in"
    if role == "anonymous":
        return "login"
    if kind == "signed_in":
        return "refused" if route.full_name == "account:recoveries" and role not in MEMBERS else "in"
    if kind == "volunteer":
        return "in" if role in {"volunteer", "owner"} else "start"
    if kind == "organizer":
        if role == "owner":
            return "in"
        if role == "desk":
            return "in" if not roles or "desk" in roles.split(",") else "refused"
        return "hidden"
    if kind == "official":
        if role == "other_official":
            return "refused" if "area_code" in route.params else "in"
        return "in" if role == "official" else "hidden"
    return "in" if role == "staff" else "hidden"


def outcome(response: HttpResponseBase) -> str:
    target = response.headers.get("Location", "")
    if response.status_code in {302, 303} and target.split("?")[0] == reverse("account:enter"):
        return "login"
    if response.status_code in {302, 303} and target.split("?")[0] == reverse("account:start"):
        return "start"
    return {403: "refused", 404: "hidden"}.get(response.status_code, "in")


def reading_only() -> Any:
    def refuse(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        written = WRITES.match(sql)
        assert not written or written[1] in MAY_WRITE, f"a GET wrote: {sql[:200]}"
        return execute(sql, params, many, context)

    return connection.execute_wrapper(refuse)


ASKABLE = [route for route in OURS if route.name and route.namespace != "demo"]


@pytest.mark.parametrize("role", ROLES)
def test_reading_lets_in_whom_it_should_and_writes_nothing(role: str, world: World) -> None:
    client = client_of(role, world)
    for route in ASKABLE:
        with reading_only(), CaptureQueriesContext(connection) as asked:
            response = client.get(address(route, world))
        check(route, role, response)
        statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
        assert len(statements) <= MOST_STATEMENTS, f"{role} at {route}: {len(statements)}"


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_write_is_refused_like_a_read_and_never_breaks(role: str, world: World) -> None:
    client = client_of(role, world)
    cookies = client.cookies.output()
    for route in ASKABLE:
        with transaction.atomic():
            response = client.post(address(route, world), {})
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))
        check(route, role, response)


def check(route: Route, role: str, response: HttpResponseBase) -> None:
    assert response.status_code < 500, f"{role} broke {route}"
    wanted, got = expected(route, role), outcome(response)
    if wanted != "in":
        assert got == wanted or response.status_code == 405, f"{role} at {route}: {got} instead of {wanted}"
    elif not route.params:
        # A page without a thing to look for lets in; one with a thing may still know no such thing for this person.
        assert got in {"in", "start"} or route.access == "public", f"{role} at {route}: {got}"


# Pages of a state that this world is not in: nothing was declined, nobody left, no crisis waits to begin.
NOT_NOW = {
    "organization:again",
    "organization:close",
    "organization:departure",
    "organization:withdraw",
    "authority:start_crisis",
    "authority:lift_stop",
}


def test_the_owner_the_official_and_the_volunteer_see_their_own_pages(world: World) -> None:
    """The refusals above mean something only where somebody is let in."""
    for role, kind in (("owner", "organizer"), ("official", "official")):
        client = client_of(role, world)
        for route in ASKABLE:
            if route.access.startswith(kind) and route.full_name not in NOT_NOW:
                response = client.get(address(route, world))
                assert outcome(response) == "in", f"{role} at {route}: {response.status_code}"
