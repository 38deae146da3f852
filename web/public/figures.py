"""Public figures as pages show them: numbers with units, hidden ones with the reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from areas.models import Area
from core import clock
from core.safe_cells import safe_text
from insights.disclosure import Cell
from insights.models import Release
from insights.queries.definitions import DEFINITIONS, Definition, Key, Unit
from insights.queries.public import PublicFigures, PublicPeriod, PublicRow
from insights.queries.released import Correction, DayOfPlaces, newest_cells
from web import wording
from web.drawing.charts import Gap, Point, Series

# How many days the plot of needs and hands reaches back, and how few are too few to draw.
PLOT_DAYS, PLOT_LEAST = 30, 3
# What the first page shows, against what was promised.
PROMISES = (Key.RESPONSE_MINUTES, Key.FILL_MINUTES, Key.FILL_RATE, Key.HOURS)


@dataclass(frozen=True)
class Item:
    """One figure for `{% figure %}`."""

    key: str
    label: str
    definition: str
    value: str
    definition_url: str = ""
    unit: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    suppressed: str = ""


@dataclass(frozen=True)
class Plot:
    """Lines for `{% line_chart %}`, and where they are furthest apart."""

    series: tuple[Series, ...]
    gap: Gap | None


@dataclass(frozen=True)
class TableCell:
    """One cell of the table by area: words, or why there are none."""

    words: str
    suppressed: str = ""


@dataclass(frozen=True)
class TableRow:
    """An area and its cells, in the order of the definitions."""

    name: str
    code: str
    cells: tuple[TableCell, ...]


def item_of(definition: Definition, cell: Cell) -> Item:
    """A figure of the area itself."""
    item = Item(
        key=definition.key.value,
        label=str(definition.name),
        definition=str(definition.what),
        value="–",
        definition_url=reverse("public:definition", args=[definition.key]),
    )
    if cell.is_hidden:
        return replace(item, value="", suppressed=cell.why)
    if cell.value is None:
        return item
    if definition.unit == Unit.DURATION:
        length = timedelta(minutes=cell.value)
        return replace(item, value="", parts=tuple(wording.duration_parts(length)))
    return replace(item, value=wording.number_words(cell.value), unit=unit_words(definition.unit))


def unit_words(unit: Unit) -> str:
    """The unit as it stands beside a number."""
    if unit == Unit.PERCENT:
        return "%"
    if unit == Unit.HOURS:
        return pgettext("unit", "hours")
    if unit == Unit.POINTS:
        return pgettext("unit", "points")
    return pgettext("unit", "people") if unit == Unit.PERSONS else ""


@dataclass(frozen=True)
class ChangeRow:
    """One figure that a correction changed, in words."""

    place: str
    figure: str
    before: TableCell
    after: TableCell


def changes_of(correction: Correction, names: Mapping[str, str]) -> list[ChangeRow]:
    """What a correction changed from what to what. `names`: of the areas by code."""
    return [
        ChangeRow(
            names.get(change.code, change.code),
            str(DEFINITIONS[Key(change.key)].name),
            cell_words(Key(change.key), change.before),
            cell_words(Key(change.key), change.after),
        )
        for change in correction.changes
    ]


def names_of(period: PublicPeriod) -> dict[str, str]:
    """The names of the areas of a period by code."""
    return {row.area.code: row.area.name for row in (period.own, *period.below)}


@dataclass(frozen=True)
class KindRow:
    """A kind of work and its figures, in the order of the definitions."""

    name: str
    cells: tuple[TableCell, ...]


# What is told by kind of work.
BY_KIND = (
    Key.SEATS_ASKED,
    Key.SHORT,
    Key.FILL_RATE,
    Key.REQUESTS,
    Key.ANSWER_MINUTES,
    Key.DONE_MINUTES,
    Key.PROMISE_KEPT,
)


def kinds_of(period: PublicPeriod, names: Mapping[str, str]) -> list[KindRow]:
    """The kinds of work of the area itself, most hands missing first. `names`: of the kinds by code."""
    rows = sorted(period.own.kinds.items(), key=lambda row: (-(_short_of(row[1])), row[0]))
    return [
        KindRow(names.get(code, code), tuple(cell_words(key, cells.get(key, Cell(None))) for key in BY_KIND))
        for code, cells in rows
    ]


def _short_of(cells: Mapping[str, Cell]) -> float:
    cell = cells.get(Key.SHORT)
    return (cell.value or 0) if cell else 0


def items_of(period: PublicPeriod, place_query: str = "") -> list[Item]:
    """Every figure of a period; `place_query` goes on in the links to what they mean."""
    found = (
        item_of(definition, period.own.cells[key])
        for key, definition in DEFINITIONS.items()
        if key in period.own.cells
    )
    return [replace(item, definition_url=item.definition_url + place_query) for item in found]


def promises(area: Area | None) -> list[Item]:
    """The figures of the last week by which everybody sees whether we kept our word."""
    cells = newest_cells(area, Release.Period.WEEK) if area else {}
    return [item_of(DEFINITIONS[key], cells[key]) for key in PROMISES if key in cells]


def needs_and_hands(every: Mapping[date, DayOfPlaces], last: date) -> Plot | None:
    """Seats asked for and seats taken on each released day of the month up to one; None with too few days to show."""
    first = last - timedelta(days=PLOT_DAYS - 1)
    days = {day: found.own for day, found in every.items() if first <= day <= last}
    lines = {
        key: {
            day: cells[key].value for day, cells in days.items() if key in cells and not cells[key].is_hidden
        }
        for key in (Key.SEATS_ASKED, Key.SEATS_FILLED)
    }
    asked, filled = (
        {day: value for day, value in line.items() if value is not None} for line in lines.values()
    )
    both = sorted(asked.keys() & filled.keys())
    if len(both) < PLOT_LEAST:
        return None
    widest = max(both, key=lambda day: (asked[day] - filled[day], day))
    missing = asked[widest] - filled[widest]
    words = gettext("%(count)s free") % {"count": wording.number_words(missing)}
    return Plot(
        series=(
            Series(gettext("Seats asked for"), [Point(day, asked[day]) for day in both], "need"),
            Series(gettext("Seats taken"), [Point(day, filled[day]) for day in both], "hands"),
        ),
        gap=Gap(widest, words) if missing > 0 else None,
    )


def promises_in(figures: PublicFigures | None) -> list[Item]:
    week = week_of(figures) if figures else None
    if week is None:
        return []
    return [item_of(DEFINITIONS[key], week.own.cells[key]) for key in PROMISES if key in week.own.cells]


def week_of(figures: PublicFigures) -> PublicPeriod | None:
    return next((period for period in figures.periods if period.period == Release.Period.WEEK), None)


def keys_of(period: PublicPeriod) -> list[Key]:
    """The figures that a period tells, in the order of the definitions."""
    return [key for key in DEFINITIONS if key in period.own.cells]


def table_of(period: PublicPeriod) -> list[TableRow]:
    """The areas below, a row each."""
    return [
        TableRow(row.area.name, row.area.code, tuple(_table_cell(key, row) for key in keys_of(period)))
        for row in period.below
    ]


def _table_cell(key: Key, row: PublicRow) -> TableCell:
    return cell_words(key, row.cells.get(key, Cell(None)))


def cell_words(key: Key, cell: Cell) -> TableCell:
    """A figure in a narrow place."""
    if cell.is_hidden:
        return TableCell("", cell.why)
    if cell.value is None:
        return TableCell("–")
    unit = DEFINITIONS[key].unit
    if unit == Unit.DURATION:
        return TableCell(wording.duration_words(timedelta(minutes=cell.value)))
    words = wording.number_words(cell.value)
    return TableCell(f"{words} %" if unit == Unit.PERCENT else words)


def csv_rows(figures: PublicFigures) -> Iterator[list[str]]:
    """The same numbers as a table for machines; hidden cells are empty and say why in a column of their own."""
    yield [
        "period",
        "starts_on",
        "ends_on",
        "version",
        "area_code",
        "area",
        "figure",
        "value",
        "hidden_because",
    ]
    for period in figures.periods:
        for row in (period.own, *period.below):
            for key, cell in row.cells.items():
                yield [
                    period.period.value,
                    period.starts_on.isoformat(),
                    period.ends_on.isoformat(),
                    str(period.version),
                    row.area.code,
                    safe_text(row.area.name),
                    key.value,
                    "" if cell.value is None else f"{cell.value:g}",
                    cell.why,
                ]


def period_words(period: PublicPeriod) -> str:
    """From when to when."""
    first, last = wording.plain_date(period.starts_on), wording.plain_date(period.ends_on)
    if period.starts_on == period.ends_on:
        return first
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def segment_words(period: PublicPeriod) -> str:
    """The name of a period; of an earlier day without what is true of the newest alone."""
    if period.ends_on == clock.today() - timedelta(days=1):
        return period.name
    return {
        Release.Period.DAY: gettext("This day"),
        Release.Period.WEEK: gettext("7 days until then"),
        Release.Period.MONTH: gettext("30 days until then"),
    }.get(period.period, period.name)
