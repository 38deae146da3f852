"""Forms for playbooks: what one is about, what a stage of it sets, and a file with a whole one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization
from tasks.models import PlaybookStage, TaskTemplate, TaskType
from tasks.policies.playbooks import Fault, PlaybookGiven, StageGiven
from tasks.queries.playbooks import lead_kinds
from tasks.rendering.playbooks import fault_in_words
from web.authority.forms.calls import PRIORITIES
from web.authority.forms.stages import ReasonForm
from web.wording import in_chinese

MOST_BYTES = 1_000_000
WORDS: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 3}), "max_length": 2000, "required": False}
NUMBER: dict[str, Any] = {"class": "govuk-input--width-4", "inputmode": "numeric"}


class VersionedForm(ReasonForm):
    """Carries the version that was looked at, so that nobody overwrites what they have not read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    # Places of a playbook that have another name here.
    places: Mapping[str, str] = {}

    def add_faults(self, faults: Sequence[Fault], stage: int | None) -> None:
        """Put what is wrong beside its field; what is about something else, above all."""
        for fault in faults:
            name = self.places.get(fault.field, fault.field)
            if fault.field == "priorities":
                name = f"priority_{fault.value}"
            own = fault.stage == stage and name in self.fields
            self.add_error(name if own else None, fault_in_words(fault))


class PlaybookForm(VersionedForm):
    """What a playbook is called, what it is about, and where it may be followed."""

    field_order = ("name_zh", "name_en", "summary_zh", "summary_en", "areas", "reason")

    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120)
    summary_zh = forms.CharField(label=_("What it is about, in Chinese"), **WORDS)
    summary_en = forms.CharField(label=_("What it is about, in English"), **WORDS)
    areas = forms.CharField(
        label=_("Areas"),
        help_text=_(
            "Codes with a space between them, as 3301 330302. It may be followed there and below; empty: everywhere."
        ),
        max_length=500,
        required=False,
    )

    def clean_areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.cleaned_data["areas"].replace(",", " ").replace("，", " ").split()))

    def given(self, before: PlaybookGiven) -> PlaybookGiven:
        """The playbook with what was typed."""
        values = {
            name: self.cleaned_data[name] for name in ("name_zh", "name_en", "summary_zh", "summary_en")
        }
        return replace(
            before, **values, areas=self.cleaned_data["areas"], version=self.cleaned_data["version"]
        )

    @staticmethod
    def initial_of(given: PlaybookGiven) -> dict[str, Any]:
        names = ("name_zh", "name_en", "summary_zh", "summary_en", "version")
        return {**{name: getattr(given, name) for name in names}, "areas": " ".join(given.areas)}


class PlaybookStageForm(VersionedForm):
    """What a stage sets."""

    places: Mapping[str, str] = {"days": "first_day"}

    name_zh = forms.CharField(label=_("Chinese name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=80)
    summary_zh = forms.CharField(label=_("What it is about, in Chinese"), **WORDS)
    summary_en = forms.CharField(label=_("What it is about, in English"), **WORDS)
    first_day = forms.IntegerField(
        label=_("First day expected"),
        help_text=_("Day 1 is the day on which the crisis is started. A plan, not a decision."),
        required=False,
        widget=forms.TextInput(attrs=NUMBER),
    )
    last_day = forms.IntegerField(
        label=_("Last day expected"), required=False, widget=forms.TextInput(attrs=NUMBER)
    )
    publishers = forms.MultipleChoiceField(
        label=_("Who makes calls public, beside authorities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_review = forms.BooleanField(label=_("Calls of groups wait for an official's word"), required=False)
    lead_kinds = forms.MultipleChoiceField(
        label=_("Who leads: suggested before others"), required=False, widget=forms.CheckboxSelectMultiple
    )
    alert_reach = forms.ChoiceField(
        label=_("How far from the work people are alerted"),
        choices=PlaybookStage.Reach.choices,
        widget=forms.RadioSelect,
    )
    escalate_hours = forms.IntegerField(
        label=_("After how many hours a call that nobody takes on goes to the authority above"),
        widget=forms.TextInput(attrs=NUMBER),
    )
    seat_weight = forms.DecimalField(
        label=_("Weight of a seat in plans"),
        help_text=_("1 as outside the stages, up to 4; 1.5 counts one and a half times."),
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "decimal"}),
    )
    templates = forms.MultipleChoiceField(
        label=_("Templates in front"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, types: Sequence[TaskType], templates: Sequence[TaskTemplate], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in Organization.Kind.choices if kind[0] != Organization.Kind.GOVERNMENT]
        self._choices("publishers", kinds)
        self._choices("lead_kinds", list(lead_kinds().items()))
        names = {template.code: template_title(template) for template in templates}
        self._choices("templates", list(names.items()))
        self.types = types
        priorities = tuple(f"priority_{one.code}" for one in types)
        self.sometimes_needed = ("publishers", "needs_review", "lead_kinds", "templates", *priorities)
        for one in types:
            self.fields[f"priority_{one.code}"] = forms.TypedChoiceField(
                label=one.name,
                choices=[("", _("Not set")), *PRIORITIES],
                coerce=int,
                empty_value=None,
                required=False,
            )

    def _choices(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def part(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    def words(self) -> list[BoundField]:
        return self.part("name_zh", "name_en", "summary_zh", "summary_en", "first_day", "last_day")

    def rules(self) -> list[BoundField]:
        return self.part(
            "publishers", "needs_review", "lead_kinds", "alert_reach", "escalate_hours", "seat_weight"
        )

    def priorities(self) -> list[list[BoundField]]:
        """In two columns."""
        fields = self.part(*(f"priority_{one.code}" for one in self.types))
        half = (len(fields) + 1) // 2
        return [fields[:half], fields[half:]]

    def given(self, before: PlaybookGiven, number: int) -> PlaybookGiven:
        """The playbook with what was typed for one of its stages."""
        values = self.cleaned_data
        urgent = {one.code: values[f"priority_{one.code}"] for one in self.types}
        stage = StageGiven(
            stage=number,
            **{
                name: values[name]
                for name in (
                    "name_zh", "name_en", "summary_zh", "summary_en", "first_day", "last_day", "needs_review",
                    "alert_reach", "escalate_hours",
                )
            },
            publishers=tuple(values["publishers"]),
            lead_kinds=tuple(values["lead_kinds"]),
            seat_weight=Decimal(values["seat_weight"]),
            priorities={code: priority for code, priority in urgent.items() if priority is not None},
            templates=tuple(values["templates"]),
        )  # fmt: skip
        return replace(before.with_stage(stage), version=values["version"])

    @staticmethod
    def initial_of(stage: StageGiven, version: int) -> dict[str, Any]:
        names = (
            "name_zh", "name_en", "summary_zh", "summary_en", "first_day", "last_day", "publishers",
            "needs_review", "lead_kinds", "alert_reach", "escalate_hours", "seat_weight", "templates",
        )  # fmt: skip
        urgent = {f"priority_{code}": priority for code, priority in stage.priorities.items()}
        return {**{name: getattr(stage, name) for name in names}, **urgent, "version": version}


class PlaybookFileForm(ReasonForm):
    """A whole playbook as a file."""

    field_order = ("file", "reason")

    file = forms.FileField(
        label=_("File"),
        help_text=_("The file of a playbook, changed or not: its short name says whether it is a new one."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json"}),
        error_messages={name: _("Choose a file") for name in ("required", "missing", "invalid")}
        | {"empty": _("There is nothing in the file")},
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("A playbook has 1 MB at most"))
        content: bytes = file.read()
        return content


def template_title(template: TaskTemplate) -> str:
    return template.title_zh if in_chinese() else template.title_en
