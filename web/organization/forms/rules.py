"""Who may sign up for a shift, from when, until when and how: a folded section of its form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import NOT_PROVIDED
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from core import clock
from tasks.models import Shift
from web.forms import BaseForm
from web.organization.forms.parts import NARROW
from web.wording import moment_words

WINDOWS = ("opens_to_members_at", "opens_to_area_at", "opens_at", "closes_at")
RULES = (
    *WINDOWS,
    "notice_minutes",
    "release_notice_minutes",
    "needs_approval",
    "party_most",
    "has_waiting_list",
    "handover_rule",
    "claim_hours",
    "warn_days",
    "warn_hours",
)
NOTICES = (0, 30, 60, 120, 360, 720, 1440, 2880, 4320, 10080)
RELEASES = (0, 30, 60, 120, 360, 720, 1440, 2880)


def length_words(minutes: int) -> str:
    """A length as one says it: 30 minutes, 2 hours, 3 days."""
    if not minutes:
        return pgettext("length of time", "None")
    if minutes % 1440 == 0:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


class LengthField(forms.TypedChoiceField):
    """One of a few lengths of time, in minutes; one that a shift has already is among them."""

    def __init__(self, lengths: Sequence[int], **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)
        self.offer(lengths)

    def offer(self, lengths: Sequence[int]) -> None:
        self.lengths = sorted(set(lengths))
        self.choices = self._named

    def _named(self) -> list[tuple[int, str]]:
        return [(length, length_words(length)) for length in self.lengths]


class RulesForm(BaseForm):
    """Fields of the rules of sign-up, to be mixed into the form of a shift."""

    opens_to_members_at = forms.DateTimeField(
        label=_("From when your own people can sign up"),
        help_text=_("Empty: together with those after them"),
        required=False,
    )
    opens_to_area_at = forms.DateTimeField(
        label=_("From when people who live in the area can"),
        help_text=_("Empty: together with everybody"),
        required=False,
    )
    opens_at = forms.DateTimeField(
        label=_("From when everybody can"),
        help_text=_("Empty: as soon as it is posted. Further days move these moments along"),
        required=False,
    )
    closes_at = forms.DateTimeField(
        label=_("Until when"), help_text=_("Empty: until it begins"), required=False
    )
    notice_minutes = LengthField(NOTICES, label=_("They sign up at least so long before the start"))
    release_notice_minutes = LengthField(
        RELEASES, label=_("A seat can be given back until so long before the start")
    )
    needs_approval = forms.BooleanField(
        label=_("An organizer agrees to each sign-up"),
        help_text=_("Without this, a seat is theirs at once"),
        required=False,
    )
    party_most = forms.IntegerField(
        label=_("Seats that one person can take for a party"),
        help_text=_("1 means nobody brings others along"),
        min_value=1,
        max_value=10,
        widget=forms.NumberInput(attrs=NARROW),
    )
    has_waiting_list = forms.BooleanField(
        label=_("Whoever comes too late can wait in line"),
        help_text=_("A seat that is given back goes to the first of them"),
        required=False,
    )
    handover_rule = forms.ChoiceField(
        label=_("Passing a seat on to somebody else"),
        choices=Shift.HandoverRule.choices,
        widget=forms.RadioSelect,
    )
    claim_hours = forms.IntegerField(
        label=_("Hours within which they say that they are on it"),
        help_text=_("Only for work without a fixed time; after that the seat goes on to the next"),
        min_value=1,
        max_value=720,
        widget=forms.NumberInput(attrs=NARROW),
    )
    warn_days = forms.IntegerField(
        label=_("Warn us if people are missing: days before"),
        help_text=_("0 means never"),
        min_value=0,
        max_value=30,
        widget=forms.NumberInput(attrs=NARROW),
    )
    warn_hours = forms.IntegerField(
        label=_("And once more: hours before"),
        help_text=_("0 means never"),
        min_value=0,
        max_value=72,
        widget=forms.NumberInput(attrs=NARROW),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("notice_minutes", "release_notice_minutes"):
            field: Any = self.fields[name]
            if isinstance(own := self.initial.get(name), int):
                field.offer([*field.lengths, own])

    def rules(self) -> dict[str, Any]:
        """What the form says, by the names of the domain."""
        return {name: self.cleaned_data[name] for name in RULES if name in self.fields}

    def rules_said(self) -> list[tuple[str, str]]:
        """Label and words of each rule that is not as usual."""
        usual = usual_rules()
        return [
            (str(self.fields[name].label), self._words(name, value))
            for name, value in self.rules().items()
            if value != usual[name]
        ]

    def _words(self, name: str, value: Any) -> str:
        if name in WINDOWS:
            return moment_words(value, clock.now())
        if name.endswith("_minutes"):
            return length_words(value)
        if name == "handover_rule":
            return str(Shift.HandoverRule(value).label)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        return str(value)


def usual_rules() -> dict[str, Any]:
    """What holds where nobody says otherwise."""
    fields = {name: Shift._meta.get_field(name) for name in RULES}
    return {
        name: None if field.default is NOT_PROVIDED else field.default  # type: ignore[union-attr]
        for name, field in fields.items()
    }
