"""Forms for modes, words on calls of groups, delegations, and help between areas."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from organizations.models import Delegation, Organization
from tasks.models import Mode, Task
from web.authority.forms.stages import MomentForm, ReasonForm
from web.forms import BaseForm

SHORT = {"rows": 3}


class ModeForm(MomentForm):
    """A mode, from now or from a later time."""

    field_order = ("mode", "starts", "effective_at", "reason")

    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=Mode.choices,
        widget=forms.RadioSelect,
        error_messages={name: _("Choose one of the modes") for name in ("required", "invalid_choice")},
    )
    # When the page was made: what somebody decided since then is not overwritten unread.
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class ReviewForm(BaseForm):
    """Yes, or back with a reason."""

    sometimes_needed = ("reason",)

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=(("approve", _("Make it public")), ("return", _("Give it back"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Make it public or give it back: choose one")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if you give it back. The group reads it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=SHORT),
    )
    # The last change of the call on the page that was read.
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)


class DelegationForm(ReasonForm):
    """Who decides what in an authority's place, where, and until when."""

    field_order = ("delegate", "kind", "area", "ends_on", "reason")

    delegate = forms.ModelChoiceField(
        label=_("Who decides"),
        queryset=Organization.objects.none(),
        to_field_name="code",
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose who decides in your place")},
    )
    kind = forms.ChoiceField(
        label=_("What they decide"),
        choices=Delegation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they decide")},
    )
    area = forms.ChoiceField(label=_("Where"))
    ends_on = forms.DateField(label=_("Until and with"), help_text=_("It ends by itself after this day"))

    def __init__(self, *args: Any, delegates: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in areas}
        self.fields["delegate"].queryset = delegates  # type: ignore[attr-defined]
        self.fields["area"].choices = [(area.code, area.full_name) for area in areas]  # type: ignore[attr-defined]

    def clean_area(self) -> Area:
        return self.areas[self.cleaned_data["area"]]

    @property
    def ends_at(self) -> datetime:
        """The end of the last day, on the clock of the place."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["ends_on"], time(23, 59, 59)))


class TransferForm(BaseForm):
    """Which area helps with which call, with how many people."""

    task = forms.ChoiceField(label=_("Call that needs hands"))
    giver = forms.ChoiceField(label=_("Area that helps"))
    people = forms.IntegerField(
        label=_("How many people"),
        min_value=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    words = forms.CharField(
        label=_("A word to the other side"),
        help_text=_("What for, and what they get: transport, meals, a place to rest"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=SHORT),
    )

    def __init__(
        self,
        *args: Any,
        tasks: Sequence[Task],
        givers: Sequence[Area],
        names: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = {task.code: task for task in tasks}
        self.givers = {area.code: area for area in givers}
        self.fields["task"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *((task.code, f"{task.display_title} ({task.area.full_name})") for task in tasks),
        ]
        self.fields["giver"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose one")),
            *((area.code, names[area.pk]) for area in givers),
        ]

    def clean_task(self) -> Task:
        return self.tasks[self.cleaned_data["task"]]

    def clean_giver(self) -> Area:
        return self.givers[self.cleaned_data["giver"]]


class AnswerForm(BaseForm):
    """Agree to help, or say why not."""

    sometimes_needed = ("reason",)

    decision = forms.ChoiceField(
        label=_("Answer"),
        choices=(("agree", _("We agree")), ("decline", _("Not this time"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Agree or decline: choose one")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed if you decline. The other side reads it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=SHORT),
    )
