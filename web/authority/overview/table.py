"""The table of the overview for a spreadsheet: every area, the same numbers, the same protection."""

from collections.abc import Iterable

from django.http import HttpResponse

from areas.models import Area
from insights.queries import AreaRow, Key
from web.authority.overview.days import Days
from web.authority.overview.files import blank, file_of, written

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
    return file_of(f"{area.code}-{days.chosen[0].isoformat()}", HEADER, (_row(row, days) for row in rows))


def _row(row: AreaRow, days: Days) -> list[object]:
    counts = row.counts
    return [
        *(row.area.code, row.area.name_zh, row.area.name_en),
        *(day.isoformat() for day in days.chosen),
        *(counts.seats_least, counts.seats_covered, counts.short, blank(counts.fill_rate)),
        blank(row.response_minutes),
        *(written(row.lately[key]) for key in LATELY),
        *(day.isoformat() if day else "" for day in (row.lately.starts_on, row.lately.ends_on)),
    ]
