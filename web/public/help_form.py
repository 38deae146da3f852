"""What somebody types who asks for help, for themselves or for somebody else."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import clock
from residents.actions.asking import ADDRESS_MOST, NAME_MOST, PEOPLE_MOST, PLACE_MOST, WORDS_MOST
from residents.models import RequestPoint
from residents.queries.routing import area_meant
from tasks.models import TaskType
from web.account.forms import PhoneField
from web.forms import BaseForm, PhoneInput


class HelpForm(BaseForm):
    """What, where, when, for how many, and how whoever comes reaches them."""

    type = forms.ChoiceField(
        label=_("What do you need?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what kind of help it is; “something else” is among them"),
            "invalid_choice": _("Choose what kind of help it is; “something else” is among them"),
        },
    )
    words = forms.CharField(
        label=_("Say it in your words"),
        help_text=_(
            "What exactly, and what whoever comes should know. No illness and no number of a card is needed"
        ),
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write in a line or two what is needed")},
    )
    county = forms.ChoiceField(
        label=_("County or district"),
        error_messages={
            "required": _("Choose the county or district in which help is needed"),
            "invalid_choice": _("Choose the county or district in which help is needed"),
        },
    )
    place = forms.CharField(
        label=_("Where, as you would tell a neighbour"),
        help_text=_("Street, building, village"),
        max_length=PLACE_MOST,
        error_messages={
            "required": _(
                "Write where help is needed, as you would tell a neighbour: street, building, village"
            )
        },
    )
    address = forms.CharField(
        label=_("Door"),
        help_text=_(
            "Unit, floor, flat. Only whoever looks at the request and whoever brings help reads this"
        ),
        max_length=ADDRESS_MOST,
        required=False,
    )
    wanted_on = forms.DateField(
        label=_("On which day?"), help_text=_("Leave it empty if any day will do"), required=False
    )
    people = forms.IntegerField(
        label=_("For how many people?"),
        initial=1,
        min_value=1,
        max_value=PEOPLE_MOST,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
    )
    for_other = forms.BooleanField(label=_("I ask for somebody else"), required=False)
    name = forms.CharField(
        label=_("Whom to ask for"),
        help_text=_("A name as neighbours say it is enough"),
        max_length=NAME_MOST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    phone = PhoneField(
        label=_("Telephone"),
        help_text=_(
            "Whoever comes calls it first, and what happens goes there as a text message. Nobody else sees it"
        ),
        required=False,
        widget=PhoneInput,
    )

    def __init__(
        self,
        *args: Any,
        kinds: list[TaskType],
        areas: list[Any],
        point: RequestPoint | None = None,
        **kwargs: Any,
    ) -> None:
        """`areas` are the choices of the county, in groups or plain; a point makes them needless."""
        super().__init__(*args, **kwargs)
        self.kinds, self.point = kinds, point
        self.fields["type"].choices = [(kind.code, kind.asked) for kind in kinds]  # type: ignore[attr-defined]
        if point is not None:
            del self.fields["county"]
            self.fields["place"].initial = point.place
        else:
            self.fields["county"].choices = areas  # type: ignore[attr-defined]
        today = clock.today()
        self.fields["wanted_on"].widget.attrs["min"] = today.isoformat()

    def values(self) -> dict[str, Any]:
        """What `residents.actions.asking.ask_help` takes of a valid form."""
        cleaned = dict(self.cleaned_data)
        kind = next(kind for kind in self.kinds if kind.code == cleaned["type"])
        wanted_on: date | None = cleaned["wanted_on"]
        return {
            "type": kind,
            "area": self._area(cleaned),
            "point": self.point,
            "words": cleaned["words"],
            "place": cleaned["place"],
            "address": cleaned["address"],
            "people": cleaned["people"],
            "wanted_on": wanted_on,
            "name": cleaned["name"],
            "phone": cleaned["phone"],
        }

    def _area(self, cleaned: dict[str, Any]) -> Area:
        if self.point is not None:
            return self.point.area
        chosen = Area.objects.select_related("county").get(code=cleaned["county"])
        return area_meant(chosen, cleaned["place"], cleaned["address"])


class TrackForm(BaseForm):
    """The code of a request."""

    code = forms.CharField(
        label=_("Code of your request"),
        help_text=_("Twelve letters and digits, from the text message or the slip"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "govuk-input--width-20"}
        ),
        error_messages={"required": _("Write the code of your request")},
    )


class WordsForm(BaseForm):
    """A line to whoever looks at the request."""

    words = forms.CharField(
        label=_("Add something"),
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you want to add")},
    )


class NotDoneForm(BaseForm):
    """What is missing."""

    missing = forms.CharField(
        label=_("What is missing?"),
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class DigitsForm(BaseForm):
    """The six digits that went to the telephone."""

    digits = forms.CharField(
        label=_("Six digits from the text message"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
            }
        ),
        error_messages={"required": _("Write the six digits of the message")},
    )
