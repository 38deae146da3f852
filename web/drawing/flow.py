"""Flows from step to step: blocks as high as their numbers, ribbons as wide as what goes from one to the next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.drawing.svg import join, number

HEIGHT = 300
TOP = 30
BLOCK = 12
GAP = 14
# Names of blocks stand on lines at least so far apart.
LINE = 22
LEAST = 2
WIDTH = 1000
# What the last column leaves at the right for its names, in hundredths of the width.
RIGHT = 20


@dataclass(frozen=True)
class Step:
    """A block. `column` counts from 0; `tone` chooses the colour: asked, going, done, waits, same, lost.

    `shown` stands beside the name; `why` says that the number is hidden, `count` is then what is shown of it.
    """

    key: str
    label: str
    column: int
    count: int
    shown: str
    tone: str = "asked"
    why: str = ""


@dataclass(frozen=True)
class Ribbon:
    """What goes from one step to another; `why` as for steps."""

    source: str
    target: str
    count: int
    why: str = ""


@dataclass(frozen=True)
class Block:
    """A step with its place: upper edge and height in the drawing's units."""

    step: Step
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def flow_chart(
    steps: Sequence[Step], ribbons: Sequence[Ribbon], heads: Sequence[str], text: str
) -> SafeString:
    """Draw steps in their columns under `heads`. The drawing stretches to its column; its words keep their size."""
    if not any(step.count for step in steps):
        return mark_safe("")
    scale, blocks = placed(steps)
    height = max(block.y + max(block.height, LINE) for block in blocks.values()) + 8
    last = max(step.column for step in steps)
    return format_html(
        '<svg class="flow" width="100%" height="{0}" role="img" aria-label="{1}" focusable="false">'
        '<svg class="plot" viewBox="0 0 {2} {0}" width="100%" height="{0}" preserveAspectRatio="none">{3}</svg>'
        "{4}{5}{6}</svg>",
        number(height),
        text,
        WIDTH,
        join(_ribbons(ribbons, blocks, scale, last)),
        join([_head(index, head, last) for index, head in enumerate(heads)]),
        join([_block(block, last) for block in blocks.values()]),
        join([_name(block, last) for block in blocks.values()]),
    )


def placed(steps: Sequence[Step]) -> tuple[float, dict[str, Block]]:
    """Units for each one counted, and every block: columns fill the height, the first ones from the top."""
    columns: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        columns[step.column].append(step)
    totals = {column: sum(step.count for step in found) for column, found in columns.items()}
    room = HEIGHT - GAP * (max(len(found) for found in columns.values()) - 1)
    scale = room / max(totals.values())
    blocks: dict[str, Block] = {}
    for found in columns.values():
        y, before = float(TOP), None
        for step in found:
            height = max(step.count * scale, LEAST)
            if before is not None:
                y = max(before.y + before.height + GAP, before.middle + LINE - height / 2)
            before = blocks[step.key] = Block(step, y, height)
            y += height
    return scale, blocks


def _x(column: int, last: int) -> float:
    """The left edge of a column, in hundredths of the width."""
    return column * (100 - RIGHT) / max(last, 1)


def _ribbons(
    ribbons: Sequence[Ribbon], blocks: Mapping[str, Block], scale: float, last: int
) -> list[SafeString]:
    order = {key: index for index, key in enumerate(blocks)}
    left: dict[str, float] = defaultdict(float)
    right: dict[str, float] = defaultdict(float)
    starts: dict[tuple[str, str], float] = {}
    for ribbon in sorted(ribbons, key=lambda one: (order[one.source], order[one.target])):
        starts[ribbon.source, ribbon.target] = blocks[ribbon.source].y + left[ribbon.source]
        left[ribbon.source] += ribbon.count * scale
    drawn = []
    for ribbon in sorted(ribbons, key=lambda one: (order[one.target], order[one.source])):
        source, target = blocks[ribbon.source], blocks[ribbon.target]
        y0, y1 = starts[ribbon.source, ribbon.target], target.y + right[ribbon.target]
        wide = ribbon.count * scale
        right[ribbon.target] += wide
        if not ribbon.count:
            continue
        x0, x1 = (_x(block.step.column, last) * WIDTH / 100 for block in (source, target))
        drawn.append(
            format_html(
                '<path class="ribbon flow--{}" d="{}"/>', target.step.tone, _path(x0, y0, x1, y1, wide)
            )
        )
    return drawn


def _path(x0: float, y0: float, x1: float, y1: float, wide: float) -> str:
    """A ribbon from the left to the right, level at both ends."""
    middle = (x0 + x1) / 2
    a, b, m = number(x0), number(x1), number(middle)
    u0, u1, l0, l1 = (number(y) for y in (y0, y1, y0 + wide, y1 + wide))
    return f"M{a} {u0}C{m} {u0} {m} {u1} {b} {u1}V{l1}C{m} {l1} {m} {l0} {a} {l0}Z"


def _block(block: Block, last: int) -> SafeString:
    return format_html(
        '<rect class="block flow--{}" x="{}%" y="{}" width="{}" height="{}"/>',
        block.step.tone,
        number(_x(block.step.column, last)),
        number(block.y),
        BLOCK,
        number(block.height),
    )


def _head(column: int, head: str, last: int) -> SafeString:
    return format_html('<text class="flow-head" x="{}%" y="14">{}</text>', number(_x(column, last)), head)


def _name(block: Block, last: int) -> SafeString:
    return format_html(
        '<text class="flow-name" x="{}%" dx="{}" y="{}"><tspan>{}</tspan> {}</text>',
        number(_x(block.step.column, last)),
        BLOCK + 8,
        number(block.middle + 5),
        block.step.label,
        block.step.shown,
    )
