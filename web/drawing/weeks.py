"""Weeks as bars, before something began and since, with a line at what was usual."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, number, picture

WIDTH, HEIGHT, BASE, TOP = 240, 72, 68, 8
SPACE = 2


def week_bars(before: Sequence[float], since: Sequence[float], usual: float, text: str) -> SafeString:
    """Draw both spans beside each other on one scale, an upright line between them; nothing where there is nothing."""
    highest = max((*before, *since, usual), default=0)
    if not highest:
        return mark_safe("")
    count = len(before) + len(since)
    wide = WIDTH / count
    bars = [
        _bar(index * wide, wide, value / highest, "usual" if index < len(before) else "since")
        for index, value in enumerate((*before, *since))
    ]
    level = number(BASE - usual / highest * (BASE - TOP))
    lines = format_html(
        '<path class="level" vector-effect="non-scaling-stroke" d="M0 {0}H{1}"/>'
        '<path class="begins" vector-effect="non-scaling-stroke" d="M{2} 0V{3}"/>'
        '<path class="axis" vector-effect="non-scaling-stroke" d="M0 {3}H{1}"/>',
        level,
        WIDTH,
        number(len(before) * wide),
        BASE,
    )
    content = join([*bars, lines])
    return picture(content, width=WIDTH, height=HEIGHT, css="week-bars", text=text, stretch=True)


def _bar(x: float, wide: float, share: float, tone: str) -> SafeString:
    height = share * (BASE - TOP)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        tone,
        number(x + SPACE / 2),
        number(BASE - height),
        number(max(wide - SPACE, 1)),
        number(height),
    )
