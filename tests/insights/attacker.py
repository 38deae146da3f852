"""What somebody can compute who has every published table: bounds passed through sums, and plain enumeration."""

from collections.abc import Iterator, Mapping
from itertools import product

from insights.disclosure import SMALL, Cell, Table, rounded

Bounds = dict[str, tuple[int, int]]
FAR = 10**9


def bounds_of(cells: Mapping[str, Cell]) -> Bounds:
    """What the rules of publishing say of each cell of a table of persons."""
    bounds: Bounds = {}
    for code, cell in cells.items():
        if cell.why == SMALL:
            bounds[code] = (1, 7)
        elif cell.why:
            bounds[code] = (8, FAR)
        elif cell.value == 0:
            bounds[code] = (0, 0)
        else:
            bounds[code] = (max(int(cell.value or 0) - 2, 8), int(cell.value or 0) + 2)
    return bounds


def narrowed(table: Table, bounds: Bounds) -> Bounds:
    """Bounds after every sum was used until nothing changes."""
    bounds = dict(bounds)
    while True:
        before = dict(bounds)
        for parent, codes in table.parts():
            low, high = (sum(bounds[code][side] for code in codes) for side in (0, 1))
            bounds[parent] = max(bounds[parent][0], low), min(bounds[parent][1], high)
            for code in codes:
                own = bounds[code]
                bounds[code] = (
                    max(own[0], bounds[parent][0] - (high - own[1])),
                    min(own[1], bounds[parent][1] - (low - own[0])),
                )
        if bounds == before:
            return bounds


def worlds(table: Table, cells: Mapping[str, Cell], most: int = 40) -> Iterator[dict[str, int]]:
    """Every way to fill a table of one parent in which all published cells come out as they were."""
    ((parent, codes),) = table.parts()
    bounds = bounds_of(cells)
    ranges = [range(bounds[code][0], min(bounds[code][1], most) + 1) for code in codes]
    for values in product(*ranges):
        total = sum(values)
        low, high = bounds[parent]
        if low <= total <= high and (cells[parent].is_hidden or rounded(total) == cells[parent].value):
            yield dict(zip(codes, values, strict=True)) | {parent: total}


def given_away(table: Table, cells: Mapping[str, Cell]) -> list[str]:
    """The hidden cells for which only one value remains."""
    bounds = narrowed(table, bounds_of(cells))
    return [code for code, cell in cells.items() if cell.is_hidden and bounds[code][0] == bounds[code][1]]
