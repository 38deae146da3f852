"""What members of a team type."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.models import ShiftRole
from volunteers.models import Team
from web.forms import BaseForm


class FoundForm(BaseForm):
    """A new team."""

    name = forms.CharField(
        label=_("Name of the team"),
        max_length=60,
        error_messages={"required": _("Give the team a name")},
    )


class CodeForm(BaseForm):
    """What somebody was sent."""

    join_code = forms.CharField(
        label=_("Code of a team or a party"),
        help_text=_("7 or 8 letters and numbers. Blanks and small letters do not matter."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "govuk-input--width-10 govuk-input--extra-letter-spacing", "autocomplete": "off"}
        ),
        error_messages={"required": _("Type the code that you were sent")},
    )


class TeamSignUpForm(BaseForm):
    """Which team, for which kind of seats, and how many places to keep."""

    team = forms.ChoiceField(label=_("Which team"), widget=forms.RadioSelect)
    part = forms.TypedChoiceField(label=_("What would you do?"), coerce=int, widget=forms.RadioSelect)
    seats = forms.IntegerField(label=_("How many of you come"), min_value=2)

    def __init__(
        self, *args: Any, teams: Sequence[Any], roles: Sequence[ShiftRole], most: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {one.code: one for one in teams}
        if len(teams) > 1:
            self.fields["team"].choices = [(one.code, one.name) for one in teams]  # type: ignore[attr-defined]
        else:
            del self.fields["team"]
        if len(roles) > 1:
            self.fields["part"].choices = [  # type: ignore[attr-defined]
                (number, role.name) for number, role in enumerate(roles, start=1)
            ]
        else:
            del self.fields["part"]
        people = max((one.people for one in teams), default=2)
        self.fields["seats"].initial = max(min(people, most), 2)
        self.fields["seats"].widget = forms.NumberInput(
            attrs={"class": "govuk-input--width-5", "min": 2, "max": most}
        )

    def chosen_team(self) -> Team:
        """The one that was chosen, or the only one."""
        code = self.cleaned_data.get("team") or next(iter(self.teams))
        found: Team = self.teams[code]
        return found

    def chosen_part(self) -> int:
        """The place of the kind of seats in the shift, from 1."""
        part: int = self.cleaned_data.get("part") or 1
        return part
