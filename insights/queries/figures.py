"""Live figures for officials: of an area, by day, and of the areas below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from areas.models import Area
from insights.disclosure import Cell
from insights.queries.definitions import Key
from insights.queries.lately import NOTHING, Flow, Lately, flow_of, lately
from insights.queries.rows import Counts, counts_by_area, counts_by_day, counts_of_both, gap_of
from tasks.queries.shortage import Seats, Shortage, short_now


def count_cells(counts: Counts) -> dict[str, Cell]:
    """The figures that are counts of calls and seats."""
    return {
        Key.CALLS: Cell(counts.calls),
        Key.SEATS_ASKED: Cell(counts.seats_asked),
        Key.SEATS_FILLED: Cell(counts.seats_filled),
        Key.FILL_RATE: Cell(counts.fill_rate),
        Key.SHORT: Cell(counts.short),
    }


@dataclass(frozen=True)
class AreaRow:
    """One area in a table or on the map: its seats over the days of the page, and what happened lately."""

    area: Area
    counts: Counts
    lately: Lately

    @property
    def volunteers(self) -> Cell:
        return self.lately[Key.VOLUNTEERS]

    @property
    def hours(self) -> Cell:
        return self.lately[Key.HOURS]

    @property
    def on_duty(self) -> Cell:
        return self.lately[Key.ON_DUTY]

    @property
    def idle(self) -> Cell:
        return self.lately[Key.IDLE]

    @property
    def idle_rate(self) -> Cell:
        return self.lately[Key.IDLE_RATE]

    @property
    def requests(self) -> Cell:
        return self.lately[Key.REQUESTS]

    @property
    def requests_open(self) -> Cell:
        return self.lately[Key.REQUESTS_OPEN]

    @property
    def answer_minutes(self) -> Cell:
        return self.lately[Key.ANSWER_MINUTES]

    @property
    def promise_kept(self) -> Cell:
        return self.lately[Key.PROMISE_KEPT]

    @property
    def response_minutes(self) -> int | None:
        return self.lately.to_organization

    @property
    def flow(self) -> Flow:
        return flow_of(self.lately)


def rows_for(root: Area, areas: Sequence[Area], start: date, end: date) -> list[AreaRow]:
    """A row for each area below a root, with its seats over start to end. Two statements."""
    return _rows(root, areas, counts_by_area(areas, start, end))[1:]


@dataclass(frozen=True)
class Overview:
    """What one page says of an area: its own row, its days, and a row for each area below.

    `now`: the live count of today and tomorrow, where the rows show it instead of whole days.
    """

    own: AreaRow
    by_day: dict[date, Counts]
    rows: list[AreaRow]
    now: Shortage | None = None


def overview(
    root: Area,
    areas: Sequence[Area],
    *,
    span: tuple[date, date],
    chosen: tuple[date, date],
    at: datetime | None = None,
) -> Overview:
    """Two statements: the root by day over `span` with the areas over the `chosen` days; what happened lately in all.
    With `at` a third counts today and tomorrow as they are at that moment, in place of `chosen`.
    """
    if at is not None:
        now = short_now(at, within=root)
        by_day = counts_by_day(root, *span)
        by_area = {area.pk: counts_of(now.of(area)) for area in (*areas, root)}
        own, *rows = _rows(root, areas, by_area)
        return Overview(own, by_day, rows, now)
    by_day, by_area = counts_of_both(root, span, areas, chosen)
    days = (counts for day, counts in by_day.items() if chosen[0] <= day <= chosen[1])
    own, *rows = _rows(root, areas, {**by_area, root.pk: sum(days, Counts())})
    return Overview(own, by_day, rows)


def counts_of(seats: Seats) -> Counts:
    """Live seats as counts; what is not about seats stays 0."""
    return Counts(
        seats_asked=seats.seats,
        seats_least=seats.needed,
        seats_covered=seats.covered,
        seats_filled=seats.taken,
    )


def _rows(root: Area, areas: Sequence[Area], counts: Mapping[int, Counts]) -> list[AreaRow]:
    """The root's row first, then one for each area."""
    every = [root, *(area for area in areas if area.pk != root.pk)]
    found = lately(every)
    return [
        AreaRow(area=area, counts=counts.get(area.pk, Counts()), lately=found.get(area.pk, NOTHING))
        for area in every
    ]


def worst(rows: Sequence[AreaRow], limit: int) -> list[AreaRow]:
    """The rows in which hands are missing, the lowest fill rate first."""
    short = [row for row in rows if row.counts.short]
    return sorted(short, key=lambda row: (row.counts.fill_rate or 0, -row.counts.short))[:limit]


def fill_gap(rows: Sequence[AreaRow]) -> int | None:
    """Percentage points between the mean fill rates of the best and of the worst quarter of the areas."""
    return gap_of(row.counts.fill_rate for row in rows)
