"""How empty seats find people, as an organizer chooses it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import Task
from web.forms import BaseForm

FOR_ALL_SHIFTS = _("Counts for every shift of this task, and you can change it at any time")


class FillingField(forms.ChoiceField):
    """The three ways; whoever signs up by themselves comes in each of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("When seats stay empty"),
            help_text=_("Nobody is asked more than twice a day. Whoever signs up comes in any case."),
            choices=Task.Filling.choices,
            widget=forms.RadioSelect,
            **kwargs,
        )


class FillingForm(BaseForm):
    filling = FillingField()
