"""The form for a call of an organization's own."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import clock
from organizations.models import Organization
from tasks.models import Task, TaskTemplate, TaskType
from web.forms import PhoneInput
from web.organization.forms.areas import AreaField, names_around
from web.organization.forms.parts import NARROW, SHORT_TEXT, InParts
from web.organization.forms.registration import clean_telephone


class CallForm(InParts):
    """A call of an organization's own."""

    type = forms.ModelChoiceField(
        label=_("Kind of work"),
        queryset=TaskType.objects.none(),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose the kind of work")},
    )
    title = forms.CharField(
        label=_("Title of the work"),
        help_text=_("What and where, in a line"),
        max_length=120,
        error_messages={"required": _("Write what the work is, in a line")},
    )
    content = forms.CharField(
        label=_("What there is to do"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what there is to do")},
    )
    people_needed = forms.IntegerField(
        label=_("People needed in all"),
        min_value=1,
        max_value=100000,
        widget=forms.NumberInput(attrs=NARROW),
    )
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    area = AreaField(label=_("Area"), help_text=_("A county, a subdistrict or a community that you serve"))
    place = forms.CharField(
        label=_("Place that everybody reads"),
        help_text=_("A street or a gate, never a resident's home"),
        max_length=200,
        error_messages={"required": _("Write where the work is")},
    )
    conditions = forms.CharField(
        label=_("Who can do it"), max_length=2000, required=False, widget=forms.Textarea(attrs=SHORT_TEXT)
    )
    risks = forms.CharField(
        label=_("What can go wrong"),
        help_text=_("Say it plainly; people decide by it"),
        max_length=2000,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Write at least one risk, or that there is none beyond everyday ones")},
    )
    guarantees = forms.CharField(
        label=_("What you provide"),
        help_text=_("Insurance, masks, meals, a briefing"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )
    address = forms.CharField(label=_("Exact address"), max_length=300, required=False)
    private_details = forms.CharField(
        label=_("What else they must know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )
    contact_name = forms.CharField(label=_("Whom to ask for"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=_("Telephone of that person"), max_length=20, required=False, widget=PhoneInput
    )
    second_title = forms.CharField(label=_("Title in the other language"), max_length=160, required=False)
    second_content = forms.CharField(
        label=_("What there is to do, in the other language"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    PARTS = (
        (_("What there is"), "", ("type", "title", "content")),
        (
            _("Who, when, where"),
            "",
            ("people_needed", "conditions", "starts_on", "ends_on", "area", "place"),
        ),
        (_("Safety"), _("Everybody reads this before signing up"), ("risks", "guarantees")),
        (
            _("Private details"),
            _("Only those with a seat see this, and it is deleted 30 days after the last shift"),
            ("address", "private_details", "contact_name", "contact_phone"),
        ),
        (
            _("In the other language"),
            _("For readers who need it; may stay empty"),
            ("second_title", "second_content"),
        ),
    )

    def __init__(self, *args: Any, served: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = TaskType.objects.order_by("position", "id")  # type: ignore[attr-defined]
        area = self.fields["area"]
        area.roots = served  # type: ignore[attr-defined]
        area.widget.names = (
            names_around(served[0])
            if len(served) == 1 and served[0].level == Area.Level.COUNTY
            else [each.full_name for each in served]
        )

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and first < timezone.localdate(clock.now()):
            self.add_error("starts_on", gettext("This day is over. Choose today or a later day"))
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day lies before the first"))
        return values


def call_values(template: TaskTemplate | None, organization: Organization) -> dict[str, Any]:
    """What a call begins with: the texts of a template in the reader's language, the home area."""
    values: dict[str, Any] = {
        "area": organization.home_area,
        "contact_phone": organization.contact_phone,
        "starts_on": timezone.localdate(clock.now()) + timedelta(days=1),
        **_last_answers(organization),
    }
    if template is None:
        return values
    own, other = ("en", "zh") if (get_language() or "").startswith("en") else ("zh", "en")
    texts = ("title", "content", "conditions", "risks", "guarantees")
    values |= {name: getattr(template, f"{name}_{own}") for name in texts}
    values |= {f"second_{name}": getattr(template, f"{name}_{other}") for name in ("title", "content")}
    return {**values, "type": template.type_id, "people_needed": template.seats}


def _last_answers(organization: Organization) -> dict[str, Any]:
    """Whom people asked for and what was provided in the call that the organization issued last, as far as it is
    kept."""
    own = Task.objects.filter(issuer=organization).order_by("-id")
    last: Any = own.values("contact_name", "contact_phone", "guarantees").first() or {}
    if not (last.get("contact_name") and last.get("contact_phone")):
        return {name: value for name, value in last.items() if name == "guarantees" and value}
    return {name: value for name, value in last.items() if value}
