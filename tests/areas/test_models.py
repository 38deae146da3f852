import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError
from django.db.models.deletion import ProtectedError
from django.utils import translation

from areas.models import Area, AreaBorder
from areas.queries import full_names
from tests.factories.areas import SmallTree, build_area, make_area

Level = Area.Level


def codes(areas) -> list[str]:
    return [area.code for area in areas]


def test_within_finds_the_area_and_everything_below_it(tree: SmallTree) -> None:
    found = Area.objects.within(tree.cities[0]).order_by("code")

    assert codes(found) == ["3301", "330122", "330122003", "330122109", "330127", "330127100", "330127102"]


def test_within_is_not_fooled_by_codes_that_begin_alike(tree: SmallTree) -> None:
    long = make_area(level=Level.CITY, parent=tree.province, code="33015")

    assert long not in Area.objects.within(tree.cities[0])


def test_a_search_by_prefix_can_use_the_index_on_the_path(tree: SmallTree) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'areas_area' AND indexdef LIKE '%(path varchar_pattern_ops)%'"
        )

        assert cursor.fetchone()


def test_ancestors_come_from_the_province_down(tree: SmallTree) -> None:
    assert codes(Area.objects.ancestors_of(tree.townships[0])) == ["33", "3301", "330122"]
    assert not Area.objects.ancestors_of(tree.province).exists()


def test_paths_above_name_whatever_holds_an_area(tree: SmallTree) -> None:
    assert tree.counties[0].paths_above() == ["33/", "33/3301/", "33/3301/330122/"]


def test_areas_come_in_the_order_of_their_reading(tree: SmallTree) -> None:
    found = Area.objects.at_level(Level.COUNTY).by_pinyin()

    assert [area.name_zh for area in found] == ["安吉县", "长兴县", "淳安县", "桐庐县"]


def test_contains_holds_for_the_area_itself_and_below(tree: SmallTree) -> None:
    assert tree.cities[0].contains(tree.cities[0])
    assert tree.cities[0].contains(tree.townships[0])
    assert not tree.cities[1].contains(tree.townships[0])
    assert not tree.townships[0].contains(tree.cities[0])


@pytest.mark.parametrize(
    ("language", "name", "short", "full"),
    [
        ("zh-hans", "桐君街道", "桐君", "杭州市桐庐县桐君街道"),
        ("en", "Tongjun Subdistrict", "Tongjun", "Tongjun Subdistrict, Tonglu County, Hangzhou"),
    ],
)
def test_an_area_is_named_in_the_language_of_the_reader(
    tree: SmallTree, language: str, name: str, short: str, full: str
) -> None:
    with translation.override(language):
        township = tree.townships[0]

        assert (township.name, str(township)) == (name, name)
        assert township.short_name == short
        assert township.full_name == full


def test_full_names_of_provinces_and_cities_stand_alone(tree: SmallTree, chinese: None) -> None:
    assert tree.province.full_name == "浙江省"
    assert tree.cities[0].full_name == "杭州市"


def test_the_full_name_of_a_county_right_below_its_province(db: None, chinese: None) -> None:
    county = make_area(level=Level.COUNTY, name="济源市")

    assert county.full_name == "济源市"


@pytest.mark.parametrize("number", [1, 8])
def test_full_names_of_a_list_take_one_query(
    tree: SmallTree, chinese: None, number: int, django_assert_num_queries
) -> None:
    townships = Area.objects.at_level(Level.TOWNSHIP).by_pinyin()

    with django_assert_num_queries(1):
        names = [area.full_name for area in townships.with_parents()[:number]]

    assert len(names) == number
    assert names[0].endswith("递铺街道")


def test_full_names_of_areas_at_hand_take_one_query(
    tree: SmallTree, english: None, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        names = full_names([tree.province, tree.cities[1], tree.townships[7]])

    assert list(names.values()) == ["Zhejiang Province", "Huzhou", "Meixi Town, Anji County, Huzhou"]


def test_a_list_of_areas_does_not_load_borders(tree: SmallTree, django_assert_num_queries) -> None:
    AreaBorder.objects.create(area=tree.counties[0], geometry={"type": "Polygon", "coordinates": []})

    with django_assert_num_queries(1) as captured:
        list(Area.objects.within(tree.province))

    assert "areas_areaborder" not in captured[0]["sql"]


@pytest.mark.parametrize(
    ("constraint", "level", "changes"),
    [
        ("area_level_known", Level.COMMUNITY, {"level": 6}),
        ("area_only_province_without_parent", Level.CITY, {"parent": None}),
        ("area_county_fits_level", Level.CITY, {"county_id": 1}),
        ("area_county_fits_level", Level.COUNTY, {"county_id": None}),
        ("area_county_fits_level", Level.COUNTY, {"county_id": 1}),
        ("area_county_fits_level", Level.TOWNSHIP, {"county_id": None}),
        ("area_tile_whole_or_absent", Level.COUNTY, {"tile_column": 1}),
        ("area_tile_whole_or_absent", Level.COUNTY, {"tile_row": 1}),
        ("area_centre_on_earth", Level.COUNTY, {"longitude": 120.0}),
        ("area_centre_on_earth", Level.COUNTY, {"longitude": 181.0, "latitude": 0.0}),
        ("area_centre_on_earth", Level.COUNTY, {"longitude": 120.0, "latitude": -90.5}),
        ("area_path_ends_with_slash", Level.COUNTY, {"path": "33"}),
    ],
)
def test_the_database_refuses_an_area_that_contradicts_itself(
    db: None, constraint: str, level: int, changes: dict[str, object]
) -> None:
    area = build_area(level=level)
    for name, value in changes.items():
        setattr(area, name, value)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        area.save(force_insert=True)


def test_a_province_with_a_parent_is_refused(tree: SmallTree) -> None:
    province = build_area(level=Level.PROVINCE)
    province.parent = tree.province

    with pytest.raises(IntegrityError, match="area_only_province_without_parent"), transaction.atomic():
        province.save(force_insert=True)


def test_two_areas_cannot_have_the_same_code(tree: SmallTree) -> None:
    with pytest.raises(IntegrityError, match="areas_area_code"), transaction.atomic():
        make_area(level=Level.COUNTY, parent=tree.cities[1], code="330122")


def test_an_area_with_others_below_it_cannot_be_deleted(tree: SmallTree) -> None:
    with pytest.raises((ProtectedError, RestrictedError)):
        tree.counties[0].delete()
