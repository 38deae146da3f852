"""What happened lately in an area, as it may be shown: read from one row an area that is made once a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from areas.models import Area
from insights.disclosure import Cell
from insights.models import AreaWindow
from insights.queries.definitions import Key

NOT_KNOWN = Cell(None)
# Where a request stands, in the order in which it gets there; each one stands in one of them.
STATES = ("waiting", "checked", "placed", Key.REQUESTS_DONE, Key.REQUESTS_DECLINED, "ended")
# How far down requests are counted, and how far by state and by kind of work.
REQUESTS_DOWN_TO, PARTS_DOWN_TO = Area.Level.COUNTY, Area.Level.CITY


@dataclass(frozen=True)
class Lately:
    """The last days of an area: protected figures about persons, by key, and the medians of its calls."""

    cells: Mapping[str, Cell] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    starts_on: date | None = None
    ends_on: date | None = None
    made_at: datetime | None = None
    to_organization: int | None = None
    to_hands: int | None = None

    @property
    def week(self) -> tuple[date, date] | None:
        """The days in which the requests came; volunteers and hours are of `starts_on` to `ends_on`."""
        return (self.ends_on - timedelta(days=6), self.ends_on) if self.ends_on else None

    def __getitem__(self, key: str) -> Cell:
        return self.cells.get(key, NOT_KNOWN)


NOTHING = Lately()


def lately(areas: Iterable[Area]) -> dict[int, Lately]:
    """By area id, of those that were counted at all. One statement."""
    rows = AreaWindow.objects.filter(area__in=[area.pk for area in areas])
    return {
        row.area_id: Lately(
            cells_of(row.cells),
            {kind: cells_of(stored) for kind, stored in row.kinds.items()},
            row.starts_on,
            row.ends_on,
            row.made_at,
            _whole(row.to_organization),
            _whole(row.to_hands),
        )
        for row in rows
    }


def cells_of(stored: Mapping[str, Any]) -> dict[str, Cell]:
    """Cells as they were kept: [value, why it is hidden]."""
    return {key: Cell(value, why) for key, (value, why) in stored.items()}


@dataclass(frozen=True)
class Flow:
    """Where the requests of the last 7 days stand: how many came, and how many of them are in each state."""

    asked: Cell
    states: Mapping[str, Cell]
    week: tuple[date, date] | None


def flow(area: Area) -> Flow:
    """From request to done, as it may be shown. One statement."""
    return flow_of(lately([area]).get(area.pk, NOTHING))


def flow_of(found: Lately) -> Flow:
    """The same from what was read already."""
    states = {state: found[state] for state in STATES}
    return Flow(found[Key.REQUESTS], states, found.week)


def _whole(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes)
