"""The frame of a page: larger text, languages, the telephone."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from core.hotline import hotline_number, hotline_words
from web.context import NavItem, TabItem
from web.middleware import ElderMiddleware, LanguageMiddleware


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<p>{getattr(request, 'elder', '')}</p>")


def test_choosing_a_text_size_is_remembered_and_returns_to_the_page() -> None:
    response = ElderMiddleware(page)(RequestFactory().get("/en/needs/?page=2&elder=24"))

    assert response.status_code == 302
    assert response["Location"] == "/en/needs/?page=2"
    assert response.cookies["elder"].value == "24"
    assert response.cookies["elder"]["samesite"] == "Lax"


@pytest.mark.parametrize("wish", ["off", "99", ""])
def test_anything_else_leaves_larger_text(wish: str) -> None:
    response = ElderMiddleware(page)(RequestFactory().get("/en/", {"elder": wish}))

    assert response.cookies["elder"].value == ""


def test_the_remembered_size_reaches_the_page() -> None:
    request = RequestFactory().get("/en/")
    request.COOKIES["elder"] = "30"

    assert b"<p>30</p>" in ElderMiddleware(page)(request).content


def test_a_forged_size_is_ignored() -> None:
    request = RequestFactory().get("/en/")
    request.COOKIES["elder"] = '"><script>'

    assert b"<p></p>" in ElderMiddleware(page)(request).content


def test_choosing_a_text_size_never_leaves_the_site() -> None:
    request = RequestFactory().get("/", {"elder": "24"})
    request.path = "//elsewhere.example/"

    assert ElderMiddleware(page)(request)["Location"] == "/elsewhere.example/"


def test_a_form_that_sends_a_field_called_elder_is_not_redirected() -> None:
    assert ElderMiddleware(page)(RequestFactory().post("/en/?elder=24")).status_code == 200


def test_a_page_differs_by_cookie_and_by_htmx() -> None:
    assert ElderMiddleware(page)(RequestFactory().get("/en/"))["Vary"] == "Cookie, HX-Request"


def test_the_language_of_an_address_is_remembered_once() -> None:
    request = RequestFactory().get("/en/needs/")
    first = LanguageMiddleware(page)(request)
    request.COOKIES["django_language"] = "en"
    second = LanguageMiddleware(page)(request)

    assert first.cookies["django_language"].value == "en"
    assert "django_language" not in second.cookies


def test_an_address_without_a_language_changes_nothing() -> None:
    assert not LanguageMiddleware(page)(RequestFactory().get("/healthz")).cookies


@pytest.mark.parametrize(
    ("hotline", "number", "words"),
    [("12345 按 6", "12345", "12345, press 6"), ("12345", "12345", "12345")],
)
def test_the_telephone_is_said_in_the_language_of_the_page(hotline: str, number: str, words: str) -> None:
    with translation.override("en"):
        assert hotline_number(hotline) == number
        assert hotline_words(hotline) == words


def frame(elder: str = "", **values: object) -> str:
    request = RequestFactory().get("/en/needs/?page=2")
    request.elder = elder  # type: ignore[attr-defined]
    with translation.override("en"):
        return render_to_string("base.html", values, request)


def test_the_frame_offers_the_other_language_of_the_same_page_and_larger_text() -> None:
    html = frame()

    assert 'hreflang="zh-Hans" lang="zh-Hans">中文</a>' in html
    assert 'href="?page=2&amp;elder=24"' in html
    assert '<html lang="en">' in html


def test_larger_text_shows_three_sizes_and_the_way_out() -> None:
    html = frame(elder="24")

    assert 'class="elder elder-24"' in html
    assert html.count('class="size-') == 3
    assert "Leave larger text" in html


def test_the_frame_marks_the_page_that_one_is_on() -> None:
    html = frame(
        nav=[NavItem("Board", "/b", current=True, count=5)], tabs=[TabItem("home", "Today", "/t", True)]
    )

    assert '<a href="/b" aria-current="page">Board <span class="count">5</span></a>' in html
    assert html.count('aria-current="page"') == 2


def test_the_frame_has_no_inline_style_or_script() -> None:
    html = frame(elder="20")

    assert "style=" not in html
    assert "<script>" not in html
    assert "onclick" not in html


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "500", "503"])
def test_every_error_page_says_what_happened_in_one_heading(name: str) -> None:
    with translation.override("en"):
        html = render_to_string(f"{name}.html", {}, RequestFactory().get("/en/x"))

    assert html.count("<h1") == 1


@pytest.mark.parametrize("name", ["500", "503"])
def test_the_pages_for_our_own_faults_need_no_request(name: str) -> None:
    assert "<h1" in render_to_string(f"{name}.html")
