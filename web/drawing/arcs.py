"""Ties between the lines of a list, as arcs beside it: the wider, the stronger. No two runs draw it differently."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, number

# The drawing is stretched to the height of the list beside it: a line of it is so many units high.
LINE = 10
WIDTH = 100
# The longest arc leaves so much at the left edge.
MARGIN = 6
WIDEST = 12.0
THINNEST = 1.0


@dataclass(frozen=True)
class Arc:
    """A tie between two names; `words` say it, `tone` chooses the colour: call, share, transfer, passed."""

    one: int
    other: int
    strength: int
    tone: str
    words: str


def in_order(arcs: Sequence[Arc], first: Sequence[int]) -> list[int]:
    """The ends of the arcs as a list in which ties stay short: each of `first` by strength, with those behind it that
    are tied to it most and were not named yet; then whoever is left."""
    strength: dict[int, int] = defaultdict(int)
    partners: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for arc in arcs:
        for own, other in ((arc.one, arc.other), (arc.other, arc.one)):
            strength[own] += arc.strength
            partners[own].append((-arc.strength, other))
    ahead = set(first)
    ordered: dict[int, None] = {}

    def name(key: int) -> None:
        ordered.setdefault(key)
        for _, other in sorted(partners[key]):
            if other not in ordered and other not in ahead:
                name(other)

    for key in sorted(strength, key=lambda key: (key not in ahead, -strength[key], key)):
        if key not in ordered:
            name(key)
    return list(ordered)


def arcs_chart(order: Sequence[int], arcs: Sequence[Arc], text: str) -> SafeString:
    """Draw the arcs at the left of a list whose lines are all equally high."""
    if not arcs:
        return mark_safe("")
    place = {key: index for index, key in enumerate(order)}
    longest = max(abs(place[arc.one] - place[arc.other]) for arc in arcs)
    widths = widths_of(arcs)
    height = len(order) * LINE
    # Thin ones lie on top of wide ones.
    drawn = [
        _arc(arc, place, longest, width) for arc, width in sorted(widths.items(), key=lambda pair: -pair[1])
    ]
    return format_html(
        '<svg class="arcs" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}" focusable="false">'
        "{}</svg>",
        WIDTH,
        height,
        text,
        join(drawn),
    )


def widths_of(arcs: Sequence[Arc]) -> Mapping[Arc, float]:
    """How wide each arc is, in points: in proportion to its strength, and never too thin to be seen."""
    most = max((arc.strength for arc in arcs), default=1) or 1
    return {arc: max(THINNEST, round(WIDEST * arc.strength / most, 2)) for arc in arcs}


def _arc(arc: Arc, place: Mapping[int, int], longest: int, width: float) -> SafeString:
    upper, lower = sorted((place[arc.one], place[arc.other]))
    y0, y1 = ((index + 0.5) * LINE for index in (upper, lower))
    # By the root, so that neighbours are still seen beside long arcs; a Bézier reaches 3/4 of the way to its handles.
    reach = (WIDTH - MARGIN) * sqrt((lower - upper) / longest)
    x = number(WIDTH - reach / 0.75)
    return format_html(
        '<path class="arc arc--{}" stroke-width="{}" vector-effect="non-scaling-stroke" d="M{} {}C{} {} {} {} {} {}">'
        "<title>{}</title></path>",
        arc.tone,
        number(width),
        WIDTH,
        number(y0),
        x,
        number(y0),
        x,
        number(y1),
        WIDTH,
        number(y1),
        arc.words,
    )
