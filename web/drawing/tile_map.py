"""The tile map: one square per county, each city outlined, three states that also differ in grey."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from web.drawing.svg import join, number
from web.states import words_for
from web.wording import in_chinese

SIDE = 44
GROUND = 42
# How much of a tile one letter of a city's name takes.
LETTER = 0.23
MARGIN = 1
# The state of a county of which nothing was told.
UNKNOWN = "unknown"

Cell = tuple[int, int]
Edge = tuple[Cell, Cell]


@dataclass(frozen=True)
class Tile:
    """A county on the grid. `count` is the number of missing people, `state` short, at_risk, filled or unknown.

    `count_words` replaces the number where it is suppressed or rounded; `full_name` is for the table.
    """

    code: str
    name: str
    column: int
    row: int
    city_code: str
    count: int
    state: str
    url: str = ""
    city_name: str = ""
    full_name: str = ""
    count_words: str = ""

    @property
    def words(self) -> str:
        if self.state == UNKNOWN:
            return gettext("No figure")
        return words_for("short", self.count) if self.count else words_for(self.state)

    @property
    def label(self) -> str:
        return self.full_name or self.name

    @property
    def shown(self) -> str:
        return self.count_words or (str(self.count) if self.count else "")


def city_outline(cells: set[Cell]) -> str:
    """Return one path around the cells: every edge without a neighbour of the same city, collinear runs joined."""
    rows: dict[int, set[int]] = defaultdict(set)
    columns: dict[int, set[int]] = defaultdict(set)
    for column, row in cells:
        for y, other in ((row, (column, row - 1)), (row + 1, (column, row + 1))):
            if other not in cells:
                rows[y].add(column)
        for x, other in ((column, (column - 1, row)), (column + 1, (column + 1, row))):
            if other not in cells:
                columns[x].add(row)
    path: list[str] = []
    for y, starts in sorted(rows.items()):
        path.extend(f"M{first * SIDE} {y * SIDE}H{last * SIDE}" for first, last in _runs(starts))
    for x, starts in sorted(columns.items()):
        path.extend(f"M{x * SIDE} {first * SIDE}V{last * SIDE}" for first, last in _runs(starts))
    return "".join(path)


def _runs(starts: set[int]) -> list[tuple[int, int]]:
    """Join unit steps that follow each other: {1, 2, 4} gives [(1, 3), (4, 5)]."""
    runs: list[tuple[int, int]] = []
    for start in sorted(starts):
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], start + 1)
        else:
            runs.append((start, start + 1))
    return runs


def tile_map(
    tiles: Sequence[Tile],
    *,
    selected: str = "",
    names: bool | None = None,
    title: str = "",
    changes: bool = False,
) -> SafeString:
    """Draw the map. Without `names` in the tiles (English) the cities are named beside their counties.

    A map that `changes` in place has all the shapes of every state in every tile.
    """
    named = in_chinese() if names is None else names
    cells: dict[str, set[Cell]] = defaultdict(set)
    for tile in tiles:
        cells[tile.city_code].add((tile.column, tile.row))
    parts = [_tile(tile, named=named, selected=tile.code == selected, changes=changes) for tile in tiles]
    outlines = "".join(city_outline(city) for city in cells.values())
    parts.append(format_html('<path class="outline" d="{}"/>', outlines))
    if not named:
        parts.extend(_city_labels(tiles, cells))
    width = (max(tile.column for tile in tiles) + 1) * SIDE
    height = (max(tile.row for tile in tiles) + 1) * SIDE
    return format_html(
        '<svg class="tile-map{5}" viewBox="-{0} -{0} {1} {2}" role="group" aria-label="{3}" focusable="false">{4}</svg>',
        MARGIN,
        width + 2 * MARGIN,
        height + 2 * MARGIN,
        title or map_text(tiles),
        join(parts),
        " tile-map--changes" if changes else "",
    )


# The ground of a tile; band and slim band of a county at risk: the first on wide screens, the other on phones.
RECT = format_html('<rect width="{0}" height="{0}" rx="2"/>', GROUND)
BANDS = format_html(
    '<path class="band" d="M0 22h{0}v20h-{0}Z"/><path class="slim" d="M0 33h{0}v9h-{0}Z"/>', GROUND
)
NOTHING = mark_safe("")


def _tile(tile: Tile, *, named: bool, selected: bool, changes: bool) -> SafeString:
    """Draw one tile: its ground, for a county at risk its bands (narrow on phones, wide above), its words."""
    bands = BANDS if tile.state == "at_risk" or changes else NOTHING
    name = count = NOTHING
    if named:
        words, baseline = ("name", 17) if tile.shown else ("name alone", 26)
        name = format_html('<text class="{}" x="21" y="{}">{}</text>', words, baseline, tile.name)
    if tile.shown or changes:
        count = format_html('<text class="count" x="21" y="37">{}</text>', tile.shown)
    said = gettext("%(place)s, %(state)s") % {"place": tile.label, "state": tile.words}
    # A title names the link and leaves the words on the tile alone.
    return format_html(
        '<{0} class="tile tile--{1}{2}" transform="translate({3} {4})"><title>{5}</title>{6}{7}{8}{9}</{10}>',
        format_html('a href="{}"', tile.url) if tile.url else "g",
        tile.state,
        " tile--here" if selected else "",
        tile.column * SIDE + 1,
        tile.row * SIDE + 1,
        said,
        RECT,
        bands,
        name,
        count,
        "a" if tile.url else "g",
    )


def map_text(tiles: Sequence[Tile]) -> str:
    """Say the map in one sentence."""
    states = Counter(tile.state for tile in tiles)
    return gettext("Map: %(short)d short, %(at_risk)d a few short, %(filled)d filled") % {
        "short": states["short"],
        "at_risk": states["at_risk"],
        "filled": states["filled"],
    }


def _city_labels(tiles: Sequence[Tile], cells: dict[str, set[Cell]]) -> list[SafeString]:
    """Name each city beside it where the grid is empty, else upon it with a halo."""
    names = {tile.city_code: tile.city_name for tile in tiles if tile.city_name}
    taken = {(tile.column, tile.row) for tile in tiles}
    columns = max(tile.column for tile in tiles) + 1
    labels = []
    for city, own in sorted(cells.items(), key=lambda item: min(row for _, row in item[1])):
        name = names.get(city, "")
        if not name:
            continue
        place = _beside(own, taken, columns, width=len(name) * LETTER + 0.3)
        if place is None:
            middle = sum(column for column, _ in own) / len(own) + 0.5
            row = sorted(row for _, row in own)[len(own) // 2]
            labels.append(_label(name, "middle", middle * SIDE, row, 16))
            continue
        side, edge, row, used = place
        taken |= used
        labels.append(_label(name, side, edge * SIDE + (-8 if side == "end" else 8), row))
    return labels


def _label(name: str, side: str, x: float, row: int, baseline: int = 28) -> SafeString:
    y = row * SIDE + baseline
    return format_html('<text class="city {}" x="{}" y="{}">{}</text>', side, number(x), y, name)


def _beside(
    own: set[Cell], taken: set[Cell], columns: int, width: float
) -> tuple[str, int, int, set[Cell]] | None:
    """Find free cells left or right of a city, wide enough for its name, nearest to its middle row first."""
    need = int(width) + 1
    rows = sorted({row for _, row in own})
    middle = rows[len(rows) // 2]
    for row in sorted(rows, key=lambda candidate: abs(candidate - middle)):
        left = min(column for column, at in own if at == row)
        right = max(column for column, at in own if at == row) + 1
        for side, first in (("end", left - need), ("start", right)):
            used = {(column, row) for column in range(first, first + need)}
            if first >= 0 and first + need <= columns and not used & taken:
                return side, left if side == "end" else right, row, used
    return None
