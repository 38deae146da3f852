import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from areas.actions import load_zhejiang
from areas.models import Area, AreaBorder
from areas.policies import distance_m
from areas.queries import tile_grid

AT = datetime(2026, 3, 1, tzinfo=UTC)
Level = Area.Level


@pytest.fixture
def zhejiang(db: None) -> Area:
    load_zhejiang(at=AT)
    return Area.objects.get(code="33")


def test_zhejiang_loads_whole_and_again_without_change(zhejiang: Area) -> None:
    again = load_zhejiang(at=AT)

    assert Counter(Area.objects.values_list("level", flat=True)) == {1: 1, 2: 11, 3: 90, 4: 1387}
    assert (again.created, again.changed, again.unchanged, again.errors) == (0, 0, 1489, ())
    assert (again.borders, again.tiles) == (90, 90)


def test_every_county_has_a_border_a_centre_and_a_tile_of_its_own(zhejiang: Area) -> None:
    counties = Area.objects.at_level(Level.COUNTY)

    assert AreaBorder.objects.filter(area__in=counties).count() == 90
    assert not counties.filter(longitude=None).exists()
    grid = tile_grid(zhejiang)
    assert (grid.columns, grid.rows) == (12, 12)
    assert len({(column, row) for column, row, _ in grid.tiles}) == 90


def test_every_area_below_a_city_knows_its_county(zhejiang: Area) -> None:
    for area in Area.objects.filter(level__gte=Level.COUNTY).select_related("county"):
        assert area.county is not None
        assert area.county.contains(area)


def test_english_names_hold_letters_spaces_apostrophes_and_hyphens_only(zhejiang: Area) -> None:
    names = Area.objects.values_list("name_en", flat=True)

    assert [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z' -]+", name)] == []


def test_readings_are_lower_case_letters(zhejiang: Area) -> None:
    assert not Area.objects.exclude(sort_key__regex=r"^[a-z]+$").exists()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("3301", "Hangzhou"),
        ("3310", "Taizhou"),
        ("3311", "Lishui"),
        ("330102", "Shangcheng District"),
        ("330112", "Lin'an District"),
        ("330122", "Tonglu County"),
        ("330127", "Chun'an County"),
        ("330212", "Yinzhou District"),
        ("330281", "Yuyao"),
        ("330305", "Dongtou District"),
        ("330329", "Taishun County"),
        ("330381", "Rui'an"),
        ("330381007", "Xincheng Subdistrict"),
        ("330382", "Yueqing"),
        ("330522", "Changxing County"),
        ("330683101", "Changle Town"),
        ("330881112", "Nianbadu Town"),
        ("330903100", "Liuheng Town"),
        ("331102", "Liandu District"),
        ("331127", "Jingning She Autonomous County"),
        ("330122201", "Eshan She Township"),
    ],
)
def test_names_with_more_than_one_reading_are_spelled_as_people_say_them(
    zhejiang: Area, code: str, name: str
) -> None:
    assert Area.objects.get(code=code).name_en == name


def test_neighbours_lie_near_each_other(zhejiang: Area) -> None:
    gongshu, xihu = Area.objects.get(code="330105"), Area.objects.get(code="330106")
    assert gongshu.longitude and gongshu.latitude and xihu.longitude and xihu.latitude

    metres = distance_m(gongshu.longitude, gongshu.latitude, xihu.longitude, xihu.latitude)

    assert 3_000 < metres < 20_000
