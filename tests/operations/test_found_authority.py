"""The first authority of a deployment."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from core.models import AuditRecord
from organizations.models import Organization
from organizations.permissions import authority_of
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree

PASSWORD = "long-enough-for-once"


@pytest.fixture
def tree(db: None) -> SmallTree:
    return small_tree()


def found(
    code: str, monkeypatch: pytest.MonkeyPatch, *, password: str = PASSWORD, email: str = "zhou@example.org"
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("found_authority", code, name="Command", person="Zhou", email=email, password_stdin=True)


def test_the_first_official_answers_for_the_area_and_all_below(
    tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(tree.province.code, monkeypatch)
    official = User.objects.get(email="zhou@example.org")
    authority = authority_of(official, tree.townships[0])
    assert authority is not None and authority.status == Organization.Status.APPROVED
    assert official.check_password(PASSWORD)
    assert AuditRecord.objects.filter(verb="organization.founded").count() == 1


def test_an_area_is_given_one_authority_this_way(tree: SmallTree, monkeypatch: pytest.MonkeyPatch) -> None:
    found(tree.province.code, monkeypatch)
    with pytest.raises(CommandError):
        found(tree.province.code, monkeypatch, email="second@example.org")
    assert not User.objects.filter(email="second@example.org").exists()


@pytest.mark.parametrize(
    ("code", "email", "password", "says"),
    [
        ("unknown", "zhou@example.org", PASSWORD, "no area"),
        ("", "not-an-address", PASSWORD, "no e-mail"),
        ("", "taken@example.org", PASSWORD, "belongs to an account"),
        ("", "zhou@example.org", "short", "12"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    code: str, email: str, password: str, says: str, tree: SmallTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(email="taken@example.org")
    people = User.objects.count()
    with pytest.raises(CommandError, match=says):
        found(code or tree.province.code, monkeypatch, password=password, email=email)
    assert (User.objects.count(), Organization.objects.count()) == (people, 0)
