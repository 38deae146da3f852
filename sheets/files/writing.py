"""Tables as files that a spreadsheet program opens without working anything out."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from core.safe_cells import safe_text

Value = str | int | float | date | datetime | time | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 500
DAY, MOMENT, HOUR = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"


def safe(value: Value) -> Value:
    """A text that could be taken for a formula gets an apostrophe in front; numbers and days stay what they are."""
    return safe_text(value) if isinstance(value, str) else value


def csv_cell(value: Value) -> str:
    value = safe(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def csv_chunks(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which spreadsheet programs know it, some hundred lines at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([csv_cell(title) for title in titles])
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_cell(value) for value in row])
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    found = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return found


def xlsx_bytes(name: str, titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A workbook with one sheet; texts are stored as texts, so that telephone numbers keep all digits."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for index, each in enumerate(titles):
        sheet.column_dimensions[chr(65 + index)].width = max(12, min(40, 2 * len(each) + 4))
    heads = [WriteOnlyCell(sheet, value=each) for each in titles]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        return file.read()


def _xlsx_cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(safe(value))))
        # Never a formula, whatever it begins with.
        cell.data_type = "s"
        return cell
    if isinstance(value, datetime):
        # A spreadsheet knows no time zones: the clock of the place stands in it.
        cell = WriteOnlyCell(sheet, value=value.replace(tzinfo=None))
        cell.number_format = MOMENT
        return cell
    if isinstance(value, date | time):
        cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
        cell.number_format = DAY if isinstance(value, date) else HOUR
        return cell
    return value
