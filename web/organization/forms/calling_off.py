"""What is asked before many people are told that their shift is off."""

import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from web.forms import BaseForm

# From so many on the number is typed: a slip of the finger writes to nobody.
MANY = 10


class ManyToldForm(BaseForm):
    """How many people are told, typed by whoever calls it off."""

    told = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.CharField(
        max_length=10,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-5", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, told: int) -> None:
        super().__init__(data, initial={"told": told})
        self.expected = told
        field = self.fields["number"]
        field.label = gettext("%(count)d people will be told. Type this number") % {"count": told}
        field.error_messages["required"] = gettext("Type %(count)d, the number of people who are told") % {
            "count": told
        }

    def clean_number(self) -> str:
        typed = unicodedata.normalize("NFKC", str(self.cleaned_data["number"])).strip()
        if typed != str(self.expected):
            raise forms.ValidationError(str(self.fields["number"].error_messages["required"]))
        return typed


# Names of its fields, which no other step carries on.
MANY_TOLD = tuple(ManyToldForm.base_fields)


def many_told(told: int, data: QueryDict | None = None) -> ManyToldForm | None:
    """The question, answered or not; None where few people are told."""
    return ManyToldForm(data, told=told) if told >= MANY else None


def is_sure(form: Any) -> bool:
    """Whether nothing is asked, or the number was typed."""
    return form is None or form.is_valid()
