import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from areas.actions import UnreadableFile, read_areas, read_json
from areas.models import Area, AreaBorder
from tests.factories.areas import collection, make_border

HEADER = "code,parent_code,level,name_zh,name_en\n"
GOOD = (
    HEADER
    + "33,,1,浙江省,Zhejiang Province\n3301,33,2,杭州市,Hangzhou\n330127,3301,3,淳安县,Chun'an County\n"
)
BAD = GOOD + "3302,99,2,宁波市,Ningbo\n"


@pytest.fixture
def areas_file(tmp_path: Path) -> Path:
    path = tmp_path / "areas.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_areas", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        assert error.returncode == 1
        err.write(f"refused: {error}")
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_are_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    rows = read_areas(GOOD.encode(encoding))

    assert [(row.line, row.code, row.name_zh) for row in rows][1:] == [
        (3, "3301", "杭州市"),
        (4, "330127", "淳安县"),
    ]


def test_columns_may_stand_in_any_order_and_more_may_follow() -> None:
    content = "name_en,name_zh,level,parent_code,code,short_name_zh,note\r\nAnji,安吉县,3,3305,330523,安吉,x\r\n\r\n"

    (row,) = read_areas(content.encode())

    assert (row.code, row.short_name_zh, row.longitude) == ("330523", "安吉", None)


def test_a_short_row_has_empty_cells() -> None:
    (row,) = read_areas((HEADER + "33,,1\n").encode())

    assert (row.level, row.name_zh, row.name_en) == ("1", "", "")


@pytest.mark.parametrize("content", [b"", b"code,name\n1,2\n", b"\xff\xff\xff"])
def test_a_file_that_is_no_area_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_areas(content)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'"text"'])
def test_a_file_that_holds_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_json(content)


@pytest.mark.django_db
def test_the_command_loads_areas_borders_and_tiles(areas_file: Path, tmp_path: Path) -> None:
    borders, tiles = tmp_path / "borders.geojson", tmp_path / "tiles.json"
    borders.write_text(json.dumps(collection(make_border("330127"))), encoding="utf-8")
    tiles.write_text('{"tiles": {"330127": [1, 4]}}', encoding="utf-8")

    out, err = run(areas_file, "--borders", borders, "--tiles", tiles)

    assert out == "3 new, 0 changed, 0 unchanged, 1 borders, 1 tiles, 0 errors: saved.\n"
    assert err == ""
    assert Area.objects.get(code="330127").tile_row == 4
    assert AreaBorder.objects.count() == 1


@pytest.mark.django_db
def test_a_dry_run_of_the_command_saves_nothing(areas_file: Path) -> None:
    out, _ = run(areas_file, "--dry-run")

    assert out.endswith("not saved.\n")
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_errors_are_printed_with_line_field_and_reason(areas_file: Path, english: None) -> None:
    areas_file.write_text(BAD, encoding="utf-8")

    _, err = run(areas_file)

    assert "areas, 5, parent_code: No area has the code 99." in err
    assert "refused: 1 errors. Nothing was saved." in err
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_good_rows_are_saved_and_errors_still_printed(areas_file: Path, english: None) -> None:
    areas_file.write_text(BAD, encoding="utf-8")

    out, err = run(areas_file, "--good-rows")

    assert "areas, 5, parent_code" in err
    assert "refused" not in err
    assert out.endswith("1 errors: saved.\n")
    assert Area.objects.count() == 3


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, err = run(tmp_path / "none.csv")

    assert "none.csv" in err


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, english: None) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("a,b\n", encoding="utf-8")

    _, err = run(path)

    assert "these columns are missing: code" in err
