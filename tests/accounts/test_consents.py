"""Consent: only added, the last word counts."""

from datetime import UTC, datetime

import pytest

from accounts.actions import TermsBindTheAccount, give_consent, withdraw_consent
from accounts.models import Consent
from core.models import AuditRecord
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2020, 2, 6, 10, 0, tzinfo=UTC)


def test_the_last_word_counts_and_every_word_stays():
    user = make_user(consents=())
    give_consent(user=user, purpose="research", by=user, at=AT)
    withdraw_consent(user=user, purpose="research", by=user, at=AT)
    assert Consent.objects.current(user)["research"].decision == "withdrawn"
    assert Consent.objects.filter(user=user).count() == 2
    assert AuditRecord.objects.filter(verb__startswith="consent.").count() == 2


def test_saying_the_same_again_adds_nothing():
    user = make_user(consents=())
    for _ in range(2):
        give_consent(user=user, purpose="messages", by=user, at=AT)
    assert Consent.objects.filter(user=user).count() == 1
    for _ in range(2):
        withdraw_consent(user=user, purpose="messages", by=user, at=AT)
    assert Consent.objects.filter(user=user).count() == 2


def test_what_the_account_rests_on_ends_only_with_the_account():
    user = make_user()
    with pytest.raises(TermsBindTheAccount):
        withdraw_consent(user=user, purpose="terms", by=user, at=AT)
