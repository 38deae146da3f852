"""The table of the overview for a spreadsheet: every area, the same numbers, the same protection."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse

from areas.models import Area
from insights.disclosure import SMALL, Cell
from insights.queries import AreaRow, Key
from web.authority.overview.days import Days

# Of the last days; the others are of the chosen ones.
LATELY = (
    *(Key.ON_DUTY, Key.IDLE, Key.IDLE_RATE, Key.REQUESTS, Key.REQUESTS_OPEN, Key.ANSWER_MINUTES),
    *(Key.PROMISE_KEPT, Key.VOLUNTEERS, Key.HOURS),
)
HEADER = (
    *("code", "name_zh", "name_en", "from", "to", "seats_least", "seats_covered", Key.SHORT, Key.FILL_RATE),
    *(Key.RESPONSE_MINUTES, *LATELY, "lately_from", "lately_to"),
)


def table_file(area: Area, rows: Iterable[AreaRow], days: Days) -> HttpResponse:
    """A CSV file, a row each; hidden figures are * or †."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{area.code}-{days.chosen[0].isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # Excel reads UTF-8 only with this mark in front.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(HEADER)
    for row in rows:
        counts = row.counts
        writer.writerow(
            [
                *(row.area.code, row.area.name_zh, row.area.name_en),
                *(day.isoformat() for day in days.chosen),
                *(counts.seats_least, counts.seats_covered, counts.short, _blank(counts.fill_rate)),
                _blank(row.response_minutes),
                *(_written(row.lately[key]) for key in LATELY),
                *(day.isoformat() if day else "" for day in (row.lately.starts_on, row.lately.ends_on)),
            ]
        )
    return response


def _blank(value: float | None) -> object:
    return "" if value is None else value


def _written(cell: Cell) -> object:
    if cell.is_hidden:
        return "*" if cell.why == SMALL else "†"
    return _blank(cell.value)
