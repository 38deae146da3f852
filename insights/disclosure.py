"""Keeps single persons out of figures. Plain rules: values in, cells out.

Counts of persons from 1 to 7 are hidden (`small`), others rounded to 5; sums and medians over persons need at least
8 of them. In a table whose parent is the sum of its children a hidden cell could be computed back from the rest, so
others are hidden with it (`complement`), until what a reader could compute leaves every hidden cell open. Seats are
not persons and stay exact. After the practice of the NHS: small numbers hidden, the rest rounded, then checked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain, pairwise

SMALL_BELOW = 8
BASE = 5
SMALL = "small"
COMPLEMENT = "complement"
# How many further values what is said of a period leaves to what is hidden in it, beside the one: what other periods say
# may take one or two of them away.
ROOM = 5
# No upper end: a sum over persons can be anything.
ANY = 10**12


@dataclass(frozen=True)
class Cell:
    """A figure as it may be shown: a value, or nothing and why."""

    value: float | None
    why: str = ""

    @property
    def is_hidden(self) -> bool:
        return bool(self.why)


@dataclass(frozen=True)
class Raw:
    """A value over persons before protection: for a count of persons both are the same."""

    value: int
    persons: int


@dataclass(frozen=True)
class Table:
    """Raw values by code, and which codes are the parts of which other. Values count persons, or are sums over them.

    `also`: further wholes with their parts, where a value is part of two (a place and a kind of work). `atoms`: the
    codes that one person counts in before any sum; without them each value that has no parts is one.
    """

    values: Mapping[str, Raw]
    children: Mapping[str, Sequence[str]]
    counts_persons: bool = True
    also: Sequence[tuple[str, Sequence[str]]] = ()
    atoms: Sequence[tuple[str, ...]] = ()

    def parts(self) -> Iterator[tuple[str, Sequence[str]]]:
        for parent, codes in chain(self.children.items(), self.also):
            known = [code for code in codes if code in self.values]
            if parent in self.values and known:
                yield parent, known


def rounded(value: float, base: int = BASE) -> int:
    """To the nearest multiple of the base, halves up."""
    return int((value + base / 2) // base * base)


def persons(count: int) -> Cell:
    """A single count of persons."""
    if 0 < count < SMALL_BELOW:
        return Cell(None, SMALL)
    return Cell(rounded(count))


def over_persons(value: float | None, contributors: int, base: int = 1) -> Cell:
    """A single sum or median over persons."""
    if 0 < contributors < SMALL_BELOW:
        return Cell(None, SMALL)
    return Cell(None if value is None else rounded(value, base))


def protect(
    table: Table,
    base: int = BASE,
    *,
    already: Mapping[str, str] | None = None,
    complementary: bool = True,
) -> dict[str, Cell]:
    """The table as it may be shown. `already` names cells that must be hidden, and why.

    `complementary=False` leaves the second step out, to measure what it does.
    """
    hidden = dict(already or {})
    hidden |= {code: SMALL for code, raw in table.values.items() if 0 < raw.persons < SMALL_BELOW}
    if complementary:
        _hide_with_them(table, hidden, base)
    return {
        code: Cell(None, hidden[code]) if code in hidden else Cell(rounded(raw.value, base))
        for code, raw in table.values.items()
    }


def protect_together(
    *tables: Table, base: int = BASE, already: Mapping[str, str] | None = None
) -> list[dict[str, Cell]]:
    """Tables of different figures about the same persons: what is hidden in one is hidden in all."""
    hidden = dict(already or {})
    while True:
        before = len(hidden)
        for table in tables:
            cells = protect(table, base, already=hidden)
            hidden = {code: cell.why for code, cell in cells.items() if cell.is_hidden}
        if len(hidden) == before:
            return [protect(table, base, already=hidden) for table in tables]


def along(counts: Cell, value: float | None, contributors: int, base: int = BASE) -> Cell:
    """A median or a rate over some of the persons of a count: hidden with it, and where fewer than 8 are in it."""
    if counts.is_hidden:
        return Cell(None, counts.why)
    return over_persons(value, contributors, base)


@dataclass(frozen=True)
class Released:
    """What a reader knows of a count of persons for the days from `first` to `last`, as numbers of days."""

    first: int
    last: int
    least: int
    most: int
    is_hidden: bool = False


def tells_a_part(whole: Released, released: Sequence[Released]) -> bool:
    """Whether the persons of a period would tell a hidden count that was released for some of its days.

    A period counts each person once. So it is at least any part of it, and at most the sum of any periods that cover
    it: where the others of such a cover cannot make it up, the hidden one must be as large as it can be. The least
    sums are found day by day, from both ends.
    """
    inside = [part for part in released if part.last >= whole.first and part.first <= whole.last]
    before = _least_covers(whole.first, whole.last, [(p.first, p.last, p.most) for p in inside])
    # The same from the other end: days count backwards.
    after = _least_covers(-whole.last, -whole.first, [(-p.last, -p.first, p.most) for p in inside])

    def is_told(part: Released) -> bool:
        beside = before[max(part.first - whole.first, 0)] + after[max(whole.last - part.last, 0)]
        within = whole.first <= part.first and part.last <= whole.last
        room = min(ROOM, part.most - part.least)
        return whole.least - beside > part.most - room or (within and whole.most < part.least + room)

    return any(part.is_hidden and is_told(part) for part in inside)


def _least_covers(first: int, last: int, pieces: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """The least sum of pieces that together hold all days from `first` on, by how many days: for each number of days
    after which a piece begins, and for all of them. Between days on which a piece begins or ends nothing changes.
    """
    after = last + 1
    days = {first, after}
    for start, end, _ in pieces:
        if first < start < after:
            days.add(start)
        if first <= end < last:
            days.add(end + 1)
    least = {0: 0}
    waiting = sorted(pieces)
    open_pieces: list[tuple[int, int]] = []
    index, count = 0, len(waiting)
    for day, following in pairwise(sorted(days)):
        while index < count and waiting[index][0] <= day:
            start, end, most = waiting[index]
            heappush(open_pieces, (least[start - first if start > first else 0] + most, end))
            index += 1
        while open_pieces and open_pieces[0][1] < day:
            heappop(open_pieces)
        least[following - first] = min(open_pieces[0][0], ANY) if open_pieces else ANY
    return least


def _hide_with_them(table: Table, hidden: dict[str, str], base: int) -> None:
    """Hide more, until no hidden value stands alone in a sum, and each could be another without a reader noticing."""
    sums = list(table.parts())
    doubts = _Doubts(table, hidden, base)
    changed = True
    while changed:
        changed = False
        for parent, codes in sums:
            while code := _lonely(table, parent, codes, hidden):
                hidden[code] = COMPLEMENT
                changed = True
        if changed:
            continue
        for code in [code for code in table.values if code in hidden]:
            while not doubts.open(code) and (more := _blocking(table, sums, code, hidden)):
                hidden[more] = COMPLEMENT
                changed = True


def _lonely(table: Table, parent: str, codes: Sequence[str], hidden: Mapping[str, str]) -> str:
    """What to hide with the only hidden part of a sum, or with a hidden sum whose parts are all shown."""
    gone = [code for code in codes if code in hidden]
    alone = len(gone) == 1 and parent not in hidden
    if not alone and (gone or parent not in hidden):
        return ""
    return _smallest_shown(table, codes, hidden) or (parent if alone else "")


def _blocking(
    table: Table, sums: Sequence[tuple[str, Sequence[str]]], code: str, hidden: Mapping[str, str]
) -> str:
    """What to hide so that a hidden value may be another: a part beside or below it, else a sum above it."""
    near = [(parent, codes) for parent, codes in sums if code == parent or code in codes]
    for _, codes in near:
        if more := _smallest_shown(table, codes, hidden):
            return more
    above = [parent for parent, codes in near if code in codes]
    if more := _smallest_shown(table, above, hidden):
        return more
    higher = [parent for parent, codes in sums if any(one in codes for one in above)]
    return _smallest_shown(table, higher, hidden)


def _smallest_shown(table: Table, codes: Sequence[str], hidden: Mapping[str, str]) -> str:
    """The smallest of the cells that are shown and not zero: hiding a zero protects nobody."""
    shown = [code for code in codes if code not in hidden and table.values[code].value > 0]
    return min(shown, key=lambda code: (table.values[code].value, code), default="")


class _Doubts:
    """Whether a hidden value could be another: one person more or less somewhere, or one person elsewhere, and every
    published cell comes out as it is. Where there is such a world nothing that a reader computes can exclude it."""

    # So many places to which one person could have gone are tried.
    TRIES = 300

    def __init__(self, table: Table, hidden: Mapping[str, str], base: int) -> None:
        self._table, self._hidden, self._base = table, hidden, base
        above: dict[str, list[str]] = {}
        # What has no parts, or more than its parts: work for a whole county stands in no township.
        rest = {code: raw.value for code, raw in table.values.items()}
        for parent, codes in table.parts():
            rest[parent] -= sum(table.values[code].value for code in codes)
            for code in codes:
                above.setdefault(code, []).append(parent)
        atoms = table.atoms or [(code,) for code, value in rest.items() if value > 0]
        self._cells_of: list[frozenset[str]] = []
        self._atoms_in: dict[str, list[int]] = {}
        for number, atom in enumerate(atoms):
            cells: set[str] = set()
            todo = list(atom)
            while todo:
                code = todo.pop()
                if code not in cells:
                    cells.add(code)
                    todo.extend(above.get(code, ()))
            self._cells_of.append(frozenset(cells))
            for code in cells:
                self._atoms_in.setdefault(code, []).append(number)
        self._above = above

    def open(self, code: str) -> bool:
        """Whether the value of a hidden code could be another."""
        if not self._table.counts_persons:
            return True
        own = self._atoms_in.get(code, ())
        for step in (1, -1):
            if any(self._unseen(self._cells_of[atom], step) for atom in own):
                return True
        return any(self._elsewhere(atom, code) for atom in own)

    def _elsewhere(self, atom: int, code: str) -> bool:
        cells = self._cells_of[atom]
        # From next door first, then from further away.
        others = [
            other
            for parent in self._above.get(code, ())
            for other in self._atoms_in.get(parent, ())[: self.TRIES]
            if code not in self._cells_of[other]
        ]
        return any(
            self._unseen(cells - self._cells_of[other], step)
            and self._unseen(self._cells_of[other] - cells, -step)
            for other in others
            for step in (1, -1)
        )

    def _unseen(self, cells: frozenset[str], step: int) -> bool:
        return all(self._stays(code, step) for code in cells)

    def _stays(self, code: str, step: int) -> bool:
        """Whether a cell comes out as it is with one person more or less."""
        value = self._table.values[code].value
        why = self._hidden.get(code, "")
        if value == 0:
            return False
        if why == SMALL:
            return 1 <= value + step < SMALL_BELOW
        if value + step < SMALL_BELOW:
            return False
        return bool(why) or rounded(value + step, self._base) == rounded(value, self._base)


def known_of(
    cells: Mapping[str, Cell], children: Mapping[str, Sequence[str]], base: int = BASE
) -> dict[str, tuple[int, int]]:
    """What a reader can compute of each count of persons in a table, as (least, most).

    Passes the bounds through every sum until nothing changes; on a tree of sums this is exact. Where the parts do
    not add up (a person counts in two places), bounds that contradict each other tell nothing and are left alone.
    """
    bounds = {code: _told_by_rules(cell, base) for code, cell in cells.items()}
    _add_up(bounds, children)
    return bounds


def _add_up(bounds: dict[str, tuple[int, int]], children: Mapping[str, Sequence[str]]) -> None:
    changed = True
    while changed:
        changed = False
        for parent, below in children.items():
            codes = [code for code in below if code in bounds]
            if parent not in bounds or not codes:
                continue
            low = sum(bounds[code][0] for code in codes)
            high = sum(bounds[code][1] for code in codes)
            changed |= _narrow(bounds, parent, low, high)
            total = bounds[parent]
            for code in codes:
                own = bounds[code]
                changed |= _narrow(bounds, code, total[0] - (high - own[1]), total[1] - (low - own[0]))


# What is known of a table of persons for the days from one to another, by code.
Known = tuple[int, int, dict[str, tuple[int, int]]]
ROUNDS = 2


def settle(known: Sequence[Known], children: Mapping[str, Sequence[str]]) -> None:
    """Narrow what is known of all periods by each other and by their sums, a few times over."""
    for _ in range(ROUNDS):
        changed = False
        for code in {code for _, _, bounds in known for code in bounds}:
            changed |= _across(known, code)
        if not changed:
            return
        for _, _, bounds in known:
            _add_up(bounds, children)


def _across(known: Sequence[Known], code: str) -> bool:
    """Pass what is known of one area from period to period. Whether anything became narrower."""
    own = [period for period in known if code in period[2]]
    changed = False
    for first, last, bounds in own:
        touching = [other for other in own if other[1] >= first and other[0] <= last]
        before = _least_covers(first, last, [(a, b, every[code][1]) for a, b, every in touching])
        after = _least_covers(-last, -first, [(-b, -a, every[code][1]) for a, b, every in touching])
        changed |= _narrow(bounds, code, 0, before[last - first + 1])
        for start, end, every in touching:
            if every is bounds:
                continue
            least, most = bounds[code]
            beside = before[max(start - first, 0)] + after[max(last - end, 0)]
            within = first <= start and end <= last
            changed |= _narrow(every, code, least - beside, most if within else ANY)
            if within:
                changed |= _narrow(bounds, code, every[code][0], ANY)
    return changed


def _told_by_rules(cell: Cell, base: int) -> tuple[int, int]:
    """What the published rules alone tell of a cell."""
    if cell.why == SMALL:
        return 1, SMALL_BELOW - 1
    if cell.why or cell.value is None:
        return (SMALL_BELOW if cell.why else 0), ANY
    shown = int(cell.value)
    return (max(shown - base // 2, SMALL_BELOW), shown + (base - 1) // 2) if shown else (0, 0)


def _narrow(bounds: dict[str, tuple[int, int]], code: str, least: int, most: int) -> bool:
    low, high = bounds[code]
    narrowed = max(low, least), min(high, most)
    if narrowed == (low, high) or narrowed[0] > narrowed[1]:
        return False
    bounds[code] = narrowed
    return True
