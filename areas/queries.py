"""Reads that pages and other apps share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from areas.models import Area, AreaBorder, AreaQuerySet, reads_chinese


@dataclass(frozen=True)
class TileGrid:
    """Tiles of an area, moved so that the first column and the first row are 0."""

    columns: int
    rows: int
    tiles: tuple[tuple[int, int, Area], ...]


@dataclass(frozen=True)
class PickerStep:
    """One select of a cascade: its level, its choices as (code, name), and the chosen code or nothing."""

    level: Area.Level
    choices: tuple[tuple[str, str], ...]
    selected: str


def children(area: Area | None) -> AreaQuerySet:
    """The areas right below one, or the provinces, in the order of their readings."""
    return Area.objects.filter(parent=area).by_pinyin()


def county_tiles(area: Area) -> AreaQuerySet:
    """The areas with a tile in a province, a city or a county, from the top left."""
    return (
        Area.objects.within(area)
        .filter(tile_column__isnull=False, tile_row__isnull=False)
        .order_by("tile_row", "tile_column", "code")
    )


def tile_grid(area: Area) -> TileGrid:
    """The tile map of an area, without empty margins."""
    placed = [(tile.tile_column or 0, tile.tile_row or 0, tile) for tile in county_tiles(area)]
    if not placed:
        return TileGrid(0, 0, ())
    left = min(column for column, _, _ in placed)
    top = min(row for _, row, _ in placed)
    tiles = tuple((column - left, row - top, tile) for column, row, tile in placed)
    return TileGrid(max(t[0] for t in tiles) + 1, max(t[1] for t in tiles) + 1, tiles)


def choices_for(
    level: Area.Level, *, within: Area | None = None, full: bool = False
) -> list[tuple[str, str]]:
    """(code, name) of every area at a level for a form field; `full` adds the names above, up to the city."""
    areas = Area.objects.at_level(level).by_pinyin()
    if within is not None:
        areas = areas.within(within)
    if full:
        return [(area.code, area.full_name) for area in areas.with_parents()]
    return [(area.code, area.name) for area in areas]


def picker(
    selected: Area | None, *, root: Area | None = None, lowest: Area.Level = Area.Level.TOWNSHIP
) -> list[PickerStep]:
    """The selects of a cascade, from below `root` (or from the provinces) to one below what is selected.

    One query. A selection outside `root` counts as none.
    """
    if selected is not None and root is not None and not root.contains(selected):
        selected = None
    root_codes = root.path_codes if root else []
    chosen = selected.path_codes[len(root_codes) :] if selected else []
    # Each step lists the children of the one before; what is open are the root and everything chosen.
    if root is None:
        areas = Area.objects.filter(parent__isnull=True) | Area.objects.filter(parent__code__in=chosen)
    else:
        areas = Area.objects.filter(parent__code__in=[root.code, *chosen])
    by_path: dict[str, list[Area]] = {}
    for area in areas.filter(level__lte=lowest).by_pinyin():
        by_path.setdefault(area.path.removesuffix(f"{area.code}/"), []).append(area)
    steps = []
    above = root.path if root else ""
    for code in [*chosen, ""]:
        if found := by_path.get(above):
            choices = tuple((area.code, area.name) for area in found)
            steps.append(PickerStep(Area.Level(found[0].level), choices, code))
        above = f"{above}{code}/"
    return steps


def full_names(areas: Iterable[Area]) -> dict[int, str]:
    """Full names by id for areas that were loaded without their parents, in one query."""
    areas = list(areas)
    codes = {code for area in areas for code in area.path_codes}
    named = {area.code: area for area in Area.objects.filter(code__in=codes, level__gt=Area.Level.PROVINCE)}
    chinese = reads_chinese()
    names = {}
    for area in areas:
        chain = [named[code].name for code in area.path_codes if code in named] or [area.name]
        names[area.pk] = "".join(chain) if chinese else ", ".join(reversed(chain))
    return names


def border_collection(area: Area, level: Area.Level = Area.Level.COUNTY) -> dict[str, Any]:
    """The borders within an area at a level, as a GeoJSON FeatureCollection with code and name."""
    borders = AreaBorder.objects.filter(area__path__startswith=area.path, area__level=level)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": border.area.code, "name": border.area.name},
                "geometry": border.geometry,
            }
            for border in borders.select_related("area").order_by("area__code")
        ],
    }
