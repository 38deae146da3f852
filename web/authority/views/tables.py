"""The tables and pictures of officials' figures as files for spreadsheets, beside the table of areas."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from areas.models import Area
from areas.queries import children
from core import clock
from insights.policies import Gap
from insights.queries import Counts, IndexView, Key, flow, hours_by_day, index_by_area, index_history
from insights.queries.cause_sources import WAYS
from insights.queries.causes import causes_left
from insights.queries.days import days_of_areas
from insights.queries.pictures import organizations_in, pictures_of
from web.access import OfficialRequest, official
from web.authority.overview.days import Days, days_of
from web.authority.overview.files import blank, file_of, written
from web.authority.overview.places import areas_below
from web.authority.pictures.gaps import KINDS
from web.authority.pictures.stages import stage_of_query
from web.authority.views.index import BACK

COUNTS = (
    *(Key.CALLS, "shifts", Key.SEATS_ASKED, Key.SEATS_FILLED, "seats_least", "seats_covered"),
    *(Key.SHORT, Key.FILL_RATE),
)


CAUSE_COLUMNS = ("usual_hours", "late_hours", "left_percent", "usual_fill", "late_fill")


class Table(NamedTuple):
    header: Sequence[str]
    rows: Iterable[Sequence[object]]


@require_safe
@official
def table_of(request: OfficialRequest, area_code: str, table: str) -> HttpResponse:
    """The file of a table by its name; the same numbers as on the page, with the same protection."""
    days = days_of(request.GET.get("day", ""))
    if table in TABLES:
        made = TABLES[table](request.area, days)
    elif table in OF_PICTURES:
        made = OF_PICTURES[table](request.area, stage_of_query(request.GET.get("stage", "")))
    else:
        raise Http404
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


def _gaps(area: Area, stage: int | None) -> Table:
    """What is asked of each kind of organization in the areas below, and what there is."""
    below = list(children(area))
    found = pictures_of(area, below, stage)
    names = [one.name for one in fields(Gap)]
    rows = [
        [one.code, one.name_zh, one.name_en, kind, *(getattr(found.gap(one, kind), name) for name in names)]
        for one in (area, *below)
        for kind in KINDS
    ]
    return Table(["code", "name_zh", "name_en", "organization_kind", *names], rows)


def _ties(area: Area, stage: int | None) -> Table:
    """The strongest ties between organizations."""
    together = pictures_of(area, stage=stage).together
    known = organizations_in(together)
    rows = (
        [
            *(known[tie.one].code, known[tie.one].name, known[tie.other].code, known[tie.other].name),
            *(tie.calls, tie.transfers, "*" if tie.requests is None else tie.requests),
        ]
        for tie in together.strongest
    )
    return Table(["one", "one_name", "other", "other_name", "calls", "transfers", "requests"], rows)


def _causes(area: Area, stage: int | None) -> Table:
    """What is left of each cause, and where its people went, over the whole crisis."""
    header = ["code", "cause", *CAUSE_COLUMNS, "starved", *WAYS]
    found = causes_left(area)
    if found is None:
        return Table(header, [])
    rows = []
    for cause in sorted({*found.flows, *found.weeks}):
        weeks, cells = found.weeks.get(cause), found.flows.get(cause)
        values = [blank(getattr(weeks, name, None)) for name in CAUSE_COLUMNS]
        starved = int(weeks is not None and weeks.is_starved)
        went = [written(cells[way]) if cells else 0 for way in WAYS]
        rows.append([area.code, cause, *values, starved, *went])
    return Table(header, rows)


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
OF_PICTURES: dict[str, Callable[[Area, int | None], Table]] = {
    "gaps": _gaps,
    "ties": _ties,
    "causes": _causes,
}
