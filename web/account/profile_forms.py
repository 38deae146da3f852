"""Forms of a volunteer's profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from areas.models import Area
from areas.queries import children, choices_for
from volunteers.actions import ProfileChanges
from volunteers.models import Capability, Cause, Volunteer
from web.account.forms import NAME_LENGTH, PhoneField
from web.forms import BaseForm, DateInput

# Three parts of a day: name, first hour, last hour.
PARTS = (
    ("morning", _("Morning"), 6, 12),
    ("afternoon", _("Afternoon"), 12, 18),
    ("evening", _("Evening"), 18, 24),
)
# What a volunteer says without evidence.
SAID = (Capability.Kind.SKILL, Capability.Kind.LANGUAGE)
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def _codes(things: Any) -> list[tuple[str, str]]:
    return [(thing.code, thing.name) for thing in things]


class ProfileForm(BaseForm):
    """Where somebody can help, how far they go, what they can do."""

    county = forms.ChoiceField(
        label=_("County or district"), help_text=_("What is near you comes first."), required=False
    )
    township = forms.ChoiceField(label=_("Street or town"), required=False)
    reach_km = forms.IntegerField(
        label=_("How far you go, in kilometres"),
        help_text=_("On foot perhaps 2, by e-bike perhaps 10."),
        min_value=1,
        max_value=500,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    max_hours_week = forms.IntegerField(
        label=_("At most so many hours a week"),
        help_text=_("No seat takes you beyond it. You can change it at any time."),
        min_value=1,
        max_value=80,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    skill = forms.MultipleChoiceField(
        label=_("What you can do"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.MultipleChoiceField(
        label=_("Languages and dialects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    causes = forms.MultipleChoiceField(
        label=_("What you care for"),
        help_text=_("Where there is a choice, you are asked for these first."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    offers_a_day = forms.TypedChoiceField(
        label=_("How often we may ask you for a shift"),
        help_text=_("Whatever you choose, you can always sign up by yourself."),
        choices=[
            (2, _("Twice a day at most")),
            (1, _("Once a day at most")),
            (0, _("Not at all")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
    takes_assignments = forms.BooleanField(
        label=_("Give me a seat without asking"),
        help_text=_(
            "Where an organizer assigns people and something fits you. You get a message and can step back."
        ),
        required=False,
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("", pgettext_lazy("answer", "Not said")), *Volunteer.Sex.choices],
        required=False,
    )
    is_student = forms.TypedChoiceField(
        label=_("Student"),
        choices=[("", pgettext_lazy("answer", "Not said")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    # The page has a heading before each of these.
    ASKING = ("offers_a_day", "takes_assignments")
    FIGURES = ("sex", "is_student")

    def __init__(self, *args: Any, volunteer: Volunteer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nowhere = ("", pgettext_lazy("area", "Not said"))
        choice: dict[str, Any] = dict(self.fields)
        choice["county"].choices = [nowhere, *choices_for(Area.Level.COUNTY, full=True)]
        if volunteer.county:
            choice["township"].choices = [nowhere, *_codes(children(volunteer.county))]
        else:
            del self.fields["township"]
        by_kind: dict[str, list[Capability]] = {}
        # Papers are said on a page of their own, with their evidence.
        said = Capability.objects.exclude(kind=Capability.Kind.QUALIFICATION)
        self.capabilities = list(said.order_by("position", "code"))
        for capability in self.capabilities:
            by_kind.setdefault(capability.kind, []).append(capability)
        for kind in SAID:
            choice[kind].choices = _codes(by_kind.get(kind, []))
            if kind not in by_kind:
                del self.fields[kind]
        self.known_causes = list(Cause.objects.order_by("position", "code"))
        choice["causes"].choices = _codes(self.known_causes)
        if not self.known_causes:
            del self.fields["causes"]

    def about_work(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in (*self.ASKING, *self.FIGURES)]

    def about_asking(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ASKING]

    def for_figures(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIGURES]

    def area(self) -> Area | None:
        """The township where it lies in the chosen county, else the county."""
        county = self.cleaned_data["county"]
        township = self.cleaned_data.get("township")
        areas = {area.code: area for area in Area.objects.filter(code__in=[county, township or county])}
        chosen = areas.get(county)
        below = areas.get(township) if township else None
        return below if chosen and below and chosen.contains(below) else chosen

    def chosen_capabilities(self) -> list[Capability]:
        wanted = {code for kind in SAID for code in self.cleaned_data.get(kind, [])}
        return [capability for capability in self.capabilities if capability.code in wanted]

    def chosen_causes(self) -> list[Cause]:
        return [cause for cause in self.known_causes if cause.code in self.cleaned_data.get("causes", [])]


class BirthForm(BaseForm):
    """Birth date, and for a child who answers for it."""

    birth_on = forms.DateField(
        label=_("Born on"),
        widget=DateInput(attrs={"autocomplete": "bday", "class": "govuk-input--width-10"}),
    )
    guardian_name = forms.CharField(
        label=_("Under 14: who cares for you"), required=False, max_length=NAME_LENGTH
    )
    guardian_phone = PhoneField(label=_("Under 14: their phone"), required=False, max_length=30)
    guardian_agrees = forms.BooleanField(
        label=_("Under 14: they are here, have read this, and agree that I help"), required=False
    )


class WeekForm(BaseForm):
    """Weekday by part of the day; nothing ticked means any time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, weekday in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = forms.MultipleChoiceField(
                label=weekday,
                required=False,
                choices=[(part, name) for part, name, *_hours in PARTS],
                widget=forms.CheckboxSelectMultiple,
            )

    def windows(self) -> list[tuple[int, int, int]]:
        """Neighbouring parts of a day as one window."""
        found: list[tuple[int, int, int]] = []
        for number in range(len(WEEKDAYS)):
            for part, _name, start, end in PARTS:
                if part not in self.cleaned_data[f"day_{number}"]:
                    continue
                if found and found[-1][0] == number and found[-1][2] == start:
                    found[-1] = (number, found[-1][1], end)
                else:
                    found.append((number, start, end))
        return found

    @staticmethod
    def initial_of(windows: Any) -> dict[str, list[str]]:
        """The ticks that stand for windows, also for ones that were not made here."""
        ticked: dict[str, list[str]] = {}
        for window in windows:
            for part, _name, start, end in PARTS:
                if window.starts_hour < end and window.ends_hour > start:
                    ticked.setdefault(f"day_{window.weekday}", []).append(part)
        return ticked


class ExceptionForm(BaseForm):
    """Days that differ from the week."""

    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("To, that day included"))
    is_free = forms.TypedChoiceField(
        label=_("On these days"),
        choices=[("no", _("I cannot come")), ("yes", _("I can come at any time"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=100)


class ProxyForm(BaseForm):
    """Who shall act, and how the volunteer agreed."""

    number = forms.CharField(
        label=_("Volunteer number of the person who acts"), max_length=12, help_text=_("8 digits")
    )
    consent = forms.CharField(
        label=_("In your own words: what may they do for you?"),
        help_text=_("For example: my daughter may sign me up and cancel for me"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what they may do; without your word nobody acts for you")},
    )

    def clean_number(self) -> str:
        return "".join(character for character in self.cleaned_data["number"] if character.isdigit())


class PaperForm(BaseForm):
    """A paper that somebody holds, with what shows it."""

    capability = forms.ChoiceField(label=_("Which paper"), widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("Number, and who issued it"),
        help_text=_("As it stands on the paper. For example: No. 2019-0457, Red Cross of Hangzhou"),
        max_length=200,
        error_messages={"required": _("Write the number and who issued it; without it nobody can check")},
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        help_text=_("Leave it empty if no date is on it"),
        required=False,
    )

    def __init__(self, *args: Any, open_to: list[Capability], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers = {paper.code: paper for paper in open_to}
        self.fields["capability"].choices = _codes(open_to)  # type: ignore[attr-defined]

    def paper(self) -> Capability:
        return self.papers[self.cleaned_data["capability"]]


class PointForm(BaseForm):
    """Where somebody is, from the browser; about a hundred metres are kept."""

    longitude = forms.FloatField(min_value=-180, max_value=180)
    latitude = forms.FloatField(min_value=-90, max_value=90)

    def point(self) -> ProfileChanges:
        said = self.cleaned_data
        return {"longitude": round(said["longitude"], 3), "latitude": round(said["latitude"], 3)}
