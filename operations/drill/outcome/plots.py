"""Pictures of a comparison: for each figure the two policies seed by seed, and the difference with its interval.

Drawn in the colour of the text around it, so that it prints and holds in the dark; the first policy is a ring, the
second a dot. The page shows the same numbers in a table beside it.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from operations.drill.outcome.differences import Difference
from operations.drill.outcome.measures import BY_KEY, policy_name
from operations.drill.outcome.summary import difference_words, words
from web.drawing.svg import join, number

# Those that a picture shows, the others stand in the table.
SHOWN = (
    "fill_crisis", "fill_pressing", "served", "alerts", "alerts_to_seat", "idle", "fairness", "standing", "travel",
)  # fmt: skip
WIDTH = 360
ROW = 66
TOP = 46
# The two panels: values, and the second less the first.
LEFT, RIGHT = (8, 160), (200, 352)
MIDDLE = 38


def comparison(result: dict[str, Any]) -> SafeString:
    """The picture of a comparison's result; empty where no figure has a pair."""
    found = [Difference(**one) for one in result["differences"]]
    shown = [one for key in SHOWN for one in found if one.key == key and one.pairs]
    if not shown:
        return mark_safe("")
    rows = [_row(one, result, TOP + ROW * index) for index, one in enumerate(shown)]
    height = TOP + ROW * len(shown)
    a, b = policy_name(result["a"]), policy_name(result["b"])
    title = gettext("%(a)s and %(b)s, seed by seed") % {"a": a, "b": b}
    told = gettext(
        "A ring is “%(a)s”, a dot “%(b)s”; a line joins the same seed. At the right the second less the first: the "
        "bar is the interval that holds the mean with 95 %% confidence, the upright line is no difference."
    ) % {"a": a, "b": b}
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="comparison" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'aria-labelledby="comparison-title comparison-told" focusable="false" color="currentColor">'
        '<title id="comparison-title">{2}</title><desc id="comparison-told">{3}</desc>{4}{5}</svg>',
        WIDTH,
        height,
        title,
        told,
        _legend(a, b),
        join(rows),
    )


def _legend(a: str, b: str) -> SafeString:
    return join(
        [
            _ring(LEFT[0] + 4, 12),
            _text(LEFT[0] + 14, 17, a),
            _dot(LEFT[0] + 4, 32),
            _text(LEFT[0] + 14, 37, b),
            _text(RIGHT[1], 17, gettext("Difference, with its interval"), end=True),
        ]
    )


def _row(one: Difference, result: dict[str, Any], y: float) -> SafeString:
    measure = BY_KEY[one.key]
    first, second = (
        [play["summary"]["figures"].get(one.key) for play in result["plays"] if play["policy"] == policy]
        for policy in (result["a"], result["b"])
    )
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    return join(
        [
            _text(LEFT[0], y + 14, str(measure.label), bold=True),
            _text(RIGHT[1], y + 14, difference_words(measure, one.mean), end=True, bold=one.is_clear),
            _values(pairs, y + MIDDLE),
            _differences(one, [b - a for a, b in pairs], y + MIDDLE),
            _text(LEFT[0], y + MIDDLE + 20, words(measure, min(min(pair) for pair in pairs)), small=True),
            _text(LEFT[1], y + MIDDLE + 20, words(measure, max(max(pair) for pair in pairs)), small=True, end=True),
        ]
    )  # fmt: skip


def _values(pairs: Sequence[tuple[float, float]], y: float) -> SafeString:
    """Each seed on a line of its own, close together."""
    least, most = min(min(pair) for pair in pairs), max(max(pair) for pair in pairs)
    parts = [_axis(*LEFT, y + 8)]
    step = 14 / max(len(pairs) - 1, 1)
    for index, (a, b) in enumerate(pairs):
        height = y - 9 + step * index
        left, right = (_place(value, least, most, LEFT) for value in (a, b))
        parts += [
            format_html(
                '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-opacity=".45"/>',
                number(left),
                number(right),
                number(height),
                number(height),
            ),
            _ring(left, height),
            _dot(right, height),
        ]
    return join(parts)


def _differences(one: Difference, apart: Sequence[float], y: float) -> SafeString:
    assert one.mean is not None, "rows without a pair are not drawn"
    reach = max(abs(value) for value in (*apart, one.low or 0, one.high or 0)) or 1
    parts = [
        _axis(*RIGHT, y + 8),
        format_html(
            '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor"/>',
            number(_place(0, -reach, reach, RIGHT)),
            number(y - 14),
            number(y + 8),
        ),
    ]
    if one.low is not None and one.high is not None:
        parts.append(
            format_html(
                '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-width="6" stroke-opacity=".35"/>',
                number(_place(one.low, -reach, reach, RIGHT)),
                number(_place(one.high, -reach, reach, RIGHT)),
                number(y - 2),
                number(y - 2),
            )
        )
    parts += [_dot(_place(value, -reach, reach, RIGHT), y - 2, 2) for value in apart]
    mean = number(_place(one.mean, -reach, reach, RIGHT))
    parts.append(
        format_html(
            '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="currentColor" stroke-width="2.5"/>',
            mean,
            number(y - 9),
            number(y + 5),
        )
    )
    return join(parts)


def _place(value: float, least: float, most: float, panel: tuple[int, int]) -> float:
    share = (value - least) / (most - least) if most > least else 0.5
    return panel[0] + 4 + share * (panel[1] - panel[0] - 8)


def _axis(left: float, right: float, y: float) -> SafeString:
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-opacity=".3"/>', left, right, number(y), number(y)
    )  # fmt: skip


def _ring(x: float, y: float) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="3" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        number(x),
        number(y),
    )


def _dot(x: float, y: float, r: float = 3.5) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" fill="currentColor"/>', number(x), number(y), number(r)
    )


def _text(
    x: float, y: float, text: str, *, end: bool = False, bold: bool = False, small: bool = False
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}"{}{} fill="currentColor">{}</text>',
        number(x),
        number(y),
        11 if small else 13,
        mark_safe(' text-anchor="end"') if end else "",
        mark_safe(' font-weight="600"') if bold else "",
        text,
    )
