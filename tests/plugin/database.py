"""One migrated template a run; every test database is a clone of it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker
from redis import Redis

from core import deployment
from operations.launcher.commands import QUEUES
from tests.plugin import servers

BROKER_KEYS = (*QUEUES, "unacked", "unacked_index", "unacked_mutex")


@dataclass(frozen=True)
class LiveDatabase:
    """A database of one test's own, with real commits. Processes reach it by `url`."""

    name: str
    url: str


def url_of(name: str) -> str:
    """DATABASE_URL with another database's name."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + quote(name)))


def admin(*statements: str) -> None:
    """Run statements outside any transaction, connected to the database that DATABASE_URL names."""
    link = psycopg2.connect(os.environ[GIVEN])
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        link.close()


# The address before any fixture points DATABASE_URL elsewhere.
GIVEN = "MANYHANDS_TEST_DATABASE_URL"
os.environ.setdefault(GIVEN, os.environ["DATABASE_URL"])


@contextlib.contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Point Django's connections, of this and of later threads, at another database."""
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker) -> str:
    """Name of the migrated, otherwise empty database that this run's test databases are cloned from."""
    run = Path(os.environ[servers.RUN])
    name = template_name()
    with (run / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "template.made").exists():
            admin(
                f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
                f'CREATE DATABASE "{name}" TEMPLATE template0',
            )
            with django_db_blocker.unblock(), connected_to(name):
                call_command("migrate", verbosity=0, interactive=False)
                call_command("createcachetable", verbosity=0)
            (run / "template.made").touch()
    return name


def template_name() -> str:
    return "template_" + Path(os.environ[servers.RUN]).name.replace("-", "_").lower()


def pytest_unconfigure() -> None:
    made = Path(os.environ.get(servers.RUN, "/nonexistent")) / "template.made"
    if os.environ.get("PYTEST_XDIST_WORKER") is None and made.exists():
        admin(f'DROP DATABASE IF EXISTS "{template_name()}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, template_database: str
) -> None:
    """Clone the template for Django's own test database as well: it migrates once a run, not once a worker."""
    test: dict[str, Any] = connections["default"].settings_dict["TEST"]
    test["TEMPLATE"] = template_database


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """End every session that is still in Django's test database before it is dropped.

    The connection of a thread that is over lives until the garbage collector finds it.
    """
    name = connections["default"].settings_dict["NAME"]
    yield
    admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture
def live_db(
    request: pytest.FixtureRequest,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[LiveDatabase]:
    """A fresh database with real commits for tests of threads, jobs and processes; dropped afterwards.

    Django's connections of every thread point at it, DATABASE_URL too, and the broker holds no message.
    """
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        raise pytest.UsageError("live_db takes the place of db, transactional_db and django_db.")
    name = f"live_{uuid4().hex[:12]}"
    admin(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    monkeypatch.setenv("DATABASE_URL", url_of(name))
    empty_broker()
    try:
        with django_db_blocker.unblock(), connected_to(name):
            yield LiveDatabase(name=name, url=url_of(name))
    finally:
        admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def broker() -> Redis:
    """A client of this test process's own Redis database."""
    url = os.environ["REDIS_URL"]
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        return Redis.from_url(f"unix://{parts.path}?db={parts.query.removeprefix('virtual_host=')}")
    return Redis.from_url(url)


def empty_broker() -> None:
    with contextlib.closing(broker()) as client:
        client.delete(*BROKER_KEYS)


@pytest.fixture(autouse=True)
def real_people() -> Iterator[None]:
    """Every test begins in a process that knows its database holds no invented people, and asks it nothing about that."""
    deployment.remember(False)
    yield
    deployment.remember(False)
