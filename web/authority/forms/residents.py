"""Forms of officials about residents' requests: who shall look at one, and what is promised."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.queries.own import kinds_of_help
from tasks.models import TaskType
from web.forms import BaseForm

HOURS = {"class": "govuk-input--width-5", "inputmode": "numeric"}
MOST_HOURS = 90 * 24


class PromiseForm(BaseForm):
    """How fast requests of a kind, or of every kind, are answered and done."""

    type = forms.ModelChoiceField(
        label=_("Kind of help"),
        queryset=TaskType.objects.none(),
        required=False,
        empty_label=_("Every kind without a promise of its own"),
    )
    answer_hours = forms.IntegerField(
        label=_("Somebody answers within"),
        help_text=_("Hours from the request until the first decision"),
        min_value=1,
        max_value=MOST_HOURS,
        widget=forms.NumberInput(attrs=HOURS),
    )
    done_hours = forms.IntegerField(
        label=_("It is done within"),
        help_text=_("Hours from the request until help was brought"),
        min_value=1,
        max_value=MOST_HOURS,
        widget=forms.NumberInput(attrs=HOURS),
    )
    sometimes_needed = ("type",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.queryset = kinds_of_help()
        kind.label_from_instance = lambda each: each.asked

    def minutes(self, name: str) -> int:
        """One of the two times, "answer" or "done", in minutes."""
        return int(self.cleaned_data[f"{name}_hours"]) * 60
