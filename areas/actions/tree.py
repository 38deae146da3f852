"""Saves a tree of areas: adds and renames, never deletes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from pypinyin import lazy_pinyin

from areas.actions.checks import (
    CheckedTree,
    border_code,
    check_borders,
    check_rows,
    check_tiles,
    polygons_of,
)
from areas.actions.errors import AreaRow, RowError
from areas.models import Area, AreaBorder
from areas.policies import centre, short_chinese_name
from core import audit

SAVED_FIELDS = (
    "level",
    "parent_id",
    "county_id",
    "path",
    "name_zh",
    "name_en",
    "short_name_zh",
    "sort_key",
    "longitude",
    "latitude",
    "tile_column",
    "tile_row",
)
BATCH = 1000
# One import at a time: ids are given out before the rows are written.
IMPORT_LOCK = 0x4D48_4152


@dataclass(frozen=True)
class TreeReport:
    """What a load did, or would have done where `saved` is false."""

    created: int
    changed: int
    unchanged: int
    borders: int
    tiles: int
    errors: tuple[RowError, ...]
    saved: bool


@transaction.atomic
def load_tree(
    *,
    rows: Iterable[AreaRow],
    borders: Mapping[str, Any] | None = None,
    tiles: Mapping[str, Any] | None = None,
    by: audit.Actor | None = None,
    at: datetime,
    good_rows: bool = False,
    dry_run: bool = False,
) -> TreeReport:
    """Adds areas, and changes those whose code exists.

    `borders` is a GeoJSON FeatureCollection, `tiles` an object {"tiles": {code: [column, row]}}. With any
    error nothing is saved, unless `good_rows` asks for the rows without one. `by` is None where no person acts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
    rows = list(rows)
    tile_entries = (tiles or {}).get("tiles", tiles or {})
    tree = CheckedTree()
    if not isinstance(tile_entries, Mapping):
        tree.errors.append(RowError(1, "tiles", "bad-tile", source="tiles"))
        tile_entries = {}
    existing = _existing(rows, borders, tile_entries)
    old_paths = {code: area.path for code, area in existing.items()}
    before = {code: _state(area) for code, area in existing.items()}
    check_rows(rows, existing, tree)
    areas = _merge(tree, existing)
    if borders is not None:
        check_borders(borders, areas, tree)
    if tiles:
        provinces = {code: area.path_codes[0] for code, area in areas.items()}
        check_tiles(tile_entries, provinces, _taken_tiles(provinces, tile_entries), tree)
    _place(tree, areas)
    touched = {*tree.rows, *tree.borders, *tree.tiles}
    changed = [area for code, area in areas.items() if code in before and before[code] != _state(area)]
    created = [area for code, area in areas.items() if code not in before]
    saved = not dry_run and bool(touched) and (good_rows or not tree.errors)
    if saved:
        _save([*created, *changed])
        _move_below(old_paths, areas)
        _save_borders(tree, areas)
        root = min(areas.values(), key=lambda area: (area.level, area.code))
        counts = {"created": len(created), "changed": len(changed), "borders": len(tree.borders)}
        audit.record(verb="area.tree-loaded", by=by, at=at, subject=root, area_code=root.code, data=counts)
    return TreeReport(
        created=len(created),
        changed=len(changed),
        unchanged=len(touched) - len(created) - len(changed),
        borders=len(tree.borders),
        tiles=len(tree.tiles),
        errors=tuple(sorted(tree.errors, key=lambda error: (error.source, error.line))),
        saved=saved,
    )


def _existing(
    rows: Iterable[AreaRow], borders: Mapping[str, Any] | None, tiles: Mapping[str, Any]
) -> dict[str, Area]:
    """The areas that the files name, by code."""
    codes = {row.code for row in rows} | {row.parent_code for row in rows} | set(tiles)
    features = (borders or {}).get("features")
    if isinstance(features, list):
        found = {border_code(feature) for feature in features}
        codes |= found | {code.removeprefix("156") for code in found}
    return Area.objects.in_bulk([code for code in codes if "\0" not in code], field_name="code")


def _state(area: Area) -> tuple[Any, ...]:
    return tuple(getattr(area, name) for name in SAVED_FIELDS)


def _merge(tree: CheckedTree, existing: Mapping[str, Area]) -> dict[str, Area]:
    """The existing areas with the rows laid over them, parents first."""
    areas = dict(existing)
    new_ids = iter(_next_ids(sum(code not in existing for code in tree.rows)))
    for code, row in tree.rows.items():
        area = areas.setdefault(code, existing.get(code) or Area(id=next(new_ids), code=code))
        parent = areas.get(row.parent_code)
        area.level = int(row.level)
        area.parent_id = parent.pk if parent else None
        area.path = f"{parent.path if parent else ''}{code}/"
        if area.level == Area.Level.COUNTY:
            area.county_id = area.pk
        elif parent:
            area.county_id = parent.county_id
        area.name_zh, area.name_en = row.name_zh, row.name_en
        area.short_name_zh = row.short_name_zh or short_chinese_name(row.name_zh)[:20]
        area.sort_key = (row.pinyin or "".join(lazy_pinyin(row.name_zh))).replace(" ", "").casefold()[:200]
        if row.longitude and row.latitude:
            area.longitude, area.latitude = float(row.longitude), float(row.latitude)
    return areas


def _place(tree: CheckedTree, areas: Mapping[str, Area]) -> None:
    """Gives areas their tiles, and the centre of their border where the file names no coordinates."""
    for code, geometry in tree.borders.items():
        row = tree.rows.get(code)
        if row is None or not row.longitude:
            areas[code].longitude, areas[code].latitude = centre(polygons_of(geometry))
    for code, (column, line) in tree.tiles.items():
        areas[code].tile_column, areas[code].tile_row = column, line


def _next_ids(count: int) -> list[int]:
    """Ids from the table's own sequence: a county points to itself, so its id comes before its row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('areas_area', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def _taken_tiles(provinces: Mapping[str, str], tiles: Mapping[str, Any]) -> dict[tuple[str, int, int], str]:
    """Tiles of areas that the file does not name, by province, column and row."""
    others = Area.objects.filter(
        path__regex=f"^({'|'.join(sorted(set(provinces.values())))})/", tile_column__isnull=False
    ).exclude(code__in=list(tiles))
    return {
        (path.split("/")[0], column or 0, row or 0): code
        for path, column, row, code in others.values_list("path", "tile_column", "tile_row", "code")
    }


def _save(areas: list[Area]) -> None:
    Area.objects.bulk_create(
        areas,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[name.removesuffix("_id") for name in SAVED_FIELDS],
    )


def _save_borders(tree: CheckedTree, areas: Mapping[str, Area]) -> None:
    AreaBorder.objects.bulk_create(
        [AreaBorder(area=areas[code], geometry=geometry) for code, geometry in tree.borders.items()],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["geometry"],
    )


def _move_below(old_paths: Mapping[str, str], areas: Mapping[str, Area]) -> None:
    """Takes along what lies below a moved area.

    Deepest first, since an area that moved alone must not be found under the one that it left.
    """
    moved = [areas[code] for code, old in old_paths.items() if areas[code].path != old]
    for area in sorted(moved, key=lambda area: -area.level):
        old = old_paths[area.code]
        below = Area.objects.filter(path__startswith=old)
        path = Concat(Value(area.path), Substr("path", len(old) + 1))
        county = F("county_id") if area.level <= Area.Level.COUNTY else Value(area.county_id)
        below.update(path=path, county=county)
