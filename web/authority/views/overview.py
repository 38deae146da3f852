"""An area at a glance: figures, map, the worst places, need against hands."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from areas.models import Area
from core import clock
from insights.queries import hours_by_day, worst
from insights.queries.lately import PARTS_DOWN_TO, REQUESTS_DOWN_TO
from tasks.policies import SHORT_BELOW
from tasks.queries.stages import stage_of
from web.access import OfficialRequest, official
from web.authority.day_bars import day_bars
from web.authority.frame import frame
from web.authority.options import area_options
from web.authority.overview.days import day_options, days_of
from web.authority.overview.figures import figures, lately_words
from web.authority.overview.help import helpers
from web.authority.overview.hours import calendar
from web.authority.overview.kinds import kind_lines
from web.authority.overview.lines import need_and_hands
from web.authority.overview.places import areas_below, slider, table_row, tiles
from web.authority.overview.reading import read_overview
from web.authority.overview.requests import flowing
from web.authority.overview.table import table_file
from web.guide import first_steps

WORST = 8
# Up to so many columns a map keeps the size of its tiles instead of filling the page.
SMALL_MAP = 8


@official
def overview(request: OfficialRequest, area_code: str) -> HttpResponse:
    area, at = request.area, clock.now()
    days = days_of(request.GET.get("day", ""))
    areas = areas_below(area)
    choices = area_options(area, areas, request.authority.home_area)
    elsewhere = request.GET.get("area", "")
    if elsewhere != area.code and elsewhere in choices.codes:
        return redirect(reverse("authority:overview", args=[elsewhere]) + days.query)
    read = read_overview(area, areas, days, at)
    ranked = worst(read.rows, len(read.rows) if "all" in request.GET else WORST)
    placed = tiles(read.rows, days) if area.level < Area.Level.COUNTY else []
    bars = {day: read.by_day[day] for day in days.every_bar()}
    stage = stage_of(area, at)
    framed = frame(request, "overview", also=first_steps.asked_of_official(request, at))
    context = {
        **framed,
        "at": at,
        "days": days,
        "stage": stage,
        "stage_day": stage.day_number(at) if stage else 0,
        "first_steps": first_steps.of_official(request, framed["counted"]),
        "figures": figures(read, days),
        "tiles": placed,
        "slider": slider(read, days, placed) if placed else None,
        "map_is_small": max((tile.column for tile in placed), default=0) < SMALL_MAP,
        "bars": day_bars(bars, chosen=days.chosen, today=days.today),
        "most_short": max((counts.short for counts in bars.values()), default=0),
        "rows": [table_row(row) for row in ranked],
        "more_rows": sum(row.counts.short > 0 for row in read.rows) - len(ranked),
        "has_areas_below": bool(areas),
        "small_shown": any(row.idle_rate.is_hidden or row.answer_minutes.is_hidden for row in ranked),
        "helpers": helpers(ranked, read.rows),
        "mark": round(SHORT_BELOW * 100),
        "plot": need_and_hands(read.by_day, days.today, stage),
        "kinds": kind_lines(read.kinds),
        "flowing": flowing(read.own.flow),
        "requests_counted": area.level <= REQUESTS_DOWN_TO,
        "states_counted": area.level <= PARTS_DOWN_TO,
        "calendar": calendar(hours_by_day(area, days.weeks), days, stage),
        "lately": lately_words(read),
        "day_query": days.query,
        "report_url": reverse("authority:report", args=[area.code]),
        "choices": choices,
        "day_options": day_options(days),
        "above": area.parent if area.parent and request.authority.home_area.contains(area.parent) else None,
    }
    return render(request, "authority/overview.html", context)


@official
def table_csv(request: OfficialRequest, area_code: str) -> HttpResponse:
    """The table of the page with every area, for the chosen days."""
    days = days_of(request.GET.get("day", ""))
    areas = areas_below(request.area)
    read = read_overview(request.area, areas, days, clock.now())
    return table_file(request.area, [read.own, *read.rows], days)
