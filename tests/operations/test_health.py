"""What a load balancer is told."""

import pytest
from django.db import DatabaseError
from django.test import Client

from operations import health

DEAD_BROKER = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"


def test_healthz_touches_no_database(client: Client):
    # Without the `db` fixture every query is an error.
    assert client.get("/healthz").status_code == 200


def test_readyz_with_everything_up_is_ready(db, client: Client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "ready"


def test_readyz_with_the_broker_down_is_degraded_but_served(db, client: Client, settings):
    settings.CELERY_BROKER_URL = DEAD_BROKER

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["parts"]["broker"] == "down"


def test_readyz_with_the_database_down_names_it(client: Client, monkeypatch: pytest.MonkeyPatch):
    def down() -> int:
        raise DatabaseError("the server is gone")

    monkeypatch.setattr(health, "unapplied_migrations", down)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "down"


def test_readyz_with_migrations_missing_names_them(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "unapplied_migrations", lambda: 3)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "3 missing"
