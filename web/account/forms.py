"""Forms of one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions import normalize_contact, normalize_phone
from accounts.models import User
from core.errors import DomainError
from web.forms import BaseForm, CodeInput, PhoneInput

NAME_LENGTH = 40


class ContactField(forms.CharField):
    """A phone number or an e-mail address, in one form; its error says what is wrong with it."""

    widget = PhoneInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone or e-mail"))
        kwargs.setdefault("max_length", 254)
        # No tel keys: an e-mail address needs the whole keyboard.
        kwargs.setdefault("widget", PhoneInput(attrs={"inputmode": "text", "autocomplete": "username"}))
        kwargs.setdefault("error_messages", {"required": _("Write your phone number or e-mail address")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalize_contact(text)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from error


class PhoneField(forms.CharField):
    """A phone number; its error says what is wrong with it."""

    widget = PhoneInput

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalize_phone(text)
        except DomainError as error:
            raise forms.ValidationError(error.message, code=error.code) from error


class NameField(forms.CharField):
    """What others call a person at a shift."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Name"))
        kwargs.setdefault("help_text", _("Need not be your legal name. Others call you this at a shift"))
        kwargs.setdefault("max_length", NAME_LENGTH)
        kwargs.setdefault(
            "error_messages",
            {
                "required": _("Write what we may call you"),
                "max_length": _("At most %(limit_value)d characters, please; this has %(show_value)d"),
            },
        )
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "nickname"}))
        super().__init__(**kwargs)


class JoinForm(BaseForm):
    name = NameField()
    contact = ContactField(help_text=_("Only those who lead your shift see it, and it is hidden afterwards"))
    messages = forms.BooleanField(
        required=False,
        label=_("Tell me when hands are missing near me"),
        help_text=_("Twice a day at most; you can turn it off at any time"),
    )


class EnterForm(BaseForm):
    contact = ContactField(help_text=_("We send a code of six digits there"))


class CodeForm(BaseForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=CodeInput,
        error_messages={"required": _("Write the six digits of the message")},
    )


class WhoForm(BaseForm):
    """Which of the people behind a contact; an empty choice is somebody new."""

    NEW = "new"

    person = forms.ChoiceField(
        label=_("Who are you?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a name, or that you are new here")},
    )
    name = NameField(required=False)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["person"].choices = [  # type: ignore[attr-defined]
                *((person.code, person.name) for person in people),
                (self.NEW, _("Somebody new")),
            ]
            self.fields["name"].label = _("If you are new: your name")
        else:
            del self.fields["person"]
            self.fields["name"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") == self.NEW and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", self.fields["name"].error_messages["required"])
        return cleaned
