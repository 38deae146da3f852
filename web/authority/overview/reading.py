"""What the overview of an area shows, read in three statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from areas.models import Area
from insights.queries import AreaRow, Counts, Lately, lately
from insights.queries.days import KindDays, days_of_areas
from insights.queries.figures import counts_of
from tasks.queries.shortage import Shortage, short_now
from web.authority.overview.days import Days


@dataclass(frozen=True)
class Read:
    """An area's own row and days, a row for each area below, those areas by day, and its kinds of work.

    `now`: the live count of today and tomorrow, where the rows show it instead of whole days.
    """

    own: AreaRow
    rows: list[AreaRow]
    by_day: Mapping[date, Counts]
    by_area: Mapping[int, Mapping[date, Counts]]
    kinds: Mapping[str, KindDays]
    now: Shortage | None


def read_overview(area: Area, below: Sequence[Area], days: Days, at: datetime) -> Read:
    """Whole days and what happened lately; without a chosen day a third statement counts today and tomorrow as they
    are at this moment."""
    found = days_of_areas(area, below, span=days.span, days=days.bars, kinds_over=days.chosen)
    now = short_now(at, within=area) if days.is_default else None
    recently = lately([area, *below])

    def row(one: Area, of_days: Mapping[date, Counts]) -> AreaRow:
        counts = counts_of(now.of(one)) if now is not None else _over(of_days, days.chosen)
        return AreaRow(area=one, counts=counts, lately=recently.get(one.pk, NOTHING))

    return Read(
        own=row(area, found.by_day),
        rows=[row(one, found.by_area.get(one.pk, {})) for one in below],
        by_day=found.by_day,
        by_area=found.by_area,
        kinds=found.kinds,
        now=now,
    )


NOTHING = Lately()


def _over(of_days: Mapping[date, Counts], chosen: tuple[date, date]) -> Counts:
    return sum((counts for day, counts in of_days.items() if chosen[0] <= day <= chosen[1]), Counts())
