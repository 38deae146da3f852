"""Forms by which an organization says who it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.contacts import BadContact, normalize_phone
from areas.models import Area
from areas.queries import choices_for
from organizations.models import Organization
from web.forms import BaseForm, PhoneInput
from web.organization.forms.areas import AreaField, AreasField


def clean_telephone(text: str) -> str:
    """A number that may be a landline: mobile numbers in full, others as they were written."""
    text = text.strip()
    digits = "".join(mark for mark in text if mark.isdigit())
    if not text:
        return ""
    if digits.startswith("1") and len(digits) >= 9:
        try:
            return normalize_phone(text)
        except BadContact as error:
            raise forms.ValidationError(error.message) from error
    if not 3 <= len(digits) <= 15 or set(text) - set("0123456789+-() 转"):
        raise forms.ValidationError(_("Write a telephone number in digits, like 0571 8888 0000"))
    return text


class OwnWords(BaseForm):
    """What an organization may change by itself."""

    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    summary = forms.CharField(
        label=_("What you do, in two or three sentences"),
        help_text=_("Everybody can read this"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    contact_phone = forms.CharField(
        label=_("Telephone of the organization"),
        help_text=_("Officials and other organizations see it. Best not a private number"),
        max_length=20,
        required=False,
        widget=PhoneInput,
    )
    registration_number = forms.CharField(
        label=_("Register number"),
        help_text=_("If the organization is registered somewhere"),
        max_length=40,
        required=False,
    )
    service_areas = AreasField(
        label=_("Other areas where you work"),
        help_text=_("One a line, for example Anji County. Your home area counts already"),
        required=False,
    )

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])


class RegistrationForm(OwnWords):
    """Who the organization is, where it is at home, and what shows it."""

    name = forms.CharField(
        label=_("Name of the organization"),
        help_text=_("As it stands in the register, or as neighbours call it"),
        max_length=120,
        error_messages={"required": _("Write the name of the organization")},
    )
    kind = forms.ChoiceField(
        label=_("What it is"), choices=Organization.Kind.choices, widget=forms.RadioSelect
    )
    cbo_type = forms.ChoiceField(
        label=_("If it is a community-based organization: of which kind"),
        choices=[("", _("None of these")), *Organization.CboType.choices],
        required=False,
        widget=forms.Select,
    )
    home_area = AreaField(
        label=_("Home area"),
        help_text=_("A county, a subdistrict or a community. Its authority decides on the approval"),
    )
    parent = forms.CharField(
        label=_("Belongs to"),
        help_text=_("The code or the name of an approved organization above yours, if there is one"),
        max_length=120,
        required=False,
    )
    evidence = forms.CharField(
        label=_("What shows that it exists"),
        help_text=_("For example: register number, address, somebody in the community who knows you"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what an official can check")},
    )
    field_order = ("name", "name_en", "kind", "cbo_type", "home_area", "service_areas", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home_area"].widget.names = [
            name for _, name in choices_for(Area.Level.COUNTY, full=True)
        ]

    def clean_parent(self) -> Organization | None:
        text = self.cleaned_data["parent"].strip()
        if not text:
            return None
        found = list(
            Organization.objects.approved().filter(code=text.upper())
            or Organization.objects.approved().filter(name=text)[:2]
            or Organization.objects.approved().filter(name_en__iexact=text)[:2]
        )
        if not found:
            raise forms.ValidationError(_("No approved organization has this name or code"))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several organizations have this name. Write its code, which its people know")
            )
        return found[0]


class EvidenceForm(BaseForm):
    evidence = forms.CharField(
        label=_("What shows that the organization exists"),
        help_text=_("For example: register number, address, somebody in the community who knows you"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what an official can check")},
    )


class ProfileForm(OwnWords):
    """What may change once it is approved; before that also the name."""

    name = forms.CharField(label=_("Name of the organization"), max_length=120)
    field_order = ("name", "name_en")

    def __init__(self, *args: Any, keeps_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keeps_name:
            del self.fields["name"]
