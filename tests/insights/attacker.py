"""What somebody can compute who has every published table and every release: a linear program over all cells.

Each cell is a variable; what the rules of publishing say of it are its bounds; sums of a table and what one period says
of another are rows. The least and the most that a hidden cell can be are two solutions of the same program.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

import highspy

from insights.disclosure import SMALL, Cell, Table, rounded

FAR = 10_000


@dataclass
class Attacker:
    """Cells by name, with everything that is known of them. Names are unique over all tables and releases."""

    cells: dict[str, Cell] = field(default_factory=dict)
    # Σ factor × cell lies between two numbers.
    rows: list[tuple[dict[str, float], float, float]] = field(default_factory=list)

    def read(self, cells: Mapping[str, Cell], prefix: str = "") -> None:
        self.cells |= {prefix + name: cell for name, cell in cells.items()}

    def add_sums(self, table: Table, prefix: str = "") -> None:
        """The parts of a whole add up to it."""
        for whole, parts in table.parts():
            if prefix + whole in self.cells:
                row = {prefix + part: 1.0 for part in parts} | {prefix + whole: -1.0}
                self.rows.append((row, 0, 0))

    def at_most(self, whole: str, pieces: Iterable[str]) -> None:
        """A count of different persons is at most the sum of what covers it."""
        row = {whole: 1.0}
        for piece in pieces:
            row[piece] = row.get(piece, 0) - 1
        self.rows.append((row, -math.inf, 0))

    def at_least(self, whole: str, piece: str) -> None:
        self.rows.append(({whole: 1.0, piece: -1.0}, 0, math.inf))

    def told(self) -> list[str]:
        """The hidden cells for which only one value remains."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        index = {name: number for number, name in enumerate(self.cells)}
        for cell in self.cells.values():
            low, high = bounds_of(cell)
            solver.addVar(low, high)
        for row, low, high in self.rows:
            columns = [index[name] for name in row]
            solver.addRow(low, high, len(row), columns, list(row.values()))
        found = []
        for name, cell in self.cells.items():
            if cell.is_hidden and self._least(solver, index[name], 1) >= -self._least(
                solver, index[name], -1
            ):
                found.append(name)
        return found

    def _least(self, solver: highspy.Highs, column: int, sign: int) -> int:
        """The least of a cell (of its negative, for the most), as whole numbers of persons."""
        solver.changeColCost(column, sign)
        solver.run()
        assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        value = solver.getInfo().objective_function_value
        solver.changeColCost(column, 0)
        return math.ceil(value - 1e-6)


def bounds_of(cell: Cell) -> tuple[int, int]:
    """What the rules of publishing say of a cell that counts persons."""
    if cell.why == SMALL:
        return 1, 7
    if cell.why:
        return 8, FAR
    if not cell.value:
        return 0, 0
    return max(int(cell.value) - 2, 8), int(cell.value) + 2


def told_by(table: Table, cells: Mapping[str, Cell]) -> list[str]:
    """What one table alone tells."""
    attacker = Attacker()
    attacker.read(cells)
    attacker.add_sums(table)
    return attacker.told()


def given_away(table: Table, cells: Mapping[str, Cell]) -> list[str]:
    """Hidden cells of one table that every way to fill it by whole numbers gives the same value: plain enumeration."""
    ((parent, codes),) = table.parts()
    found: dict[str, set[int]] = {code: set() for code in (parent, *codes)}
    ranges = [range(low, min(high, 45) + 1) for low, high in (bounds_of(cells[code]) for code in codes)]
    low, high = bounds_of(cells[parent])
    for values in product(*ranges):
        total = sum(values)
        if low <= total <= high and (cells[parent].is_hidden or rounded(total) == cells[parent].value):
            for code, value in zip((parent, *codes), (total, *values), strict=True):
                found[code].add(value)
    return [code for code, values in found.items() if cells[code].is_hidden and len(values) == 1]


Days = tuple[date, date]


def add_periods(attacker: Attacker, releases: Mapping[tuple[Days, int], str], codes: Sequence[str]) -> None:
    """What successive releases of persons say of each other. `releases`: days and version to the prefix of the cells."""
    by_days: dict[Days, list[str]] = {}
    for (days, _), prefix in releases.items():
        by_days.setdefault(days, []).append(prefix)
    for whole, code in product(by_days, codes):
        inside = [days for days in by_days if days != whole and whole[0] <= days[0] and days[1] <= whole[1]]
        for days, (number, one) in product(inside, enumerate(by_days[whole], start=1)):
            # Late rows only add: the first version knew of no row of a later one.
            for other in by_days[days] if number > 1 or len(by_days[whole]) == 1 else by_days[days][:1]:
                attacker.at_least(one + code, other + code)
        for cover in _covers(whole, by_days):
            # Versions differ by late rows: a cover is of the newest, for the first it holds as well or better.
            pieces = [by_days[days][-1] + code for days in cover]
            for one in by_days[whole]:
                attacker.at_most(one + code, pieces)


def _covers(whole: Days, known: Mapping[Days, object]) -> list[list[Days]]:
    """Ways to cover a period: day by day, and by an earlier period with the days or the week after it."""
    start, end = whole
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    covers = [[(day, day) for day in days]]
    for first, last in known:
        if first <= start <= last < end:
            covers.append([(first, last), *((day, day) for day in days if day > last)])
            covers += [
                [(first, last), other]
                for other in known
                if other[1] >= end and other[0] <= last + timedelta(1)
            ]
    return [cover for cover in covers if whole not in cover and all(days in known for days in cover)]
