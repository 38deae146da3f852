"""Forms for crises, stages, stops, and reasons."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import Stage
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


class StageForm(ReasonForm):
    """A stage, from now or from a later time."""

    field_order = ("stage", "starts", "effective_at", "reason")
    sometimes_needed = ("effective_at",)

    stage = forms.TypedChoiceField(
        label=_("Stage"),
        coerce=int,
        choices=[(stage.value, stage.label) for stage in Stage],
        widget=forms.RadioSelect,
        error_messages={name: _("Choose one of the stages") for name in ("required", "invalid_choice")},
    )
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


class CrisisForm(BaseForm):
    """A crisis by its names."""

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
