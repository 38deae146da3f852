"""Forms about residents' requests."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from core import clock
from organizations.models import Organization
from residents.actions.asking import PEOPLE_MOST
from residents.models import HelpRequest
from residents.queries.own import kinds_of_help
from tasks.models import Shift, TaskType
from web.forms import BaseForm, PhoneInput
from web.organization.forms.areas import AreaField, names_around
from web.organization.forms.parts import NARROW, SHORT_TEXT, InParts
from web.organization.forms.registration import clean_telephone
from web.wording import when_words

PARTS_SHOWN = 4


class KindField(forms.ModelChoiceField):
    """A kind of work in the words of whoever asks for it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=TaskType.objects.none(),
            error_messages={"required": _("Choose the kind of help")},
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.asked)


def _people(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("People who need help"),
        min_value=1,
        max_value=PEOPLE_MOST,
        widget=forms.NumberInput(attrs=NARROW),
        **kwargs,
    )


def kinds_around(asked: HelpRequest) -> QuerySet[TaskType]:
    """What residents ask for; a kind that they do not ask for any more stays possible for the request that has it."""
    return (kinds_of_help() | TaskType.objects.filter(pk=asked.type_id)).order_by("position", "id")


class CheckForm(BaseForm):
    """What a request says, to be put right where it is wrong."""

    type = KindField(label=_("Kind of help"), empty_label=None)
    area = AreaField(label=_("Area"))
    place = forms.CharField(
        label=_("Place as people there call it"),
        help_text=_("No flat number: that belongs to the address"),
        max_length=200,
        required=False,
    )
    people = _people()
    wanted_on = forms.DateField(label=_("Day on which it is needed"), required=False)

    def __init__(self, *args: Any, asked: HelpRequest, **kwargs: Any) -> None:
        names = ("type", "area", "place", "people", "wanted_on")
        kwargs.setdefault("initial", {name: getattr(asked, name) for name in names})
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = kinds_around(asked)  # type: ignore[attr-defined]
        self.fields["area"].widget.names = names_around(asked.area)


class ResidentReasonForm(BaseForm):
    """Why it cannot be done, for the resident."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The resident reads it. Say where else they may find help, and name nobody"),
        max_length=1000,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Write the reason. The resident will read it")},
    )


class WordsForm(BaseForm):
    """A word for the resident that may stay out."""

    words = forms.CharField(
        label=_("A word for the resident"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )


class PassOnForm(BaseForm):
    """To whom, and why."""

    organization = forms.ChoiceField(
        label=_("Who shall look at it"), error_messages={"required": _("Choose who shall look at it")}
    )
    words = forms.CharField(
        label=_("Reason"),
        help_text=_("They read it, and so does the resident"),
        max_length=500,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Write why, in a sentence")},
    )

    def __init__(
        self, *args: Any, groups: Sequence[Organization], above: Sequence[Organization], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.found = {each.code: each for each in (*groups, *above)}
        choices: list[tuple[str, Any]] = [("", gettext("Choose one"))]
        for title, rows in ((gettext("Groups"), groups), (gettext("Authorities"), above)):
            if rows:
                choices.append((title, [(each.code, each.display_name) for each in rows]))
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]

    def clean_organization(self) -> Organization:
        return self.found[self.cleaned_data["organization"]]


class MergeForm(WordsForm):
    """Which of two stays, and what it takes over."""

    keep = forms.ChoiceField(label=_("Which one stays"), widget=forms.RadioSelect)
    take = forms.MultipleChoiceField(
        label=_("What it takes over from the other"),
        help_text=_("Names, telephone numbers and addresses stay where they are"),
        choices=(
            ("people", _("The larger number of people")),
            ("wanted_on", _("The earlier day")),
            ("place", _("The place, where it has none")),
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, pair: Sequence[HelpRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One that is part of a piece of work already can only be the one that stays.
        placed = [each for each in pair if each.status == HelpRequest.Status.PLACED]
        titles = {pair[0].ref: gettext("The first one"), pair[1].ref: gettext("The second one")}
        self.fields["keep"].choices = [  # type: ignore[attr-defined]
            (each.ref, titles[each.ref]) for each in (placed or pair)
        ]
        self.order_fields(["keep", "take", "words"])


class PartForm(BaseForm):
    """One part of a request that is split."""

    type = KindField(label=_("Kind of help"), required=False, empty_label=_("No further part"))
    people = _people(required=False)
    wanted_on = forms.DateField(label=_("Day on which it is needed"), required=False)
    words = forms.CharField(
        label=_("What is asked for"), max_length=2000, required=False, widget=forms.Textarea(attrs=SHORT_TEXT)
    )
    sometimes_needed = ("type", "people")

    def __init__(self, *args: Any, asked: HelpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = kinds_around(asked)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("type") and not values.get("people") and "people" not in self.errors:
            self.add_error("people", gettext("Write how many need help"))
        return values


def _shift_words(shift: Shift, at: datetime) -> str:
    if shift.starts_at is None or shift.ends_at is None:
        return shift.task.display_title
    comma = pgettext("between two facts", ", ")
    return f"{when_words(shift.starts_at, shift.ends_at, at)}{comma}{shift.task.display_title}"


class AddToShiftForm(BaseForm):
    """One of the organization's own shifts ahead."""

    shift = forms.ChoiceField(
        label=_("Shift"),
        help_text=_("Its people read the new details at once"),
        error_messages={"required": _("Choose a shift")},
    )

    def __init__(self, *args: Any, shifts: Sequence[Shift], kinds: Collection[int], **kwargs: Any) -> None:
        """Shifts of the kinds that are asked for come first, and the next of them is chosen already."""
        super().__init__(*args, **kwargs)
        at = clock.now()
        self.found = {shift.code: shift for shift in shifts}
        alike = [shift for shift in shifts if shift.task.type_id in kinds]
        others = [shift for shift in shifts if shift.task.type_id not in kinds]
        choices: list[tuple[str, Any]] = [("", gettext("Choose a shift"))]
        for title, rows in ((gettext("The same kind of help"), alike), (gettext("Other work"), others)):
            if rows:
                choices.append((title, [(shift.code, _shift_words(shift, at)) for shift in rows]))
        self.fields["shift"].choices = choices  # type: ignore[attr-defined]
        ahead = (shift for shift in alike if shift.starts_at and shift.starts_at > at)
        self.fields["shift"].initial = next((shift.code for shift in ahead), "")

    def clean_shift(self) -> Shift:
        return self.found[self.cleaned_data["shift"]]


class WorkForm(InParts):
    """A new piece of work with its first shift."""

    type = KindField(label=_("Kind of work"), empty_label=None)
    title = forms.CharField(
        label=_("Title of the work"),
        help_text=_("Everybody reads it: no names, no flat numbers"),
        max_length=120,
        error_messages={"required": _("Write what the work is, in a line")},
    )
    content = forms.CharField(
        label=_("What there is to do"),
        max_length=4000,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Write what there is to do")},
    )
    area = AreaField(label=_("Area"))
    place = forms.CharField(
        label=_("Place that everybody reads"),
        help_text=_("A street or a gate, never a resident's home"),
        max_length=200,
        error_messages={"required": _("Write where the work is")},
    )
    day = forms.DateField(label=_("Day"), error_messages={"required": _("Choose a day")})
    starts = forms.TimeField(label=_("Begins at"), required=False)
    ends = forms.TimeField(label=_("Ends at"), required=False)
    people_needed = forms.IntegerField(
        label=_("Volunteers needed"),
        min_value=1,
        max_value=500,
        widget=forms.NumberInput(attrs=NARROW),
    )
    risks = forms.CharField(
        label=_("What can go wrong"),
        help_text=_("Say it plainly; people decide by it"),
        max_length=2000,
        widget=forms.Textarea(attrs=SHORT_TEXT),
        error_messages={"required": _("Write at least one risk, or that there is none beyond everyday ones")},
    )
    private_details = forms.CharField(
        label=_("What else they must know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=SHORT_TEXT),
    )
    contact_name = forms.CharField(
        label=_("Whom to ask for"),
        max_length=80,
        error_messages={"required": _("Write whom they ask for")},
    )
    contact_phone = forms.CharField(
        label=_("Telephone of that person"),
        max_length=20,
        widget=PhoneInput,
        error_messages={"required": _("Write a number that somebody answers during the shift")},
    )
    sometimes_needed = ("starts", "ends")
    PARTS = (
        (_("What there is"), "", ("type", "title", "content", "risks")),
        (_("Where and when"), "", ("area", "place", "day", "starts", "ends", "people_needed")),
        (
            _("Private details"),
            _(
                "Only those with a seat see this. Names, telephone numbers, addresses and words of the requests "
                "do not belong here: whoever has a seat in the shift reads them by themselves"
            ),
            ("private_details", "contact_name", "contact_phone"),
        ),
    )

    def __init__(self, *args: Any, with_shift: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = TaskType.objects.order_by("position", "id")  # type: ignore[attr-defined]
        self.with_shift = with_shift
        if "area" in self.initial:
            self.fields["area"].widget.names = names_around(self.initial["area"])
        if not with_shift:
            # An authority asks organizations, and they post the shifts.
            del self.fields["starts"], self.fields["ends"]

    def clean_contact_phone(self) -> str:
        return clean_telephone(self.cleaned_data["contact_phone"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("starts", "ends") if self.with_shift else ():
            if values.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("Write the time, like 18:00"))
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", gettext("It ends before it begins. Write a later time"))
        return values

    def call(self) -> dict[str, Any]:
        """The values of the call."""
        names = (
            "type",
            "title",
            "content",
            "area",
            "place",
            "people_needed",
            "risks",
            "private_details",
            "contact_name",
            "contact_phone",
        )
        day = self.cleaned_data["day"]
        return {**{name: self.cleaned_data[name] for name in names}, "starts_on": day, "ends_on": day}

    def first_shift(self) -> dict[str, Any] | None:
        """The first shift; none where the call is an authority's."""
        if not self.with_shift:
            return None
        values, zone = self.cleaned_data, timezone.get_default_timezone()
        starts, ends = (datetime.combine(values["day"], values[name], zone) for name in ("starts", "ends"))
        seats = values["people_needed"]
        return {"starts_at": starts, "ends_at": ends, "seats": seats, "seats_min": seats}
