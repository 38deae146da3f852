from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from core import doorbell
from notifications import notices
from notifications.notices import Kind
from tests.notifications.delivery import Rung
from tests.notifications.provider import Provider


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Provider]:
    """A provider of text messages of this test's own, which the settings point at."""
    provider = Provider()
    settings.SMS_URL = provider.url
    yield provider
    provider.close()


@pytest.fixture
def needs_kind(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind that needs consent, with the templates of another."""
    monkeypatch.setitem(
        notices.kinds(), "login_code", Kind("login_code", {"secret": "402913"}, needs_consent=True)
    )
    return "login_code"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> Rung:
    """What rang, in order; rings at once, as after a commit."""
    heard: Rung = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: heard.append((job, kwargs)))
    return heard
