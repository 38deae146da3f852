"""Where allauth meets us: sign-up is closed here, mails go through the outbox, each role has its home."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, sealing
from notifications.actions import queue_messages
from notifications.notices import Notice
from web import second_factor

# An address that no machine has: rate limits of requests without an address share one count.
NO_ADDRESS = "0.0.0.0"  # noqa: S104  compared and counted, never bound


def client_ip(request: HttpRequest) -> str:
    """The address of the visitor, past as many proxies as the settings trust."""
    return get_client_ip(request) or NO_ADDRESS


class AccountAdapter(DefaultAccountAdapter):
    """Password sign-in of organizers and officials, in our words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Call the hotline if you think it should not be"),
        "email_password_mismatch": _("E-mail and password do not belong together. Check both"),
        "enter_current_password": _("This is not your present password"),
        "incorrect_password": _("This is not your password"),
        "incorrect_code": _("This is not the code that the app shows now"),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or set a new password"),
        "rate_limited": _("Too many tries. Wait a few minutes"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home_of_role")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account:security")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        second_factor.forget(request)
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue what allauth would send: the two answers to a forgotten password, alike in work and in look."""
        user = context.get("user")
        url = context.get("password_reset_url")
        known = isinstance(user, User) and url is not None
        queue_messages(
            notices=[
                Notice(
                    kind="password_reset" if known else "password_reset_unknown",
                    event=f"password_reset:{uuid4().hex}",
                    recipient=user if known else None,
                    context={"secret": urlsplit(str(url)).path} if known else {},
                    address=("email", email),
                    language=user.language if isinstance(user, User) else get_language(),
                    inbox=False,
                )
            ],
            at=clock.now(),
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person, in the app and outside, that their password or second factor changed."""
        assert isinstance(user, User)
        queue_messages(
            notices=[
                Notice(
                    kind="account_security",
                    event=f"account_security:{uuid4().hex}",
                    recipient=user,
                    context={"change": template_prefix.rpartition("/")[2]},
                )
            ],
            at=clock.now(),
        )


class MFAAdapter(DefaultMFAAdapter):
    """The second factor, in our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code that the app shows now"),
        "cannot_delete_authenticator": _("Who acts for an organization needs a second factor"),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)
