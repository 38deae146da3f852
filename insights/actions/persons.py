"""Protects what is about persons: all areas at once, so that no two pages hide different cells of the same sums."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from areas.models import Area
from insights.disclosure import (
    COMPLEMENT,
    Cell,
    Raw,
    Released,
    Table,
    along,
    known_of,
    protect,
    protect_together,
    settle,
    tells_a_part,
)
from insights.queries import sources
from insights.queries.cause_sources import WAYS, Moved
from insights.queries.definitions import Key
from insights.queries.lately import PARTS_DOWN_TO, REQUESTS_DOWN_TO, STATES
from insights.queries.released import volunteers_released

# By code of the area, then by figure.
Cells = dict[str, dict[str, Cell]]
NOBODY = Raw(0, 0)
# Further back the sum of single days is far above the number of different persons.
REMEMBERED = timedelta(days=35)
# The releases of so many days are held against each other again and again; a hidden count keeps that many other values.
SETTLED = timedelta(days=8)
LEFT_OPEN = 2
# States in which somebody still waits; with the ends they make up all requests.
WAITING = STATES[:3]
PARTS = (Key.REQUESTS_OPEN, *STATES)
ENDS = (Key.REQUESTS_DONE, Key.REQUESTS_DECLINED, "ended")


def served_cells(
    areas: Sequence[Area],
    start: date,
    end: date,
    *,
    beside: Sequence[tuple[date, date, Cells]] = (),
    earlier: Cells | None = None,
) -> Cells:
    """Volunteers and hours between two days, by code. `beside`: other days that become public together with these;
    `earlier`: the version that this one corrects.
    """
    found = sources.served(start, end)
    people = {area.code: found[area.pk].persons if area.pk in found else NOBODY for area in areas}
    hours = {
        area.code: Raw(round(found[area.pk].minutes.value / 60), found[area.pk].persons.value)
        if area.pk in found
        else NOBODY
        for area in areas
    }
    children = sources.tree(areas)
    tables = Table(people, children), Table(hours, children, counts_persons=False)
    already = _hidden_before(earlier, Key.VOLUNTEERS, people)
    known = volunteers_released(end - REMEMBERED, end)
    known += [
        (first, last, {code: found[Key.VOLUNTEERS] for code, found in every.items()})
        for first, last, every in beside
    ]
    others = [
        _Days.of(first, last, cells, children)
        for first, last, cells in known
        if (first, last) != (start, end)
    ]
    while True:
        who, long = protect_together(*tables, already=already)
        own = _Days.of(start, end, who, children)
        more = _telling(own, others, children, {code for code, raw in people.items() if raw.value})
        hidden = {code for code, cell in who.items() if cell.is_hidden}
        # Hidden already, and what is above it tells all the same.
        more |= {parent for parent, codes in children.items() if not hidden.isdisjoint(more & set(codes))}
        if more <= hidden:
            break
        already |= dict.fromkeys(more - hidden, COMPLEMENT)
    return {code: {Key.VOLUNTEERS: who[code], Key.HOURS: long[code]} for code in people}


def duty_cells(areas: Sequence[Area], at: datetime) -> Cells:
    """Volunteers on duty, and those of them whom nobody asked, at a moment, by code."""
    found = sources.duty(at)
    children = sources.tree(areas)
    on_duty = {area.code: _count(found.get(area.pk, (0, 0))[0]) for area in areas}
    idle = {area.code: _count(found.get(area.pk, (0, 0))[1]) for area in areas}
    who, waiting = protect(Table(on_duty, children)), protect(Table(idle, children))
    made: Cells = {}
    for code, raw in on_duty.items():
        rate = idle[code].value * 100 / raw.value if raw.value else None
        base = waiting[code] if waiting[code].is_hidden else who[code]
        made[code] = {
            Key.ON_DUTY: who[code],
            Key.IDLE: waiting[code],
            Key.IDLE_RATE: along(base, rate, raw.value),
        }
    return made


def request_cells(
    areas: Sequence[Area],
    start: date,
    end: date,
    at: datetime,
    *,
    earlier: Cells | None = None,
    earlier_kinds: Mapping[str, Cells] | None = None,
) -> tuple[Cells, dict[str, Cells]]:
    """Requests that came between two days, by code, and by code and kind of work for cities and what lies above. What
    is not counted so far down has no cell: nothing is hidden there.
    """
    table = request_table(areas, sources.asked(start, end))
    already = _requests_hidden_before(earlier or {}, earlier_kinds or {}, table)
    shown = protect(table, already=already)
    by_pk = {area.pk: area for area in areas}
    waited = {
        (by_pk[pk].code, kind): found
        for (pk, kind), found in sources.waits(start, end, at).items()
        if pk in by_pk
    }
    made: Cells = {}
    kinds: dict[str, Cells] = {}
    for area in areas:
        cells = {part: shown[name] for part in PARTS if (name := _name(area.code, part)) in shown}
        if (count := shown.get(_name(area.code))) is not None:
            cells |= {Key.REQUESTS: count, **_waits(count, waited.get((area.code, "")))}
        made[area.code] = cells
        kinds[area.code] = {
            kind: {Key.REQUESTS: shown[name], **_waits(shown[name], waited.get((area.code, kind)))}
            for kind in sorted({kind for code, kind in waited if code == area.code and kind})
            if (name := _name(area.code, _kind(kind))) in shown
        }
    return made, kinds


def request_table(areas: Sequence[Area], asked: Iterable[tuple[int, str, str, int]]) -> Table:
    """Every sum that is shown of requests: of an area all, down to counties; by state and by kind of work, down to
    cities. Finer, nearly all cells would hold a few households, and what hides them would hide what lies above too.

    Each is counted in one place, in one state and as one kind, so all three ways to add up lead to the same number.
    """
    by_pk = {area.pk: area for area in areas}
    whole = [area for area in areas if area.level <= REQUESTS_DOWN_TO]
    parted = {area.code for area in areas if area.level <= PARTS_DOWN_TO}
    all_of = {area.code for area in whole}
    values = {_name(area.code): 0 for area in whole}
    values |= {_name(code, part): 0 for code in parted for part in PARTS}
    atoms: set[tuple[str, str, str]] = set()
    kinds: set[str] = set()
    for pk, kind, state, count in asked:
        if (area := by_pk.get(pk)) is None:
            continue
        kinds.add(_kind(kind))
        of_all = [_name(code) for code in area.path_codes if code in all_of]
        named = (state, Key.REQUESTS_OPEN) if state in WAITING else (state,)
        fine = [code for code in area.path_codes if code in parted]
        for name in (*of_all, *(_name(code, part) for code, part in product(fine, (*named, _kind(kind))))):
            values[name] = values.get(name, 0) + count
        atoms.add((of_all[-1], _name(fine[-1], state), _name(fine[-1], _kind(kind))))
    return Table(
        {name: _count(value) for name, value in values.items()},
        {},
        also=list(_request_sums(whole, parted, sorted(kinds))),
        atoms=sorted(atoms),
    )


def _request_sums(
    areas: Sequence[Area], parted: set[str], kinds: Sequence[str]
) -> Iterable[tuple[str, list[str]]]:
    """Which cells of requests add up to which other."""
    children = sources.tree(areas)
    for area in areas:
        code, below = area.code, children.get(area.code, ())
        yield _name(code), [_name(child) for child in below]
        if code not in parted:
            continue
        yield _name(code), [_name(code, state) for state in (Key.REQUESTS_OPEN, *ENDS)]
        yield _name(code, Key.REQUESTS_OPEN), [_name(code, state) for state in WAITING]
        yield _name(code), [_name(code, kind) for kind in kinds]
        for part in (*PARTS, *kinds):
            yield _name(code, part), [_name(child, part) for child in below if child in parted]


def _name(code: str, part: str = "") -> str:
    return f"{code} {part}"


def _kind(code: str) -> str:
    return f"kind:{code}"


def _count(value: int) -> Raw:
    return Raw(value, value)


def _waits(count: Cell, found: sources.Waits | None) -> dict[str, Cell]:
    """Medians and promises over the requests of a count."""
    if found is None:
        nothing = Cell(None, count.why)
        return dict.fromkeys((Key.ANSWER_MINUTES, Key.DONE_MINUTES, Key.PROMISE_KEPT), nothing)
    kept = found.kept * 100 / found.promised if found.promised else None
    return {
        Key.ANSWER_MINUTES: along(count, found.answer, found.answered),
        Key.DONE_MINUTES: along(count, found.until_done, found.done),
        Key.PROMISE_KEPT: along(count, kept, found.promised),
    }


def _hidden_before(earlier: Cells | None, key: Key, values: Mapping[str, Raw]) -> dict[str, str]:
    """What the version before hid to protect others: two versions that hide different cells would tell both."""
    return {
        code: COMPLEMENT
        for code, cells in (earlier or {}).items()
        if code in values and values[code].value and key in cells and cells[key].why == COMPLEMENT
    }


def _requests_hidden_before(
    earlier: Cells, earlier_kinds: Mapping[str, Cells], table: Table
) -> dict[str, str]:
    names = {
        _name(code, "" if part == Key.REQUESTS else part): cell
        for code, cells in earlier.items()
        for part, cell in cells.items()
    }
    for code, kinds in earlier_kinds.items():
        names |= {
            _name(code, _kind(kind)): cells[Key.REQUESTS]
            for kind, cells in kinds.items()
            if Key.REQUESTS in cells
        }
    return {
        name: COMPLEMENT
        for name, cell in names.items()
        if cell.why == COMPLEMENT and name in table.values and table.values[name].value
    }


@dataclass(frozen=True)
class _Days:
    """What a reader computes of volunteers from the release of some days, by code, and what is hidden there."""

    first: int
    last: int
    known: Mapping[str, tuple[int, int]]
    hidden: frozenset[str]

    @classmethod
    def of(
        cls, start: date, end: date, cells: Mapping[str, Cell], children: Mapping[str, Sequence[str]]
    ) -> "_Days":
        hidden = frozenset(code for code, cell in cells.items() if cell.is_hidden)
        return cls(start.toordinal(), end.toordinal(), known_of(cells, children), hidden)

    def released(self, code: str) -> Released:
        return Released(self.first, self.last, *self.known[code], code in self.hidden)


def _telling(
    own: _Days, others: Sequence[_Days], children: Mapping[str, Sequence[str]], served: Set[str]
) -> set[str]:
    """Of the areas where anybody `served`, those whose count of these days would tell a count that is hidden for some
    of them in another release."""
    released: dict[str, list[Released]] = {}
    for days in (*others, own):
        for code in days.known:
            released.setdefault(code, []).append(days.released(code))
    told = {code for code in served if tells_a_part(own.released(code), released[code])}
    lately = [days for days in (*others, own) if days.last > own.last - SETTLED.days]
    bounds = [(days.first, days.last, dict(days.known)) for days in lately]
    settle(bounds, children)
    for days, (_, _, found) in zip(lately, bounds, strict=True):
        told |= {
            code for code in days.hidden if code in served and found[code][1] - found[code][0] < LEFT_OPEN
        }
    return told


def moved_cells(areas: Sequence[Area], moved: Iterable[Moved]) -> dict[str, dict[str, dict[str, Cell]]]:
    """Persons by code of the area, usual cause and way. No sums over causes or ways are kept, so each of them adds up
    over places alone, and is protected by itself."""
    by_pk = {area.pk: area.code for area in areas}
    counts: dict[str, dict[str, dict[str, Raw]]] = {}
    there: dict[str, set[str]] = {}
    for row in moved:
        code = by_pk[row.area]
        counts.setdefault(row.cause, {}).setdefault(row.way, {})[code] = _count(row.persons)
        there.setdefault(row.cause, set()).add(code)
    children = sources.tree(areas)
    made: dict[str, dict[str, dict[str, Cell]]] = {area.code: {} for area in areas}
    for cause, way in product(sorted(counts), WAYS):
        found = counts[cause].get(way, {})
        cells = protect(Table({area.code: found.get(area.code, NOBODY) for area in areas}, children))
        for code in there[cause]:
            made[code].setdefault(cause, {})[way] = cells[code]
    return made
