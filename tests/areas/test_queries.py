import pytest

from areas.models import Area, AreaBorder
from areas.queries import border_collection, children, choices_for, county_tiles, picker, tile_grid
from tests.factories.areas import SmallTree, make_border

Level = Area.Level


def test_children_are_those_right_below(tree: SmallTree) -> None:
    assert [area.code for area in children(tree.cities[0])] == ["330127", "330122"]
    assert list(children(None)) == [tree.province]
    assert list(children(tree.townships[0])) == []


def test_county_tiles_come_from_the_top_left(tree: SmallTree, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        tiles = list(county_tiles(tree.province))

    assert [area.short_name_zh for area in tiles] == ["安吉", "长兴", "淳安", "桐庐"]


def test_the_tile_map_of_a_city_has_no_empty_margin(tree: SmallTree) -> None:
    grid = tile_grid(tree.cities[0])

    assert (grid.columns, grid.rows) == (2, 1)
    assert [(column, row, area.code) for column, row, area in grid.tiles] == [
        (0, 0, "330127"),
        (1, 0, "330122"),
    ]


def test_an_area_without_tiles_has_an_empty_tile_map(tree: SmallTree) -> None:
    assert tile_grid(tree.townships[0]).tiles == ()


@pytest.mark.parametrize("full", [False, True])
def test_choices_take_one_query(
    tree: SmallTree, chinese: None, full: bool, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        choices = choices_for(Level.COUNTY, full=full)

    assert choices[0] == ("330523", "湖州市安吉县" if full else "安吉县")
    assert len(choices) == 4


def test_choices_can_be_kept_within_an_area(tree: SmallTree, english: None) -> None:
    assert choices_for(Level.COUNTY, within=tree.cities[0]) == [
        ("330127", "Chun'an County"),
        ("330122", "Tonglu County"),
    ]


def test_a_picker_begins_with_the_provinces(
    tree: SmallTree, english: None, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        steps = picker(None)

    assert [(step.level, step.choices, step.selected) for step in steps] == [
        (Level.PROVINCE, (("33", "Zhejiang Province"),), "")
    ]


def test_a_picker_shows_every_step_to_the_selected_area_and_one_below(
    tree: SmallTree, english: None, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        steps = picker(tree.counties[0], root=tree.province)

    assert [(step.level, step.selected) for step in steps] == [
        (Level.CITY, "3301"),
        (Level.COUNTY, "330122"),
        (Level.TOWNSHIP, ""),
    ]
    assert steps[2].choices == (("330122109", "Fenshui Town"), ("330122003", "Tongjun Subdistrict"))


def test_a_picker_ends_at_the_lowest_level(tree: SmallTree) -> None:
    steps = picker(tree.townships[0], lowest=Level.COUNTY)

    assert [step.level for step in steps] == [Level.PROVINCE, Level.CITY, Level.COUNTY]


def test_a_picker_forgets_a_selection_outside_its_root(tree: SmallTree) -> None:
    steps = picker(tree.counties[0], root=tree.cities[1])

    assert [(step.level, step.selected) for step in steps] == [(Level.COUNTY, "")]


@pytest.mark.parametrize("number", [1, 3])
def test_borders_come_as_geojson_in_one_query(
    tree: SmallTree, english: None, number: int, django_assert_num_queries
) -> None:
    for county in tree.counties[:number]:
        AreaBorder.objects.create(area=county, geometry=make_border(county.code)["geometry"])

    with django_assert_num_queries(1):
        found = border_collection(tree.province)

    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == number
    assert found["features"][0]["properties"] == {"code": "330122", "name": "Tonglu County"}
