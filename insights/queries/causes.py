"""What the picture of causes shows, read from a row that is made once a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from areas.models import Area
from insights.disclosure import Cell
from insights.models import CauseShift
from insights.policies import CauseWeeks, weeks_of
from insights.queries.cause_sources import COUNTED_DOWN_TO
from insights.queries.lately import cells_of


@dataclass(frozen=True)
class CausesLeft:
    """A crisis from its first day to the last that is counted: people by usual cause ("" without one) and way, as they
    may be shown, and the weeks of every cause."""

    began_on: date
    ends_on: date
    made_at: datetime
    flows: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    weeks: Mapping[str, CauseWeeks] = field(default_factory=dict)


def causes_left(area: Area) -> CausesLeft | None:
    """None before the first day of a crisis is over, and below counties. One statement."""
    row = CauseShift.objects.filter(area=area).first() if area.level <= COUNTED_DOWN_TO else None
    if row is None:
        return None
    return CausesLeft(
        row.began_on,
        row.ends_on,
        row.made_at,
        {cause: cells_of(cells) for cause, cells in row.flows.items()},
        {cause: weeks_of(weeks) for cause, weeks in row.weeks.items()},
    )
