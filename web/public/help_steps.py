"""Asking for help, one question a page: which questions there are, in which order, and what was answered so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core import clock
from core.errors import DomainError
from residents.actions.asking import check_day
from residents.models import HelpRequest
from web import wording
from web.public.help_form import HelpForm

# Under this key of the session, and for so long.
KEY = "asking_help"
KEPT = timedelta(hours=2)
ANY_DAY, OTHER_DAY = "any", "other"
# Days that need not be typed: today and the two after it.
NEAR_DAYS = 3


@dataclass(frozen=True)
class Step:
    """A page with its fields; an aside is asked only where somebody wants to change it."""

    key: str
    title: str | Promise
    fields: tuple[str, ...]
    hint: str | Promise = ""
    is_aside: bool = False
    # Needless where the code of a building says where it is.
    of_place: bool = False


STEPS = (
    Step("what", _("What do you need?"), ("type",)),
    Step("words", _("Say it in your words"), ("words",)),
    Step("county", _("In which county or district?"), ("county",), of_place=True),
    Step("township", _("In which town or subdistrict?"), ("township",), of_place=True),
    Step("place", _("Where exactly?"), ("place", "address")),
    Step("when", _("On which day?"), ("day", "wanted_on")),
    Step("people", _("For how many people?"), ("people",), is_aside=True),
    Step("contact", _("How do we reach you?"), ("phone", "name", "for_other")),
)
BY_KEY = {step.key: step for step in STEPS}
FIRST, CHECK = "what", "check"


def steps_of(at_point: bool) -> list[Step]:
    """The pages that everybody goes through, in their order."""
    return [step for step in STEPS if not step.is_aside and not (at_point and step.of_place)]


class Answers:
    """What somebody has answered so far in this browser; forgotten two hours after the last answer."""

    def __init__(self, request: HttpRequest, at: datetime) -> None:
        self.session, self.at = request.session, at
        kept = self.session.get(KEY) or {}
        since = parse_datetime(kept.get("at", "") or "")
        if since is None or since < at - KEPT:
            kept = {}
        self.values: dict[str, str] = dict(kept.get("values", {}))
        self.done: list[str] = list(kept.get("done", []))
        self.point: str = kept.get("point", "")

    def keep(self) -> None:
        self.session[KEY] = {
            "at": self.at.isoformat(),
            "values": self.values,
            "done": self.done,
            "point": self.point,
        }
        # What a stranger typed goes with their session. Whoever has signed in keeps theirs.
        if "_auth_user_id" not in self.session:
            self.session.set_expiry(KEPT)

    def forget(self) -> None:
        self.session.pop(KEY, None)

    def stand_at(self, point: str) -> None:
        """Begin at a building; or somewhere else, with an empty code."""
        if point == self.point:
            return
        self.point = point
        self.done = [key for key in self.done if key != "place"]
        for name in ("place", "address"):
            self.values.pop(name, None)
        self.keep()

    def begin_as(self, values: dict[str, str], point: str) -> None:
        """Begin with what was said once: only pages of which something is not known are asked."""
        self.values, self.point = values, point
        self.done = [step.key for step in steps_of(bool(point)) if values.keys() >= set(step.fields)]
        self.keep()

    def take(self, step: Step, form: forms.Form) -> None:
        """The answers of a valid page. Another county asks for its town anew."""
        before = self.values.get("county")
        for name in form.fields:
            self.values[name] = str(form.data.get(name, "")).strip()
        if "day" in form.fields:
            day = form.cleaned_data["wanted_on"]
            self.values |= {"day": form.cleaned_data["day"], "wanted_on": day.isoformat() if day else ""}
        if self.values.get("county") != before:
            self.values.pop("township", None)
            self.done = [key for key in self.done if key != "township"]
        if step.key not in self.done:
            self.done.append(step.key)
        self.keep()

    def next_step(self) -> str:
        """The first page that was not answered yet, or the one with all answers."""
        return next((step.key for step in steps_of(bool(self.point)) if step.key not in self.done), CHECK)

    def before(self, key: str) -> str:
        """The page before one; empty at the first, and at an aside the one with all answers."""
        keys = [step.key for step in steps_of(bool(self.point))]
        if key == CHECK:
            return keys[-1]
        if key not in keys:
            return CHECK
        return keys[keys.index(key) - 1] if keys.index(key) else ""

    @property
    def digest(self) -> str:
        """Other answers have another one."""
        return blake2s(repr((self.point, sorted(self.values.items()))).encode(), digest_size=8).hexdigest()


class StepForm(HelpForm):
    """The fields of some pages, or of all: what can be chosen is not typed."""

    township = forms.ChoiceField(
        label=_("In which town or subdistrict?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the town or subdistrict, or say that you do not know it"),
            "invalid_choice": _("Choose the town or subdistrict, or say that you do not know it"),
        },
    )
    day = forms.ChoiceField(
        label=_("On which day?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a day; any day is among them"),
            "invalid_choice": _("Choose a day; any day is among them"),
        },
    )

    def __init__(
        self, *args: Any, names: Iterable[str], townships: Iterable[Area] = (), **kwargs: Any
    ) -> None:
        """`names` are the fields to ask for."""
        super().__init__(*args, **kwargs)
        names = list(names)
        days = [clock.today() + timedelta(days=number) for number in range(NEAR_DAYS)]
        self.days = {day.isoformat(): wording.full_date(day) for day in days}
        self.fields["day"].choices = [  # type: ignore[attr-defined]
            (ANY_DAY, gettext("Any day will do")),
            *_named(days),
            (OTHER_DAY, gettext("On another day")),
        ]
        self.fields["wanted_on"].label = gettext("Which other day")
        self.fields["wanted_on"].help_text = ""
        self.fields["township"].choices = [  # type: ignore[attr-defined]
            *((area.code, area.name) for area in townships),
            ("-", gettext("I do not know, or it is not here")),
        ]
        self.fields["place"].help_text = gettext("Street, building or village, as you would tell a neighbour")
        self.fields["place"].label = gettext("Street and building, or village")
        for name in list(self.fields):
            if name not in names:
                del self.fields[name]
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "day" in self.fields and "wanted_on" not in self.errors:
            self._clean_day(cleaned)
        return cleaned

    def _clean_day(self, cleaned: dict[str, Any]) -> None:
        day = cleaned.get("day", "")
        if day in self.days:
            cleaned["day"], cleaned["wanted_on"] = OTHER_DAY, date.fromisoformat(day)
        elif day == ANY_DAY:
            cleaned["wanted_on"] = None
        elif day == OTHER_DAY and cleaned.get("wanted_on") is None:
            self.add_error("wanted_on", gettext("Choose the day, or one of the answers above"))
            return
        try:
            check_day(cleaned.get("wanted_on"), clock.now())
        except DomainError as error:
            self.add_error("wanted_on", error.message)

    def _area(self, cleaned: dict[str, Any]) -> Area:
        chosen = cleaned.get("township", "")
        if self.point is None and chosen and chosen != "-":
            return Area.objects.select_related("county").get(code=chosen)
        return super()._area(cleaned)


def _named(days: list[date]) -> list[tuple[str, str]]:
    """The days by the names that they have today, with their date."""
    words = (gettext("Today"), gettext("Tomorrow"), gettext("The day after tomorrow"))
    pattern = gettext("%(first)s, %(second)s")
    return [
        (day.isoformat(), pattern % {"first": word, "second": wording.full_date(day)})
        for day, word in zip(days, words, strict=True)
    ]


def shown_again(values: dict[str, str]) -> dict[str, str]:
    """Answers as the fields show them: a near day by its name."""
    day = values.get("wanted_on", "")
    if values.get("day") != OTHER_DAY or not day:
        return values
    near = {(clock.today() + timedelta(days=number)).isoformat() for number in range(NEAR_DAYS)}
    return {**values, "day": day, "wanted_on": ""} if day in near else values


def said_before(request: HelpRequest) -> dict[str, str]:
    """What a request said, by fields: no more than its page shows to whoever has the code. So a door, a name and a
    telephone are asked again, and so is a day that is over."""
    town = request.area if request.area.level == Area.Level.TOWNSHIP else None
    said = {
        "type": request.type.code,
        "words": request.words,
        "county": request.county.code if request.county else "",
        "township": town.code if town else "-",
        "place": request.place,
        "people": str(request.people),
    }
    if not request.address:
        said["address"] = ""
    if request.wanted_on is None:
        said |= {"day": ANY_DAY, "wanted_on": ""}
    elif request.wanted_on >= clock.today():
        said |= {"day": OTHER_DAY, "wanted_on": request.wanted_on.isoformat()}
    return said


def townships_of(code: str) -> list[Area]:
    """The towns and subdistricts of a county, in the order of their readings; one statement."""
    if not code:
        return []
    below = Area.objects.filter(level=Area.Level.TOWNSHIP, parent__code=code)
    return list(below.by_pinyin())
