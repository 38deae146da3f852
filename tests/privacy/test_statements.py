"""What was destroyed, signed: everybody is given the same, anybody can check it, and a page says what it is worth today."""

import json
import re
import secrets
import shlex
import subprocess
import sys
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config import env
from core import clock, signatures
from core.errors import DomainError
from core.models import AuditRecord
from operations import doctor
from operations.launcher import places
from privacy import statements
from privacy.destroyed import VERB, note_destroyed
from tasks.models import Crisis
from tests.factories.areas import small_tree
from tests.factories.tasks import make_crisis
from tests.web.reading import check_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def crisis() -> Crisis:
    at = clock.now()
    province = small_tree().counties[0].parent.parent
    made = make_crisis(province, started_at=at - timedelta(days=20), ended_at=at - timedelta(days=2))
    note_destroyed({"requests": 5, "messages": 903}, at=at - timedelta(hours=1))
    return made


def kept(crisis: Crisis) -> str:
    return signatures.canonical(statements.signed_statement(crisis, at=clock.now()))


def test_the_three_lines_of_the_page_check_it_to_the_letter(
    client: Client, crisis: Crisis, tmp_path: Path
) -> None:
    page = client.get(f"/en/closing/{crisis.code}/check/").content.decode()
    fetch, install, judge = map(unescape, re.findall(r"<code[^>]*>(.*?)</code>", page, re.DOTALL))

    asked = shlex.split(fetch)
    assert asked[0] == "curl" and asked[1::3] == ["-o", "-o"]
    for name, address in zip(asked[2::3], asked[3::3], strict=True):
        answer = client.get(address.removeprefix(site.SITE_URL))
        assert answer["Content-Type"] == "application/json"
        (tmp_path / name).write_bytes(answer.content)
    package = install.removeprefix("pip install ")
    assert f'"{package}>=' in (places.PROJECT / "pyproject.toml").read_text()

    def run() -> "subprocess.CompletedProcess[str]":
        path = {"PATH": str(Path(sys.executable).parent)}
        return subprocess.run(
            ["/bin/sh", "-c", judge], env=path, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run().stdout == "right\n"
    file = tmp_path / "destroyed.json"
    file.write_text(file.read_text().replace('"messages":905', '"messages":900'))
    spoilt = run()
    assert spoilt.returncode != 0 and "InvalidSignature" in spoilt.stderr


def test_everybody_is_given_the_same_and_nothing_of_single_persons(client: Client, crisis: Crisis) -> None:
    given = {
        client.get(f"/{tongue}/closing/{crisis.code}/destroyed.json").content for tongue in ("en", "zh-hans")
    }
    assert len(given) == 1
    said = json.loads(given.pop())["statement"]
    assert said["rows"] | {"requests": "1-7", "messages": 905, "offers": 0} == said["rows"]
    assert (said["crisis"]["code"], said["entries"]) == (crisis.code, 1)
    # Without what nobody can guess, the seal would tell the five to whoever tries all small numbers.
    entry = AuditRecord.objects.get(verb=VERB)
    assert len(entry.data["salt"]) == 32 and entry.data["salt"] not in json.dumps(said)

    note_destroyed({"messages": 100}, at=clock.now())
    renewed = json.loads(kept(crisis))["statement"]
    assert renewed["seal"] != said["seal"] and renewed["made_at"] > said["made_at"]


def test_a_page_says_what_a_statement_that_somebody_kept_is_worth(client: Client, crisis: Crisis) -> None:
    address, old = f"/en/closing/{crisis.code}/check/", kept(crisis)
    assert "our record says the same" in check_page(client.get(address)).text
    note_destroyed({"messages": 100}, at=clock.now())
    assert "our record says the same" in check_page(client.post(address, {"text": old})).text

    # A record from which an entry was taken, or in which one was changed, gives another seal.
    said = json.loads(old)["statement"] | {"seal": "0" * 64}
    other = {"statement": said, "key": signatures.own_key(), "signature": signatures.sign(said)}
    assert "says something else today" in check_page(client.post(address, {"text": json.dumps(other)})).text

    for spoilt, refusal in (
        (old.replace('"messages":905', '"messages":900'), "The signature does not fit"),
        (old.replace(signatures.own_key(), "f" * 16), "No key of this platform signed this"),
        (old.replace(crisis.code, "ABCDEFGH"), "another crisis"),
        ("[" * 9_000, "not a statement"),
        ('{"statement": {"about": 1}, "key": "", "signature": ""}', "not a statement"),
        ("", "Paste the statement"),
    ):
        refused = client.post(address, {"text": spoilt})
        assert refused.status_code == 422 and refusal in refused.content.decode()


def test_an_old_key_still_opens_what_it_signed_as_long_as_it_is_named(crisis: Crisis, settings) -> None:
    old, (public,) = kept(crisis), signatures.public_keys().values()
    settings.SIGNING_KEY = secrets.token_hex(32)
    with pytest.raises(statements.UnknownKey):
        statements.check(old, crisis=crisis, at=clock.now())

    settings.SIGNING_KEYS_BEFORE = [public]

    assert statements.check(old, crisis=crisis, at=clock.now()).still_holds
    assert json.loads(kept(crisis))["key"] == signatures.own_key() != json.loads(old)["key"]


def test_without_a_key_everything_says_so(client: Client, crisis: Crisis, settings) -> None:
    settings.SIGNING_KEY = ""

    assert "This is not signed" in check_page(client.get(f"/en/closing/{crisis.code}/")).text
    page = check_page(client.get(f"/en/closing/{crisis.code}/check/"))
    assert "The statement is not signed" in page.text and "signature is right" not in page.text
    unsigned = client.get(f"/en/closing/{crisis.code}/destroyed.json").json()
    assert (unsigned["key"], unsigned["signature"]) == ("", "") and unsigned["statement"]["entries"] == 1
    with pytest.raises(DomainError):
        statements.check(json.dumps(unsigned), crisis=crisis, at=clock.now())
    (finding,) = doctor.check_signing()
    assert "SIGNING_KEY" in finding.advice and "token_hex(32)" in finding.advice


def test_a_key_of_another_form_stops_the_start_and_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING_KEY", "a-secret-of-another-form")
    with pytest.raises(ImproperlyConfigured, match="SIGNING_KEY has another form") as refused:
        env.keys("SIGNING_KEY", most=1)
    assert "a-secret" not in str(refused.value)
    monkeypatch.setenv("SIGNING_KEY", "0F" * 32)
    assert env.keys("SIGNING_KEY", most=1) == ["0f" * 32]
