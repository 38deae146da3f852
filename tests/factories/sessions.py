"""Signed-in visitors for tests of pages."""

from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import User
from web.second_factor import PASSED, SESSION_KEY

SECRET = "JBSWY3DPEHPK3PXP"


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Sign the person in on this client, by default with the second factor passed."""
    client.force_login(user)
    if second_factor:
        session = client.session
        session[SESSION_KEY] = PASSED
        session.save()
    return client


def give_totp(user: User) -> str:
    """Set up an authenticator app for the person; its secret."""
    TOTP.activate(user, SECRET)
    return SECRET
