"""Offers in words: what spoke for a person, and why others were not asked."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, override, pgettext

from tasks.policies import Turndown

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def reasons_in_words(factors: dict[str, Any], *, own: bool = False) -> list[str]:
    """What spoke for somebody, the strongest first, in the active language; `factors` are those of an offer.

    `own`: said to the person themselves.
    """
    words = [
        _on_duty(factors),
        _distance(factors),
        _served(factors, own),
        *_named(factors, own),
        _waited(factors, own),
        _rested(factors),
        _cause(factors, own),
    ]
    return [word for word in words if word]


def reasons_by_language(factors: dict[str, Any]) -> dict[str, str]:
    """The reasons as one line in each language, for a message to the person."""
    lines = {}
    for key, language in LANGUAGES.items():
        with override(language):
            lines[key] = in_one_line(reasons_in_words(factors, own=True))
    return lines


def in_one_line(words: Sequence[str]) -> str:
    """Several reasons as one line: "On duty now; 600 m away; you did this work on 30 Jan"."""
    first, rest = words[:1], words[1:]
    return pgettext("between reasons", "; ").join([*first, *(word[:1].lower() + word[1:] for word in rest)])


def _on_duty(factors: dict[str, Any]) -> str:
    return gettext("On duty now") if factors.get("on_duty") else ""


def _distance(factors: dict[str, Any]) -> str:
    if factors.get("remote"):
        return gettext("From home, no way to go")
    metres = factors.get("metres")
    if metres is None:
        return ""
    return gettext("%(distance)s away") % {"distance": distance_in_words(metres)}


def distance_in_words(metres: float) -> str:
    """600 m, 1.4 km, 23 km."""
    if metres < 975:
        return gettext("%(metres)d m") % {"metres": max(round(metres / 50) * 50, 50)}
    km = metres / 1000
    return gettext("%(km)s km") % {"km": f"{km:.1f}" if km < 9.95 else f"{km:.0f}"}


def _cause(factors: dict[str, Any], own: bool) -> str:
    if not factors.get("cause"):
        return ""
    return gettext("Work that you care for") if own else gettext("Work that they care for")


def _served(factors: dict[str, Any], own: bool) -> str:
    days = [date.fromisoformat(day) for day in reversed(factors.get("served", []))]
    if not days:
        return ""
    spoken = [date_format(day, pgettext("format of a day in a list", "j M")) for day in days]
    if len(spoken) > 1:
        first = pgettext("between names", ", ").join(spoken[:-1])
        spoken = [pgettext("two days", "%(first)s and %(last)s") % {"first": first, "last": spoken[-1]}]
    words = gettext("You did this work on %(days)s") if own else gettext("Did this work on %(days)s")
    return words % {"days": spoken[0]}


def _named(factors: dict[str, Any], own: bool) -> list[str]:
    words = []
    if speaks := _names(factors.get("speaks", [])):
        said = gettext("You speak %(languages)s") if own else gettext("Speaks %(languages)s")
        words.append(said % {"languages": _listed(speaks)})
    if can := _names(factors.get("can", [])):
        said = (
            gettext("You have what it asks for: %(names)s")
            if own
            else gettext("Has what it asks for: %(names)s")
        )
        words.append(said % {"names": _listed(can)})
    return words


def _names(values: Iterable[dict[str, str]]) -> list[str]:
    key = "en" if (get_language() or "").startswith("en") else "zh"
    return [value[key] for value in values]


def _listed(words: Sequence[str]) -> str:
    return pgettext("between names", ", ").join(words)


def _waited(factors: dict[str, Any], own: bool) -> str:
    days = factors.get("waited_days")
    if not days:
        return ""
    if own:
        said = ngettext(
            "You have waited %(count)d day for a task", "You have waited %(count)d days for a task", days
        )
    else:
        said = ngettext("Has waited %(count)d day for a task", "Has waited %(count)d days for a task", days)
    return said % {"count": days}


def _rested(factors: dict[str, Any]) -> str:
    hours = factors.get("rested_hours")
    if hours is None:
        return ""
    return gettext("Rested %(hours)s h") % {"hours": hours}


def turned_down_in_words(turned_down: Iterable[tuple[Turndown, int]]) -> list[str]:
    """Why so many others are not asked: "5 have used their weekly hours"."""
    return [_counted(turndown, count) % {"count": count} for turndown, count in turned_down]


def _counted(turndown: Turndown, count: int) -> str:
    match turndown:
        case Turndown.NEEDED_ELSEWHERE:
            return ngettext(
                "%(count)d is needed more elsewhere", "%(count)d are needed more elsewhere", count
            )
        case Turndown.HOURS:
            return ngettext(
                "%(count)d has used their weekly hours", "%(count)d have used their weekly hours", count
            )
        case Turndown.REST:
            return ngettext(
                "%(count)d needs rest between two shifts", "%(count)d need rest between two shifts", count
            )
        case Turndown.DISTANCE:
            return ngettext("%(count)d lives too far away", "%(count)d live too far away", count)
        case Turndown.BEYOND_REACH:
            return ngettext(
                "%(count)d lives beyond what this stage alerts",
                "%(count)d live beyond what this stage alerts",
                count,
            )
        case Turndown.OVERLAP:
            return ngettext("%(count)d has another shift then", "%(count)d have another shift then", count)
        case Turndown.RATION:
            return ngettext(
                "%(count)d has been asked often enough today",
                "%(count)d have been asked often enough today",
                count,
            )
        case Turndown.ASKED:
            return ngettext(
                "%(count)d was asked for this already", "%(count)d were asked for this already", count
            )
        case Turndown.GAVE_BACK:
            return ngettext("%(count)d had a seat in it before", "%(count)d had a seat in it before", count)
        case Turndown.ASKED_ELSEWHERE:
            return ngettext(
                "%(count)d is asked for another shift at that time",
                "%(count)d are asked for another shift at that time",
                count,
            )
        case Turndown.NOT_FREE:
            return ngettext(
                "%(count)d is not free at that time", "%(count)d are not free at that time", count
            )
        case Turndown.NOT_THIS_WORK:
            return ngettext("%(count)d does not want this work", "%(count)d do not want this work", count)
        case Turndown.TIRED:
            return ngettext("%(count)d wants a rest today", "%(count)d want a rest today", count)
        case Turndown.QUIET:
            return ngettext(
                "%(count)d is not disturbed at night", "%(count)d are not disturbed at night", count
            )
        case Turndown.AGE | Turndown.BIRTHDAY | Turndown.GUARDIAN:
            return ngettext(
                "%(count)d is too young, or gave no age",
                "%(count)d are too young, or gave no age",
                count,
            )
        case Turndown.FARTHER:
            return ngettext("%(count)d lives farther away", "%(count)d live farther away", count)
        case _:
            return ngettext("%(count)d cannot be asked now", "%(count)d cannot be asked now", count)


def turndown_in_words(turndown: Turndown) -> str:
    """Why one person was not asked, for whoever wanted to ask them."""
    match turndown:
        case Turndown.SHIFT_FULL:
            return gettext("There was no free seat left to offer")
        case Turndown.NOT_OPEN | Turndown.TOO_LATE:
            return gettext("The shift is over, cancelled or has begun")
        case Turndown.NOT_YET_OPEN:
            return gettext("The shift does not open to everybody yet")
        case Turndown.AREA_STOPPED:
            return gettext("Everything stands still there until an official lifts the stop")
        case Turndown.ALREADY_SIGNED_UP:
            return gettext("Has a seat in it already")
        case Turndown.NO_MESSAGES:
            return gettext("Does not want messages about needs")
        case Turndown.CAPABILITY:
            return gettext("Does not have what the seat asks for")
        case Turndown.NOT_FOR_ASSIGNING:
            return gettext("Wants to be asked first")
        case Turndown.CONSENT | Turndown.CLOSED:
            return gettext("Does not take part any more")
        case Turndown.BEYOND_REACH:
            return gettext("Lives beyond what this stage alerts")
        case Turndown.HOURS:
            return gettext("Has used their weekly hours")
        case Turndown.REST:
            return gettext("Needs rest between two shifts")
        case Turndown.DISTANCE:
            return gettext("Lives too far away")
        case Turndown.OVERLAP:
            return gettext("Has another shift then")
        case Turndown.RATION:
            return gettext("Has been asked often enough today")
        case Turndown.ASKED:
            return gettext("Was asked for this already")
        case Turndown.GAVE_BACK:
            return gettext("Had a seat in it before")
        case Turndown.ASKED_ELSEWHERE:
            return gettext("Is asked for another shift at that time")
        case Turndown.NOT_FREE:
            return gettext("Is not free at that time")
        case Turndown.NOT_THIS_WORK:
            return gettext("Does not want this work")
        case Turndown.TIRED:
            return gettext("Wants a rest today")
        case Turndown.QUIET:
            return gettext("Is not asked between 22:00 and 07:00")
        case Turndown.AGE | Turndown.BIRTHDAY | Turndown.GUARDIAN:
            return gettext("Is too young, or gave no age")
        case Turndown.NEEDED_ELSEWHERE:
            return gettext("Is needed more elsewhere")
        case _:
            return gettext("Cannot be asked now")
