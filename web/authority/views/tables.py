"""The tables and pictures of officials' figures as files for spreadsheets, beside the table of areas."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from areas.models import Area
from core import clock
from insights.queries import Counts, IndexView, Key, flow, hours_by_day, index_by_area, index_history
from insights.queries.days import days_of_areas
from web.access import OfficialRequest, official
from web.authority.overview.days import Days, days_of
from web.authority.overview.files import blank, file_of, written
from web.authority.overview.places import areas_below
from web.authority.views.index import BACK

COUNTS = (
    *(Key.CALLS, "shifts", Key.SEATS_ASKED, Key.SEATS_FILLED, "seats_least", "seats_covered"),
    *(Key.SHORT, Key.FILL_RATE),
)


class Table(NamedTuple):
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


@require_safe
@official
def table_of(request: OfficialRequest, area_code: str, table: str) -> HttpResponse:
    """The file of a table by its name; the same numbers as on the page, with the same protection."""
    if table not in TABLES:
        raise Http404
    days = days_of(request.GET.get("day", ""))
    made = TABLES[table](request.area, days)
    return file_of(f"{request.area.code}-{table}-{clock.today().isoformat()}", made.header, made.rows)


def _kinds(area: Area, days: Days) -> Table:
    """Each kind of work over the days of the page."""
    found = days_of_areas(area, [], span=days.chosen, days=days.chosen, kinds_over=days.chosen)
    first, last = (day.isoformat() for day in days.chosen)
    rows = (
        [area.code, code, kind.name_zh, kind.name_en, first, last, *_counts(kind.counts)]
        for code, kind in sorted(found.kinds.items())
    )
    return Table(["code", "kind", "kind_zh", "kind_en", "from", "to", *COUNTS], rows)


def _days(area: Area, days: Days) -> Table:
    """Need and hands of the area day by day."""
    found = days_of_areas(area, [], span=days.span, days=days.chosen, kinds_over=days.chosen)
    rows = ([area.code, day.isoformat(), *_counts(counts)] for day, counts in found.by_day.items())
    return Table(["code", "day", *COUNTS], rows)


def _hours(area: Area, days: Days) -> Table:
    """The hours of each day that was released."""
    cells = hours_by_day(area, days.weeks)
    rows = ([area.code, day.isoformat(), written(cell)] for day, cell in sorted(cells.items()))
    return Table(["code", "day", Key.HOURS], rows)


def _requests(area: Area, days: Days) -> Table:
    """Where the requests of the last days stand."""
    found = flow(area)
    header = ["code", "from", "to", Key.REQUESTS, *found.states]
    if found.week is None:
        return Table(header, [])
    cells = [written(cell) for cell in (found.asked, *found.states.values())]
    return Table(header, [[area.code, *(day.isoformat() for day in found.week), *cells]])


def _index(area: Area, days: Days) -> Table:
    """The index day by day, with its parts."""
    return _of_index([(area, one) for one in index_history(area, (days.today - BACK, days.today))])


def _index_areas(area: Area, days: Days) -> Table:
    """The index of the areas below on its newest day."""
    history = index_history(area, (days.today - BACK, days.today))
    below = list(areas_below(area))
    by_area = index_by_area(below, history[-1].day) if history else {}
    return _of_index([(one, by_area[one.pk]) for one in below if one.pk in by_area])


def _of_index(found: Sequence[tuple[Area, IndexView]]) -> Table:
    parts = list(dict.fromkeys(part.name for _, one in found for part in one.parts))
    rows = []
    for area, one in found:
        values = {part.name: blank(part.value) for part in one.parts}
        day = one.day.isoformat()
        rows.append([area.code, day, one.value, one.version, *(values.get(name, "") for name in parts)])
    return Table(["code", "day", Key.INDEX, "version", *(f"part_{name}" for name in parts)], rows)


def _counts(counts: Counts) -> list[object]:
    return [
        *(counts.calls, counts.shifts, counts.seats_asked, counts.seats_filled, counts.seats_least),
        *(counts.seats_covered, counts.short, blank(counts.fill_rate)),
    ]


TABLES: dict[str, Callable[[Area, Days], Table]] = {
    "kinds": _kinds,
    "days": _days,
    "hours": _hours,
    "requests": _requests,
    "index": _index,
    "index-areas": _index_areas,
}
