"""The figures at the top of the overview: their values, what they compare with, and what they count."""

from datetime import timedelta

from django.utils.translation import gettext

from insights.queries import DEFINITIONS, Key, Overview, fill_gap
from web.authority.overview.days import Days
from web.wording import duration_parts, number_words


def figures(read: Overview, days: Days) -> list[dict[str, object]]:
    """The five figures in the order of the page."""
    counts = read.own.counts
    response = read.own.response_minutes
    volunteers = read.own.volunteers
    gap = fill_gap(read.rows)
    behind = gettext("Last 30 days.")
    figures: list[dict[str, object]] = [
        {
            "label": DEFINITIONS[Key.SHORT].name,
            "value": counts.short,
            "unit": gettext("hands"),
            "state": "short" if counts.short else "",
            "note": _against_yesterday(read, days),
            "definition": _what_short(days),
        },
        {
            "label": DEFINITIONS[Key.FILL_RATE].name,
            "value": "–" if counts.fill_rate is None else counts.fill_rate,
            "unit": "" if counts.fill_rate is None else "%",
            "note": gettext("%(needed)s needed, %(covered)s there")
            % {"needed": number_words(counts.seats_least), "covered": number_words(counts.seats_covered)},
            "definition": gettext("Taken seats over the least number; a shift counts as 100 % at most."),
        },
        {
            "label": DEFINITIONS[Key.RESPONSE_MINUTES].name,
            "value": "–",
            "parts": duration_parts(timedelta(minutes=response)) if response is not None else [],
            "note": behind,
            "definition": gettext("Median time from a call until an organization took it on."),
        },
        {
            "label": DEFINITIONS[Key.VOLUNTEERS].name,
            "value": volunteers.value if volunteers.value is not None else "",
            "unit": "" if volunteers.is_hidden else gettext("persons"),
            "suppressed": volunteers.why,
            "note": behind,
            "definition": gettext(
                "Different persons with confirmed hours, rounded to 5; under 8 hidden (*)."
            ),
        },
    ]
    if read.rows:
        figures.append(
            {
                "label": gettext("Gap between areas"),
                "value": "–" if gap is None else gap,
                "unit": "" if gap is None else gettext("points"),
                "note": "" if gap is not None else gettext("Fewer than 4 areas need hands."),
                "definition": gettext(
                    "Mean fill rate of the best quarter of the areas minus that of the worst."
                ),
            }
        )
    return figures


def _what_short(days: Days) -> str:
    if days.is_default:
        return gettext(
            "The least number minus the taken seats, in shifts that are not over. Counted just now."
        )
    return gettext("For each shift the least number minus the taken seats, where that is above 0.")


def _against_yesterday(read: Overview, days: Days) -> str:
    """How many are missing on the chosen day beside the day before; nothing for several days."""
    if read.now is not None:
        today, tomorrow = (read.now.on(read.own.area, day).missing for day in read.now.days)
        return gettext("Today %(today)s, tomorrow %(tomorrow)s") % {
            "today": number_words(today),
            "tomorrow": number_words(tomorrow),
        }
    before = read.by_day[days.chosen[0] - timedelta(days=1)].short
    return gettext("The day before %(count)s") % {"count": number_words(before)}
