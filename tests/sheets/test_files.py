"""Reading files: what people really save, and what is no table."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from openpyxl import load_workbook

from sheets.files import archives, cells, writing
from sheets.files.cells import BadCell, Mark
from sheets.files.columns import PEOPLE, find_headers, map_by, recognize
from sheets.files.limits import MOST_BYTES, MOST_EMPTY, Unreadable
from sheets.files.table import OLE, open_table
from tests.sheets.making import csv_of, xlsx_of

ROW = ("张三", "13800000044", "", "桐君街道", "", "", "")


def refusal(content: bytes, **how: str) -> str:
    with pytest.raises(Unreadable) as caught:
        table = open_table(content, **how)
        list(table.lines())
    return caught.value.code


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_the_encoding_of_a_text_is_told_from_it(encoding):
    lines = list(open_table(csv_of(ROW, encoding=encoding)).lines())

    assert lines[0].cells[0] == "姓名"
    assert lines[1].cells[:2] == ["张三", "13800000044"]


@pytest.mark.parametrize("text", ["naïve café déjà", "çãõ áéí", "Straße für Bücher und Käse"])
def test_an_encoding_that_cannot_be_told_is_said(text):
    assert refusal(f"name,phone\n{text},13800000044\n".encode("latin-1")) == "encoding-unknown"


def test_a_chosen_encoding_that_does_not_fit_is_said():
    assert refusal(csv_of(ROW, encoding="gb18030"), encoding="utf-8") == "wrong-encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_the_delimiter_is_told_from_the_lines(delimiter):
    content = f"姓名{delimiter}手机\n张三{delimiter}13800000044\n".encode()

    assert list(open_table(content).lines())[1].cells == ["张三", "13800000044"]


def test_a_cell_may_hold_line_breaks_and_lines_keep_their_numbers():
    lines = list(open_table('姓名,备注\n张三,"一\n二"\n李四,三\n'.encode()).lines())

    assert [(line.number, line.cells[1]) for line in lines[1:]] == [(2, "一\n二"), (4, "三")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"  \n ", "empty-file"),
        (b"%PDF-1.7 \xe2\xe3", "no-table"),
        (b"\x89PNG\r\n\x1a\n", "no-table"),
        (b"<!DOCTYPE html><p>x", "no-table"),
        (bytes(range(256)) * 4, "no-table"),
        (OLE + b"\0" * 600, "old-excel"),
        (OLE + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 broken", "broken-workbook"),
        (b"x" * (MOST_BYTES + 1), "too-large"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(content, code):
    assert refusal(content) == code


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def test_an_archive_that_is_no_workbook_is_said():
    assert refusal(archive(word__document_dot_xml=b"<w/>")) == "no-table"


def test_a_workbook_that_swells_is_not_unpacked():
    bomb = archive(xl__workbook_dot_xml=b"<workbook/>", xl__worksheets__sheet1_dot_xml=b"0" * 301_000_000)

    assert len(bomb) < 1_000_000
    assert refusal(bomb) == "swells"


TEXTS = (
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<si><t>\xe5\xa7\x93\xe5\x90\x8d</t></si></sst>"
)
TEXTS_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with a table of texts, in which one part says something else."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_of([("姓名", "手机"), ("张三", 13800000044)])))
    parts = {each: source.read(each) for each in source.namelist()} | {"xl/sharedStrings.xml": TEXTS}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", TEXTS_TYPE)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, words in parts.items():
            made.writestr(name, change(words) if name.endswith(part) else words)
    return file.getvalue()


def test_texts_are_found_in_their_table():
    cell = b'<c r="A1" t="s"><v>0</v></c>'

    content = changed(
        "sheet1.xml", lambda words: re.sub(rb'<c r="A1".*?</c>', cell, words, count=1, flags=re.DOTALL)
    )

    assert next(open_table(content).lines()).cells == ["姓名", "手机"]


DECLARED = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


def declaring(words: bytes) -> bytes:
    start = words.index(b"<", words.find(b"?>") + 1)
    return words[:start] + DECLARED + words[start:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["sheet1.xml", "sharedStrings.xml", "styles.xml", "workbook.xml", "Types].xml"]
)
def test_no_part_of_a_workbook_declares_entities(part, encoding):
    def change(words: bytes) -> bytes:
        said = declaring(words)
        return (
            said if encoding == "utf-8" else said.replace(b"'UTF-8'", b"'UTF-16'").decode().encode("utf-16")
        )

    assert refusal(changed(part, change)) == "broken-workbook"


@pytest.mark.parametrize(
    ("part", "start", "swelling"),
    [
        ("sheet1.xml", b"<sheetData>", b"<row>" + b"<c/>" * 200_000),
        ("sheet1.xml", b"<sheetData>", b"<row><c t='inlineStr'><is><t>" + b"x" * 800_000),
        ("sharedStrings.xml", b"<si>", b"<si><t>" + b"x" * 800_000),
        ("sharedStrings.xml", b"<si>", b"<si/>" * 20_001),
        ("styles.xml", b"<cellXfs", b"<cellXfs>" + b"<xf/>" * 100_001 + b"</cellXfs><cellXfs"),
        ("workbook.xml", b"<sheets>", b"<!--" + b"x" * 2_000_000 + b"--><sheets>"),
    ],
)
def test_a_part_that_swells_is_not_held_in_memory(part, start, swelling, monkeypatch):
    # Limits of a tenth and a hundredth: to build and read the whole takes half a minute.
    monkeypatch.setattr(archives, "MOST_IN_AN_ELEMENT", archives.MOST_IN_AN_ELEMENT // 10)
    monkeypatch.setattr(archives, "MOST_STRINGS", archives.MOST_STRINGS // 100)

    assert refusal(changed(part, lambda words: words.replace(start, swelling, 1))) == "swells"


@pytest.mark.parametrize("line", [b"99999999999", b"-3", b"0", b"1"])
def test_lines_out_of_order_are_a_broken_workbook(line):
    content = changed("sheet1.xml", lambda words: words.replace(b'<row r="2"', b'<row r="' + line + b'"', 1))

    assert refusal(content) == "broken-workbook"


def test_merged_blocks_do_not_add_up_to_more_than_is_remembered():
    blocks = b"".join(b'<mergeCell ref="A%d:BH%d"/>' % (1, 90_000 + each) for each in range(20))

    content = changed("sheet1.xml", lambda words: words.replace(b"</sheetData>", b"</sheetData>" + blocks, 1))

    assert refusal(content) == "too-many-merged"


def test_a_workbook_is_read_with_its_numbers_and_days():
    content = xlsx_of([("姓名", "手机", "日期"), ("张三", 13800000044, datetime(2020, 2, 6, 9))])

    assert list(open_table(content).lines())[1].cells == ["张三", 13800000044, datetime(2020, 2, 6, 9)]


def test_a_formula_is_never_worked_out():
    lines = list(open_table(xlsx_of([("姓名", "手机"), ("=1+1", "=HYPERLINK(A1)")])).lines())

    assert lines[1].cells == [Mark.FORMULA, Mark.FORMULA]


def test_merged_cells_are_marked_apart_from_their_first():
    content = xlsx_of(
        [("名单", None), ("姓名", "街道"), ("张三", "桐君街道"), ("李四", None)], ["A1:B1", "B3:B4"]
    )

    lines = list(open_table(content).lines())

    assert lines[2].cells == ["张三", "桐君街道"]
    assert lines[3].cells == ["李四", Mark.MERGED]


def test_a_million_empty_lines_end_the_reading_and_are_noted():
    table = open_table(csv_of(ROW) + b",,,,,,\n" * 1_000_000 + csv_of(ROW))

    assert len(list(table.lines())) == 2
    assert table.notes == [("empty-lines", {"line": 2, "most": MOST_EMPTY})]


def test_a_million_empty_lines_of_a_workbook_end_the_reading():
    book = xlsx_of([("姓名", "手机"), ("张三", 13800000044)])
    source = zipfile.ZipFile(io.BytesIO(book))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            words = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                words = words.replace(b"</sheetData>", b'<row spans="1:7"/>' * 1_000_000 + b"</sheetData>")
            made.writestr(part, words)
    table = open_table(file.getvalue())

    assert len(list(table.lines())) == 2
    assert table.notes[0][0] == "empty-lines"


def test_headers_are_found_below_a_title_in_either_language():
    table = open_table("社区志愿者名单\n\n序号,姓 名,手机号码（必填）,E-Mail\n1,张三,13800000044,\n".encode())

    found = find_headers(table, PEOPLE)

    assert found.line == 3
    assert found.mapping == {"name": 1, "phone": 2, "email": 3}
    assert recognize(["Name", "Phone number", "E-mail", "District"], PEOPLE) == {
        "name": 0,
        "phone": 1,
        "email": 2,
        "area": 3,
    }


def test_a_mapping_names_headers_letters_or_numbers():
    titles = ["谁", "电话", "哪里"]

    assert map_by(titles, {"name": "谁", "phone": "B", "area": "3"}) == {"name": 0, "phone": 1, "area": 2}
    with pytest.raises(Unreadable) as caught:
        map_by(titles, {"name": "称谓"})
    assert caught.value.code == "no-such-column"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2020-02-06", date(2020, 2, 6)),
        ("2020/2/6", date(2020, 2, 6)),
        ("２０２０．２．６", date(2020, 2, 6)),
        ("2020年2月6日", date(2020, 2, 6)),
        ("2月6日（星期四）", date(2020, 2, 6)),
        ("6 Feb 2020", date(2020, 2, 6)),
        ("February 6, 2020", date(2020, 2, 6)),
        (43867, date(2020, 2, 6)),
        ("43867", date(2020, 2, 6)),
        (43867.0, date(2020, 2, 6)),
        (datetime(2020, 2, 6, 9), date(2020, 2, 6)),
        ("20200206", date(2020, 2, 6)),
        (None, None),
    ],
)
def test_days_are_read_as_people_write_them(cell, day):
    assert cells.day(cell, year=2020) == day


@pytest.mark.parametrize("cell", ["02/06/2020", "2020-02-30", "下周四", "6 Foo 2020"])
def test_a_day_that_can_mean_two_or_none_is_refused(cell):
    with pytest.raises(BadCell):
        cells.day(cell, year=2020)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("9:00", 540),
        ("９：３０", 570),
        ("上午9点半", 570),
        ("下午 2 点", 840),
        ("晚上 8 点半", 1230),
        ("8 点 30 分", 510),
        ("晚上8点", 1200),
        ("中午12点", 720),
        ("8pm", 1200),
        ("24:00", 1440),
        (0.375, 540),
        (time(18, 30), 1110),
        ("18", 1080),
    ],
)
def test_hours_are_read_as_people_write_them(cell, minutes):
    assert cells.hour(cell) == (minutes, False)


def test_the_next_day_is_heard():
    assert cells.hour("次日6:00") == (360, True)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (13800000044, "13800000044"),
        (13800000044.0, "13800000044"),
        ("１３８００００００４４", "13800000044"),
        ("1.3800000044E+10", "13800000044"),
        ("'13800000044", "13800000044"),
        ("13800000044.0", "13800000044"),
    ],
)
def test_a_number_is_taken_as_it_was_meant(cell, number):
    assert cells.contact(cell) == number


@pytest.mark.parametrize("cell", ["1.38E+10", "1.38e10", "1.38001E+10"])
def test_a_number_that_lost_its_digits_is_refused(cell):
    with pytest.raises(BadCell) as caught:
        cells.contact(cell)
    assert caught.value.code == "number-shortened"


RISKY = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1", " =1"]


@pytest.mark.parametrize("text", RISKY)
def test_nothing_that_is_written_begins_a_formula(text):
    out = b"".join(writing.csv_chunks([text], [[text]])).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(writing.xlsx_bytes("x", ["h"], [[text]])))

    assert [row[0][0] for row in csv.reader(io.StringIO(out))] == ["'", "'"]
    assert book.active["A2"].data_type == "s"
    assert book.active["A2"].value.startswith("'")


def test_numbers_and_days_are_written_as_such():
    content = writing.xlsx_bytes("x", ["a", "b", "c"], [[-3, date(2020, 2, 6), "+8613800000044"]])

    row = [cell.value for cell in load_workbook(io.BytesIO(content)).active[2]]

    assert row == [-3, datetime(2020, 2, 6), "'+8613800000044"]


@pytest.mark.parametrize(
    "cell", ["9" * 5000, "𐩀", "9999-12-31", "0001-01-01", date(1, 1, 1), "1E" + "9" * 5000]
)
def test_days_beyond_every_clock_are_no_days(cell):
    with pytest.raises(BadCell) as caught:
        cells.day(cell, year=2020)
    assert caught.value.code == "no-day"


def test_absurd_numbers_stay_words():
    assert cells.contact("1E" + "9" * 5000).startswith("1E99")
    assert cells.listed("a\0b,c") == ["ab", "c"]
