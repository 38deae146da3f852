"""Areas for tests: single ones, a small tree, and the files that an import reads."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import connection

from areas.actions import AreaRow
from areas.models import Area

_numbers = count(1)
_codes = count(900_001)


@dataclass(frozen=True)
class SmallTree:
    """One province, two cities, four counties (two a city, each with a tile), eight townships (two a county)."""

    province: Area
    cities: list[Area]
    counties: list[Area]
    townships: list[Area]


def make_area(
    *,
    level: int = Area.Level.COUNTY,
    parent: Area | None = None,
    code: str = "",
    name: str = "",
    **fields: Any,
) -> Area:
    """One saved area. Without `parent` a township brings a county, and a county its province."""
    area = build_area(level=level, parent=parent, code=code, name=name, **fields)
    area.save(force_insert=True)
    return area


def build_area(
    *,
    level: int,
    parent: Area | None = None,
    code: str = "",
    name: str = "",
    pk: int | None = None,
    **fields: Any,
) -> Area:
    """One unsaved area with its id, path and county; only missing parents are saved."""
    if parent is None and level > Area.Level.PROVINCE:
        above = Area.Level.COUNTY if level > Area.Level.COUNTY else Area.Level.PROVINCE
        parent = make_area(level=above)
    pk = pk or next_area_ids(1)[0]
    code = code or str(next(_codes))
    name = name or f"Area {next(_numbers)}"
    values: dict[str, object] = {
        "name_zh": name,
        "name_en": name,
        "short_name_zh": name[:20],
        "sort_key": name.casefold().replace(" ", ""),
        "path": f"{parent.path if parent else ''}{code}/",
        "parent": parent,
        "county_id": pk if level == Area.Level.COUNTY else parent.county_id if parent else None,
    }
    return Area(id=pk, code=code, level=level, **{**values, **fields})


def next_area_ids(number: int) -> list[int]:
    """Ids from the table's sequence: a county points to itself, so its id comes before its row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('areas_area', 'id')) FROM generate_series(1, %s)", [number]
        )
        return [row[0] for row in cursor.fetchall()]


# Code, Chinese name, English name, short name, reading; then the tile and the centre of counties.
PROVINCE = ("33", "浙江省", "Zhejiang Province", "浙江", "zhejiangsheng")
CITIES = (
    ("3301", "杭州市", "Hangzhou", "杭州", "hangzhoushi"),
    ("3305", "湖州市", "Huzhou", "湖州", "huzhoushi"),
)
COUNTIES = (
    ("330122", "桐庐县", "Tonglu County", "桐庐", "tongluxian", (1, 1), (119.55, 29.83)),
    ("330127", "淳安县", "Chun'an County", "淳安", "chunanxian", (0, 1), (118.90, 29.60)),
    ("330522", "长兴县", "Changxing County", "长兴", "changxingxian", (1, 0), (119.82, 31.00)),
    ("330523", "安吉县", "Anji County", "安吉", "anjixian", (0, 0), (119.58, 30.62)),
)
TOWNSHIPS = (
    ("330122003", "桐君街道", "Tongjun Subdistrict", "桐君", "tongjunjiedao"),
    ("330122109", "分水镇", "Fenshui Town", "分水", "fenshuizhen"),
    ("330127100", "千岛湖镇", "Qiandaohu Town", "千岛湖", "qiandaohuzhen"),
    ("330127102", "石林镇", "Shilin Town", "石林", "shilinzhen"),
    ("330522101", "洪桥镇", "Hongqiao Town", "洪桥", "hongqiaozhen"),
    ("330522112", "煤山镇", "Meishan Town", "煤山", "meishanzhen"),
    ("330523001", "递铺街道", "Dipu Subdistrict", "递铺", "dipujiedao"),
    ("330523110", "梅溪镇", "Meixi Town", "梅溪", "meixizhen"),
)


def small_tree() -> SmallTree:
    """A tree with names and codes of Zhejiang, in two statements."""
    ids = iter(next_area_ids(1 + len(CITIES) + len(COUNTIES) + len(TOWNSHIPS)))
    province = _named(PROVINCE, Area.Level.PROVINCE, None, next(ids))
    cities = [_named(row, Area.Level.CITY, province, next(ids)) for row in CITIES]
    counties = []
    for *row, (column, line), (longitude, latitude) in COUNTIES:
        city = next(city for city in cities if row[0].startswith(city.code))
        county = _named(row, Area.Level.COUNTY, city, next(ids))
        county.tile_column, county.tile_row = column, line
        county.longitude, county.latitude = longitude, latitude
        counties.append(county)
    townships = []
    for township in TOWNSHIPS:
        county = next(county for county in counties if township[0].startswith(county.code))
        townships.append(_named(township, Area.Level.TOWNSHIP, county, next(ids)))
    Area.objects.bulk_create([province, *cities, *counties, *townships])
    return SmallTree(province, cities, counties, townships)


def _named(row: tuple[str, ...] | list[str], level: int, parent: Area | None, pk: int) -> Area:
    code, name_zh, name_en, short_name_zh, sort_key = row
    return build_area(
        level=level,
        parent=parent,
        code=code,
        pk=pk,
        name_zh=name_zh,
        name_en=name_en,
        short_name_zh=short_name_zh,
        sort_key=sort_key,
    )


def make_row(
    line: int, code: str, parent_code: str, level: int | str, name: str = "安吉", **fields: str
) -> AreaRow:
    """A sound row of an area file, unless `fields` spoil it."""
    values = {"name_zh": name, "name_en": "Anji", **fields}
    return AreaRow(line=line, code=code, parent_code=parent_code, level=str(level), **values)


def make_border(code: str, **changes: object) -> dict[str, object]:
    """A GeoJSON feature: a square of one degree around 120 E, 30 N."""
    square = [[119.5, 29.5], [120.5, 29.5], [120.5, 30.5], [119.5, 30.5], [119.5, 29.5]]
    geometry = {"type": "MultiPolygon", "coordinates": [[square]]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry, **changes}


def collection(*features: object) -> dict[str, object]:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}
