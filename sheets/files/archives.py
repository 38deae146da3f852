"""The parts of a workbook: read piece by piece, never much in memory, and none that declares entities."""

import io
import zipfile
from collections.abc import Generator
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse
from xml.parsers import expat

from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.xml.constants import ARC_STYLE, SHARED_STRINGS, SHEET_MAIN_NS

from sheets.files.limits import (
    MOST_IN_AN_ELEMENT,
    MOST_SHARED_STRINGS,
    MOST_STRINGS,
    MOST_STYLES,
    MOST_WHOLE,
    Unreadable,
)

STRING, XF, FORMAT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "xf", "numFmt"))
CELL_STYLES = f"{{{SHEET_MAIN_NS}}}cellXfs"
CHUNK = 1 << 16


class _Guard:
    """Reads the beginning of a part, up to its first element: a workbook declares no document type.

    By the parser's own reading of the bytes, since the encoding of XML can hide the words.
    """

    def __init__(self) -> None:
        self.is_past = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._pass

    def see(self, chunk: bytes) -> None:
        if not self.is_past:
            try:
                self._parser.Parse(chunk, False)
            except expat.ExpatError as error:
                raise Unreadable("broken-workbook") from error

    def _refuse(self, *declared: Any) -> None:
        raise Unreadable("broken-workbook")

    def _pass(self, *element: Any) -> None:
        self.is_past = True
        self._parser.StartElementHandler = None


class Metered:
    """A part as a stream; Unreadable where more is read than one element may hold since the last `reset`."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._guard = _Guard()
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._part.read(CHUNK if size < 0 else min(size, CHUNK))
        self._guard.see(chunk)
        self._since += len(chunk)
        if self._since > MOST_IN_AN_ELEMENT:
            raise Unreadable("swells")
        return chunk

    def reset(self) -> None:
        self._since = 0


def elements(part: Any, wanted: str, *, until: str = "") -> Generator[tuple[str, Any], None, None]:
    """(tag around it, element) of each `wanted` element, however deep, in a part opened as bytes.

    What was read is let go of at once.
    """
    source = Metered(part)
    around: list[Element] = []
    inside = 0
    # The guard refuses what makes parsing of strangers' files dangerous.
    for event, element in iterparse(source, ("start", "end")):  # noqa: S314
        if event == "start":
            if inside or element.tag == wanted:
                inside += 1
            else:
                around.append(element)
            continue
        if inside:
            inside -= 1
            if inside:
                continue
            yield around[-1].tag if around else "", element
        else:
            around.pop()
        source.reset()
        if around:
            around[-1].clear()
        if element.tag == until:
            return


class _Archive(zipfile.ZipFile):
    """Gives whole only what is small: what a workbook says of itself."""

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name if isinstance(name, str) else name.filename).file_size > MOST_WHOLE:
            raise Unreadable("swells")
        content = super().read(name, pwd)
        guard = _Guard()
        for start in range(0, len(content), CHUNK):
            guard.see(content[start : start + CHUNK])
        return content


class Reader(ExcelReader):
    """Reads what is needed to read lines: names of sheets, texts, and which formats are days. No charts, no links."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        self.archive = _Archive(io.BytesIO(content))

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        self._read_formats()
        self.read_worksheets()

    def read_strings(self) -> None:
        package: Manifest = self.package
        found = package.find(SHARED_STRINGS)
        if found is None:
            return
        name = found.PartName[1:]
        if self.archive.getinfo(name).file_size > MOST_SHARED_STRINGS:
            raise Unreadable("swells")
        with self.archive.open(name) as part:
            for _, element in elements(part, STRING):
                if len(self.shared_strings) >= MOST_STRINGS:
                    raise Unreadable("swells")
                text: Any = Text.from_tree(element)
                self.shared_strings.append(text.content.replace("x005F_", ""))

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """A sheet without cells is no table."""

    def _read_formats(self) -> None:
        """Which styles of cells are days, and which are lengths of time."""
        if ARC_STYLE not in self.valid_files:
            return
        days: set[int] = set()
        lengths: set[int] = set()
        custom: dict[int, str] = {}
        with self.archive.open(ARC_STYLE) as part:
            for _, element in elements(part, FORMAT):
                if len(custom) >= MOST_STYLES:
                    raise Unreadable("swells")
                custom[int(element.get("numFmtId", 0))] = element.get("formatCode", "")
        with self.archive.open(ARC_STYLE) as part:
            styles = (each for around, each in elements(part, XF) if around == CELL_STYLES)
            for number, element in enumerate(styles):
                if number >= MOST_STYLES:
                    raise Unreadable("swells")
                code = int(element.get("numFmtId", 0))
                words = custom.get(code) or builtin_format_code(code)
                if is_date_format(words):
                    days.add(number)
                if is_timedelta_format(words):
                    lengths.add(number)
        book: Any = self.wb
        book._date_formats, book._timedelta_formats = days, lengths
