"""The frame of a page: larger text, languages, the telephone."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from core.hotline import hotline_number, hotline_words
from web.context import NavItem, TabItem
from web.device.keeping import ForgetMiddleware
from web.device.views import worker_source
from web.middleware import ElderMiddleware, LanguageMiddleware
from web.states import State, StateKey


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
    assert "Normal view" in html


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


TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


def whole(file: Path) -> str:
    """A template with what it includes by name."""
    text = file.read_text()
    parts = re.findall(r'{% include "([^"]+)"', text)
    return text + "".join(whole(TEMPLATES / part) for part in parts if (TEMPLATES / part).exists())


def test_what_asks_again_by_itself_does_not_speak_each_time() -> None:
    asking = [file for file in TEMPLATES.rglob("*.html") if 'hx-trigger="every' in file.read_text()]

    for file in asking:
        part = whole(file).partition('hx-trigger="every')[2]
        assert 'aria-live="' not in part and 'role="status"' not in part, file.name
    assert asking


def test_what_a_session_leaves_on_a_device_goes_with_it() -> None:
    def signed_out(request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.delete_cookie("sessionid")
        return response

    assert (
        ForgetMiddleware(signed_out)(RequestFactory().get("/en/"))["Clear-Site-Data"] == '"cache", "storage"'
    )
    assert "Clear-Site-Data" not in ForgetMiddleware(page)(RequestFactory().get("/en/"))


def test_the_worker_is_another_one_as_soon_as_a_file_that_it_keeps_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = worker_source()
    assert worker_source() == first

    monkeypatch.setattr("web.device.views.offline_page", lambda: "other words")

    assert worker_source() != first


def test_a_search_engine_is_kept_from_every_room_with_a_door(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    for room in ("me", "org", "area", "staff", "account"):
        assert f"Disallow: /en/{room}/\n" in text and f"Disallow: /zh-hans/{room}/\n" in text


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "众手"), ("en", "Manyhands")])
def test_a_device_shows_the_sites_name_in_the_readers_language(
    client: Client, language: str, name: str
) -> None:
    manifest = client.get(f"/{language}/manifest.webmanifest").json()

    assert manifest["short_name"] == name
    assert manifest["start_url"] == f"/{language}/home/"
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon["src"]


def test_a_card_of_a_shift_says_when_where_and_how_many_are_missing() -> None:
    start = datetime(2026, 2, 6, 10, tzinfo=UTC)
    row = SimpleNamespace(
        title='Gate <b>"East"</b>',
        place="Anji",
        state=State(StateKey.SHORT, 8),
        starts_at=start,
        ends_at=start + timedelta(hours=4),
    )
    with translation.override("en"):
        html = Template("{% load card %}{% shift_card row %}").render(Context({"row": row}))

    assert 'og:title" content="Gate &lt;b&gt;&quot;East&quot;&lt;/b&gt;"' in html
    assert 'og:description" content="Friday 6 February 18:00–22:00, Anji, 8 short"' in html
    assert "card-en.png" in html
