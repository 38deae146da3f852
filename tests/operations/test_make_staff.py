"""Rights of staff, given and taken by a command."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.models import AuditRecord
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("make_staff", *arguments, stdout=out)
    return out.getvalue()


def test_an_account_becomes_staff_and_the_audit_says_so() -> None:
    user = make_user(email="lin@example.org")

    said = run("Lin@example.org")

    user.refresh_from_db()
    assert user.is_staff and not user.is_superuser
    assert "no password yet" in said
    assert AuditRecord.objects.get(verb="staff.granted").subject_id == user.pk


def test_withdrawing_takes_the_rights_and_signs_out(client: Client) -> None:
    user = make_user(email="lin@example.org", password="long-enough-for-once", is_staff=True)
    client.post("/en/account/login/", {"login": user.email, "password": "long-enough-for-once"})
    assert "_auth_user_id" in client.session

    run("lin@example.org", "--withdraw")

    user.refresh_from_db()
    assert not user.is_staff
    assert AuditRecord.objects.filter(verb="staff.withdrawn").count() == 1
    assert client.get("/en/me/mine/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "arguments", "says"),
    [
        ({}, ("nobody@example.org",), "No account"),
        ({"email": "lin@example.org"}, ("",), "No account"),
        ({"email": "lin@example.org", "is_staff": True}, ("lin@example.org",), "staff already"),
        ({"email": "lin@example.org"}, ("lin@example.org", "--withdraw"), "not staff"),
        ({"email": "lin@example.org", "is_active": False}, ("lin@example.org",), "closed"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(fields: dict, arguments: tuple, says: str) -> None:
    make_user(**fields)

    with pytest.raises(CommandError, match=says):
        run(*arguments)

    assert not AuditRecord.objects.exists()
