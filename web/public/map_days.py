"""The map of released figures: the counties of an area on one day, and what a script needs to go through the days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from areas.models import Area
from insights.disclosure import Cell
from insights.queries.released import DayOfPlaces
from tasks.policies import SHORT_BELOW
from web.drawing.svg import join, number, picture
from web.drawing.tile_map import UNKNOWN, Tile
from web.states import StateKey, words_for
from web.wording import full_date, in_chinese, number_words

# How many days the slider holds at most; older ones are reached by the link to the day before.
DAYS = 28
STATES = (str(StateKey.FILLED), str(StateKey.AT_RISK), str(StateKey.SHORT), UNKNOWN)
SMALL = 7
BAR, GAP, HIGH = 10, 2, 40
CHOSEN = mark_safe(' class="now"')


@dataclass(frozen=True)
class DayLink:
    """A way to the map of another day."""

    url: str
    day: date


@dataclass(frozen=True)
class MapDays:
    """What the page draws: the tiles of the chosen day, one bar a day, the ways to other days, the script's data."""

    tiles: list[Tile]
    day: date
    said: str
    url: str
    place: int
    bars: SafeString
    earlier: DayLink | None
    later: DayLink | None
    data: dict[str, Any]

    @property
    def is_small(self) -> bool:
        """Few columns would make giant tiles."""
        return max(tile.column for tile in self.tiles) < SMALL

    @property
    def is_nameless(self) -> bool:
        """Tiles have names in Chinese; elsewhere cities are named beside theirs, if there is more than one."""
        return not in_chinese() and not any(tile.city_name for tile in self.tiles)

    @property
    def last(self) -> int:
        """The place of the last day on the slider."""
        return len(self.data["days"]) - 1


def span_of(day: date) -> tuple[date, date]:
    """The days from which those of a map are taken."""
    away = timedelta(days=DAYS - 1)
    return day - away, day + away


def map_days(
    area: Area, day: date, found: Mapping[date, DayOfPlaces], kept: Mapping[str, str]
) -> MapDays | None:
    """The map of an area on a released day; None where no counties lie below it or that day was not released.

    `kept`: what the links carry on beside place and day. One statement.
    """
    if area.level >= Area.Level.COUNTY:
        return None
    first, last = span_of(day)
    every = {one: places for one, places in found.items() if first <= one <= last}
    counties = _counties(area) if day in every else []
    if not counties:
        return None
    dated = sorted(every)
    at, shown = dated.index(day), dated[-DAYS:]
    base = {name: value for name, value in kept.items() if value}
    here = base | {"area": area.code}
    cells = {one: _on_day(counties, every[one]) for one in shown}
    totals = {one: every[one].short.get(area.code, Cell(None)).value for one in shown}
    return MapDays(
        tiles=[
            replace(tile, count=short, state=STATES[state], url=_to(base | {"area": tile.code}, day))
            for tile, (short, state) in zip(counties, cells[day], strict=True)
        ],
        day=day,
        said=_said(totals[day]),
        url=_to(here, day),
        place=shown.index(day),
        bars=_bars([totals[one] or 0 for one in shown], shown.index(day)),
        earlier=DayLink(_to(here, dated[at - 1]), dated[at - 1]) if at else None,
        later=DayLink(_to(here, dated[at + 1]), dated[at + 1]) if at + 1 < len(dated) else None,
        data=_data(cells, totals),
    )


def _to(query: Mapping[str, str], day: date) -> str:
    return f"?{urlencode({**query, 'day': day.isoformat()})}"


def _counties(area: Area) -> list[Tile]:
    """The counties of an area as tiles without figures, moved to the upper left corner. One statement."""
    found = list(Area.objects.within(area).filter(level__lte=Area.Level.COUNTY).by_pinyin())
    by_pk = {one.pk: one for one in found}
    placed = [
        (one, one.tile_column, one.tile_row)
        for one in found
        if one.level == Area.Level.COUNTY and one.tile_column is not None and one.tile_row is not None
    ]
    left = min((column for _, column, _ in placed), default=0)
    top = min((row for _, _, row in placed), default=0)
    return [
        Tile(
            code=one.code,
            name=one.short_name,
            column=column - left,
            row=row - top,
            city_code=city.code if city else one.code,
            count=0,
            state=UNKNOWN,
            city_name=city.short_name if city and city != area else "",
            full_name=one.name,
        )
        for one, column, row in placed
        for city in (by_pk.get(one.parent_id or 0),)
    ]


def _on_day(counties: Sequence[Tile], day: DayOfPlaces) -> list[tuple[int, int]]:
    """The hands missing in each county and the place of its state in STATES; what was hidden or not told is unknown."""
    nothing = Cell(None)
    return [_state(day.short.get(tile.code, nothing), day.rate.get(tile.code, nothing)) for tile in counties]


def _state(short: Cell, rate: Cell) -> tuple[int, int]:
    if short.value is None:
        return 0, STATES.index(UNKNOWN)
    if not short.value:
        return 0, STATES.index(StateKey.FILLED)
    is_short = rate.value is not None and rate.value < SHORT_BELOW * 100
    return int(short.value), STATES.index(StateKey.SHORT if is_short else StateKey.AT_RISK)


def _said(missing: float | None) -> str:
    """How many hands were missing in all, as it stands behind the day."""
    if missing is None:
        return gettext("No figure")
    if not missing:
        return gettext("nobody was missing")
    words = ngettext("%(count)s hand was missing", "%(count)s hands were missing", int(missing))
    return words % {"count": number_words(missing)}


def _bars(values: Sequence[float], place: int) -> SafeString:
    """A bar for each day, as high as the hands missing; the chosen one is marked."""
    top = max(values) or 1
    drawn = [
        format_html(
            '<rect{} x="{}" y="{}" width="{}" height="{}"/>',
            CHOSEN if index == place else "",
            index * BAR + GAP // 2,
            number(HIGH - high),
            BAR - GAP,
            number(high),
        )
        for index, value in enumerate(values)
        for high in (max(HIGH * value / top, 1),)
    ]
    return picture(join(drawn), width=len(values) * BAR, height=HIGH, css="day-line", stretch=True)


def _data(
    cells: Mapping[date, Sequence[tuple[int, int]]], totals: Mapping[date, float | None]
) -> dict[str, Any]:
    """For each day its words, and of every tile, in their order, the hands missing and the place of its state."""
    words = {key: gettext("No figure") if key == UNKNOWN else words_for(key, 0) for key in STATES}
    return {
        "states": STATES,
        "words": {key: said.replace("0", "{n}", 1) for key, said in words.items()},
        "said": gettext("%(place)s, %(state)s") % {"place": "{place}", "state": "{state}"},
        "days": [
            {
                "day": day.isoformat(),
                "words": full_date(day),
                "said": _said(totals[day]),
                "short": [short for short, _ in row],
                "state": "".join(str(state) for _, state in row),
            }
            for day, row in cells.items()
        ],
    }
