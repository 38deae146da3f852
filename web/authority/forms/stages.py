"""Forms for crises, stages, stops, and reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from tasks.models import Playbook, PlaybookStage, Stage
from tasks.queries.stages import number_name
from web.forms import BaseForm

WHY = _("Write why, in a sentence. Those who are told will read it")


class ReasonForm(BaseForm):
    """A reason that others will read."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Whoever is told reads this sentence."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": WHY},
    )


class SureForm(ReasonForm):
    """A reason, and a name typed off it: nobody stops an area or ends a crisis by a slip of the finger."""

    typed = forms.CharField(
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the name, so that it is no mistake")},
    )

    def __init__(self, *args: Any, name: str, names: Sequence[str] = (), **kwargs: Any) -> None:
        """`name` is the one to type; each of `names`, those in other languages, does as well."""
        super().__init__(*args, **kwargs)
        self.names = {_plain(one) for one in (name, *names)}
        self.fields["typed"].label = gettext("To make sure, type: %(name)s") % {"name": name}

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if _plain(typed) not in self.names:
            raise forms.ValidationError(gettext("That is another name. Type it as it stands above the field"))
        return typed


def _plain(name: str) -> str:
    """A name without the differences that do not matter when it is typed."""
    return " ".join(name.split()).casefold()


class MomentForm(ReasonForm):
    """A decision that holds from now or from a later time."""

    sometimes_needed = ("effective_at",)

    starts = forms.ChoiceField(
        label=_("From when"),
        choices=(("now", _("Now")), ("later", _("From a time that I choose"))),
        initial="now",
        widget=forms.RadioSelect,
    )
    effective_at = forms.DateTimeField(
        label=_("Day and hour"), help_text=_("Only for a time that you choose"), required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if (
            values.get("starts") == "later"
            and values.get("effective_at") is None
            and "effective_at" not in self.errors
        ):
            self.add_error("effective_at", _("Write the day and the hour"))
        return values

    def effective(self, at: datetime) -> datetime:
        """The moment that was chosen."""
        chosen: datetime | None = self.cleaned_data["effective_at"]
        return chosen if self.cleaned_data["starts"] == "later" and chosen is not None else at


class StageForm(MomentForm):
    """A stage, from now or from a later time."""

    field_order = ("stage", "starts", "effective_at", "reason")

    stage = forms.TypedChoiceField(
        label=_("Stage"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={name: _("Choose one of the stages") for name in ("required", "invalid_choice")},
    )

    def __init__(self, *args: Any, stages: Sequence[PlaybookStage] = (), **kwargs: Any) -> None:
        """`stages` are those of the playbook, if one is followed: they have names of their own."""
        super().__init__(*args, **kwargs)
        names = {one.stage: one.name for one in stages}
        field: Any = self.fields["stage"]
        field.choices = [(stage.value, _stage_words(stage, names)) for stage in Stage]


def _stage_words(stage: Stage, names: dict[int, str]) -> str:
    name = names.get(stage, str(stage.label))
    if stage == Stage.NONE:
        return name
    words = pgettext("a stage by its number and name", "%(number)s: %(name)s")
    return words % {"number": number_name(stage), "name": name}


class CrisisForm(BaseForm):
    """A crisis by its names, and the playbook that it follows."""

    sometimes_needed = ("playbook",)

    name_zh = forms.CharField(
        label=_("Chinese name"),
        max_length=80,
        error_messages={"required": _("Write the name in Chinese")},
    )
    name_en = forms.CharField(
        label=_("English name"),
        max_length=120,
        error_messages={"required": _("Write the name in English")},
    )
    playbook = forms.ChoiceField(
        label=_("Playbook"),
        help_text=_(
            "What each stage sets: who makes calls public, what comes first, how far people are alerted."
        ),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the playbooks")},
    )

    def __init__(self, *args: Any, playbooks: Sequence[Playbook] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.playbooks = {one.code: one for one in playbooks}
        field: Any = self.fields["playbook"]
        field.choices = playbook_choices(playbooks)
        field.initial = next(iter(self.playbooks), "")

    def clean_playbook(self) -> Playbook | None:
        return self.playbooks.get(self.cleaned_data["playbook"])


def playbook_choices(playbooks: Sequence[Playbook]) -> list[tuple[str, str]]:
    """The playbooks by their names, and none."""
    return [
        *((one.code, one.name) for one in playbooks),
        ("", gettext("None: stages change nothing but their name")),
    ]


class ChoosePlaybookForm(ReasonForm):
    """Another playbook for a crisis that is on."""

    field_order = ("playbook", "reason")
    sometimes_needed = ("playbook",)

    playbook = forms.ChoiceField(
        label=_("Playbook"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the playbooks")},
    )

    def __init__(self, *args: Any, playbooks: Sequence[Playbook] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.playbooks = {one.code: one for one in playbooks}
        field: Any = self.fields["playbook"]
        field.choices = playbook_choices(playbooks)

    def clean_playbook(self) -> Playbook | None:
        return self.playbooks.get(self.cleaned_data["playbook"])


class DecisionForm(BaseForm):
    """Approve or decline an organization."""

    sometimes_needed = ("reason",)

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("approve", _("Approve")), ("decline", _("Decline"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Approve or decline: choose one")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if you decline. The organization reads it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaperDecisionForm(BaseForm):
    """What an official saw of a volunteer's paper, and whether it counts."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("confirm", _("I have seen it, it counts")), ("decline", _("It cannot be counted"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it counts: choose one")},
    )
    evidence = forms.CharField(
        label=_("What you saw"),
        help_text=_("Put it right where it differs from the paper."),
        max_length=200,
        required=False,
    )
    expires_on = forms.DateField(
        label=_("Valid until"), help_text=_("Leave it empty if no date is on it"), required=False
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if it cannot be counted. The volunteer reads it."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("decision") == "confirm" and not values.get("evidence"):
            self.add_error("evidence", _("Write what you saw: the number, and who issued it"))
        return values
