"""The form by which somebody chooses when to be reminded of a shift."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.policies.reminders import LEADS, REMINDERS_MOST
from web.forms import BaseForm

NAMES = {
    0: _("The evening before, at six"),
    1440: _("A day before"),
    720: _("12 hours before"),
    180: _("3 hours before"),
    60: _("An hour before"),
    30: _("Half an hour before"),
}


class RemindersForm(BaseForm):
    """Up to four moments before a shift, or none."""

    reminders = forms.MultipleChoiceField(
        label=_("Remind me"),
        help_text=_(
            "Up to four. Tick nothing, and nobody reminds you: a shift that you forget stays without you."
        ),
        choices=[(str(lead), NAMES[lead]) for lead in LEADS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_reminders(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["reminders"]
        if len(chosen) > REMINDERS_MOST:
            raise forms.ValidationError(
                _("Choose at most %(most)s. More would be noise, and you would stop reading"),
                params={"most": REMINDERS_MOST},
            )
        return chosen

    def leads(self) -> list[int]:
        """Minutes before a shift, 0 the evening before; in the order of the form."""
        return [int(lead) for lead in self.cleaned_data["reminders"]]
