"""The two ways to sign up that a benchmark measures: the API with a token and a key, and the page with a session."""

import json
import re
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import CommandError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.actions.tokens import hash_of
from operations.bench.client import Link
from operations.bench.crowd import Crowd
from tasks.models import Shift

FORM_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
ACCEPTED, REFUSED = 201, 409
BODY = '{"role": 1, "seats": 1}'


class Visitor(Protocol):
    """One client with a connection of its own; it signs up in the name of many people."""

    link: Link

    def sign_up(self, shift: Shift, number: int) -> int:
        """201 for a seat, 409 for a refusal, else the status."""


class Door(Protocol):
    """One way to sign up."""

    def visitor(self, port: int, shift: Shift, number: int) -> Visitor:
        """A client that is ready to ask, in the name of the volunteer of this number first."""

    def warm_up(self, shift: Shift, number: int) -> None:
        """Load in this process whatever a first request loads, without taking a seat."""

    def ask(self, shift: Shift, number: int) -> HttpResponseBase:
        """One sign-up in this process."""

    def known_by(self, number: int) -> dict[str, str]:
        """What in the statements belongs to the volunteer of this number, and what it is of any number :n."""

    def codes(self, number: int) -> list[str]:
        """What must differ in each request."""


class TokenDoor:
    """POST /api/v1/shifts/…/sign-up/ as a program sends it."""

    def visitor(self, port: int, shift: Shift, number: int) -> Visitor:
        return _Program(port)

    def warm_up(self, shift: Shift, number: int) -> None:
        self._client(number).get(f"/api/v1/shifts/{shift.code}/")

    def ask(self, shift: Shift, number: int) -> Any:
        headers = {"idempotency-key": _request_key(number)}
        return self._client(number).post(
            _api_address(shift), BODY, content_type="application/json", headers=headers
        )

    def _client(self, number: int) -> Client:
        return Client(
            headers={"accept-language": "zh-hans", "authorization": f"Bearer {Crowd.token(number)}"}
        )

    def known_by(self, number: int) -> dict[str, str]:
        stored = f"'\\x{hash_of(Crowd.token(number)).hex()}'::bytea"
        return {stored: f"sha256(('{Crowd.TOKEN}' || lpad((:n)::text, 27, '0'))::bytea)"}

    def codes(self, number: int) -> list[str]:
        return [_request_key(number)]


class PageDoor:
    """The form of the page, with a session and the token that every form carries."""

    def visitor(self, port: int, shift: Shift, number: int) -> Visitor:
        browser = _Browser(port)
        with override("zh-hans"):
            browser.read_form(reverse("public:need", args=[shift.code]), Crowd.key(number))
        return browser

    def warm_up(self, shift: Shift, number: int) -> None:
        # A refused method.
        self._client(number).get(_page_address(shift))

    def ask(self, shift: Shift, number: int) -> Any:
        return self._client(number).post(_page_address(shift), {"part": "1"})

    def _client(self, number: int) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        client.cookies[settings.SESSION_COOKIE_NAME] = Crowd.key(number)
        return client

    def known_by(self, number: int) -> dict[str, str]:
        return {f"'{Crowd.key(number)}'": f"('{Crowd.KEY}' || lpad((:n)::text, 27, '0'))"}

    def codes(self, number: int) -> list[str]:
        return []


DOORS: dict[str, Door] = {"token": TokenDoor(), "page": PageDoor()}


class _Program:
    def __init__(self, port: int) -> None:
        self.link = Link(port)

    def sign_up(self, shift: Shift, number: int) -> int:
        headers = [
            f"Authorization: Bearer {Crowd.token(number)}",
            f"Idempotency-Key: {_request_key(number)}",
            "Accept-Language: zh-Hans",
        ]
        answer = self.link.post_json(_api_address(shift), headers, BODY)
        if answer.status == ACCEPTED and json.loads(answer.text)["shift"] != shift.code:
            raise CommandError("A sign-up was answered with a seat in another shift.")
        return answer.status


class _Browser:
    def __init__(self, port: int) -> None:
        self.link = Link(port)
        self.secret = self.token = ""

    def read_form(self, path: str, key: str) -> None:
        """Read the page with the form once, as a browser does, for the token that every form must carry."""
        page = self.link.get(path, f"{settings.SESSION_COOKIE_NAME}={key}")
        found = FORM_TOKEN.search(page.text)
        for cookie in page.header("set-cookie"):
            name, _, value = cookie.partition("=")
            if name == settings.CSRF_COOKIE_NAME:
                self.secret = value.split(";")[0]
        if found is None or not self.secret:
            raise CommandError(f"{path} was answered with {page.status} and shows no form to sign up.")
        self.token = found[1].decode()

    def sign_up(self, shift: Shift, number: int) -> int:
        session = f"{settings.SESSION_COOKIE_NAME}={Crowd.key(number)}"
        cookies = f"{session}; {settings.CSRF_COOKIE_NAME}={self.secret}"
        form = f"csrfmiddlewaretoken={self.token}&part=1"
        answer = self.link.post(_page_address(shift), cookies, form)
        taken = answer.status == 303 and any("/done/" in to for to in answer.header("location"))
        return ACCEPTED if taken else answer.status


def api_request(port: int, shift: Shift, number: int, token: str) -> bytes:
    """A whole request, for clients that write it themselves."""
    lines = [
        f"POST {_api_address(shift)} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Authorization: Bearer {token}",
        f"Idempotency-Key: {_request_key(number)}",
        "Accept-Language: zh-Hans",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + BODY).encode()


def _api_address(shift: Shift) -> str:
    return f"/api/v1/shifts/{shift.code}/sign-up/"


def _page_address(shift: Shift) -> str:
    with override("zh-hans"):
        return reverse("volunteer:sign_up", args=[shift.code])


def _request_key(number: int) -> str:
    return f"request-{number}"
