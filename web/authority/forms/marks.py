"""The decision on an objection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from web.forms import BaseForm


class ObjectionForm(BaseForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("lifted", _("Lift it: the person is right")), ("stays", _("It stays"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it stays: choose one")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The volunteer reads it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason. The volunteer will read it")},
    )
