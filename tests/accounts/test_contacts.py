"""Phone numbers and e-mail addresses: what is taken, and how a wrong one is told."""

import pytest
from django.utils import translation

from accounts.actions import BadContact, normalize_contact
from accounts.queries import mask
from core import deployment


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000 0044", "+8613800000044"),
        ("138-0000-0044", "+8613800000044"),
        ("１３８００００００４４", "+8613800000044"),
        ("+86 138 0000 0044", "+8613800000044"),
        ("0086 13800000044", "+8613800000044"),
        ("8613800000044", "+8613800000044"),
        ("+44 7911 123456", "+447911123456"),
        (" Gui.Fang@Example.ORG ", "gui.fang@example.org"),
    ],
)
def test_a_contact_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalize_contact(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write your phone number or e-mail address"),
        ("138 0000 004", "The number is one digit short; it has 11"),
        ("138 0000 00", "The number is 2 digits short; it has 11"),
        ("138 0000 0044 1", "The number has one digit too many; it has 11"),
        ("138000000441234", "The number has 4 digits too many; it has 11"),
        ("128 0000 0044", "No mobile number begins with 128. Check the first digits"),
        ("0571 8800 1234", "This is a landline"),
        ("guifang", "A phone number has only digits"),
        ("gui@fang", "This is no e-mail address"),
        ("+999 123456", "No country has this code"),
        ("+44 123456", "There is no such number in +44"),
    ],
)
def test_a_wrong_contact_is_told_precisely(typed: str, sentence: str) -> None:
    with translation.override("en"), pytest.raises(BadContact) as refusal:
        normalize_contact(typed)
    assert sentence in refusal.value.message
    assert refusal.value.field == "contact"


def test_a_masked_contact_is_recognized_by_its_owner_alone() -> None:
    assert mask("+8613800000044") == "138 **** 0044"
    assert mask("guifang@example.org") == "g***@example.org"


def test_a_synthetic_database_alone_lets_its_invented_people_in() -> None:
    deployment.remember(False)
    with pytest.raises(BadContact):
        normalize_contact("100 1000 2643")
    deployment.remember(True)
    assert normalize_contact("100 1000 2643") == "+8610010002643"
