"""The five figures at the top of the overview: their values, what they compare with, what they count."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from insights.disclosure import Cell
from insights.queries import DEFINITIONS, Key, fill_gap
from insights.queries.lately import REQUESTS_DOWN_TO
from web.authority.overview.days import Days
from web.authority.overview.reading import Read
from web.wording import duration_parts, number_words, plain_date

Figure = dict[str, object]


def figures(read: Read, days: Days) -> list[Figure]:
    """In the order of the page. The gap is one between counties; a county has its requests there, and a township
    nothing: its requests are not counted.
    """
    found = [_short(read, days), _fill_rate(read), _answer(read), _idle(read)]
    if read.own.area.level < Area.Level.COUNTY:
        found.append(_gap(read))
    elif read.own.area.level <= REQUESTS_DOWN_TO:
        found.append(_requests(read))
    return [figure | _why_hidden(figure) for figure in found]


def _why_hidden(figure: Figure) -> Figure:
    """A note below a mark in place of a number; nothing where there is a number."""
    if not figure.get("suppressed") or figure.get("note"):
        return {}
    if figure["suppressed"] == "small":
        return {"note": gettext("Too few people to show a number.")}
    return {"note": gettext("Hidden, so that nobody can be worked out from it.")}


def definition_url(key: Key, area: Area) -> str:
    """The page that says what a figure is, with its values of an area."""
    return reverse("public:definition", args=[key]) + f"?area={area.code}"


def _short(read: Read, days: Days) -> Figure:
    counts = read.own.counts
    return _figure(Key.SHORT, read) | {
        "value": counts.short,
        "unit": gettext("hands"),
        "state": "short" if counts.short else "",
        "note": _against_yesterday(read, days),
        "definition": _what_short(days),
    }


def _fill_rate(read: Read) -> Figure:
    counts = read.own.counts
    return _figure(Key.FILL_RATE, read) | {
        "value": "–" if counts.fill_rate is None else counts.fill_rate,
        "unit": "" if counts.fill_rate is None else "%",
        "note": gettext("%(needed)s needed, %(covered)s there")
        % {"needed": number_words(counts.seats_least), "covered": number_words(counts.seats_covered)},
        "definition": gettext("Taken seats over the least number; a shift counts as 100 % at most."),
    }


def _answer(read: Read) -> Figure:
    cell = read.own.answer_minutes
    return _figure(Key.ANSWER_MINUTES, read) | {
        "value": "–",
        "parts": duration_parts(timedelta(minutes=cell.value)) if cell.value is not None else [],
        "suppressed": cell.why,
        "note": _kept(read.own.promise_kept),
        "definition": gettext("Median time from a resident's request to somebody's first decision."),
    }


def _kept(cell: Cell) -> str:
    return "" if cell.value is None else gettext("Promises kept: %(share)d %%") % {"share": cell.value}


def _idle(read: Read) -> Figure:
    rate, idle = read.own.idle_rate, read.own.idle
    return _figure(Key.IDLE_RATE, read) | {
        "value": "–" if rate.value is None else int(rate.value),
        "unit": "" if rate.value is None else "%",
        "suppressed": rate.why,
        "note": ""
        if idle.value is None
        else gettext("%(idle)s persons wait") % {"idle": number_words(idle.value)},
        "definition": gettext("On duty, and not asked in the last 7 days."),
    }


def _gap(read: Read) -> Figure:
    gap = fill_gap(read.rows)
    return _figure(Key.FAIRNESS, read) | {
        "value": "–" if gap is None else gap,
        "unit": "" if gap is None else gettext("points"),
        "note": "" if gap is not None else gettext("Fewer than 4 counties need hands."),
        "definition": gettext("Mean fill rate of the best quarter of the counties minus that of the worst."),
    }


def _requests(read: Read) -> Figure:
    cell = read.own.requests
    return _figure(Key.REQUESTS, read) | {
        "value": "–" if cell.value is None else number_words(cell.value),
        "suppressed": cell.why,
        "definition": gettext("Requests for help that came in the last 7 days."),
    }


def _figure(key: Key, read: Read) -> Figure:
    return {"key": key, "label": DEFINITIONS[key].name, "definition_url": definition_url(key, read.own.area)}


def _what_short(days: Days) -> str:
    if days.is_default:
        return gettext(
            "The least number minus the taken seats, in shifts that are not over. Counted just now."
        )
    return gettext("For each shift the least number minus the taken seats, where that is above 0.")


def _against_yesterday(read: Read, days: Days) -> str:
    """How many are missing on each of the two days, or on the day before the chosen one."""
    if read.now is not None:
        today, tomorrow = (read.now.on(read.own.area, day).missing for day in read.now.days)
        return gettext("Today %(today)s, tomorrow %(tomorrow)s") % {
            "today": number_words(today),
            "tomorrow": number_words(tomorrow),
        }
    before = read.by_day[days.chosen[0] - timedelta(days=1)].short
    return gettext("The day before %(count)s") % {"count": number_words(before)}


def lately_words(read: Read) -> str:
    """Of which days the figures about persons are."""
    found = read.own.lately
    if found.ends_on is None:
        return ""
    return gettext("Persons and requests as counted on the morning after %(day)s.") % {
        "day": plain_date(found.ends_on)
    }
