"""Plain rules about places: distance, readings and short names. Values in, values out."""

from math import asin, cos, radians, sin, sqrt

from pypinyin import lazy_pinyin

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius

# Longest first: "She Autonomous County" must go before "County".
ENGLISH_KINDS = (
    "She Autonomous County",
    "Autonomous County",
    "She Township",
    "Subdistrict",
    "Development Zone",
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


def reading(text: str) -> str:
    """The toneless pinyin of Chinese text in one lower-case word; other letters stay as they are."""
    return "".join(lazy_pinyin(text)).replace(" ", "").casefold()


def short_english_name(name: str) -> str:
    """The name without the word for its kind: "Tonglu County" becomes "Tonglu"."""
    for kind in ENGLISH_KINDS:
        if name.endswith(f" {kind}"):
            return name.removesuffix(f" {kind}")
    return name


def short_chinese_name(name: str) -> str:
    """The name without the character for its kind, where two characters or more remain: 安吉县 becomes 安吉."""
    for kind in CHINESE_KINDS:
        if name.endswith(kind) and len(name) - len(kind) >= 2:
            return name.removesuffix(kind)
    return name
