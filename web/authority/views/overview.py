"""An area at a glance: figures, map, the worst places, need against hands, calls that wait."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from core import clock
from insights.disclosure import SMALL, Cell
from insights.queries import DEFINITIONS, AreaRow, Key, Overview, fill_gap, window_of, worst
from insights.queries import overview as read_overview
from tasks.models import Task
from tasks.policies import SHORT_BELOW
from tasks.queries.calls import calls_within, response_time
from tasks.queries.stages import stage_of
from web.access import OfficialRequest, official
from web.authority.day_bars import day_bars
from web.authority.frame import frame
from web.authority.options import area_options
from web.context import link
from web.drawing.charts import Gap, Point, Series
from web.drawing.tile_map import Tile
from web.states import area_state
from web.wording import duration_parts, duration_words, full_date, in_chinese, number_words, plain_date

DAYS_BEFORE, DAYS_AFTER = 10, 4
CHART_DAYS = 28
WORST = 8
CALLS_SHOWN = 5
# Up to so many columns a map keeps the size of its tiles instead of filling the page.
SMALL_MAP = 8


@dataclass(frozen=True)
class Days:
    """The days of the page: those with a bar, the chosen ones, and the time behind that medians look at."""

    today: date
    chosen: tuple[date, date]
    is_default: bool

    @property
    def bars(self) -> tuple[date, date]:
        return self.today - timedelta(days=DAYS_BEFORE), self.today + timedelta(days=DAYS_AFTER)

    @property
    def span(self) -> tuple[date, date]:
        return self.today - timedelta(days=CHART_DAYS), self.today + timedelta(days=DAYS_AFTER)

    @property
    def history(self) -> tuple[date, date]:
        return window_of(self.today)

    @property
    def query(self) -> str:
        return "" if self.is_default else f"?day={self.chosen[0].isoformat()}"


@official
def overview(request: OfficialRequest, area_code: str) -> HttpResponse:
    area, at = request.area, clock.now()
    days = _days(request.GET.get("day", ""))
    areas = list(areas_below(area))
    choices = area_options(area, areas, request.authority.home_area)
    elsewhere = request.GET.get("area", "")
    if elsewhere != area.code and elsewhere in choices.codes:
        return redirect(reverse("authority:overview", args=[elsewhere]) + days.query)
    read = read_overview(
        area,
        areas,
        span=days.span,
        chosen=days.chosen,
        history=days.history,
        at=at if days.is_default else None,
    )
    ranked = worst(read.rows, len(read.rows) if "all" in request.GET else WORST)
    waiting = list(
        calls_within(area)
        .waiting()
        .select_related("area__parent__parent", "issuer")
        .order_by("called_at")[: CALLS_SHOWN + 1]
    )
    placed = tiles(read.rows, days) if area.level < Area.Level.COUNTY else []
    first, last = days.bars
    bars = {day: counts for day, counts in read.by_day.items() if first <= day <= last}
    context = {
        **frame(request, "overview"),
        "at": at,
        "days": days,
        "stage": (stage := stage_of(area, at)),
        "stage_day": stage.day_number(at) if stage else 0,
        "figures": _figures(read, days),
        "tiles": placed,
        "map_is_small": max((tile.column for tile in placed), default=0) < SMALL_MAP,
        "bars": day_bars(bars, chosen=days.chosen, today=days.today),
        "most_short": max((counts.short for counts in bars.values()), default=0),
        "rows": [_table_row(row) for row in ranked],
        "more_rows": sum(row.counts.short > 0 for row in read.rows) - len(ranked),
        "has_areas_below": bool(areas),
        "small_shown": any(row.volunteers.is_hidden for row in ranked),
        "mark": round(SHORT_BELOW * 100),
        "series": _series(read, days),
        "gap": _widest(read, days),
        "waiting": [(task, _waiting_words(task, at)) for task in waiting[:CALLS_SHOWN]],
        "more_waiting": len(waiting) > CALLS_SHOWN,
        "definitions_url": link("public:definitions"),
        "day_query": days.query,
        "choices": choices,
        "day_options": _day_options(days),
        "above": area.parent if area.parent and request.authority.home_area.contains(area.parent) else None,
    }
    return render(request, "authority/overview.html", context)


@official
def table_csv(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The table of the page with every area, for the chosen days."""
    days = _days(request.GET.get("day", ""))
    areas = list(areas_below(request.area))
    read = read_overview(
        request.area,
        areas,
        span=days.chosen,
        chosen=days.chosen,
        history=days.history,
        at=clock.now() if days.is_default else None,
    )
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{request.area.code}-{days.chosen[0].isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # Excel reads UTF-8 only with this mark in front.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(
        [
            *(
                "code",
                "name_zh",
                "name_en",
                "from",
                "to",
                "seats_least",
                "seats_covered",
                Key.SHORT,
                Key.FILL_RATE,
            ),
            *(f"{key}_30_days" for key in (Key.RESPONSE_MINUTES, Key.VOLUNTEERS, Key.HOURS)),
        ]
    )
    for row in [read.own, *read.rows]:
        counts = row.counts
        writer.writerow(
            [
                *(row.area.code, row.area.name_zh, row.area.name_en),
                *(day.isoformat() for day in days.chosen),
                *(counts.seats_least, counts.seats_covered, counts.short, _blank(counts.fill_rate)),
                *(_blank(row.response_minutes), _written(row.volunteers), _written(row.hours)),
            ]
        )
    return response


def areas_below(area: Area) -> QuerySet[Area]:
    """What the table of an area lists: counties of a province or a city, else what lies right below."""
    if area.level < Area.Level.COUNTY:
        below = Area.objects.within(area).at_level(Area.Level.COUNTY)
    else:
        below = Area.objects.filter(parent=area)
    return below.with_parents().by_pinyin()


def tiles(rows: Sequence[AreaRow], days: Days) -> list[Tile]:
    """The counties on the map, moved to its upper left corner."""
    placed = [
        (row, row.area.tile_column, row.area.tile_row)
        for row in rows
        if row.area.tile_column is not None and row.area.tile_row is not None
    ]
    if not placed:
        return []
    left = min(column for _, column, _ in placed)
    top = min(line for _, _, line in placed)
    query = days.query
    return [
        Tile(
            code=row.area.code,
            name=row.area.short_name if in_chinese() else row.area.short_name_zh,
            column=column - left,
            row=line - top,
            city_code=row.area.parent.code if row.area.parent else "",
            count=row.counts.short,
            state=area_state(row.counts.seats_covered, row.counts.seats_least),
            url=reverse("authority:overview", args=[row.area.code]) + query,
            city_name=row.area.parent.short_name if row.area.parent else "",
            full_name=row.area.full_name,
        )
        for row, column, line in placed
    ]


def _days(text: str) -> Days:
    """The day that was asked for, where it has a bar; otherwise today and tomorrow."""
    today = clock.today()
    days = Days(today, (today, today + timedelta(days=1)), True)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return days
    first, last = days.bars
    return Days(today, (day, day), False) if first <= day <= last else days


def _figures(read: Overview, days: Days) -> list[dict[str, object]]:
    """The five figures in the order of the page."""
    counts = read.own.counts
    response = read.own.response_minutes
    volunteers = read.own.volunteers
    gap = fill_gap(read.rows)
    behind = gettext("Last 30 days.")
    figures: list[dict[str, object]] = [
        {
            "label": DEFINITIONS[Key.SHORT].name,
            "value": counts.short,
            "unit": gettext("hands"),
            "state": "short" if counts.short else "",
            "note": _against_yesterday(read, days),
            "definition": _what_short(days),
        },
        {
            "label": DEFINITIONS[Key.FILL_RATE].name,
            "value": "–" if counts.fill_rate is None else counts.fill_rate,
            "unit": "" if counts.fill_rate is None else "%",
            "note": gettext("%(needed)s needed, %(covered)s there")
            % {"needed": number_words(counts.seats_least), "covered": number_words(counts.seats_covered)},
            "definition": gettext("Taken seats over the least number; a shift counts as 100 % at most."),
        },
        {
            "label": DEFINITIONS[Key.RESPONSE_MINUTES].name,
            "value": "–",
            "parts": duration_parts(timedelta(minutes=response)) if response is not None else [],
            "note": behind,
            "definition": gettext("Median time from a call until an organization took it on."),
        },
        {
            "label": DEFINITIONS[Key.VOLUNTEERS].name,
            "value": volunteers.value if volunteers.value is not None else "",
            "unit": "" if volunteers.is_hidden else gettext("persons"),
            "suppressed": volunteers.why,
            "note": behind,
            "definition": gettext(
                "Different persons with confirmed hours, rounded to 5; under 8 hidden (*)."
            ),
        },
    ]
    if read.rows:
        figures.append(
            {
                "label": gettext("Gap between areas"),
                "value": "–" if gap is None else gap,
                "unit": "" if gap is None else gettext("points"),
                "note": "" if gap is not None else gettext("Fewer than 4 areas need hands."),
                "definition": gettext(
                    "Mean fill rate of the best quarter of the areas minus that of the worst."
                ),
            }
        )
    return figures


def _what_short(days: Days) -> str:
    if days.is_default:
        return gettext(
            "The least number minus the taken seats, in shifts that are not over. Counted just now."
        )
    return gettext("For each shift the least number minus the taken seats, where that is above 0.")


def _table_row(row: AreaRow) -> dict[str, object]:
    minutes = row.response_minutes
    return {
        "area": row.area,
        "counts": row.counts,
        "volunteers": row.volunteers,
        "response_words": duration_words(timedelta(minutes=minutes)) if minutes is not None else "",
    }


def _waiting_words(task: Task, at: datetime) -> str:
    return gettext("for %(time)s") % {"time": duration_words(response_time(task, at) or timedelta())}


def _against_yesterday(read: Overview, days: Days) -> str:
    """How many are missing on the chosen day beside the day before; nothing for several days."""
    if read.now is not None:
        today, tomorrow = (read.now.on(read.own.area, day).missing for day in read.now.days)
        return gettext("Today %(today)s, tomorrow %(tomorrow)s") % {
            "today": number_words(today),
            "tomorrow": number_words(tomorrow),
        }
    before = read.by_day[days.chosen[0] - timedelta(days=1)].short
    return gettext("The day before %(count)s") % {"count": number_words(before)}


def _series(read: Overview, days: Days) -> list[Series]:
    """Need and hands by day, from the first day on which anything was needed."""
    last = days.today + timedelta(days=1)
    known = [(day, counts) for day, counts in read.by_day.items() if day <= last]
    start = next((index for index, (_, counts) in enumerate(known) if counts.seats_least), len(known))
    known = known[start:]
    if not known:
        return []
    return [
        Series(gettext("Needed"), [Point(day, counts.seats_least) for day, counts in known], "need"),
        Series(gettext("There"), [Point(day, counts.seats_covered) for day, counts in known], "hands"),
    ]


def _widest(read: Overview, days: Days) -> Gap | None:
    """The day on which most hands were missing."""
    last = days.today + timedelta(days=1)
    known = [(counts.short, day) for day, counts in read.by_day.items() if day <= last]
    short, day = max(known)
    words = gettext("Widest gap: %(day)s, %(short)s hands")
    return Gap(day, words % {"day": plain_date(day), "short": number_words(short)}) if short else None


def _day_options(days: Days) -> list[tuple[str, str, bool]]:
    """The days with a bar, for the select: its value, its words, whether it is chosen."""
    first, last = days.bars
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        ("", gettext("Today and tomorrow"), days.is_default),
        *((day.isoformat(), full_date(day), not days.is_default and day == days.chosen[0]) for day in every),
    ]


def _blank(value: float | None) -> object:
    return "" if value is None else value


def _written(cell: Cell) -> object:
    if cell.is_hidden:
        return "*" if cell.why == SMALL else "†"
    return _blank(cell.value)
