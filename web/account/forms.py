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


class EnterCodeForm(CodeForm):
    """The code of somebody who comes in, and whether the device is theirs."""

    borrowed = forms.BooleanField(
        required=False,
        label=_("This is not my device"),
        help_text=_("You are signed out when the browser is closed, and nothing is kept here"),
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


class PersonForm(BaseForm):
    """Name, language and way of being reached."""

    name = NameField()
    contact_by = forms.ChoiceField(
        label=_("How we reach you"), choices=User.ContactBy.choices, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[("zh-hans", "中文"), ("en", "English")],
        widget=forms.RadioSelect,
    )


class NewContactForm(BaseForm):
    contact = ContactField(
        label=_("New phone or e-mail"),
        help_text=_("We send a code there; the old contact gets a word that it was changed"),
    )


class LostFactorForm(BaseForm):
    email = forms.EmailField(
        label=_("E-mail with which you sign in"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    reason = forms.CharField(
        label=_("What happened"),
        help_text=_("Another owner of your organization, or an official of its area, reads this and decides"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LostPhoneForm(BaseForm):
    number = forms.CharField(
        label=_("Your volunteer number"),
        help_text=_("8 digits; they stand under your name on the page “Mine”"),
        max_length=12,
        widget=CodeInput,
    )
    contact = ContactField(
        label=_("New phone or e-mail"), help_text=_("We send a code there now, to be sure that it is yours")
    )
    reason = forms.CharField(
        label=_("What happened"),
        help_text=_("An official of your county reads this and decides"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_number(self) -> str:
        digits = "".join(character for character in self.cleaned_data["number"] if not character.isspace())
        if not (digits.isdecimal() and len(digits) == 8):
            raise forms.ValidationError(_("A volunteer number has 8 digits"))
        return str(int(digits))


class DecideForm(BaseForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("approve", _("I know that it is this person: give the account back")),
            ("decline", _("Decline")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("How do you know?"),
        help_text=_("The person reads this, and it stays on record"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write how you know who it is, or why not; it stays on record")},
    )


class TokenForm(BaseForm):
    """A new token for a program."""

    name = forms.CharField(
        label=_("What it is for"),
        help_text=_("So that you know later which one to revoke: “rota on the office computer”"),
        max_length=60,
    )


class EraseForm(BaseForm):
    """A word typed by hand: nobody is forgotten by a slip."""

    # In either language, whatever the page is read in.
    WORDS = frozenset({"erase", "删除"})

    word = forms.CharField(
        label=_("Type the word: erase"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Type the word “erase”, so that nobody is forgotten by a slip")},
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"].strip().casefold()
        if word not in self.WORDS:
            raise forms.ValidationError(self.fields["word"].error_messages["required"])
        return word
