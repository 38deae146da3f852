"""The demo's provider over real SMTP and HTTP, asked by the product's own senders."""

import json
import smtplib
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import LazySettings

from notifications.channels import Result
from notifications.channels.email import Email
from notifications.channels.sms import Sms
from notifications.rendering.outside import Rendered
from operations.launcher import commands
from operations.provider.store import Store, Taken
from tests.plugin.processes import Running, RunProcess, free_port, wait_until
from web.demo.provider import delivered, linked


@pytest.fixture
def local_provider(run_process: RunProcess, settings: LazySettings, tmp_path: Path) -> Iterator[Running]:
    settings.MAIL_PORT, sms_port = free_port(), free_port()
    settings.SMS_URL = f"http://127.0.0.1:{sms_port}/sms"
    env = {
        "MAIL_PORT": str(settings.MAIL_PORT),
        "SMS_URL": settings.SMS_URL,
        "MANYHANDS_LOCAL": str(tmp_path),
    }
    running = run_process(list(commands.manage("local_provider")), env, name="provider")
    wait_until(lambda: "takes e-mails" in running.output(), seconds=30, what="it listens", running=running)
    yield running


def message(reference: str = "M1", *, to: str = "+8613900000001", html: str = "") -> Rendered:
    return Rendered(reference, to, "位子是你的了", "看 http://127.0.0.1:8000/me/。\n.\n..两点", html)


def test_a_text_message_arrives_once_however_often_it_is_sent(local_provider):
    sender = Sms()
    outcomes = [sender.send(message()) for _ in range(3)]
    sender.close()

    count, (row,) = delivered(page=1, size=20, to="")
    assert {outcome.reference for outcome in outcomes} == {"local-M1"}
    assert count == 1
    assert (row.channel, row.to) == ("sms", "+8613900000001")


def test_an_email_arrives_once_however_often_it_is_sent(local_provider):
    sender = Email()
    outcomes = [sender.send(message(to="guifang@example.org", html="<p>位子</p>")) for _ in range(2)]
    sender.close()

    count, (row,) = delivered(page=1, size=20, to="")
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert count == 1
    assert (row.channel, row.to, row.subject) == ("email", "guifang@example.org", "位子是你的了")
    assert [words for line in row.lines for words, _ in line][-2:] == [".", "..两点"]


def test_a_broken_address_is_refused_for_good(local_provider):
    sender = Email()

    outcome = sender.send(message(to="nobody@", html="<p></p>"))

    sender.close()
    assert outcome.result == Result.REFUSED


def test_a_number_without_its_country_is_refused_for_good(local_provider):
    sender = Sms()

    outcome = sender.send(message(to="13900000001"))

    sender.close()
    assert outcome.result == Result.REFUSED
    assert outcome.words.startswith("422")


def test_nobody_reads_or_sends_without_the_token(local_provider, settings):
    settings.SMS_TOKEN = "another"
    host = settings.SMS_URL.removeprefix("http://").removesuffix("/sms")
    connection = HTTPConnection(host, timeout=5)

    connection.request("GET", "/messages")
    answer = connection.getresponse()

    assert answer.status == 401
    assert "messages" not in json.loads(answer.read())
    connection.close()
    sender = Sms()
    assert sender.send(message()).result == Result.UNKNOWN
    sender.close()


def test_what_is_not_http_or_smtp_ends_the_connection_and_not_the_provider(local_provider, settings):
    for port in (settings.MAIL_PORT, int(settings.SMS_URL.rsplit(":", 1)[1].removesuffix("/sms"))):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"\x00\xff" * 200 + b"\r\n\r\n")
    with smtplib.SMTP("127.0.0.1", settings.MAIL_PORT, timeout=5) as smtp:
        assert smtp.docmd("DATA")[0] == 503
        assert smtp.docmd("VRFY", "x")[0] == 502

    assert local_provider.alive()


def test_a_store_goes_on_where_it_was_killed(tmp_path):
    path = tmp_path / "messages.jsonl"
    taken = Taken(key="M1", channel="sms", to="+86139", subject="", text="x", at="2020-02-06T10:00:00+00:00")
    first = Store(path)
    assert first.take(taken)
    first.close()
    path.write_text(path.read_text() + '{"key": "M2", "chan')

    again = Store(path)

    assert not again.take(taken)
    assert again.take(replace(taken, key="M3"))
    again.close()
    third = Store(path)
    assert [row["key"] for row in third.page(number=1, size=20)["messages"]] == ["M3", "M1"]
    third.close()


def test_a_store_finds_by_part_of_an_address_newest_first(tmp_path):
    store = Store(tmp_path / "messages.jsonl")
    for number in range(5):
        store.take(
            Taken(
                key=str(number), channel="sms", to=f"+8613{number % 2}", subject="", text=str(number), at=""
            )
        )

    page = store.page(number=1, size=2, to="130")

    assert page["count"] == 3
    assert [row["text"] for row in page["messages"]] == ["4", "2"]
    store.close()


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        (
            "去 http://127.0.0.1:8000/me/，再见",
            [("去 ", ""), ("http://127.0.0.1:8000/me/",) * 2, ("，再见", "")],
        ),
        ("See http://a.example/x.", [("See ", ""), ("http://a.example/x",) * 2, (".", "")]),
        ("nothing", [("nothing", "")]),
        ("", []),
    ],
)
def test_addresses_in_words_become_links(line, runs):
    assert list(linked(line)) == runs
