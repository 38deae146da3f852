"""What happens in a drill, in words: each kind that `Drama.say` may note, with a sample of what it is given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from operations.drill.outcome.measures import policy_name
from operations.models import Drill
from web import wording

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A name by language, {"zh": …, "en": …}, or a number. Never a person's name.
Given: TypeAlias = "Mapping[str, str] | str | int | float"


@dataclass(frozen=True)
class Kind:
    """A kind of happening. `sentence` holds a %(placeholder)s for each value of `sample`, which every entry of the
    kind has to bring. `icon`: one of `web.drawing.icons`. `choices`: words for a value that is a code."""

    name: str
    sentence: "_StrPromise"
    sample: Mapping[str, Given]
    icon: str = "time"
    choices: Mapping[str, Mapping[str, "_StrPromise"]] | None = None


_PLACE: Mapping[str, str] = {"zh": "西湖区", "en": "Xihu District"}
_GROUP: Mapping[str, str] = {"zh": "邻里之家", "en": "Neighbours' House"}
_TASK: Mapping[str, str] = {"zh": "小区门口值守", "en": "Watch at the estate's gate"}

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "crisis_begun",
            _("%(place)s: “%(crisis)s” begins."),
            {"place": _PLACE, "crisis": {"zh": "新型肺炎疫情", "en": "Epidemic of a new pneumonia"}},
            icon="calendar",
        ),
        Kind(
            "stage_changed",
            _("%(place)s: the stage “%(stage)s” begins."),
            {"place": _PLACE, "stage": {"zh": "封控", "en": "Lockdown"}},
            icon="calendar",
        ),
        Kind(
            "people_joined",
            ngettext_lazy("%(people)s person joined.", "%(people)s people joined.", "people"),
            {"people": 42},
            icon="people",
        ),
        Kind(
            "call_issued",
            ngettext_lazy(
                "%(place)s calls for help: %(task)s, %(hands)s hand.",
                "%(place)s calls for help: %(task)s, %(hands)s hands.",
                "hands",
            ),
            {"place": _PLACE, "task": _TASK, "hands": 20},
            icon="phone",
        ),
        Kind(
            "call_adopted",
            _("%(group)s takes on: %(task)s."),
            {"group": _GROUP, "task": _TASK},
            icon="tick",
        ),
        Kind(
            "call_escalated",
            _("Nobody took on “%(task)s” in time: it goes up to %(place)s."),
            {"task": _TASK, "place": {"zh": "杭州市", "en": "Hangzhou"}},
            icon="seen-by",
        ),
        Kind(
            "area_stopped",
            _("%(place)s: everything stands still by order of the authority."),
            {"place": _PLACE},
            icon="cross",
        ),
        Kind(
            "area_open_again",
            _("%(place)s: work goes on."),
            {"place": _PLACE},
            icon="tick",
        ),
        Kind(
            "help_agreed",
            _("%(giver)s helps %(taker)s."),
            {"giver": _PLACE, "taker": {"zh": "拱墅区", "en": "Gongshu District"}},
            icon="people",
        ),
        Kind(
            "shift_filled",
            _("%(place)s: “%(task)s” has enough people."),
            {"place": _PLACE, "task": _TASK},
            icon="tick",
        ),
        Kind(
            "shift_short",
            ngettext_lazy(
                "%(place)s: “%(task)s” begins with %(missing)s person too few.",
                "%(place)s: “%(task)s” begins with %(missing)s people too few.",
                "missing",
            ),
            {"place": _PLACE, "task": _TASK, "missing": 3},
            icon="cross",
        ),
        Kind(
            "request_asked",
            _("%(place)s: a resident asks for help: %(help)s."),
            {"place": _PLACE, "help": {"zh": "买药", "en": "Medicine"}},
            icon="home",
        ),
        Kind(
            "request_merged",
            _("%(place)s: two requests were the same, and are one now."),
            {"place": _PLACE},
            icon="home",
        ),
        Kind(
            "request_served",
            _("%(place)s: help came after %(minutes)s: %(help)s."),
            {"place": _PLACE, "help": {"zh": "买药", "en": "Medicine"}, "minutes": 190},
            icon="tick",
        ),
        Kind(
            "group_silent",
            _("%(group)s no longer answers."),
            {"group": _GROUP},
            icon="offline",
        ),
        Kind(
            "plan_made",
            ngettext_lazy(
                "A plan for %(seats)s seat: at most %(gap)s %% below the best possible.",
                "A plan for %(seats)s seats: at most %(gap)s %% below the best possible.",
                "seats",
            ),
            {"seats": 310, "gap": 0.42},
            icon="figures",
        ),
        Kind(
            "fault",
            _("Killed on purpose: %(part)s."),
            {"part": "worker"},
            icon="offline",
            choices={
                "part": {
                    "worker": _("a worker"),
                    "redis": _("the broker"),
                    "postgresql": _("the database"),
                }
            },
        ),
    )
}


SCENARIOS: Mapping[str, "_StrPromise"] = {"outbreak": _("Outbreak of a new disease")}
# The acts that the page counts one by one, by their names in `Hands.do`; all others are one row.
ACTS: Mapping[str, "_StrPromise"] = {
    "join": _("Join as a volunteer"),
    "sign up": _("Sign up for a shift"),
    "accept an offer": _("Accept an offer"),
    "decline an offer": _("Decline an offer"),
    "come": _("Come to a shift"),
    "leave": _("Leave a shift"),
    "confirm hours": _("Confirm hours"),
    "post a shift": _("Post a shift"),
    "issue a call": _("Call for help"),
    "take a call on": _("Take on a call"),
    "ask for help": _("Ask for help, as a resident"),
    "pass a request on": _("Pass a request on"),
    "place in a shift": _("Find somebody for a request"),
    "confirm that help came": _("Say that help came"),
}


class UnknownKind(LookupError):
    """A kind that `KINDS` does not name, or values that it does not take."""


def sentence(kind: str, data: Mapping[str, Given]) -> str:
    """One happening in the language of the moment. Raises UnknownKind."""
    found = KINDS.get(kind)
    if found is None or found.sample.keys() - data.keys():
        raise UnknownKind(f"no such kind of happening, or not all of its values: {kind} {sorted(data)}")
    choices = found.choices or {}
    return str(found.sentence % {name: _shown(name, data[name], choices.get(name)) for name in found.sample})


def label(drill: Drill) -> str:
    """What is played, and by which policy."""
    return gettext("%(scenario)s: %(policy)s") % {
        "scenario": SCENARIOS.get(drill.scenario, drill.scenario),
        "policy": policy_name(drill.policy),
    }


@dataclass(frozen=True)
class Act:
    """How often an act was done, and how often it was refused."""

    words: "_StrPromise | str"
    done: int
    refused: int


def acts(counts: Mapping[str, Mapping[str, int]]) -> list[Act]:
    """The acts of `Drill.counts`, those without words of their own together at the end."""
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for name, number in counts.get("done", {}).items():
        done[name if name in ACTS else ""] += number
    for said, number in counts.get("refused", {}).items():
        # "sign up: shift-full"
        name = said.rpartition(": ")[0]
        refused[name if name in ACTS else ""] += number
    rows = [Act(words, done[name], refused[name]) for name, words in ACTS.items()]
    rows.append(Act(gettext("Everything else"), done[""], refused[""]))
    return [row for row in rows if row.done or row.refused]


class _Count(int):
    """A whole number that chooses its plural as one, and is shown in groups of three."""

    def __str__(self) -> str:
        return wording.number_words(int(self))


def _shown(name: str, value: Given, choices: Mapping[str, "_StrPromise"] | None) -> object:
    if choices is not None:
        return choices.get(str(value), value)
    if isinstance(value, Mapping):
        return value["zh"] if wording.in_chinese() else value["en"]
    if name == "minutes":
        return wording.duration_words(timedelta(minutes=round(float(value))))
    if isinstance(value, float):
        return f"{value:.2f}"
    return _Count(value) if isinstance(value, int) else value
