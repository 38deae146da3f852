"""Secrets of second factors lie sealed, and move to a new key."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import call_command

from core.sealing import WrongKey, seal, unseal
from tests.factories.accounts import make_user
from tests.factories.sessions import SECRET, give_totp

pytestmark = pytest.mark.django_db


def test_the_database_does_not_tell_the_secret():
    user = make_user()
    give_totp(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    for row in Authenticator.objects.all():
        assert SECRET not in str(row.data) and "sealed:" in str(row.data)
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes


def test_another_key_does_not_open_it_and_says_which_variable_may(settings):
    sealed = seal("secret")
    settings.SEALING_KEYS = ["another" * 10]
    with pytest.raises(WrongKey, match="MFA_KEYS_BEFORE"):
        unseal(sealed)


def test_a_new_key_takes_over_what_the_old_one_sealed(settings, capsys):
    user, old, new = make_user(), settings.SEALING_KEYS[0], "new" * 20
    give_totp(user)
    settings.SEALING_KEYS = [new, old]
    call_command("reseal_second_factors")
    call_command("reseal_second_factors")
    settings.SEALING_KEYS = [new]
    assert unseal(Authenticator.objects.get().data["secret"]) == SECRET
    assert "1 of 1" in capsys.readouterr().out


def test_what_was_written_before_secrets_were_sealed_is_read_and_sealed():
    row = Authenticator.objects.create(user=make_user(), type="totp", data={"secret": SECRET})
    assert unseal(row.data["secret"]) == SECRET
    call_command("reseal_second_factors")
    row.refresh_from_db()
    assert SECRET not in row.data["secret"] and unseal(row.data["secret"]) == SECRET
