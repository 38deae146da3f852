"""A character that no text has: the asker's error, never ours."""

import pytest
from django.test import Client

from tests.factories.volunteers import make_volunteer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["needs/%00/", "figures/?area=%00", "me/check-in/?code=%00", "me/messages/%00/", "c/%00/"]
)
def test_an_address_with_a_null_character_is_refused(client: Client, path: str):
    client.force_login(make_volunteer().user)
    assert client.get(f"/en/{path}").status_code == 400
