"""One value at many moments: a line with a dot a moment, on its own scale, without script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, number
from web.wording import local

HEIGHT = 180
BASE = 150
TOP = 12
WIDTH = 1000
LINES = 4
# Steps of a scale, times a power of ten.
STEPS = (1.0, 2.0, 4.0, 10.0)
# Nothing is shown finer than this.
LEAST_TOP = 0.001


@dataclass(frozen=True)
class Moment:
    at: datetime
    value: float


def top_of(values: Sequence[float]) -> float:
    """The round number at or above every value: 1, 2 or 4 times a power of ten."""
    highest = max(max(values, default=0.0), LEAST_TOP)
    power = LEAST_TOP
    while power * STEPS[-1] < highest:
        power *= 10
    return next(step * power for step in STEPS if step * power >= highest * (1 - 1e-9))


def time_chart(
    moments: Sequence[Moment],
    title: str,
    words: Callable[[float], str],
    *,
    kind: str = "hands",
    top: float | None = None,
) -> SafeString:
    """Draw values in the order of their moments; `words` writes one of them beside the scale.

    Equal steps apart, since plans come in bunches: the first and the last moment stand below, and one between.
    """
    if not moments:
        return mark_safe("")
    highest = top or top_of([one.value for one in moments])
    places = [(_x(place, len(moments)), _y(one.value, highest)) for place, one in enumerate(moments)]
    path = "L".join(f"{number(x * WIDTH / 100)} {number(y)}" for x, y in places)
    line = format_html(
        '<svg class="plot" viewBox="0 0 {0} {1}" width="100%" height="{1}" preserveAspectRatio="none">'
        '<path class="series series--{2}" d="M{3}"/></svg>',
        WIDTH,
        HEIGHT,
        kind,
        path,
    )
    dots = [
        format_html('<circle class="dot dot--{}" cx="{}%" cy="{}" r="2"/>', kind, number(x), number(y))
        for x, y in places
    ]
    return format_html(
        '<svg class="line-chart" width="100%" height="{}" role="img" aria-label="{}" focusable="false">{}</svg>',
        HEIGHT,
        title,
        join([_grid(highest, words), _moments(moments), line, *dots]),
    )


def _x(place: int, count: int) -> float:
    return 100 * place / (count - 1) if count > 1 else 50.0


def _y(value: float, top: float) -> float:
    return BASE - min(value / top, 1.0) * (BASE - TOP)


def _grid(top: float, words: Callable[[float], str]) -> SafeString:
    rules = []
    for line in range(LINES + 1):
        value = top * line / LINES
        y = number(_y(value, top))
        rules.append(
            format_html(
                '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/><text class="value" x="-8" y="{}" dy="4">{}</text>',
                "axis" if line == 0 else "grid",
                y,
                y,
                y,
                words(value),
            )
        )
    return join(rules)


def _moments(moments: Sequence[Moment]) -> SafeString:
    """The first, the middle and the last, as month/day and the hour."""
    last = len(moments) - 1
    labels = []
    for place in sorted({0, last // 2, last}):
        at = local(moments[place].at)
        side = "middle" if last == 0 or 0 < place < last else "start" if place == 0 else "end"
        between = " between" if 0 < place < last else ""
        labels.append(
            format_html(
                '<text class="day {}{}" x="{}%" y="{}">{}/{}<tspan class="no-elder"> {}</tspan></text>',
                side,
                between,
                number(_x(place, last + 1)),
                BASE + 20,
                at.month,
                at.day,
                f"{at:%H:%M}",
            )
        )
    return join(labels)
