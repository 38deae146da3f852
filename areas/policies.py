"""Plain rules about places: distance, readings and short names. Values in, values out."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]
EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius

# Longest first: "She Autonomous County" must go before "County".
ENGLISH_KINDS = (
    "She Autonomous County",
    "Autonomous County",
    "She Township",
    "Subdistrict",
    "She Town",
    "Township",
    "Province",
    "District",
    "County",
    "Town",
)
CHINESE_KINDS = (
    "畲族自治县",
    "自治县",
    "畲族乡",
    "畲族镇",
    "街道",
    "省",
    "市",
    "区",
    "县",
    "镇",
    "乡",
)


def distance_m(longitude_1: float, latitude_1: float, longitude_2: float, latitude_2: float) -> float:
    """Great-circle distance in metres between two points in degrees (WGS-84), by the haversine formula."""
    phi_1, phi_2 = radians(latitude_1), radians(latitude_2)
    half_latitude = sin((phi_2 - phi_1) / 2)
    half_longitude = sin(radians(longitude_2 - longitude_1) / 2)
    chord = half_latitude**2 + cos(phi_1) * cos(phi_2) * half_longitude**2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def centre(polygons: Sequence[Sequence[Sequence[Sequence[float]]]]) -> Point:
    """Centre of gravity (longitude, latitude) of the largest part of a GeoJSON MultiPolygon's coordinates.

    The largest part alone, since the middle between islands lies in the sea.
    """
    parts = [_ring_centre([(float(p[0]), float(p[1])) for p in polygon[0]]) for polygon in polygons]
    _, longitude, latitude = max(parts)
    return round(longitude, 5), round(latitude, 5)


def _ring_centre(ring: list[Point]) -> tuple[float, float, float]:
    """Area in square degrees and centre of gravity of a closed ring, by the shoelace formula."""
    # Counted from the first point, so that large coordinates do not eat the precision.
    x_0, y_0 = ring[0]
    twice_area = x_sum = y_sum = 0.0
    for (x_1, y_1), (x_2, y_2) in pairwise(ring):
        x_1, y_1, x_2, y_2 = x_1 - x_0, y_1 - y_0, x_2 - x_0, y_2 - y_0
        cross = x_1 * y_2 - x_2 * y_1
        twice_area += cross
        x_sum += (x_1 + x_2) * cross
        y_sum += (y_1 + y_2) * cross
    if twice_area == 0:
        return 0.0, x_0, y_0
    return abs(twice_area) / 2, x_0 + x_sum / (3 * twice_area), y_0 + y_sum / (3 * twice_area)


def short_english_name(name: str) -> str:
    """The name without the word for its kind: "Tonglu County" becomes "Tonglu"."""
    for kind in ENGLISH_KINDS:
        if name.endswith(f" {kind}"):
            return name.removesuffix(f" {kind}")
    return name


def short_chinese_name(name: str) -> str:
    """The name without the character for its kind, where two or more remain: 安吉县 becomes 安吉."""
    for kind in CHINESE_KINDS:
        if name.endswith(kind) and len(name) - len(kind) >= 2:
            return name.removesuffix(kind)
    return name
