"""A wrong environment stops the start with a sentence that names the variable and the form it needs."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import database, env
from operations.launcher import places


@pytest.mark.parametrize(
    ("value", "says"),
    [("maybe", "VALUE is 'maybe'. It needs one of: 1, true"), ("2", "VALUE is '2'.")],
)
def test_a_wrong_truth_value_is_named(monkeypatch: pytest.MonkeyPatch, value: str, says: str):
    monkeypatch.setenv("VALUE", value)
    with pytest.raises(ImproperlyConfigured, match=says):
        env.boolean("VALUE", default=False)


@pytest.mark.parametrize("value", ["many", "-1", "11", "1.5"])
def test_a_wrong_number_is_named_with_its_limits(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("VALUE", value)
    with pytest.raises(ImproperlyConfigured, match=r"VALUE is .* whole number from 0 to 10"):
        env.integer("VALUE", 1, least=0, most=10)


def test_a_missing_text_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("VALUE", raising=False)
    with pytest.raises(ImproperlyConfigured, match="VALUE is not set"):
        env.text("VALUE")


def test_a_wrong_scheme_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VALUE", "mysql://localhost/x")
    with pytest.raises(ImproperlyConfigured, match=r"VALUE is .* begins with postgresql://"):
        env.address("VALUE", "", schemes=("postgresql",))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@db:5433/name", ("u", "p@ss", "db", "5433", "name")),
        ("postgresql://manyhands@/name?host=/run/sockets", ("manyhands", "", "/run/sockets", "", "name")),
        ("postgresql://u@db/name", ("u", "", "db", "", "name")),
    ],
)
def test_a_database_address_is_read_in_each_form(url: str, expected: tuple[str, ...]):
    found = database.parse(url)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == expected


def test_a_database_address_without_a_name_is_refused():
    with pytest.raises(ImproperlyConfigured, match="names no database"):
        database.parse("postgresql://u@db")


def check(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings in a process of its own, as a deployment would."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("MANYHANDS_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SECURE_HSTS_SECONDS)"],
        env={**environ, "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
        cwd=places.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_deployment_without_a_secret_key_does_not_start():
    assert "SECRET_KEY is not set" in check().stderr


def test_a_deployment_with_a_short_secret_key_does_not_start():
    assert "SECRET_KEY is too short" in check(SECRET_KEY="short").stderr


def test_a_deployment_is_strict_about_tls_unless_told_otherwise():
    assert check(SECRET_KEY="x" * 60).stdout.strip() == "31536000"
    assert check(MANYHANDS_DEMO="1").stdout.strip() == "0"
