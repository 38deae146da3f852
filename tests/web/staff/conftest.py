"""Staff, and those who are not."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.factories.accounts import make_user
from tests.factories.sessions import sign_in


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Addresses are reversed outside a request, too."""
    with translation.override("en"):
        yield


@pytest.fixture
def member() -> User:
    """A member of staff."""
    return make_user(name="Lin", is_staff=True, email="lin@example.org")


@pytest.fixture
def staff(client: Client, member: User) -> Client:
    """A browser in which staff has signed in, second factor included."""
    return sign_in(client, member)
