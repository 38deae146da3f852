"""The doctor says in plain words what is wrong and what to do."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from operations import doctor, heartbeat, jobs
from operations.launcher import watchdog
from tests.plugin.processes import free_port

DEAD_BROKER = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"


def findings(check) -> dict[str, doctor.Finding]:
    return {finding.part: finding for finding in check()}


def test_the_database_is_named_with_its_version(db):
    finding = doctor.check_database()
    assert finding.healthy
    assert finding.said.startswith("PostgreSQL ")


def test_a_database_that_is_away_is_the_only_thing_asked_of_it(monkeypatch: pytest.MonkeyPatch):
    def refuse() -> None:
        raise OperationalError("connection refused\nmore")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(doctor, "CHECKS", doctor.NEED_DATABASE)

    found = list(doctor.examine())

    assert [finding.part for finding in found] == ["database"]
    assert "connection refused" in found[0].said
    assert "DATABASE_URL" in found[0].advice


def test_the_extensions_are_there_and_chinese_is_searchable(db):
    assert all(finding.healthy for finding in doctor.check_extensions())


def test_a_missing_extension_comes_with_its_statement(db):
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")

    (finding,) = doctor.check_extensions()

    assert "CREATE EXTENSION pg_trgm;" in finding.advice


def test_the_clocks_agree(db):
    (finding,) = doctor.check_clock()
    assert finding.healthy


def test_a_dead_broker_fails_itself_and_the_workers(settings):
    settings.CELERY_BROKER_URL = DEAD_BROKER

    found = findings(doctor.check_broker)

    assert "REDIS_URL" in found["broker"].advice
    assert not found["worker matching"].healthy


def test_a_worker_that_is_missing_comes_with_its_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watchdog, "present", lambda: {"default", "matching"})

    found = findings(doctor.check_broker)

    assert found["broker"].healthy
    assert found["worker default"].healthy
    assert "manage.py serve notifications" in found["worker notifications"].advice


def test_beat_is_alive_once_its_job_ran(db):
    assert not heartbeat.is_alive()

    jobs.beat()

    (finding,) = doctor.check_beat()
    assert finding.healthy


def test_mail_that_nobody_takes_is_named(settings):
    settings.MAIL_PORT = free_port()
    (finding,) = doctor.check_mail()
    assert "MAIL_HOST" in finding.advice


def test_a_deployment_without_tls_is_told_each_variable(settings):
    settings.LOCAL_ONLY = False
    settings.SECURE_TLS = False
    settings.SITE_URL = "http://volunteers.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    settings.TRUSTED_PROXY_COUNT = 0

    (finding,) = doctor.check_tls()

    for name in ("SECURE_TLS", "SITE_URL", "ALLOWED_HOSTS", "TRUSTED_PROXY_COUNT"):
        assert name in finding.advice


def test_a_guessable_key_is_refused(settings):
    settings.LOCAL_ONLY = False
    settings.SECRET_KEY = "a" * 60
    (finding,) = doctor.check_secrets()
    assert "token_urlsafe" in finding.advice


def test_the_command_fails_where_a_check_does(monkeypatch: pytest.MonkeyPatch):
    bad = doctor.Finding("mail", "nobody there", "Correct MAIL_HOST.")
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Finding("clock", "right"), bad])
    output = StringIO()

    with pytest.raises(CommandError, match="One of the checks failed"):
        call_command("doctor", stdout=output)

    assert "ok    clock: right" in output.getvalue()
    assert "FAIL  mail: nobody there\n      Correct MAIL_HOST." in output.getvalue()
