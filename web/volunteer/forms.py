"""What a volunteer types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import Incident, Offer
from tasks.policies import SEATS_AT_ONCE
from web.forms import BaseForm, DateInput


class SignUpForm(BaseForm):
    """Which kind of seats of the shift, by its place from 1, and for how many people."""

    part = forms.IntegerField(min_value=1, max_value=50, required=False)
    seats = forms.IntegerField(min_value=1, max_value=SEATS_AT_ONCE, required=False)

    def clean_part(self) -> int:
        return self.cleaned_data["part"] or 1

    def clean_seats(self) -> int:
        return self.cleaned_data["seats"] or 1


class ReadyForm(BaseForm):
    """A birthday, where a seat is not for every age."""

    birth_on = forms.DateField(
        label=_("Date of birth"),
        widget=DateInput(attrs={"autocomplete": "bday", "class": "govuk-input--width-10"}),
        error_messages={"required": _("Enter your date of birth")},
    )

    def __init__(self, *args: Any, asks_birthday: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_birthday:
            self.fields["birth_on"].help_text = _("Only the age counts. No organizer reads the date.")
        else:
            del self.fields["birth_on"]


class JoinLineForm(SignUpForm):
    """For which kind of seats, and for how many people."""


class AskForm(SignUpForm):
    """What an organizer reads who looks at each sign-up first."""

    words = forms.CharField(max_length=300, required=False)


class WaitingCodeForm(BaseForm):
    """The code of a text message, typed."""

    code = forms.CharField(
        label=_("Code from a message"),
        help_text=_("12 letters and numbers. Blanks and small letters do not matter."),
        max_length=30,
        error_messages={"required": _("Type the code of the message")},
    )


class FewerForm(BaseForm):
    """How many of a party come after all."""

    seats = forms.IntegerField(label=_("How many of you come"), min_value=1)

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].widget = forms.NumberInput(
            attrs={"class": "govuk-input--width-5", "min": 1, "max": most}
        )


class StepBackForm(BaseForm):
    """Giving a seat back needs no reason."""

    reason = forms.CharField(
        label=_("Do you want to say why?"),
        help_text=_("You do not have to."),
        required=False,
        max_length=300,
    )


class DeclineForm(BaseForm):
    """Why not; each answer teaches the next choice something else."""

    answer = forms.ChoiceField(
        label=_("Why not this time?"),
        help_text=_("It helps us to ask you for what suits you better. The organizer sees it too."),
        choices=Offer.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the reasons")},
    )
    words = forms.CharField(
        label=_("Something to add"),
        help_text=_("The organizer may read it."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MessageForm(BaseForm):
    """A message to whoever runs the shift."""

    text = forms.CharField(
        label=_("What should the organizer know?"),
        help_text=_("They read your name and this text. Their answer comes to your messages."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1000,
        error_messages={"required": _("Write a sentence first")},
    )


class AppealForm(BaseForm):
    """What a volunteer says to a note that they did not come, or came late."""

    words = forms.CharField(
        label=_("How was it?"),
        help_text=_("The organization reads it, and whoever decides."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": _("Write a sentence first")},
    )


class IncidentForm(BaseForm):
    """Something that went wrong."""

    kind = forms.ChoiceField(
        label=_("What happened?"), choices=Incident.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Tell it in a few sentences"),
        help_text=_("What, where, when, who was hurt. Do not write identity numbers."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=3000,
        error_messages={"required": _("Write what happened")},
    )
    is_urgent = forms.BooleanField(label=_("Somebody must act now"), required=False)


class SiteCodeForm(BaseForm):
    """The code on the wall, and a number that makes a second tap count once."""

    code = forms.CharField(
        label=_("Code of the site"),
        help_text=_("Six letters and digits, on the poster at the entrance."),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Write the code of the site")},
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        return "".join(typed.split()).upper()
