"""The parts of which pages are made. Each draws values that it is given and looks nothing up."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core import clock
from web import wording
from web.drawing import charts, icons, people
from web.drawing import flow as flows
from web.drawing import qr as codes
from web.drawing import stitches as seams
from web.drawing import tile_map as maps
from web.drawing.heat import Heat
from web.states import State, StateKey, words_for

register = template.Library()
# Behind these a title may go on below.
PHRASE_ENDS = re.compile(r"(?<=[，、：；])(?=.)")


def _key(state: State | str) -> str:
    return state.key.value if isinstance(state, State) else StateKey(state).value


@register.simple_tag
def mark(text: str = "") -> SafeString:
    """Draw the mark; `text` names it where no wordmark stands beside it."""
    return people.mark(text=text)


@register.simple_tag
def person() -> SafeString:
    """Draw one person 人."""
    return people.person()


@register.simple_tag
def hem() -> SafeString:
    """Draw the hem: people hand in hand. Twice a page at most; the frame has both already."""
    return mark_safe('<div class="hem" aria-hidden="true"></div>')


@register.filter
def phrases(text: str) -> SafeString | str:
    """Let a Chinese title break after its marks alone: by meaning, and no last character by itself."""
    parts = PHRASE_ENDS.split(text)
    return (
        format_html_join("", '<span class="phrase">{}</span>', ((part,) for part in parts))
        if parts[1:]
        else text
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the icons; put its word beside it."""
    return icons.icon(name)


@register.simple_tag
def state(state: State | str, count: int = 0, words: str = "") -> SafeString:
    """Show a state as shape and words: ▲ 还缺 8 人. `words` replaces the usual ones."""
    key = _key(state)
    missing = state.count if isinstance(state, State) else count
    return format_html(
        '<span class="state state--{}">{}{}</span>',
        key,
        icons.state_shape(key),
        words or words_for(key, missing),
    )


@register.simple_tag
def stitches(
    taken: int,
    needed: int,
    seats: int,
    state: State | str = "filled",
    width: int = 336,
    height: int = 15,
    before: int | None = None,
) -> SafeString:
    """Draw the seats of a shift as stitches, at most `width` wide; those taken since there were `before` fill in."""
    return seams.stitches(taken, needed, seats, _key(state), width=width, height=height, before=before)


@register.simple_tag
def crowd(
    taken: int, needed: int, seats: int, you: int | None = None, before: int | None = None
) -> SafeString:
    """Draw a person per seat; `you` is the index from 0 of the reader's seat; who came since `before` fills in."""
    return people.crowd(taken, needed, seats, you, before)


@register.simple_tag
def day_crowd(
    days: Mapping[date, float] | Sequence[tuple[date, float]],
    until: date,
    weeks: int = 15,
) -> SafeString:
    """Draw the days served: `days` gives the hours of each."""
    return people.day_crowd(dict(days), until, weeks)


@register.inclusion_tag("partials/tile_map.html")
def tile_map(
    tiles: Sequence[maps.Tile],
    selected: str = "",
    title: str = "",
    changes: bool = False,
    listed: bool = False,
) -> dict[str, Any]:
    """Draw the map with its key and the same facts as a table; one that `changes` is redrawn in place by a script. The
    table is `listed` at once where the map has no names."""
    return {
        "listed": listed,
        "drawing": maps.tile_map(tiles, selected=selected, title=title, changes=changes) if tiles else "",
        "tiles": sorted(tiles, key=lambda tile: -tile.count),
        "states": [
            (key, count)
            for key in ("short", "at_risk", "filled", maps.UNKNOWN)
            # Few maps have a county without a figure.
            if (count := sum(tile.state == key for tile in tiles)) or key != maps.UNKNOWN
        ],
    }


@register.inclusion_tag("partials/figure.html")
def figure(
    value: object = "",
    unit: str = "",
    label: str = "",
    definition: str = "",
    definition_url: str = "",
    suppressed: str = "",
    parts: Sequence[tuple[str, str]] = (),
    note: str = "",
    state: str = "",
) -> dict[str, Any]:
    """Show a figure with its definition. `parts` are (number, unit) pairs for a duration."""
    shown = wording.number_words(value) if isinstance(value, int | float) else str(value)
    return {
        "parts": parts or [(shown, unit)],
        "label": label,
        "definition": definition,
        "definition_url": definition_url,
        "suppressed": suppressed,
        "note": note,
        "state": state,
    }


@register.simple_tag
def suppressed_mark(why: str) -> SafeString:
    """Show a figure that is hidden: `small` (few people) or `complement` (it would reveal another)."""
    small = why == "small"
    text = gettext("hidden, too few people") if small else gettext("hidden to protect another figure")
    return format_html(
        '<span class="suppressed" title="{0}"><span aria-hidden="true">{1}</span>'
        '<span class="govuk-visually-hidden">{0}</span></span>',
        text,
        "*" if small else "†",
    )


@register.inclusion_tag("partials/line_chart.html")
def line_chart(
    series: Sequence[charts.Series],
    title: str = "",
    gap: charts.Gap | None = None,
    marks: Sequence[charts.Line] = (),
    meeting: charts.Meeting | None = None,
) -> dict[str, Any]:
    """Draw lines over days, labelled directly, with the same numbers as a table; `gap` hatches between two, `marks`
    are days on which something began, `meeting` is where two lines are expected to meet."""
    days = sorted({point.day for line in series for point in line.points})
    values = [{point.day: point for point in line.points} for line in series]
    return {
        "drawing": charts.line_chart(series, title, gap, marks=marks, meeting=meeting),
        "title": title,
        "series": series,
        "labels": [line.label for line in series],
        "rows": [(day, [line.get(day) for line in values]) for day in days],
    }


@register.inclusion_tag("partials/flow_chart.html")
def flow_chart(
    steps: Sequence[flows.Step],
    ribbons: Sequence[flows.Ribbon],
    heads: Sequence[str],
    text: str = "",
    *,
    table: bool = True,
) -> dict[str, Any]:
    """Draw what became of something step by step, with the same numbers as a list on phones and as a table.

    Without `table` the page has one of its own beside it.
    """
    names = {step.key: step.label for step in steps}
    return {
        "drawing": flows.flow_chart(steps, ribbons, heads, text),
        "columns": [
            (head, [step for step in steps if step.column == index]) for index, head in enumerate(heads)
        ],
        "rows": [(names[one.source], names[one.target], one) for one in ribbons],
        "table": table,
    }


@register.inclusion_tag("partials/heat.html")
def heat(calendar: Heat, caption: str = "") -> dict[str, Any]:
    """Draw a calendar of weeks in which a day is the darker, the more it holds."""
    return {"calendar": calendar, "caption": caption, "weekdays": wording.weekday_letters()}


@register.simple_tag
def bar(value: float, max: float, mark: float | None = None, state: str = "short") -> SafeString:
    """Draw a bar for a table's cell, with a line at `mark`."""
    return charts.bar(value, max, mark, state)


@register.simple_tag
def qr(text: str, label: str = "") -> SafeString:
    """Draw a QR code; always put its short code in words beside it."""
    return codes.qr(text, label or gettext("QR code for this page"))


@register.simple_tag
def when(start: datetime, end: datetime, inside: bool = False) -> str:
    """Say when: 今晚 18:00–22:00; `inside` a sentence, today has no capital."""
    words = wording.when_words(start, end, clock.now())
    return wording.inside(words) if inside else words


@register.simple_tag
def when_day(start: datetime) -> str:
    """Say the day alone: 今晚."""
    return wording.day_words(start, clock.now())


@register.simple_tag
def when_hours(start: datetime, end: datetime) -> str:
    """Say the hours alone: 18:00–22:00."""
    return wording.hours_words(start, end)


@register.simple_tag
def moment(at: datetime, inside: bool = False) -> str:
    """Say when something happened: 今天 21:40; `inside` a sentence, today has no capital."""
    words = wording.moment_words(at, clock.now())
    return wording.inside(words) if inside else words


@register.simple_tag
def spoken_time(at: datetime) -> str:
    """Say an hour aloud: 晚上 6 点."""
    return wording.spoken_time(at)


@register.simple_tag
def full_date(day: date, year: bool = False) -> str:
    """Say a date in full: 2月6日 星期四."""
    return wording.full_date(wording.local(day).date() if isinstance(day, datetime) else day, year=year)


@register.simple_tag
def month_name(day: date) -> str:
    """Say a month in a narrow place: 2月."""
    return wording.month_name(day)


@register.simple_tag
def days(first: date, last: date) -> str:
    """Say the days of a call: 2月6日至9日."""
    return wording.span_words(first, last)


@register.simple_tag
def duration(length: timedelta) -> str:
    """Say a duration: 3 小时 20 分."""
    return wording.duration_words(length)


@register.simple_tag
def distance(metres: float) -> str:
    """Say a distance: 800 米."""
    return wording.distance_words(metres)


@register.filter
def number(value: float) -> str:
    """Group the digits of a number."""
    return wording.number_words(value)
