"""A table from bytes, line by line: never more in memory than a line, and a sentence's code for what is no table."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from sheets.files import texts, workbooks
from sheets.files.cells import Cell
from sheets.files.limits import MOST_BYTES, MOST_COLUMNS, MOST_EMPTY, Unreadable

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Beginnings of what is certainly no table: PDF, pictures, archives, pages of the web.
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


@dataclass(frozen=True)
class Line:
    """A line of a table; `number` is what the spreadsheet shows at its left, from 1."""

    number: int
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass
class Table:
    """How a file is to be read. `notes` collects (code, params) of what the reader ought to know."""

    content: bytes
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def lines(self) -> Generator[Line, None, None]:
        """Every line that holds something. Ends where a very long stretch of empty lines begins, and notes it."""
        empty, last = 0, 0
        for line in self._all():
            if line.is_empty:
                empty += 1
            elif line.number - last > MOST_EMPTY and last:
                empty = MOST_EMPTY + 1
            else:
                empty, last = 0, line.number
                yield line
            if empty > MOST_EMPTY:
                note: tuple[str, dict[str, object]] = ("empty-lines", {"line": last, "most": MOST_EMPTY})
                if note not in self.notes:
                    self.notes.append(note)
                return

    def head(self, count: int) -> list[Line]:
        """The first lines that hold something."""
        with closing(self.lines()) as lines:
            return list(islice(lines, count))

    def _all(self) -> Iterator[Line]:
        rows = (
            workbooks.rows(self.content, self.sheet)
            if self.format == "xlsx"
            else texts.rows(self.content, self.encoding, self.delimiter)
        )
        for number, cells in rows:
            yield Line(number, cells[:MOST_COLUMNS])


def open_table(content: bytes, *, encoding: str = "", sheet: str = "") -> Table:
    """Tell what the bytes are and how to read them; Unreadable says what is wrong. `encoding` overrules the guess."""
    if len(content) > MOST_BYTES:
        raise Unreadable("too-large", most=MOST_BYTES // 1_000_000)
    if not content.strip():
        raise Unreadable("empty-file")
    if content.startswith(OLE):
        raise Unreadable("password" if ENCRYPTED in content else "old-excel")
    if content.startswith((ZIP, EMPTY_ZIP)):
        names = workbooks.sheet_names(content)
        if sheet and sheet not in names:
            raise Unreadable("no-such-sheet", name=sheet, names=", ".join(names[:8]))
        table = Table(content, "xlsx", sheet=sheet or names[0], sheets=names)
        if len(names) > 1 and not sheet:
            table.notes.append(("first-sheet", {"name": names[0], "count": len(names)}))
        return table
    if content.startswith(OTHERS) or content[:200].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise Unreadable("no-table")
    encoding = encoding or texts.encoding_of(content)
    return Table(content, "csv", encoding=encoding, delimiter=texts.delimiter_of(content, encoding))
