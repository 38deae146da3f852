"""XLSX workbooks, streamed: values only, no formula is ever worked out."""

import io
import re
import warnings
import zipfile
from collections.abc import Generator, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser

from sheets.files.archives import Reader, elements
from sheets.files.cells import Cell, Mark
from sheets.files.limits import (
    LAST_LINE,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_COVERED,
    MOST_PARTS,
    MOST_SHARED_STRINGS,
    MOST_UNPACKED,
    Unreadable,
)

MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
CHUNK = 1 << 18
MOST_MERGED = 20_000
# The day after the last one that a spreadsheet knows, 31 December 9999.
LAST_SERIAL = 2_958_466
# What a broken archive or broken XML raises inside the library.
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError, OSError, AttributeError, TypeError,
          IndexError, NotImplementedError, RuntimeError)  # fmt: skip


class _Parser(WorkSheetParser):
    """Reads the lines alone: what stands around them may be odd and does not matter."""

    def parse(self) -> Generator[Any, None, None]:
        """(number, cells) of each line."""
        last = 0
        for _, element in elements(self.source, ROW_TAG, until=DATA_TAG):
            number, cells = self.parse_row(element)
            if not last < number <= LAST_LINE:
                raise Unreadable("broken-workbook")
            last = number
            self.row_dimensions.clear()
            yield number, cells

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """As the library does, and tells a formula whose value was not saved, or that failed, from an empty cell."""
        if int(element.get("s", 0)) in self.date_formats and _is_no_date(element):
            element.set("s", "0")
        cell: dict[str, Any] = super().parse_cell(element)
        failed = cell["data_type"] == "e"
        if failed or (cell["value"] is None and element.find(FORMULA_TAG) is not None):
            cell["value"] = Mark.FORMULA
        return cell


def _is_no_date(element: Any) -> bool:
    """A number in a cell formatted as a date that no date has: it stays a number."""
    if element.get("t", "n") != "n" or not (value := element.findtext(VALUE_TAG)):
        return False
    return not 0 <= float(value) < LAST_SERIAL


def sheet_names(content: bytes) -> list[str]:
    """The names of the worksheets; Unreadable where this is no workbook, or one that swells."""
    check_archive(content)
    book = _open(content)
    try:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()
    if not names:
        raise Unreadable("no-table")
    return names


def check_archive(content: bytes) -> None:
    """Refuse what is no workbook or unpacks to more than we read, by the sizes that the archive states.

    Unpacking never gives more than the stated size, so a lie is found as a broken file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("broken-workbook") from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Unreadable("binary-excel" if "xl/workbook.bin" in names else "no-table")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("password")
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or strings > MOST_SHARED_STRINGS
    ):
        raise Unreadable("swells")


def _open(content: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            # Of styles and extensions, which are not read.
            warnings.simplefilter("ignore")
            reader = Reader(content)
            reader.read()
            return reader.wb
    except Unreadable:
        raise
    except BROKEN as error:
        raise Unreadable("broken-workbook") from error


def rows(content: bytes, name: str) -> Iterator[tuple[int, list[Cell]]]:
    """(number, cells) of each line that the sheet states; cells covered by a merged block are marked."""
    book = _open(content)
    try:
        sheet = book[name]
        covered = _covered(content, sheet._worksheet_path)
        with sheet._get_source() as source:
            parser = _Parser(
                source,
                sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, found in parser.parse():
                yield number, _cells(found, covered.get(number, ()))
    except Unreadable:
        raise
    except BROKEN as error:
        raise Unreadable("broken-workbook") from error
    finally:
        book.close()


def _cells(found: list[dict[str, Any]], covered: Any) -> list[Cell]:
    cells: list[Cell] = []
    for each in found:
        column = each["column"]
        if column > MOST_COLUMNS:
            break
        value = each["value"]
        if isinstance(value, str):
            value = value[:LONGEST_CELL]
        cells.extend([None] * (column - 1 - len(cells)))
        cells.append(value)
    if any(cell is not None for cell in cells):
        for column in covered:
            cells.extend([None] * (column - len(cells)))
            if cells[column - 1] is None:
                cells[column - 1] = Mark.MERGED
    return cells


def _covered(content: bytes, path: str) -> dict[int, list[int]]:
    """Columns by line that a merged block covers, its first cell apart. They stand at the end of the sheet's part."""
    covered: dict[int, list[int]] = {}
    count = cells = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path) as part:
        tail = b""
        while chunk := part.read(CHUNK):
            window = tail + chunk
            end = 0
            for match in MERGED.finditer(window):
                end = match.end()
                count += 1
                block = _block(match[1].decode("ascii"))
                cells += max(0, block[2] - block[0] + 1) * max(0, block[3] - block[1] + 1)
                if count > MOST_MERGED or cells > MOST_COVERED:
                    raise Unreadable("too-many-merged", most=MOST_MERGED)
                _cover(covered, block)
            tail = window[max(end, len(window) - 200) :]
    return covered


def _block(words: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a merged block, as far as columns are read."""
    left, top, right, bottom = (edge or 1 for edge in range_boundaries(words))
    return left, top, min(right, MOST_COLUMNS), bottom


def _cover(covered: dict[int, list[int]], block: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = block
    for line in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (line, column) != (top, left):
                covered.setdefault(line, []).append(column)
