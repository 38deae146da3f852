"""Real processes for the journeys: started once for a module."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.flows.house import House, house


@pytest.fixture(scope="module")
def whole_house(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Web, workers of two queues, and the provider that takes e-mails and text messages."""
    with house(template_database, django_db_blocker, queues=("default", "notifications")) as made:
        yield made


@pytest.fixture(scope="module")
def bare_house(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """The web process alone."""
    with house(template_database, django_db_blocker) as made:
        yield made
