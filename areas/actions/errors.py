"""A row as it comes from a file, and what can be wrong with it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

REASONS = {
    "no-code": _("The code is missing."),
    "bad-code": _("A code has at most 20 letters, digits or hyphens."),
    "duplicate-code": _("This code is already in line %(line)s."),
    "bad-level": _("The level must be a number from 1 to 5."),
    "no-parent": _("Only a province has no parent."),
    "province-with-parent": _("A province has no parent."),
    "unknown-parent": _("No area has the code %(parent)s."),
    "refused-parent": _("The parent %(parent)s has an error itself."),
    "wrong-level-order": _("An area of level %(level)s cannot lie in one of level %(parent_level)s."),
    "level-changed": _("This area exists with level %(level)s. A level cannot change."),
    "no-name": _("The name is missing."),
    "too-long": _("At most %(limit)s characters."),
    "half-coordinates": _("Longitude and latitude belong together."),
    "bad-coordinates": _("Not a longitude from -180 to 180 and a latitude from -90 to 90."),
    "not-geojson": _("Not a GeoJSON feature with a code and a geometry."),
    "wrong-geometry": _("The geometry must be a Polygon or a MultiPolygon."),
    "duplicate-border": _("This file already holds a border of this area."),
    "unknown-area": _("No area has the code %(code)s."),
    "bad-tile": _("A tile is a column and a row, whole numbers from 0 to 199."),
    "tile-taken": _("The area %(code)s already has this tile."),
}


@dataclass(frozen=True)
class AreaRow:
    """One line of an area file, still text. None means that the file has no such column."""

    line: int
    code: str
    parent_code: str
    level: str
    name_zh: str
    name_en: str
    short_name_zh: str = ""
    pinyin: str = ""
    longitude: str | None = None
    latitude: str | None = None


@dataclass(frozen=True)
class RowError:
    """What is wrong where.

    `line` counts from 1: lines of the area file, features of the borders, entries of the tiles.
    """

    line: int
    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    source: str = "areas"

    @property
    def reason(self) -> str:
        """The sentence in the active language."""
        return str(REASONS[self.code]) % self.params if self.params else str(REASONS[self.code])


class UnreadableFile(DomainError):
    """The file as a whole cannot be read: wrong encoding, no header, not JSON."""

    code = "unreadable-file"
    text = _("This file cannot be read: %(why)s")
