"""Keeps single persons out of figures. Plain rules: values in, cells out.

Counts of persons from 1 to 7 are hidden (`small`), others rounded to 5; sums and medians over persons need at least
8 of them. In a table whose parent is the sum of its children a hidden cell could be computed back from the rest, so
others are hidden with it (`complement`), until what a reader could compute leaves every hidden cell open. Seats are
not persons and stay exact. After the practice of the NHS: small numbers hidden, the rest rounded, then checked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALL_BELOW = 8
BASE = 5
SMALL = "small"
COMPLEMENT = "complement"
# No upper end: a sum over persons can be anything.
ANY = 10**12

Interval = tuple[int, int]


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
    """Raw values by code, and which codes are the parts of which other. Values count persons, or are sums over them."""

    values: Mapping[str, Raw]
    children: Mapping[str, Sequence[str]]
    counts_persons: bool = True

    def parts(self) -> Iterator[tuple[str, Sequence[str]]]:
        for parent, codes in self.children.items():
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
    while complementary and (code := _next_to_hide(table, hidden, base)):
        hidden[code] = COMPLEMENT
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


def tells_a_part(whole: Cell, parts: Sequence[Cell]) -> bool:
    """Whether the persons of a period would tell the hidden persons of one of its days.

    A period counts each person once, so it is at most the sum of its days: where the days that are shown cannot make
    up the period, the hidden one must be as large as a hidden count can be.
    """
    if whole.value is None:
        return False
    most = [
        SMALL_BELOW - 1 if part.value is None else part.value + BASE // 2 if part.value else 0
        for part in parts
    ]
    if any(part.why == COMPLEMENT for part in parts):
        return False
    rest = whole.value - BASE // 2 - sum(most)
    return any(part.why == SMALL and rest >= 0 for part in parts)


def _next_to_hide(table: Table, hidden: Mapping[str, str], base: int) -> str:
    """The next cell to hide, or nothing: by the plain rule first, then by what a reader could compute."""
    for parent, codes in table.parts():
        gone = [code for code in codes if code in hidden]
        alone = len(gone) == 1 and parent not in hidden
        given_away = parent in hidden and not gone
        if alone or given_away:
            if code := _smallest_shown(table, codes, hidden):
                return code
            if alone:
                return parent
    bounds = intervals(table, hidden, base)
    for parent, codes in table.parts():
        if any(code in hidden and bounds[code][0] == bounds[code][1] for code in (parent, *codes)):
            if code := _smallest_shown(table, codes, hidden):
                return code
            if parent not in hidden:
                return parent
    return ""


def _smallest_shown(table: Table, codes: Sequence[str], hidden: Mapping[str, str]) -> str:
    """The smallest of the cells that are shown and not zero: hiding a zero protects nobody."""
    shown = [code for code in codes if code not in hidden and table.values[code].value > 0]
    return min(shown, key=lambda code: (table.values[code].value, code), default="")


def intervals(table: Table, hidden: Mapping[str, str], base: int = BASE) -> dict[str, Interval]:
    """What a reader can compute of each cell from everything that is shown, as (least, most).

    Passes the bounds through every sum until nothing changes; on a tree of sums this is exact. Where the parts do
    not add up (a person counts in two places), bounds that contradict each other tell nothing and are left alone.
    """
    bounds = {code: _first_bounds(table, code, hidden.get(code, ""), base) for code in table.values}
    changed = True
    while changed:
        changed = False
        for parent, codes in table.parts():
            low = sum(bounds[code][0] for code in codes)
            high = sum(bounds[code][1] for code in codes)
            total = bounds[parent]
            changed |= _narrow(bounds, parent, low, high)
            for code in codes:
                own = bounds[code]
                least = total[0] - (high - own[1])
                most = total[1] - (low - own[0])
                changed |= _narrow(bounds, code, least, most)
    return bounds


def _first_bounds(table: Table, code: str, why: str, base: int) -> Interval:
    """What the published rules alone tell of a cell."""
    if why:
        if not table.counts_persons:
            return 0, ANY
        return (1, SMALL_BELOW - 1) if why == SMALL else (SMALL_BELOW, ANY)
    shown = rounded(table.values[code].value, base)
    if table.counts_persons:
        return (0, 0) if shown == 0 else (max(shown - base // 2, SMALL_BELOW), shown + (base - 1) // 2)
    return max(shown - base // 2, 0), shown + (base - 1) // 2


def _narrow(bounds: dict[str, Interval], code: str, least: int, most: int) -> bool:
    low, high = bounds[code]
    narrowed = max(low, least), min(high, most)
    if narrowed == (low, high) or narrowed[0] > narrowed[1]:
        return False
    bounds[code] = narrowed
    return True
