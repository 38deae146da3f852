"""What goes out packed."""

import gzip

import pytest
from django.test import Client

from tests.factories.accounts import make_user
from web.packing import PACKED_FOR_ALL

pytestmark = pytest.mark.django_db
PACKS = {"HTTP_ACCEPT_ENCODING": "gzip, br"}


def test_a_page_of_ones_own_goes_out_packed(client: Client) -> None:
    client.force_login(make_user())

    packed = client.get("/zh-hans/me/start/", **PACKS)
    plain = client.get("/zh-hans/me/start/")

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"] and "Accept-Encoding" in plain["Vary"]
    assert "</html>" in gzip.decompress(packed.content).decode()
    assert "Content-Encoding" not in plain and "</html>" in plain.content.decode()


def test_a_page_that_is_packed_once_for_all_is_left_as_it_is(client: Client) -> None:
    page = client.get("/zh-hans/needs/", **PACKS, **{PACKED_FOR_ALL: "1"})
    own = client.get("/zh-hans/account/login/", **PACKS, **{PACKED_FOR_ALL: "1"})

    assert "public" in page["Cache-Control"] and "Content-Encoding" not in page
    assert "public" not in own["Cache-Control"] and own["Content-Encoding"] == "gzip"
