"""Makes what overviews look back on: once a day, in the morning, for all areas at once.

A count that is made once a day, at the hour at which it becomes public, cannot be watched while it grows by one, and
is the same on the pages of officials and on those of everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min
from django.utils.timezone import localdate

from areas.models import Area
from insights.actions.persons import Cells, duty_cells, request_cells, served_cells
from insights.disclosure import Cell
from insights.models import AreaWindow, Release
from insights.queries.rows import DAYS_BACK
from tasks.models import Crisis

# Any number that nothing else locks.
LOCK = 7_102_332
# Desks confirm the day's hours in the evening and early in the morning.
RELEASE_HOUR = 6
WEEK = 7
# Public figures go down to counties; those of townships are for officials.
PUBLIC_DOWN_TO = Area.Level.COUNTY
Period = Release.Period


@dataclass(frozen=True)
class Morning:
    """What a morning brings about persons: by period who served, and of the moment requests and duty."""

    areas: Sequence[Area]
    periods: Mapping[Period, tuple[date, date]]
    served: Mapping[Period, Cells]
    requests: Cells
    kinds: Mapping[str, Cells]
    duty: Cells

    @property
    def public(self) -> list[Area]:
        return [area for area in self.areas if area.level <= PUBLIC_DOWN_TO]


def last_day(at: datetime) -> date:
    """The last day of which figures about persons may be shown at a moment: yesterday, from 6 in the morning on."""
    return localdate(at - timedelta(hours=RELEASE_HOUR)) - timedelta(days=1)


def periods_to(end: date) -> dict[Period, tuple[date, date]]:
    """The periods of the calendar that end on a day, the short ones first."""
    periods = {
        Period.DAY: (end, end),
        Period.WEEK: (end - timedelta(days=WEEK - 1), end),
        Period.MONTH: (end - timedelta(days=DAYS_BACK - 1), end),
    }
    began = Crisis.objects.running().aggregate(at=Min("started_at"))["at"]
    if began is not None and localdate(began) <= end:
        periods[Period.CRISIS] = (localdate(began), end)
    return periods


def morning_of(end: date, *, at: datetime) -> Morning:
    """Count and protect everything about persons up to a day, each period with regard to the others."""
    areas = list(Area.objects.order_by("path"))
    public = [area for area in areas if area.level <= PUBLIC_DOWN_TO]
    periods = periods_to(end)
    served: dict[Period, Cells] = {}
    for period, (start, last) in periods.items():
        beside = [(*periods[other], cells) for other, cells in served.items()]
        # The month is what officials see of townships too.
        wanted = areas if period == Period.MONTH else public
        served[period] = served_cells(wanted, start, last, beside=beside)
    requests, kinds = request_cells(areas, *periods[Period.WEEK], at)
    # Who was on duty at an earlier moment, and how long, nobody knows any more.
    duty = duty_cells(areas, at) if end >= last_day(at) else {}
    return Morning(areas, periods, served, requests, kinds, duty)


def look_back(*, at: datetime) -> bool:
    """Make the rows that overviews read where there are none at all yet. Whether it did; later the releases do."""
    if AreaWindow.objects.exclude(cells={}).exists():
        return False
    write_window(morning_of(last_day(at), at=at), at=at)
    return True


@transaction.atomic
def write_window(morning: Morning, *, at: datetime) -> None:
    """Keep what overviews look back on: one row an area."""
    start, end = morning.periods[Period.MONTH]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    AreaWindow.objects.bulk_create(
        [
            AreaWindow(
                area=area,
                starts_on=start,
                ends_on=end,
                made_at=at,
                refreshed_at=at,
                cells=stored(
                    morning.served[Period.MONTH][area.code]
                    | morning.requests[area.code]
                    | morning.duty.get(area.code, {})
                ),
                kinds={kind: stored(cells) for kind, cells in morning.kinds[area.code].items()},
            )
            for area in morning.areas
        ],
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["starts_on", "ends_on", "made_at", "cells", "kinds"],
        batch_size=500,
    )


def windows_of(period: Period, start: date, end: date) -> dict[str, AreaWindow]:
    """The rows that overviews read, by code, where they look back on the days of a release; none for other days. The
    requests in them are of the week that ends with their days, volunteers and hours of the month.
    """
    rows = AreaWindow.objects.exclude(cells={}).filter(ends_on=end).select_related("area")
    if period == Period.MONTH:
        rows = rows.filter(starts_on=start)
    return {row.area.code: row for row in rows} if period in (Period.WEEK, Period.MONTH) else {}


def correct_window(
    rows: Mapping[str, AreaWindow], cells: Cells, kinds: Mapping[str, Cells] | None = None
) -> None:
    """Put cells in place of those that the rows hold, and kinds where they are given. With `LOCK` held."""
    for code, row in rows.items():
        row.cells |= stored(cells.get(code, {}))
        if kinds is not None:
            row.kinds = {kind: stored(found) for kind, found in kinds.get(code, {}).items()}
    AreaWindow.objects.bulk_update(rows.values(), ["cells", "kinds"], batch_size=500)


def stored(cells: Mapping[str, Cell]) -> dict[str, list[object]]:
    """Cells as they are kept: [value, why it is hidden]."""
    return {str(key): [cell.value, cell.why] for key, cell in cells.items()}
