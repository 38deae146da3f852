"""A body that no page takes is refused before it is kept."""

import pytest
from django.core.files.uploadhandler import FileUploadHandler
from django.test import Client

from tests.factories.accounts import make_user
from web.middleware import LARGEST_BODY

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(monkeypatch):
    """The pieces of files that were taken in."""
    pieces = []
    monkeypatch.setattr(
        FileUploadHandler, "new_file", lambda self, *args, **kwargs: pieces.append(self), raising=True
    )
    return pieces


def post(client, length):
    return client.generic(
        "POST",
        "/en/enter/",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--x--\r\n',
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(length),
    )


def test_strangers_bring_no_files(kept):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32

    assert post(client, 3_000_000).status_code == 413
    assert not kept


def test_nobody_brings_more_than_a_page_takes(kept, client):
    client.force_login(make_user())

    response = post(client, LARGEST_BODY + 1)

    assert response.status_code == 413
    assert "20 MB" in response.content.decode()
    assert not kept


def test_what_is_small_or_states_no_length_goes_on(client):
    client.force_login(make_user())

    assert client.post("/en/enter/", {"contact": "x"}).status_code != 413
    assert post(client, "many").status_code != 413
