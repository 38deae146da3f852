"""Charts that print and need no script: lines labelled directly, bars for tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, number
from web.wording import number_words

HEIGHT = 220
BASE = 190
TOP = 16
STEPS = (1, 2, 2.5, 5, 10)
BAR_WIDTH = 88
BAR_HEIGHT = 12


@dataclass(frozen=True)
class Point:
    """A value on a day; `forecast` values are dotted, with their `error` up and down as a pale band."""

    day: date
    value: float
    forecast: bool = False
    error: float = 0


@dataclass(frozen=True)
class Series:
    """A line. `kind` chooses the colour: need, hands, or other."""

    label: str
    points: Sequence[Point]
    kind: str = "hands"


def scale_top(highest: float, lines: int = 4) -> float:
    """Return a round number at or above the highest value that divides into even steps of at least one."""
    step = max(highest / lines, 1)
    magnitude = 10.0 ** (len(str(int(step))) - 1)
    multiple = next(
        multiple for multiple in STEPS if multiple * magnitude >= step and (multiple * magnitude).is_integer()
    )
    return multiple * magnitude * lines


@dataclass(frozen=True)
class Gap:
    """What lies between the first two lines, hatched, with a word at its widest day."""

    day: date
    words: str


@dataclass(frozen=True)
class Line:
    """A day on which something began: a line from top to bottom with its words."""

    day: date
    words: str


@dataclass(frozen=True)
class Meeting:
    """The day on which the first two lines are expected to meet, in words beside the plot, and how sure that is."""

    day: date
    words: str
    error: str


def line_chart(
    series: Sequence[Series],
    title: str,
    gap: Gap | None = None,
    *,
    marks: Sequence[Line] = (),
    meeting: Meeting | None = None,
) -> SafeString:
    """Draw lines over days. The drawing stretches to its column; its words keep their size."""
    days = sorted({point.day for line in series for point in line.points})
    if not days:
        return mark_safe("")
    top = scale_top(max(point.value for line in series for point in line.points))
    span = max((days[-1] - days[0]).days, 1)
    parts = [_grid(top), _days(days, span)]
    lines = [_line(line, days[0], span, top) for line in series]
    errors = [_error(line, days[0], span, top) for line in series]
    if gap is not None:
        lines = [_hatch(series, days[0], span, top), *lines]
    parts.append(
        format_html(
            '<svg class="plot" viewBox="0 0 1000 {0}" width="100%" height="{0}" preserveAspectRatio="none">{1}</svg>',
            HEIGHT,
            join([*errors, *lines]),
        )
    )
    parts.extend(_begins(mark, days[0], span) for mark in marks)
    if gap is not None:
        parts.append(_widest(series, gap, days[0], span, top))
    if meeting is not None:
        parts.append(_meeting(series, meeting, days[0], span, top))
        parts.extend(_inner_labels(series, days[0], span, top))
    else:
        parts.extend(_end_labels(series, top))
    return format_html(
        '<svg class="line-chart" width="100%" height="{}" role="img" aria-label="{}" focusable="false">{}</svg>',
        HEIGHT,
        title,
        join(parts),
    )


def _y(value: float, top: float) -> float:
    return BASE - value / top * (BASE - TOP)


def _grid(top: float) -> SafeString:
    rules = []
    for line in range(5):
        value = top * line / 4
        y = number(_y(value, top))
        rules.append(
            format_html(
                '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/><text class="value" x="-8" y="{}" dy="4">{}</text>',
                "axis" if line == 0 else "grid",
                y,
                y,
                y,
                number_words(value),
            )
        )
    return join(rules)


def _days(days: list[date], span: int) -> SafeString:
    """Name the first, the last and about three days between them."""
    chosen = sorted({days[round(index * (len(days) - 1) / 4)] for index in range(5)})
    labels = []
    for day in chosen:
        x = (day - days[0]).days / span * 100
        side = "start" if day == chosen[0] else "end" if day == chosen[-1] else "middle"
        between = " between" if side == "middle" and day != chosen[len(chosen) // 2] else ""
        labels.append(
            format_html(
                '<text class="day {}{}" x="{}%" y="{}">{}/{}</text>',
                side,
                between,
                number(x),
                BASE + 20,
                day.month,
                day.day,
            )
        )
    return join(labels)


def _line(line: Series, first: date, span: int, top: float) -> SafeString:
    known = [point for point in line.points if not point.forecast]
    ahead = [point for point in line.points if point.forecast]
    paths = []
    for points, css in ((known, ""), (known[-1:] + ahead if ahead else [], " dotted")):
        if points:
            path = "L".join(
                f"{number((point.day - first).days / span * 1000)} {number(_y(point.value, top))}"
                for point in points
            )
            paths.append(format_html('<path class="series series--{}{}" d="M{}"/>', line.kind, css, path))
    return join(paths)


def _hatch(series: Sequence[Series], first: date, span: int, top: float) -> SafeString:
    """The ground between the first two lines."""
    upper, lower = (
        [
            f"{number((point.day - first).days / span * 1000)} {number(_y(point.value, top))}"
            for point in line.points
            if not point.forecast
        ]
        for line in series[:2]
    )
    return format_html(
        '<pattern id="gap" width="8" height="8" patternUnits="userSpaceOnUse"><path class="hatch" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>'
        '</pattern><path class="gap" fill="url(#gap)" d="M{}Z"/>',
        "L".join([*upper, *reversed(lower)]),
    )


def _widest(series: Sequence[Series], gap: Gap, first: date, span: int, top: float) -> SafeString:
    """A line from hands to need on the day that lacks most, and its words on the side that has room."""
    ends = [_y(point.value, top) for line in series[:2] for point in line.points if point.day == gap.day]
    share = (gap.day - first).days / span * 100
    side, shift = ("end", -8) if share > 50 else ("start", 8)
    x = number(share)
    return format_html(
        '<line class="gap-line" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text class="gap-words {3}" x="{0}%" dx="{4}" y="{5}">{6}</text>',
        x,
        number(min(ends)),
        number(max(ends)),
        side,
        shift,
        number(_beside(min(ends), max(ends))),
        gap.words,
    )


def _beside(upper: float, lower: float) -> float:
    """Where the words of a gap stand: in its middle if it is high enough, else above it."""
    return (upper + lower) / 2 + 5 if lower - upper > 28 else max(upper - 10, 26)


def _error(line: Series, first: date, span: int, top: float) -> SafeString:
    """The band between value less error and value plus error, opening from the last known point."""
    ahead = [point for point in line.points if point.forecast]
    if not any(point.error for point in ahead):
        return mark_safe("")
    known = [point for point in line.points if not point.forecast][-1:]
    upper, lower = (
        [
            f"{number((point.day - first).days / span * 1000)} "
            f"{number(_y(min(max(point.value + sign * point.error, 0), top), top))}"
            for point in [*known, *ahead]
        ]
        for sign in (1, -1)
    )
    return format_html(
        '<path class="error error--{}" d="M{}Z"/>', line.kind, "L".join([*upper, *reversed(lower)])
    )


def _begins(begins: Line, first: date, span: int) -> SafeString:
    share = (begins.day - first).days / span * 100
    side, shift = ("end", -8) if share > 60 else ("start", 8)
    return format_html(
        '<line class="gap-line" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>'
        '<text class="gap-words {2}" x="{0}%" dx="{3}" y="14">{4}</text>',
        number(share),
        BASE,
        side,
        shift,
        begins.words,
    )


def _meeting(series: Sequence[Series], meeting: Meeting, first: date, span: int, top: float) -> SafeString:
    """A ring where the lines meet, its day and its error at the right of it."""
    y = next(_y(point.value, top) for point in series[0].points if point.day == meeting.day)
    words = min(max(y, 14), BASE - 20)
    return format_html(
        '<circle class="meeting" cx="{0}%" cy="{1}" r="6"/>'
        '<text class="label label--meeting" x="{0}%" dx="12" y="{2}" dy="-2">{3}</text>'
        '<text x="{0}%" dx="12" y="{2}" dy="16">{4}</text>',
        number((meeting.day - first).days / span * 100),
        number(y),
        number(words),
        meeting.words,
        meeting.error,
    )


def _inner_labels(series: Sequence[Series], first: date, span: int, top: float) -> list[SafeString]:
    """Name the lines at their last known day, the upper one above itself and the lower one below."""
    known = [[point for point in line.points if not point.forecast][-1] for line in series]
    order = sorted(zip(known, series, strict=True), key=lambda pair: -pair[0].value)
    return [
        format_html(
            '<text class="label label--{} inner end" x="{}%" y="{}">{}</text>',
            line.kind,
            number((point.day - first).days / span * 100),
            number(min(max(_y(point.value, top) + (24 if index else -12), 12), BASE - 6)),
            line.label,
        )
        for index, (point, line) in enumerate(order)
    ]


def _end_labels(series: Sequence[Series], top: float) -> list[SafeString]:
    """Name each line at its end; names that would touch are moved apart."""
    ends = sorted(
        ((_y(line.points[-1].value, top), line) for line in series if line.points),
        key=lambda end: end[0],
    )
    labels: list[SafeString] = []
    lowest = 0.0
    for wanted, line in ends:
        y = max(wanted, lowest + 18)
        lowest = y
        labels.append(
            format_html(
                '<text class="label label--{}" x="100%" y="{}" dx="8" dy="4">{}</text>',
                line.kind,
                number(y),
                line.label,
            )
        )
    return labels


def bar(value: float, highest: float, mark: float | None = None, state: str = "short") -> SafeString:
    """Draw a bar for a table's cell; the number beside it carries the meaning. `mark` is a line at that value."""
    share = min(max(value / highest, 0), 1) if highest else 0
    line = ""
    if mark is not None and highest:
        x = number(1 + min(mark / highest, 1) * (BAR_WIDTH - 2))
        line = format_html('<path class="bar-mark" d="M{} 0v{}"/>', x, BAR_HEIGHT)
    return format_html(
        '<svg class="bar bar--{}" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true" focusable="false">'
        '<rect class="bar-frame" x=".75" y=".75" width="{}" height="{}"/>'
        '<rect class="bar-fill" width="{}" height="{}"/>{}</svg>',
        state,
        BAR_WIDTH,
        BAR_HEIGHT,
        BAR_WIDTH,
        BAR_HEIGHT,
        BAR_WIDTH - 1.5,
        BAR_HEIGHT - 1.5,
        number(share * BAR_WIDTH),
        BAR_HEIGHT,
        line,
    )
