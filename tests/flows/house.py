"""A whole house for tests in a browser: one database, one web process, and the workers and the provider where asked."""

import contextlib
import json
import os
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from celery import current_app
from kombu import Connection
from pytest_django import DjangoDbBlocker

from operations.launcher import commands, places, probe, spawn
from tests.plugin.database import admin, connected_to, empty_broker, url_of
from tests.plugin.processes import START_S, Running, free_port, wait_until

PROVIDER_TOKEN = "demo"


def zone_at_noon() -> str:
    """A time zone in which it is about noon: no shift of a test crosses midnight, whenever it runs."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class House:
    """The address of the web process and what stands around it."""

    url: str
    zone: ZoneInfo
    provider: str
    processes: list[Running] = field(default_factory=list)
    sender: Running | None = None

    def messages_to(self, contact: str) -> list[dict[str, Any]]:
        """What the provider has received for a phone or an address, newest first."""
        request = urllib.request.Request(
            f"{self.provider}/messages?size=100", headers={"Authorization": f"Bearer {PROVIDER_TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: list[dict[str, Any]] = json.load(answer)["messages"]
        return [message for message in found if message["to"] == contact]

    def wait_for_message(self, contact: str, *holding: str) -> dict[str, Any]:
        """The newest message to a contact that holds all these words, once the provider has it."""

        def fitting() -> list[dict[str, Any]]:
            return [
                message
                for message in self.messages_to(contact)
                if all(word in f"{message['subject']}\n{message['text']}" for word in holding)
            ]

        wait_until(
            lambda: bool(fitting()),
            seconds=40,
            what=f"a message to {contact} with {holding}",
            running=self.sender,
        )
        return fitting()[0]


@contextlib.contextmanager
def house(
    template_database: str,
    blocker: DjangoDbBlocker,
    *,
    queues: tuple[str, ...] = (),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[House]:
    """Start it on a fresh database that Django's connections of this process point at too; end it afterwards.

    With `queues` come real workers of these and the provider of the demo, which takes what they send. `settings` are
    variables of the environment that its processes get beside.
    """
    name = f"house_{uuid4().hex[:12]}"
    admin(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    empty_broker()
    zone = zone_at_noon()
    mail_port, sms_port, port = free_port(), free_port(), free_port()
    env = {
        "DATABASE_URL": url_of(name),
        "TIME_ZONE": zone,
        "MAIL_PORT": str(mail_port),
        "SMS_URL": f"http://127.0.0.1:{sms_port}/sms",
        "SMS_TOKEN": PROVIDER_TOKEN,
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
        **settings,
    }
    made = House(f"http://127.0.0.1:{port}", ZoneInfo(zone), f"http://127.0.0.1:{sms_port}")
    with tempfile.TemporaryDirectory(prefix="manyhands-house-") as folder:
        try:
            with blocker.unblock(), connected_to(name):
                _start(made, Path(folder), env, port, queues)
                yield made
        finally:
            for running in reversed(made.processes):
                running.stop()
            admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _start(made: House, folder: Path, env: Mapping[str, str], port: int, queues: tuple[str, ...]) -> None:
    """Begin all at once, then wait until each answers."""

    def begin(name: str, argv: list[str], **more: str) -> Running:
        log = folder / f"{name}.log"
        with log.open("wb") as output:
            whole = {**os.environ, **env, **more}
            process = spawn.start(argv, output=output.fileno(), env=whole, cwd=places.PROJECT)
        made.processes.append(Running(name, process, log))
        return made.processes[-1]

    web = begin("web", commands.web("127.0.0.1", port, workers=1, threads=4))
    workers = {}
    for queue in queues:
        name = f"{queue}@{uuid4().hex[:8]}"
        workers[name] = made.sender = begin(queue, commands.worker(queue, name=name))
    if queues:
        provider = [*commands.manage("local_provider")]
        local = begin("provider", provider, MANYHANDS_LOCAL=str(folder))
        wait_until(
            lambda: "takes e-mails" in local.output(), seconds=START_S, what="the provider", running=local
        )
    wait_until(lambda: probe.status(port) == 200, seconds=START_S, what="/healthz answered", running=web)
    for name, running in workers.items():
        wait_until(lambda name=name: _answers(name), seconds=START_S, what="a ping", running=running)  # type: ignore[misc]


def _answers(worker: str) -> bool:
    with Connection(os.environ["REDIS_URL"], connect_timeout=2) as connection:
        return bool(current_app.control.ping(destination=[worker], timeout=0.3, connection=connection))
