"""Tables as text: which encoding, which delimiter, line by line."""

import codecs
import csv
import io
from collections.abc import Iterator

from sheets.files.cells import Cell
from sheets.files.limits import LONGEST_CELL, Unreadable

ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5")
DELIMITERS = (",", "\t", ";", "，", "；")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 200_000
# Of the characters beyond ASCII, the share that a text in Chinese has in the 6,763 common ones.
COMMON_SHARE = 0.9


def encoding_of(content: bytes) -> str:
    """UTF-8, UTF-16 or GB18030; Unreadable where it cannot be told."""
    for bom, name in BOMS:
        if content.startswith(bom):
            return name
    sample = content[:SAMPLE]
    if b"\0" in sample:
        return _utf_16_without_mark(sample)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _gb18030(content)
    return "utf-8"


def _utf_16_without_mark(sample: bytes) -> str:
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 4 * max(even, 1) or even > 4 * max(odd, 1):
        return "utf-16-le" if odd > even else "utf-16-be"
    raise Unreadable("no-table")


def _gb18030(content: bytes) -> str:
    """Almost any bytes read as GB18030: only a text of common Chinese characters is taken for one."""
    try:
        words = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding-unknown") from error
    foreign = [mark for mark in words[:SAMPLE] if ord(mark) > 127]
    common = sum(_is_common(mark) for mark in foreign)
    if common < COMMON_SHARE * len(foreign):
        raise Unreadable("encoding-unknown")
    return "gb18030"


def _is_common(mark: str) -> bool:
    try:
        encoded = mark.encode("gb2312")
    except UnicodeEncodeError:
        return False
    # From row 16 on: the ordered characters; below lie punctuation and full-width forms.
    return encoded[0] >= 0xB0 or encoded[0] in (0xA1, 0xA3)


def _stream(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def delimiter_of(content: bytes, encoding: str) -> str:
    """What parts the cells: the one that gives the first lines the most columns."""
    try:
        words = _stream(content, encoding).read(20_000)
    except (UnicodeError, LookupError) as error:
        raise Unreadable("wrong-encoding", name=encoding) from error
    lines = words.splitlines()[:20]
    if not any(line.strip() for line in lines):
        raise Unreadable("empty-file")

    def columns(delimiter: str) -> int:
        return sum(len(row) - 1 for row in csv.reader(lines, delimiter=delimiter))

    try:
        return max(DELIMITERS, key=columns)
    except csv.Error as error:
        raise Unreadable("no-table") from error


def rows(content: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    """(number, cells) of each line; a cell with line breaks in quotes counts as the line in which it begins."""
    csv.field_size_limit(LONGEST_CELL * 4)
    reader = csv.reader(_stream(content, encoding), delimiter=delimiter)
    number = 1
    try:
        for cells in reader:
            yield number, [cell or None for cell in cells]
            number = reader.line_num + 1
    except UnicodeError as error:
        raise Unreadable("wrong-encoding", name=encoding) from error
    except csv.Error as error:
        raise Unreadable("broken-line", line=number) from error
