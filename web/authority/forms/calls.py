"""The form of a call: what and whom, when and where, safety, private details, a second language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from tasks.actions.calls import NobodyNeeded
from tasks.models import Task, TaskTemplate, TaskType
from volunteers.models import Capability
from web.forms import BaseForm, PhoneInput
from web.organization.forms.registration import clean_telephone
from web.wording import in_chinese

PRIORITIES = ((0, _("Can wait")), (1, _("Normal")), (2, _("Soon")), (3, _("Before everything else")))
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


@dataclass(frozen=True)
class Part:
    """A section of the form."""

    title: str | Promise
    note: str | Promise
    fields: list[BoundField]


PARTS: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
    (
        _("What there is to do, and by whom"),
        "",
        ("type", "title", "content", "people_needed", "requirements", "conditions"),
    ),
    (
        _("When and where"),
        _("Organizations post the shifts; here you say the days and the place."),
        ("starts_on", "ends_on", "area", "place", "is_remote", "priority"),
    ),
    (
        _("Safety"),
        _("What may happen, and what you do about it. Everybody reads it before they sign up."),
        ("risks", "guarantees", "how_to_apply"),
    ),
    (
        _("Private details"),
        _("Only whoever holds a seat reads this, and the organizations that take the work on."),
        ("address", "private_details", "contact_name", "contact_phone"),
    ),
    (
        _("In a second language"),
        _("If you leave it empty, readers of the other language see the text above."),
        ("language", "second_title", "second_content"),
    ),
)
REQUIRED: dict[str, Any] = {
    "type": _("Choose the kind of work"),
    "title": _("Write a title, for example: Temperature checks at the night checkpoint"),
    "content": _("Write in two or three sentences what there is to do"),
    "people_needed": _("Write how many hands the work needs"),
    "starts_on": _("Choose the first day"),
    "ends_on": _("Choose the last day"),
    "area": _("Choose the area"),
    "place": _("Write the place as everybody there calls it"),
    "risks": _("Write what may happen. If nothing can, say so"),
}


class CallForm(BaseForm):
    """A call of an authority; `areas` are those that it may be for."""

    type = forms.ModelChoiceField(
        label=_("Kind of work"), queryset=TaskType.objects.none(), empty_label=_("Choose one")
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("The work and where, as people read it in a list"),
        max_length=120,
    )
    content = forms.CharField(
        label=_("What there is to do"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    people_needed = forms.IntegerField(
        label=_("People needed"),
        help_text=_("Seats of all shifts together: two people on three days are six."),
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "numeric"}),
        error_messages={
            "min_value": NobodyNeeded.text,
            "max_value": _("100,000 people at most. Split a larger call by area"),
        },
    )
    requirements = forms.ModelMultipleChoiceField(
        label=_("Skills without which it cannot be done"),
        help_text=_("Each of them keeps people out. Most work needs none."),
        queryset=Capability.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    conditions = forms.CharField(
        label=_("Who can do it"),
        help_text=_("In words, for example: can stand for 4 hours"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    area = forms.ChoiceField(label=_("Area"), error_messages={"invalid_choice": _("Choose the area")})
    place = forms.CharField(
        label=_("Place"), help_text=_("Public: a street or a gate, never a home"), max_length=200
    )
    is_remote = forms.BooleanField(label=_("Can be done from home"), required=False)
    priority = forms.TypedChoiceField(
        label=_("How urgent"), coerce=int, choices=PRIORITIES, initial=1, widget=forms.RadioSelect
    )
    risks = forms.CharField(
        label=_("What may happen"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    guarantees = forms.CharField(
        label=_("What you provide"),
        help_text=_("Protection, meals, transport, insurance"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    how_to_apply = forms.CharField(
        label=_("How to sign up, if not here"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    address = forms.CharField(label=_("Exact address"), max_length=300, required=False)
    private_details = forms.CharField(
        label=_("What only those with a seat need to know"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact_name = forms.CharField(label=_("Whom to ask for"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=_("Telephone"), max_length=20, required=False, widget=PhoneInput({"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("The text above is in"), choices=LANGUAGES, widget=forms.RadioSelect)
    second_title = forms.CharField(label=_("Title in the other language"), max_length=160, required=False)
    second_content = forms.CharField(
        label=_("What there is to do, in the other language"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in areas}
        self.known("type").queryset = TaskType.objects.order_by("position", "id")
        self.known("requirements").queryset = Capability.objects.order_by("kind", "position", "id")
        self.known("area").choices = area_choices(areas)
        self.fields["language"].initial = "zh-hans" if in_chinese() else "en"
        for name, sentence in REQUIRED.items():
            self.fields[name].error_messages["required"] = sentence

    def known(self, name: str) -> Any:
        """A field whose kind the reader of this class knows, and mypy does not."""
        return self.fields[name]

    def parts(self) -> list[Part]:
        return [Part(title, note, [self[name] for name in names]) for title, note, names in PARTS]

    def chosen_requirements(self) -> list[str]:
        """The names of what is ticked: the list of all stays folded up."""
        return [str(one.data["label"]) for one in self["requirements"].subwidgets if one.data["selected"]]

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])

    def clean_area(self) -> Area:
        return self.areas[self.cleaned_data["area"]]


def area_choices(areas: Sequence[Area]) -> list[Any]:
    """The areas for a select: the highest first, counties of a province below their city."""
    counties: dict[str, list[tuple[str, str]]] = {}
    plain: list[tuple[str, str]] = []
    top = min((area.level for area in areas), default=0)
    for area in areas:
        if top == Area.Level.PROVINCE and area.level == Area.Level.COUNTY and area.parent is not None:
            counties.setdefault(area.parent.name, []).append((area.code, area.name))
        else:
            plain.append((area.code, area.name))
    return [*plain, *((city, tuple(below)) for city, below in counties.items())]


def initial_days(today: date) -> dict[str, Any]:
    """The days that a new call starts with: a week, today its first."""
    return {"starts_on": today, "ends_on": today + timedelta(days=6)}


def initial_of_template(template: TaskTemplate) -> dict[str, Any]:
    """What a template fills in, in the reader's language, and the other one as the second."""
    own, other = ("zh", "en") if in_chinese() else ("en", "zh")
    texts = {
        name: getattr(template, f"{name}_{own}")
        for name in ("title", "content", "conditions", "risks", "guarantees")
    }
    return {
        **texts,
        "second_title": getattr(template, f"title_{other}"),
        "second_content": getattr(template, f"content_{other}"),
        "type": template.type_id,
        "people_needed": template.seats,
        "requirements": list(template.requirements.values_list("pk", flat=True)),
    }


def initial_of_task(task: Task) -> dict[str, Any]:
    """What a call says now."""
    names = [name for _, _, names in PARTS for name in names if name not in ("type", "area", "requirements")]
    return {
        **{name: getattr(task, name) for name in names},
        "type": task.type_id,
        "area": task.area.code,
        "requirements": list(task.requirements.values_list("pk", flat=True)),
    }
