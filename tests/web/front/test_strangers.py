"""Pages that each process keeps for strangers."""

import gzip
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from tests.factories.areas import small_tree
from tests.factories.tasks import make_shift
from tests.factories.volunteers import make_volunteer
from web.front import strangers
from web.front.strangers import StrangersPages
from web.front.wsgi import Begun

PUBLIC = "public, max-age=10"
HTML = "text/html; charset=utf-8"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that the cache sees; a test moves them."""
    at = [1000.0]
    monkeypatch.setattr(strangers.time, "monotonic", lambda: at[0])
    yield at


def ask(application: Any, path: str, *, method: str = "GET", cookies: str = "", **headers: str) -> Any:
    """What the application answers: its status, its headers by name, its body."""
    environ = RequestFactory().generic(method, path).environ | headers
    environ.pop("HTTP_COOKIE", None)
    if cookies:
        environ["HTTP_COOKIE"] = cookies
    begun = Begun()
    body = b"".join(application(environ, begun))
    return begun.status, {name.lower(): value for name, value in begun.headers}, body


class Site:
    """The product behind WSGI, on the connection of the test."""

    def __init__(self) -> None:
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        response = self.handler(environ)
        cookies = [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return [response.content]


class House:
    """A site of one page that counts how often it was made."""

    def __init__(self, cache: str = PUBLIC, status: str = "200 OK", **headers: str) -> None:
        self.made = 0
        self.status = status
        self.headers = {"Content-Type": HTML, "Cache-Control": cache} | headers
        self.front = StrangersPages(self.page, 2.0)

    def page(self, environ: Any, start_response: Any) -> list[bytes]:
        self.made += 1
        start_response(self.status, list(self.headers.items()))
        return [f"page {self.made}".encode()]

    def get(self, path: str = "/zh-hans/needs/", **more: str) -> str:
        return ask(self.front, path, **more)[2].decode()


def test_strangers_share_a_page_until_half_its_age(clock: list[float]) -> None:
    house = House()

    first = house.get()
    clock[0] += 0.9
    second = house.get()
    clock[0] += 0.2
    third = house.get()

    assert (first, second, third) == ("page 1", "page 1", "page 2")


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/en/needs/"},
        {"path": "/zh-hans/needs/?page=2"},
        {"cookies": "elder=24"},
        # Ways to write a cookie that the page reads all the same.
        {"cookies": "elder =24"},
        {"cookies": "theme=dark;elder=24"},
        {"cookies": f"theme=dark;{django_settings.SESSION_COOKIE_NAME} = x"},
        {"method": "HEAD"},
        {"cookies": f"{django_settings.SESSION_COOKIE_NAME}=x"},
        {"cookies": f"elder=24; {django_settings.CSRF_COOKIE_NAME}=x"},
        {"cookies": "messages=x"},
        {"cookies": f"{django_settings.LANGUAGE_COOKIE_NAME}=en"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
    ],
    ids=str,
)
def test_nobody_else_gets_it(clock: list[float], other: dict[str, str]) -> None:
    house = House()
    house.get()

    house.get(**other)

    assert house.made == 2


@pytest.mark.parametrize("cookies", ["theme=dark", "analytics=1; other=2"])
def test_cookies_that_no_page_reads_change_nothing(clock: list[float], cookies: str) -> None:
    house = House()
    house.get()

    assert house.get(cookies=cookies) == "page 1"


def test_whoever_has_a_session_leaves_nothing_for_others(clock: list[float]) -> None:
    house = House()

    house.get(cookies=f"{django_settings.SESSION_COOKIE_NAME}=x")

    assert house.get() == "page 2"


@pytest.mark.parametrize(
    "house",
    [
        House("private, no-cache"),
        House("no-store"),
        House(""),
        House(status="404 Not Found"),
        House(**{"Content-Type": "text/css"}),
        House(**{"Set-Cookie": "csrftoken=secret"}),
    ],
    ids=lambda house: f"{house.status} {house.headers}",
)
def test_what_is_one_readers_own_or_no_page_is_not_kept(clock: list[float], house: House) -> None:
    house.made = 0

    assert [house.get(), house.get()] == ["page 1", "page 2"]


def test_the_cookie_of_the_language_says_the_same_to_all(clock: list[float]) -> None:
    house = House(**{"Set-Cookie": f" {django_settings.LANGUAGE_COOKIE_NAME}=en"})

    assert [house.get(), house.get()] == ["page 1", "page 1"]


def test_whoever_takes_gzip_gets_it_packed(clock: list[float]) -> None:
    house = House()
    house.get()

    status, headers, body = ask(house.front, "/zh-hans/needs/", HTTP_ACCEPT_ENCODING="br, gzip")

    assert status == "200 OK"
    assert headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in headers["vary"]
    assert int(headers["content-length"]) == len(body)
    assert gzip.decompress(body) == b"page 1"


@pytest.mark.django_db
@pytest.mark.parametrize("cookies", ["", f"{django_settings.CSRF_COOKIE_NAME}={'a' * 32}"])
def test_a_public_page_goes_out_packed_for_whoever_has_the_cookie_of_a_form_too(cookies: str) -> None:
    front = StrangersPages(Site(), 2.0)

    _, headers, body = ask(front, "/zh-hans/needs/", cookies=cookies, HTTP_ACCEPT_ENCODING="gzip")

    assert "public" in headers["cache-control"]
    assert headers["content-encoding"] == "gzip"
    assert "</html>" in gzip.decompress(body).decode()


def test_while_one_waits_for_the_next_page_the_others_read_the_last_but_none_older_than_two_seconds(
    clock: list[float],
) -> None:
    house = House()
    house.get()
    clock[0] += 1.5
    make, begun, done = house.page, threading.Event(), threading.Event()

    def slowly(environ: Any, start_response: Any) -> list[bytes]:
        begun.set()
        assert done.wait(10)
        return make(environ, start_response)

    house.front.application = slowly
    found: list[str] = []
    one = threading.Thread(target=lambda: found.append(house.get()))
    one.start()
    assert begun.wait(10)

    meanwhile = house.get()
    clock[0] += 0.6
    done.set()
    too_old = house.get()
    one.join()

    assert meanwhile == "page 1"
    assert {*found, too_old} == {"page 2", "page 3"}


def test_a_page_that_could_not_be_made_is_tried_again_by_the_next(clock: list[float]) -> None:
    house = House()
    house.get()
    clock[0] += 1.5
    make = house.page

    def broken(environ: Any, start_response: Any) -> list[bytes]:
        raise ValueError("no database")

    house.front.application = broken
    with pytest.raises(ValueError, match="no database"):
        house.get()
    house.front.application = make

    assert house.get() == "page 2"


def test_only_so_many_pages_are_kept(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "KEPT_MOST", 2)
    house = House()
    for number in range(3):
        house.get(f"/zh-hans/needs/?page={number}")

    house.get("/zh-hans/needs/?page=2")
    house.get("/zh-hans/needs/?page=0")

    assert house.made == 4


@pytest.mark.django_db
def test_a_stranger_costs_no_statement_and_a_volunteer_reads_what_is_true(
    django_assert_num_queries: Any,
) -> None:
    area = small_tree().counties[0]
    shift = make_shift(area=area)
    volunteer = Client()
    volunteer.force_login(make_volunteer(area=area).user)
    session = volunteer.cookies[django_settings.SESSION_COOKIE_NAME].value
    front = StrangersPages(Site(), 60.0)
    first = ask(front, "/en/needs/")

    with django_assert_num_queries(0):
        again = ask(front, "/en/needs/")
    shift.delete()

    own = ask(front, "/en/needs/", cookies=f"{django_settings.SESSION_COOKIE_NAME}={session}")
    assert again == first
    assert shift.code in again[2].decode()
    assert shift.code not in own[2].decode()
