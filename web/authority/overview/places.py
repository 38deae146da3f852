"""The areas below on the overview: as tiles, by day for the slider, as rows of the table."""

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from areas.models import Area
from insights.queries import AreaRow, Counts
from web.authority.overview.days import Days
from web.authority.overview.reading import Read
from web.drawing.tile_map import Tile
from web.states import StateKey, area_state, words_for
from web.wording import duration_words, full_date, in_chinese


def areas_below(area: Area) -> list[Area]:
    """What the table of an area lists: counties of a province or a city, else what lies right below. One statement;
    the areas between are loaded once and not with every row."""
    if area.level < Area.Level.COUNTY:
        found = Area.objects.within(area).filter(level__gt=area.level, level__lte=Area.Level.COUNTY)
    else:
        found = Area.objects.filter(parent=area)
    every = list(found.by_pinyin())
    by_pk = {area.pk: area, **{one.pk: one for one in every}}
    for one in every:
        one.parent = by_pk[one.parent_id or area.pk]
    lowest = max(area.level + 1, Area.Level.COUNTY)
    return [one for one in every if one.level == lowest]


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


STATES = (StateKey.FILLED, StateKey.AT_RISK, StateKey.SHORT)
NOTHING = Counts()


def slider(read: Read, days: Days, shown: Sequence[Tile]) -> dict[str, object]:
    """What the map needs to show another day in place: names of its tiles, and for each bar the missing hands and the
    state of every tile, in the order of the tiles."""
    by_code = {row.area.code: row.area.pk for row in read.rows}
    order = [by_code[tile.code] for tile in shown]
    words = {str(key): words_for(key, 0).replace("0", "{n}", 1) for key in STATES}
    return {
        "names": [tile.label for tile in shown],
        "states": [str(key) for key in STATES],
        "words": words,
        "said": gettext("%(place)s, %(state)s") % {"place": "{place}", "state": "{state}"},
        "days": [
            {
                "day": day.isoformat(),
                "words": full_date(day),
                "tiles": [_on_day(read.by_area.get(pk, {}).get(day, NOTHING)) for pk in order],
            }
            for day in days.every_bar()
        ],
    }


def _on_day(counts: Counts) -> list[int]:
    return [counts.short, STATES.index(area_state(counts.seats_covered, counts.seats_least))]


def table_row(row: AreaRow) -> dict[str, object]:
    answer = row.answer_minutes
    return {
        "area": row.area,
        "counts": row.counts,
        "answer_why": answer.why,
        "answer_words": "" if answer.value is None else duration_words(timedelta(minutes=answer.value)),
        "idle": row.idle_rate,
    }
