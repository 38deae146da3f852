"""Live figures for officials: of an area, by day, and of the areas below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from areas.models import Area
from insights.disclosure import (
    COMPLEMENT,
    Cell,
    Raw,
    Table,
    over_persons,
    persons,
    protect_together,
    tells_a_part,
)
from insights.queries.definitions import Key
from insights.queries.rows import (
    NOTHING,
    Behind,
    Counts,
    behind_by_area,
    counts_by_area,
    counts_by_day,
    counts_of_days,
)
from tasks.queries.shortage import Seats, Shortage, short_now


@dataclass(frozen=True)
class Figures:
    """The figures of an area over a period, as they may be shown, by their key."""

    area: Area
    start: date
    end: date
    cells: dict[Key, Cell]
    counts: Counts

    def __getitem__(self, key: Key | str) -> Cell:
        return self.cells[Key(key)]


def figures_for(area: Area, start: date, end: date) -> Figures:
    """The figures of an area between two days, both included, protected as the public ones are."""
    counts = sum(counts_by_day(area, start, end).values(), Counts())
    behind = behind_by_area(area, [area], start, end).get(area.pk, NOTHING)
    cells = {
        **exact_cells(counts, behind),
        Key.VOLUNTEERS: persons(behind.persons.value),
        Key.HOURS: over_persons(behind.minutes.value / 60, behind.minutes.persons, base=5),
    }
    return Figures(area, start, end, cells, counts)


def exact_cells(counts: Counts, behind: Behind) -> dict[Key, Cell]:
    """The figures that are not about persons."""
    return {
        Key.CALLS: Cell(counts.calls),
        Key.SEATS_ASKED: Cell(counts.seats_asked),
        Key.SEATS_FILLED: Cell(counts.seats_filled),
        Key.FILL_RATE: Cell(counts.fill_rate),
        Key.SHORT: Cell(counts.short),
        Key.RESPONSE_MINUTES: Cell(_whole(behind.to_organization)),
        Key.FILL_MINUTES: Cell(_whole(behind.to_hands)),
    }


def protected_persons(
    raw: Mapping[int, Behind], areas: Sequence[Area], days: Mapping[str, Sequence[Cell]] | None = None
) -> tuple[dict[str, Cell], dict[str, Cell]]:
    """Volunteers and hours of areas that hold each other, by code, protected together.

    `days`: what was released of each day of the period, by code; a period must not tell it.
    """
    by_pk = {area.pk: area for area in areas}
    children: dict[str, list[str]] = {}
    for area in areas:
        holder = by_pk.get(area.parent_id) if area.parent_id else None
        if holder is None:
            holder = _holder_by_path(area, areas)
        if holder is not None:
            children.setdefault(holder.code, []).append(area.code)
    found = {area.code: raw.get(area.pk, NOTHING) for area in areas}
    telling = {
        code: COMPLEMENT
        for code, cells in (days or {}).items()
        if code in found and tells_a_part(persons(found[code].persons.value), cells)
    }
    who, hours = protect_together(
        Table({code: behind.persons for code, behind in found.items()}, children),
        Table(
            {
                code: Raw(round(behind.minutes.value / 60), behind.minutes.persons)
                for code, behind in found.items()
            },
            children,
            counts_persons=False,
        ),
        already=telling,
    )
    return who, hours


def _holder_by_path(area: Area, areas: Sequence[Area]) -> Area | None:
    """The nearest of the areas that holds this one, where its parent is not among them."""
    holders = [other for other in areas if other.pk != area.pk and other.contains(area)]
    return max(holders, key=lambda other: other.level, default=None)


@dataclass(frozen=True)
class AreaRow:
    """One area in a table or on the map."""

    area: Area
    counts: Counts
    volunteers: Cell
    hours: Cell
    response_minutes: float | None


def rows_for(
    root: Area, areas: Sequence[Area], start: date, end: date, *, history: tuple[date, date]
) -> list[AreaRow]:
    """A row for each area below a root: seats over start to end, persons and medians over `history`."""
    return _rows(root, areas, counts_by_area(areas, start, end), history)[1:]


@dataclass(frozen=True)
class Overview:
    """What one page says of an area: its own row, its days, and a row for each area below.

    `now`: the live count of today and tomorrow, where the rows show it instead of whole days.
    `by_area`: whole days of each area below, by its id; days without anything are left out.
    """

    own: AreaRow
    by_day: dict[date, Counts]
    rows: list[AreaRow]
    now: Shortage | None = None
    by_area: Mapping[int, Mapping[date, Counts]] = field(default_factory=dict)


def overview(
    root: Area,
    areas: Sequence[Area],
    *,
    span: tuple[date, date],
    chosen: tuple[date, date],
    history: tuple[date, date],
    at: datetime | None = None,
    days: tuple[date, date] | None = None,
) -> Overview:
    """Two queries: the root by day over `span` with the areas over `days` (without: the `chosen` ones); persons and
    medians of all over `history`. With `at` a third counts today and tomorrow as they are at that moment, in place of
    the `chosen` days.
    """
    by_day, by_area = counts_of_days(root, span, areas, days or chosen)
    now = short_now(at, within=root) if at is not None else None
    if now is not None:
        shown = {area.pk: counts_of(now.of(area)) for area in (*areas, root)}
    else:
        shown = {pk: _sum_over(of_days, chosen) for pk, of_days in (*by_area.items(), (root.pk, by_day))}
    own, *rows = _rows(root, areas, shown, history)
    return Overview(own, by_day, rows, now, by_area)


def _sum_over(of_days: Mapping[date, Counts], chosen: tuple[date, date]) -> Counts:
    return sum((counts for day, counts in of_days.items() if chosen[0] <= day <= chosen[1]), Counts())


def counts_of(seats: Seats) -> Counts:
    """Live seats as counts; what is not about seats stays 0."""
    return Counts(
        seats_asked=seats.seats,
        seats_least=seats.needed,
        seats_covered=seats.covered,
        seats_filled=seats.taken,
    )


def _rows(
    root: Area, areas: Sequence[Area], counts: Mapping[int, Counts], history: tuple[date, date]
) -> list[AreaRow]:
    """The root's row first, then one for each area, protected together."""
    every = [root, *(area for area in areas if area.pk != root.pk)]
    behind = behind_by_area(root, every, *history, may_be_stored=True)
    who, hours = protected_persons(behind, every)
    return [
        AreaRow(
            area=area,
            counts=counts.get(area.pk, Counts()),
            volunteers=who[area.code],
            hours=hours[area.code],
            response_minutes=_whole(behind.get(area.pk, NOTHING).to_organization),
        )
        for area in every
    ]


def worst(rows: Sequence[AreaRow], limit: int) -> list[AreaRow]:
    """The rows in which hands are missing, the lowest fill rate first."""
    short = [row for row in rows if row.counts.short]
    return sorted(short, key=lambda row: (row.counts.fill_rate or 0, -row.counts.short))[:limit]


def fill_gap(rows: Sequence[AreaRow]) -> int | None:
    """Percentage points between the mean fill rates of the best and of the worst quarter of the areas."""
    rates = sorted(rate for row in rows if (rate := row.counts.fill_rate) is not None)
    quarter = len(rates) // 4
    if not quarter:
        return None
    return round((sum(rates[-quarter:]) - sum(rates[:quarter])) / quarter)


def _whole(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes)
