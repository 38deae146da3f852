"""The form that ends a series."""

from django import forms
from django.utils.translation import gettext_lazy as _

from web.organization.forms.team import ReasonForm


class EndSeriesForm(ReasonForm):
    from_day = forms.DateField(
        label=_("From which day on it no longer happens"),
        help_text=_("Shifts before this day stay"),
    )
    field_order = ("from_day", "reason")
