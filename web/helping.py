"""Writing down what somebody asks for by telephone, at a counter or on paper: the same for groups and authorities."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import clock
from residents.actions.asking import ask_help, tell_whoever_asked
from residents.models import Channel, HelpRequest
from residents.queries.own import kinds_of_help
from residents.queries.points import point_by_code
from web import wording
from web.forms import posted
from web.public.help_form import HelpForm
from web.public.help_view import spoken_code

LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
REMEMBERED = ("channel", "language")


class EntryForm(HelpForm):
    """The same questions, asked by somebody else: how it came, and in which language the messages go."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[
            (Channel.PHONE, _("By telephone")),
            (Channel.PAPER, _("On paper")),
            (Channel.PROXY, _("At the counter, or through somebody else")),
        ],
        initial=Channel.PHONE,
        widget=forms.RadioSelect,
    )
    building = forms.CharField(
        label=_("Code on the building"),
        help_text=_("If they read one from a notice: it says where they are"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-10"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the messages"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    field_order = (
        "channel",
        "type",
        "words",
        "building",
        "county",
        "place",
        "address",
        "wanted_on",
        "people",
        "name",
        "phone",
        "language",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["for_other"]
        self.fields["type"].label = _("What is needed?")
        self.fields["words"].label = _("In their words")
        self.fields["county"].label = _("Township, county or district")
        self.fields["phone"].help_text = _(
            "Call back to it once: news goes there, and whoever comes calls it first"
        )
        self.fields["language"].initial = get_language()

    def clean(self) -> dict[str, Any]:
        """A code that is read aloud makes the area needless, and the place too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = cleaned.get("building", "")
        if not typed:
            return cleaned
        self.point = point_by_code(typed)
        if self.point is None:
            self.add_error(
                "building", gettext("No notice with this code hangs anywhere. Ask where they are instead")
            )
            return cleaned
        for name in ("county", "place"):
            if not self.data.get(name):
                self.errors.pop(name, None)
        cleaned.setdefault("place", self.point.place)
        return cleaned


def entry_form(request: HttpRequest, roots: Iterable[Area]) -> EntryForm:
    """The form for whoever answers for these areas; two queries.

    How requests come, and in which language, stays for the next one: the address says it.
    """
    told = {name: request.GET[name] for name in REMEMBERED if name in request.GET}
    return EntryForm(posted(request), initial=told, kinds=list(kinds_of_help()), areas=_choices(list(roots)))


def next_query(found: HelpRequest) -> str:
    """What the address of the next form says of the one that was just sent."""
    return urlencode({"channel": found.channel, "language": found.language})


def _choices(roots: list[Area]) -> list[tuple[str, str]]:
    """The areas themselves with the townships below where they are counties or smaller, else the counties below."""
    wide = [root for root in roots if root.level < Area.Level.COUNTY]
    near = [root for root in roots if root.level >= Area.Level.COUNTY]
    chosen = Q(pk__in=[root.pk for root in near])
    for root in near:
        chosen |= Q(path__startswith=root.path, level=Area.Level.TOWNSHIP)
    for root in wide:
        chosen |= Q(path__startswith=root.path, level=Area.Level.COUNTY)
    areas = list(Area.objects.filter(chosen).with_parents().by_pinyin())
    named = [(area.code, area.full_name) for area in areas]
    # Where there are several, one is chosen: what stands first is nobody's address by chance.
    return named if len(named) == 1 else [("", gettext("Choose")), *named]


def write_down(form: EntryForm, *, by: User, at: datetime) -> HelpRequest:
    """The request of a valid form; raises what asking raises."""
    cleaned = form.cleaned_data
    made = ask_help(
        **form.values(),
        channel=cleaned["channel"],
        at=at,
        entered_by=by,
        language=cleaned["language"],
    )
    tell_whoever_asked(request=made, at=at)
    return made


def entered(user: User, ref: str) -> HelpRequest:
    """A request that this person wrote down; 404 for every other."""
    mine = HelpRequest.objects.filter(entered_by=user)
    return get_object_or_404(mine.select_related("type", "area__parent__parent", "organization"), ref=ref)


def read_aloud(found: HelpRequest) -> dict[str, Any]:
    """What the page and the slip say of it: the code in groups, the promises, who looks at it."""
    return {
        "found": found,
        "spoken": spoken_code(found.code),
        "who": found.organization.display_name if found.organization else "",
        "answer_by": _aloud(found.answer_due_at),
        "done_by": _aloud(found.done_due_at),
        "at": clock.now(),
    }


def _aloud(at: datetime | None) -> str:
    """A day and an hour as one says them."""
    if at is None:
        return ""
    day = wording.full_date(wording.local(at).date())
    return gettext("%(day)s, %(hour)s") % {"day": day, "hour": wording.spoken_time(at)}
