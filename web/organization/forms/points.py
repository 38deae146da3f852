"""A code for a building."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from residents.actions.asking import PLACE_MOST
from web.forms import BaseForm
from web.organization.forms.areas import AreaField


class PointForm(BaseForm):
    """Where it hangs."""

    area = AreaField(label=_("Township, county or district"))
    place = forms.CharField(
        label=_("Place"),
        help_text=_("As everybody there calls it; it is printed on the notice and filled into the form"),
        max_length=PLACE_MOST,
        error_messages={"required": _("Write where the code will hang")},
    )

    def __init__(self, *args: Any, roots: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["area"]
        field.roots = roots
        field.widget.names = [root.full_name for root in roots]
        if len(roots) == 1:
            field.choose_within(roots[0])
            field.initial = roots[0]
