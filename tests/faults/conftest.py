from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.notifications.provider import Provider


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Provider]:
    """A provider of text messages over HTTP; workers find it by SMS_URL."""
    provider = Provider()
    settings.SMS_URL = provider.url
    yield provider
    provider.close()
