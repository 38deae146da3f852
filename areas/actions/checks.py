"""Checks every row of a tree file against the others and against the areas that exist."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from areas.actions.errors import AreaRow, RowError
from areas.models import Area

CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
LIMITS = {"name_zh": 100, "name_en": 100, "short_name_zh": 20, "pinyin": 200}
TILE_LIMIT = 200


@dataclass
class CheckedTree:
    """What may be saved, and everything that may not."""

    rows: dict[str, AreaRow] = field(default_factory=dict)
    borders: dict[str, dict[str, Any]] = field(default_factory=dict)
    tiles: dict[str, tuple[int, int]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)


def may_lie_in(level: int, parent_level: int) -> bool:
    """Downward only; a county may lie in a province, but what is smaller than a county lies in one."""
    return parent_level < level and (level <= Area.Level.COUNTY or parent_level >= Area.Level.COUNTY)


def check_rows(rows: Iterable[AreaRow], existing: Mapping[str, Area], tree: CheckedTree) -> None:
    """Sorts the rows into `tree.rows`, parents before children, and `tree.errors`."""
    first_line: dict[str, int] = {}
    sound: list[AreaRow] = []
    for row in rows:
        errors = _errors_of_one(row, first_line)
        if row.code:
            first_line.setdefault(row.code, row.line)
        if errors:
            tree.errors += errors
        else:
            sound.append(row)
    levels = {row.code: int(row.level) for row in sound} | {
        code: area.level for code, area in existing.items()
    }
    for row in sorted(sound, key=lambda row: int(row.level)):
        error = _error_with_others(row, existing, tree.rows, levels, first_line)
        if error:
            tree.errors.append(error)
        else:
            tree.rows[row.code] = row


def _errors_of_one(row: AreaRow, first_line: Mapping[str, int]) -> list[RowError]:
    errors = []
    if not row.code:
        errors.append(RowError(row.line, "code", "no-code"))
    elif not CODE.fullmatch(row.code):
        errors.append(RowError(row.line, "code", "bad-code"))
    elif row.code in first_line:
        errors.append(RowError(row.line, "code", "duplicate-code", {"line": first_line[row.code]}))
    if row.level not in {str(level) for level in Area.Level.values}:
        errors.append(RowError(row.line, "level", "bad-level"))
    elif row.level == "1" and row.parent_code:
        errors.append(RowError(row.line, "parent_code", "province-with-parent"))
    elif row.level != "1" and not row.parent_code:
        errors.append(RowError(row.line, "parent_code", "no-parent"))
    errors += [
        RowError(row.line, name, "no-name") for name in ("name_zh", "name_en") if not getattr(row, name)
    ]
    errors += [
        RowError(row.line, name, "too-long", {"limit": limit})
        for name, limit in LIMITS.items()
        if len(getattr(row, name)) > limit
    ]
    if bool(row.longitude) != bool(row.latitude):
        errors.append(RowError(row.line, "latitude" if row.longitude else "longitude", "half-coordinates"))
    elif row.longitude and row.latitude and not _on_earth(_number(row.longitude), _number(row.latitude)):
        errors.append(RowError(row.line, "longitude", "bad-coordinates"))
    return errors


def _error_with_others(
    row: AreaRow,
    existing: Mapping[str, Area],
    accepted: Mapping[str, AreaRow],
    levels: Mapping[str, int],
    first_line: Mapping[str, int],
) -> RowError | None:
    level, parent = int(row.level), row.parent_code
    if levels[row.code] != level:
        return RowError(row.line, "level", "level-changed", {"level": levels[row.code]})
    if level == Area.Level.PROVINCE:
        return None
    if parent in levels and not may_lie_in(level, levels[parent]):
        wrong = {"level": level, "parent_level": levels[parent]}
        return RowError(row.line, "level", "wrong-level-order", wrong)
    if parent in accepted or parent in existing:
        return None
    reason = "refused-parent" if parent in first_line else "unknown-parent"
    return RowError(row.line, "parent_code", reason, {"parent": parent})


def check_borders(collection: Mapping[str, Any], known: Iterable[str], tree: CheckedTree) -> None:
    """Fills `tree.borders` with geometries by code. Codes with a leading 156 (China) count without it."""
    codes = set(known)
    features = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(features, list):
        tree.errors.append(RowError(1, "features", "not-geojson", source="borders"))
        return
    for number, feature in enumerate(features, start=1):
        code = border_code(feature)
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not code or not isinstance(geometry, dict):
            tree.errors.append(RowError(number, "feature", "not-geojson", source="borders"))
            continue
        if code not in codes:
            code = code.removeprefix("156")
        if code not in codes:
            tree.errors.append(RowError(number, "code", "unknown-area", {"code": code}, source="borders"))
        elif code in tree.borders:
            tree.errors.append(RowError(number, "code", "duplicate-border", source="borders"))
        elif geometry.get("type") not in {"Polygon", "MultiPolygon"}:
            tree.errors.append(RowError(number, "geometry", "wrong-geometry", source="borders"))
        elif not _sound_polygons(polygons_of(geometry)):
            tree.errors.append(RowError(number, "coordinates", "bad-coordinates", source="borders"))
        else:
            tree.borders[code] = geometry


def border_code(feature: Any) -> str:
    """The code of a GeoJSON feature, under one of the names that are in use."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return ""
    found = next((properties[name] for name in ("code", "adcode", "gb") if properties.get(name)), "")
    return str(found)


def polygons_of(geometry: Mapping[str, Any]) -> Any:
    """The coordinates of a Polygon or MultiPolygon as those of a MultiPolygon."""
    coordinates = geometry.get("coordinates")
    return [coordinates] if geometry["type"] == "Polygon" else coordinates


def _sound_polygons(polygons: Any) -> bool:
    if not isinstance(polygons, list) or not polygons:
        return False
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            return False
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
                return False
            if not all(
                isinstance(point, list) and len(point) >= 2 and _on_earth(*point[:2]) for point in ring
            ):
                return False
    return True


def check_tiles(
    entries: Mapping[str, Any],
    known: Mapping[str, str],
    taken: Mapping[tuple[str, int, int], str],
    tree: CheckedTree,
) -> None:
    """Fills `tree.tiles`. `known` gives the province of each code, `taken` the tiles that stay."""
    holders = dict(taken)
    for number, (code, place) in enumerate(entries.items(), start=1):
        if code not in known:
            tree.errors.append(RowError(number, "code", "unknown-area", {"code": code}, source="tiles"))
        elif not _is_tile(place):
            tree.errors.append(RowError(number, "tile", "bad-tile", source="tiles"))
        elif (key := (known[code], place[0], place[1])) in holders:
            tree.errors.append(RowError(number, "tile", "tile-taken", {"code": holders[key]}, source="tiles"))
        else:
            holders[key] = code
            tree.tiles[code] = (place[0], place[1])


def _is_tile(place: Any) -> bool:
    return (
        isinstance(place, list | tuple)
        and len(place) == 2
        and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < TILE_LIMIT for n in place)
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _on_earth(longitude: Any, latitude: Any) -> bool:
    """False for text and for NaN as well."""
    return (
        isinstance(longitude, int | float)
        and isinstance(latitude, int | float)
        and -180 <= longitude <= 180
        and -90 <= latitude <= 90
    )
