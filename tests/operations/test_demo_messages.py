"""The page of the demo that shows delivered messages."""

from datetime import UTC, datetime

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import urlpatterns as product
from web.demo import views
from web.demo.provider import Delivered, ProviderAway

urlpatterns = [*product, *i18n_patterns(path("demo/", include("web.demo.urls")))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.operations.test_demo_messages")]
ROW = Delivered(
    channel="email",
    to="guifang@example.org",
    subject="<b>位子</b>是你的了",
    at=datetime(2020, 2, 6, 10, 0, tzinfo=UTC),
    lines=[[("去 ", ""), ("http://127.0.0.1:8000/me/", "http://127.0.0.1:8000/me/")]],
)


@pytest.fixture
def shown(monkeypatch, settings):
    """What the page asked for; the provider has 45 messages."""
    settings.DEMO = True
    asked = []

    def answer(**wanted):
        asked.append(wanted)
        return 45, [ROW]

    monkeypatch.setattr(views, "delivered", answer)
    return asked


def test_delivered_messages_are_shown_with_links_and_without_their_markup(client, shown):
    page = client.get("/zh-hans/demo/messages/").content.decode()

    assert "guifang@example.org" in page
    assert '<a href="http://127.0.0.1:8000/me/">' in page
    assert "&lt;b&gt;位子" in page


def test_the_filter_and_the_refreshing_stay_from_page_to_page(client, shown):
    page = client.get("/en/demo/messages/?to=%2B86139&page=2&refresh=on").content.decode()

    assert shown == [{"page": 2, "size": 20, "to": "+86139"}]
    assert "?to=%2B86139&amp;refresh=on&amp;page=3" in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 5000, "²"])
def test_a_page_that_is_none_is_the_first(client, shown, number):
    assert client.get(f"/en/demo/messages/?page={number}").status_code == 200
    assert shown[0]["page"] == 1


def test_without_the_provider_the_page_says_so(client, shown, monkeypatch):
    def away(**wanted):
        raise ProviderAway

    monkeypatch.setattr(views, "delivered", away)

    response = client.get("/en/demo/messages/")

    assert response.status_code == 200
    assert "does not answer" in response.content.decode()


def test_outside_the_demo_there_is_no_such_page(client, settings):
    settings.DEMO = False

    assert client.get("/en/demo/messages/").status_code == 404
