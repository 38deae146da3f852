"""From bytes to rows."""

import csv
import io
import json
from typing import Any

from django.utils.translation import gettext as _

from areas.actions.errors import AreaRow, UnreadableFile

COLUMNS = ("code", "parent_code", "level", "name_zh", "name_en")
MORE_COLUMNS = ("short_name_zh", "pinyin", "longitude", "latitude")


def decode(content: bytes) -> str:
    """Text from UTF-8 (with a byte order mark or not), or from GB18030, as Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(why=_("it is neither UTF-8 nor GB18030."))


def read_areas(content: bytes) -> list[AreaRow]:
    """The rows of an area file (CSV with a header); empty lines are left out."""
    reader = csv.DictReader(io.StringIO(decode(content), newline=""), restval="")
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise UnreadableFile(
                why=_("these columns are missing: %(names)s.") % {"names": ", ".join(missing)}
            )
        reader.fieldnames = header
        optional = [name for name in MORE_COLUMNS if name in header]
        return [
            AreaRow(line=reader.line_num, **{name: row[name].strip() for name in (*COLUMNS, *optional)})
            for row in reader
            if any(value.strip() for value in row.values() if isinstance(value, str))
        ]
    except csv.Error as error:
        raise UnreadableFile(why=str(error)) from error


def read_json(content: bytes) -> dict[str, Any]:
    """The object in a borders or tiles file."""
    try:
        value = json.loads(decode(content))
    except ValueError as error:
        raise UnreadableFile(why=str(error)) from error
    if not isinstance(value, dict):
        raise UnreadableFile(why=_("it holds no JSON object."))
    return value
