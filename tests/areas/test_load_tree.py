from datetime import UTC, datetime

import pytest

from areas.actions import AreaRow, RowError, TreeReport, load_tree
from areas.models import Area, AreaBorder
from core.models import AuditRecord
from tests.factories.areas import SmallTree, collection, make_border, make_row

AT = datetime(2026, 3, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def load(rows: list[AreaRow], **options) -> TreeReport:
    return load_tree(rows=rows, at=AT, **options)


def found(report: TreeReport) -> list[tuple[str, int, str, str]]:
    return [(error.source, error.line, error.field, error.code) for error in report.errors]


# A tree of another country: codes say nothing of their parents, and the file is in no order.
ELSEWHERE = [
    make_row(2, "Q7", "B-12", 4, "河畔镇", name_en="Riverside"),
    make_row(3, "B-12", "NORTH", 3, "山谷县", name_en="Valley County"),
    make_row(4, "Z", "", 1, "北国省", name_en="Northland Province"),
    make_row(5, "NORTH", "Z", 2, "白城市", name_en="Whitetown"),
    make_row(6, "0001", "Q7", 5, "老街社区", name_en="Old Street"),
    make_row(7, "D9", "Z", 3, "独立县", name_en="Lone County"),
]


def test_a_tree_of_another_country_loads_the_same_way() -> None:
    report = load(ELSEWHERE)

    assert (report.created, report.errors, report.saved) == (6, (), True)
    community = Area.objects.get(code="0001")
    assert community.path == "Z/NORTH/B-12/Q7/0001/"
    assert community.county is not None and community.county.code == "B-12"
    county = Area.objects.get(code="D9")
    assert (county.path, county.county) == ("Z/D9/", county)
    assert Area.objects.get(code="NORTH").county is None


def test_names_get_a_short_form_and_a_reading() -> None:
    load(ELSEWHERE)

    county = Area.objects.get(code="B-12")
    assert (county.short_name_zh, county.sort_key) == ("山谷", "shanguxian")


def test_a_reading_in_the_file_counts_more_than_a_guess() -> None:
    load([make_row(2, "33", "", 1, "乐清省", short_name_zh="乐", pinyin="Yue Qing")])

    area = Area.objects.get(code="33")
    assert (area.short_name_zh, area.sort_key) == ("乐", "yueqing")


def test_loading_again_changes_nothing() -> None:
    tiles = {"tiles": {"B-12": [0, 0]}}
    borders = collection(make_border("B-12"))
    load(ELSEWHERE, borders=borders, tiles=tiles)
    before = list(Area.objects.order_by("id").values())

    report = load(ELSEWHERE, borders=borders, tiles=tiles)

    assert (report.created, report.changed, report.unchanged) == (0, 0, 6)
    assert list(Area.objects.order_by("id").values()) == before
    assert AreaBorder.objects.count() == 1


def test_loading_again_replaces_names_and_borders_and_deletes_nothing(tree: SmallTree) -> None:
    county = tree.counties[0]
    AreaBorder.objects.create(area=county, geometry={"type": "Polygon", "coordinates": []})

    report = load(
        [make_row(2, county.code, "3301", 3, "新名县", name_en="New Name County")],
        borders=collection(make_border(county.code)),
    )

    assert (report.created, report.changed) == (0, 1)
    county.refresh_from_db()
    assert (county.name_zh, county.name_en) == ("新名县", "New Name County")
    assert (county.tile_column, county.tile_row) == (1, 1)
    assert (county.longitude, county.latitude) == (120.0, 30.0)
    assert county.border.geometry["type"] == "MultiPolygon"
    assert Area.objects.count() == 15


def test_what_lies_below_a_moved_area_moves_with_it(tree: SmallTree) -> None:
    load([make_row(2, "330122", "3305", 3)])

    moved = Area.objects.get(code="330122003")
    assert moved.path == "33/3305/330122/330122003/"
    assert moved.county_id == tree.counties[0].pk
    assert Area.objects.within(tree.cities[1]).count() == 1 + 3 + 6


def test_a_moved_town_takes_its_communities_to_its_new_county_even_when_the_old_county_moves_too(
    tree: SmallTree,
) -> None:
    load([make_row(2, "C1", "330122003", 5)])

    load([make_row(2, "330122", "3305", 3), make_row(3, "330122003", "330127", 4)])

    community = Area.objects.get(code="C1")
    assert community.path == "33/3301/330127/330122003/C1/"
    assert community.county == tree.counties[1]


def test_a_town_in_the_file_follows_its_county_that_is_not_when_their_city_moves(tree: SmallTree) -> None:
    rows = [make_row(2, "34", "", 1), make_row(3, "3301", "34", 2), make_row(4, "330122003", "330122", 4)]

    load(rows)

    assert Area.objects.get(code="330122003").path == "34/3301/330122/330122003/"
    assert Area.objects.get(code="330122").path == "34/3301/330122/"
    assert Area.objects.filter(path__startswith="34/").count() == 1 + 7


def test_a_load_is_audited_and_a_load_without_effect_is_not(tree: SmallTree) -> None:
    load([make_row(2, "3309", "33", 2)], dry_run=True)
    assert not AuditRecord.objects.filter(verb="area.tree-loaded").exists()

    load([make_row(2, "3309", "33", 2)])

    record = AuditRecord.objects.get(verb="area.tree-loaded")
    assert (record.area_code, record.at) == ("33", AT)
    assert record.data == {"created": 1, "changed": 0, "borders": 0}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (make_row(9, "", "33", 2), "code", "no-code"),
        (make_row(9, "33/01", "33", 2), "code", "bad-code"),
        (make_row(9, "x" * 21, "33", 2), "code", "bad-code"),
        (make_row(9, "33", "", 1), "code", "duplicate-code"),
        (make_row(9, "3309", "33", "two"), "level", "bad-level"),
        (make_row(9, "3309", "33", 6), "level", "bad-level"),
        (make_row(9, "3309", "", 2), "parent_code", "no-parent"),
        (make_row(9, "34", "33", 1), "parent_code", "province-with-parent"),
        (make_row(9, "3309", "99", 2), "parent_code", "unknown-parent"),
        (make_row(9, "3309", "3309", 2), "level", "wrong-level-order"),
        (make_row(9, "330100001", "33", 4), "level", "wrong-level-order"),
        (make_row(9, "3309", "330122", 2), "level", "wrong-level-order"),
        (make_row(9, "330122", "33", 2), "level", "level-changed"),
        (make_row(9, "3309", "33", 2, name_zh=""), "name_zh", "no-name"),
        (make_row(9, "3309", "33", 2, name_en=""), "name_en", "no-name"),
        (make_row(9, "3309", "33", 2, name_en="x" * 101), "name_en", "too-long"),
        (make_row(9, "3309", "33", 2, short_name_zh="安" * 21), "short_name_zh", "too-long"),
        (make_row(9, "3309", "33", 2, longitude="120", latitude=""), "latitude", "half-coordinates"),
        (make_row(9, "3309", "33", 2, longitude="200", latitude="30"), "longitude", "bad-coordinates"),
        (make_row(9, "3309", "33", 2, longitude="nan", latitude="30"), "longitude", "bad-coordinates"),
        (make_row(9, "3309", "33", 2, longitude="E120", latitude="30"), "longitude", "bad-coordinates"),
    ],
)
def test_a_bad_row_is_named_by_line_field_and_reason(
    tree: SmallTree, english: None, row: AreaRow, field: str, code: str
) -> None:
    report = load([make_row(2, "33", "", 1), row])

    assert found(report) == [("areas", 9, field, code)]
    assert "%(" not in report.errors[0].reason
    assert not report.saved
    tree.province.refresh_from_db()
    assert tree.province.name_zh == "浙江省"


@pytest.mark.parametrize(
    ("feature", "field", "code"),
    [
        ({"type": "Feature"}, "feature", "not-geojson"),
        ("330122", "feature", "not-geojson"),
        (make_border("330122", geometry=None), "feature", "not-geojson"),
        (make_border("999999"), "code", "unknown-area"),
        (
            make_border("330122", geometry={"type": "Point", "coordinates": [120, 30]}),
            "geometry",
            "wrong-geometry",
        ),
        (
            make_border("330122", geometry={"type": "Polygon", "coordinates": []}),
            "coordinates",
            "bad-coordinates",
        ),
        (
            make_border("330122", geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}),
            "coordinates",
            "bad-coordinates",
        ),
        (
            make_border(
                "330122", geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}
            ),
            "coordinates",
            "bad-coordinates",
        ),
        (
            make_border(
                "330122", geometry={"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 91], [0, 0]]]}
            ),
            "coordinates",
            "bad-coordinates",
        ),
        (make_border("330127"), "code", "duplicate-border"),
    ],
)
def test_a_bad_border_is_named_by_feature_and_reason(
    tree: SmallTree, english: None, feature: object, field: str, code: str
) -> None:
    report = load([], borders=collection(make_border("330127"), feature))

    assert found(report) == [("borders", 2, field, code)]
    assert "%(" not in report.errors[0].reason
    assert not AreaBorder.objects.exists()


def test_borders_that_are_no_collection_are_refused(tree: SmallTree) -> None:
    assert found(load([], borders={"type": "Feature"})) == [("borders", 1, "features", "not-geojson")]


def test_the_country_prefix_of_chinese_border_files_is_no_part_of_the_code(tree: SmallTree) -> None:
    border = make_border("", properties={"gb": "156330122", "name": "桐庐县"})

    report = load([], borders=collection(border))

    assert (report.errors, report.borders) == ((), 1)
    assert tree.counties[0].border


@pytest.mark.parametrize(
    ("code", "place", "field", "reason"),
    [
        ("999999", [5, 5], "code", "unknown-area"),
        ("330122", [5], "tile", "bad-tile"),
        ("330122", [5, -1], "tile", "bad-tile"),
        ("330122", [5, 200], "tile", "bad-tile"),
        ("330122", ["5", 5], "tile", "bad-tile"),
        ("330122", [True, 5], "tile", "bad-tile"),
        ("330122", [9, 9], "tile", "tile-taken"),
        ("330122", [0, 0], "tile", "tile-taken"),
    ],
)
def test_a_bad_tile_is_named_by_entry_and_reason(
    tree: SmallTree, english: None, code: str, place: list[object], field: str, reason: str
) -> None:
    report = load([], tiles={"tiles": {"330127": [9, 9], code: place}})

    assert found(report) == [("tiles", 2, field, reason)]
    assert "%(" not in report.errors[0].reason


def test_a_tile_file_of_another_shape_is_refused(tree: SmallTree) -> None:
    assert found(load([], tiles={"tiles": [[1, 2]]})) == [("tiles", 1, "tiles", "bad-tile")]


def test_two_provinces_may_use_the_same_tile(tree: SmallTree) -> None:
    report = load(ELSEWHERE, tiles={"tiles": {"B-12": [0, 0]}})

    assert report.errors == ()


def test_areas_may_swap_their_tiles(tree: SmallTree) -> None:
    report = load([], tiles={"330122": [0, 1], "330127": [1, 1]})

    assert (report.errors, report.changed, report.tiles) == ((), 2, 2)


def test_good_rows_are_saved_on_request_and_children_of_bad_rows_are_not() -> None:
    rows = [
        make_row(2, "33", "", 1),
        make_row(3, "3301", "33", 2, name_en=""),
        make_row(4, "330101", "3301", 3),
        make_row(5, "3302", "33", 2),
    ]

    report = load(rows, good_rows=True)

    assert found(report) == [
        ("areas", 3, "name_en", "no-name"),
        ("areas", 4, "parent_code", "refused-parent"),
    ]
    assert set(Area.objects.values_list("code", flat=True)) == {"33", "3302"}
    assert report.saved


def test_nothing_is_saved_when_one_row_is_bad() -> None:
    report = load([make_row(2, "33", "", 1), make_row(3, "3301", "99", 2)])

    assert (report.saved, report.created) == (False, 1)
    assert not Area.objects.exists()


def test_a_dry_run_counts_and_saves_nothing() -> None:
    report = load(ELSEWHERE, dry_run=True)

    assert (report.saved, report.created) == (False, 6)
    assert not Area.objects.exists()


def test_reasons_speak_the_language_of_the_reader(english: None) -> None:
    assert RowError(2, "parent_code", "unknown-parent", {"parent": "99"}).reason == "No area has the code 99."


@pytest.mark.parametrize("number", [1, 3])
def test_a_load_takes_as_many_queries_for_three_rows_as_for_one(
    tree: SmallTree, number: int, django_assert_num_queries
) -> None:
    rows = [make_row(n, f"339{n}", "33", 2) for n in range(number)]

    # Savepoint, lock, the areas that exist, ids, the areas, the audit record, savepoint.
    with django_assert_num_queries(7):
        load(rows)
