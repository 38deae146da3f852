"""Pages that each process keeps for strangers."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tests.factories.areas import small_tree
from tests.factories.tasks import make_shift
from tests.factories.volunteers import make_volunteer
from web import strangers
from web.strangers import StrangersMiddleware

PUBLIC = "public, max-age=10"


@pytest.fixture(autouse=True)
def keeping(settings: Any) -> None:
    settings.STRANGERS_PAGE_SECONDS = 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds that the middleware sees; a test moves them."""
    at = [1000.0]
    monkeypatch.setattr(strangers.time, "monotonic", lambda: at[0])
    yield at


class House:
    """A site of one page that counts how often it was made."""

    def __init__(self, cache: str = PUBLIC, **headers: str) -> None:
        self.made = 0
        self.cache, self.headers = cache, headers
        self.middleware = StrangersMiddleware(self.page)

    def page(self, request: Any) -> HttpResponse:
        self.made += 1
        return HttpResponse(f"page {self.made}", headers={"Cache-Control": self.cache, **self.headers})

    def get(
        self, path: str = "/zh-hans/needs/", *, elder: str = "", method: str = "GET", **cookies: str
    ) -> str:
        request = RequestFactory().generic(method, path)
        request.COOKIES.update(cookies)
        request.elder = elder  # type: ignore[attr-defined]
        return self.middleware(request).content.decode()


def test_strangers_share_a_page_for_two_seconds(clock: list[float]) -> None:
    house = House(**{"Content-Language": "zh-hans"})

    first, second = house.get(), house.get()
    clock[0] += 2.1
    third = house.get()

    assert (first, second, third) == ("page 1", "page 1", "page 2")


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/en/needs/"},
        {"path": "/zh-hans/needs/?page=2"},
        {"elder": "24"},
        {"method": "HEAD"},
        {django_settings.SESSION_COOKIE_NAME: "x"},
        {django_settings.CSRF_COOKIE_NAME: "x"},
        {"messages": "x"},
    ],
    ids=str,
)
def test_nobody_else_gets_it(clock: list[float], other: dict[str, str]) -> None:
    house = House()
    house.get()

    house.get(**other)  # type: ignore[arg-type]

    assert house.made == 2


def test_whoever_has_a_session_leaves_nothing_for_others(clock: list[float]) -> None:
    house = House()

    house.get(**{django_settings.SESSION_COOKIE_NAME: "x"})

    assert house.get() == "page 2"


@pytest.mark.parametrize("cache", ["private, no-cache", "no-store", ""])
def test_a_page_of_one_reader_is_not_kept(clock: list[float], cache: str) -> None:
    house = House(cache)

    assert [house.get(), house.get()] == ["page 1", "page 2"]


def test_a_page_that_sets_a_cookie_is_not_kept(clock: list[float]) -> None:
    house = House()
    make = house.page

    def with_cookie(request: Any) -> HttpResponse:
        response = make(request)
        response.set_cookie("csrftoken", "secret")
        return response

    house.middleware = StrangersMiddleware(with_cookie)

    assert [house.get(), house.get()] == ["page 1", "page 2"]


def test_while_one_waits_for_the_next_page_the_others_read_the_last(clock: list[float]) -> None:
    house = House()
    house.get()
    clock[0] += 2.5
    make, begun, done = house.page, threading.Event(), threading.Event()

    def slowly(request: Any) -> HttpResponse:
        begun.set()
        assert done.wait(10)
        return make(request)

    house.middleware.get_response = slowly
    found: list[str] = []
    one = threading.Thread(target=lambda: found.append(house.get()))
    one.start()
    assert begun.wait(10)

    meanwhile = house.get()
    done.set()
    one.join()

    assert (meanwhile, found) == ("page 1", ["page 2"])
    assert house.get() == "page 2"


def test_a_page_that_could_not_be_made_is_tried_again_by_the_next(clock: list[float]) -> None:
    house = House()
    house.get()
    clock[0] += 2.5
    make = house.page

    def broken(request: Any) -> HttpResponse:
        raise ValueError("no database")

    house.middleware.get_response = broken
    with pytest.raises(ValueError, match="no database"):
        house.get()
    house.middleware.get_response = make

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
    stranger, volunteer = Client(), Client()
    volunteer.force_login(make_volunteer(area=area).user)
    first = stranger.get("/en/needs/")

    # Both clients of a test have a process's memory of their own: the same handler serves the stranger twice.
    with django_assert_num_queries(0):
        again = stranger.get("/en/needs/")
    shift.delete()

    assert again.content == first.content
    assert again["Cache-Control"] == first["Cache-Control"]
    assert shift.code in again.content.decode()
    assert shift.code not in volunteer.get("/en/needs/").content.decode()
