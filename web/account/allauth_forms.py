"""allauth's forms in our look and our words."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.forms import CodeInput, sharpen

PASSWORD_HINT = _("At least 12 characters. A short sentence is easy to remember and hard to guess")
CODE_HINT = _("Six digits from the authenticator app, or one of your recovery codes")


class Ours:
    """Labels without colons, no placeholders, no bubbles of the browser."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = self.hints.get(name, "")
            field.label = self.labels.get(name, field.label)
            if name == "code":
                field.widget = CodeInput()
        sharpen(self.fields)


class LoginForm(Ours, account.LoginForm):
    labels = {
        "login": pgettext_lazy("address", "E-mail"),
        "password": _("Password"),
        "remember": _("Stay signed in on this device"),
    }

    def clean(self) -> dict[str, Any] | None:
        """A wrong pair is said beside the password, where it is mended."""
        try:
            return super().clean()
        except forms.ValidationError as error:
            self.add_error("password", error)
            return self.cleaned_data


class ChangePasswordForm(Ours, account.ChangePasswordForm):
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    hints = {"password1": PASSWORD_HINT}


class SetPasswordForm(Ours, account.SetPasswordForm):
    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(Ours, account.ResetPasswordForm):
    labels = {"email": pgettext_lazy("address", "E-mail")}


class ResetPasswordKeyForm(Ours, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = {"password1": PASSWORD_HINT}


class ReauthenticateForm(Ours, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class AuthenticateForm(Ours, mfa.AuthenticateForm):
    labels = {"code": _("Code")}
    hints = {"code": CODE_HINT}


class ReauthenticateByCodeForm(Ours, mfa.ReauthenticateForm):
    labels = {"code": _("Code")}
    hints = {"code": CODE_HINT}


class ActivateTOTPForm(Ours, totp.ActivateTOTPForm):
    labels = {"code": _("Six digits that the app shows now")}

    def clean_code(self) -> str:
        """A right code both sets the app up and passes the second factor of this session."""
        code: str = super().clean_code()
        record_authentication(
            context.request, self.user, "mfa", type=Authenticator.Type.TOTP, reauthenticated=True
        )
        return code
