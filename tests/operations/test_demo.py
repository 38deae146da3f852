"""The demo's front door, and the city behind it."""

import pytest
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.http import Http404
from django.test import RequestFactory

from accounts.models import User
from core import clock
from operations.demo import start
from operations.synthetic import logins
from tasks.models import Crisis


def test_outside_the_demo_there_is_no_front_door(settings: LazySettings, rf: RequestFactory) -> None:
    settings.DEMO = False
    with pytest.raises(Http404):
        start(rf.get("/demo/"))


def test_the_shown_digits_are_those_of_the_second_factor() -> None:
    assert validate_totp_code(logins.TOTP_SECRET, logins.current_code(clock.now()))


def test_the_demo_refuses_a_database_with_other_accounts(db: None) -> None:
    logins.create(logins.VOLUNTEER, at=clock.now())
    with pytest.raises(CommandError, match="not the demo's"):
        call_command("load_demo")


def test_a_second_load_changes_nothing(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo")
    before = (User.objects.count(), Crisis.objects.count())
    call_command("load_demo")
    assert (User.objects.count(), Crisis.objects.count()) == before
    assert "is there already" in capsys.readouterr().out
