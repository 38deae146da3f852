"""No hidden cell can be computed back."""

import random
from datetime import date, timedelta

import pytest

from areas.models import Area
from insights.actions import persons as protection
from insights.actions.persons import Cells, request_table, served_cells
from insights.disclosure import (
    COMPLEMENT,
    SMALL,
    Cell,
    Raw,
    Released,
    Table,
    along,
    over_persons,
    persons,
    protect,
    protect_together,
    rounded,
    tells_a_part,
)
from insights.queries.definitions import Key
from insights.queries.lately import STATES
from insights.queries.sources import Served
from tests.insights.attacker import Attacker, add_periods, bounds_of, given_away, told_by

SEEDS = range(60)
# Where rounding is weakest: the ends of what is hidden and of what one rounded value stands for.
EDGES = (0, 1, 2, 7, 8, 8, 12, 13, 17, 40)
FIRST = date(2020, 2, 1)


def flat(*counts: int) -> Table:
    """One parent over children with these counts."""
    values = {f"c{index}": Raw(count, count) for index, count in enumerate(counts)}
    return Table({"p": Raw(sum(counts), sum(counts)), **values}, {"p": list(values)})


def areas_of(chance: random.Random) -> list[Area]:
    """A province of a few cities of counties of townships, unsaved."""
    made = [Area(pk=1, code="33", path="33/", level=1)]
    for city in range(chance.randint(1, 3)):
        above = made[0]
        made.append(Area(pk=len(made) + 1, code=f"33{city}", path=f"33/33{city}/", level=2, parent=above))
        town = made[-1]
        for number in range(chance.randint(1, 4)):
            code = f"{town.code}{number}"
            made.append(Area(pk=len(made) + 1, code=code, path=f"{town.path}{code}/", level=3, parent=town))
            county = made[-1]
            for last in range(chance.randint(0, 2)):
                code = f"{county.code}{last}"
                path = f"{county.path}{code}/"
                made.append(Area(pk=len(made) + 1, code=code, path=path, level=4, parent=county))
    return made


def leaves(areas: list[Area]) -> list[Area]:
    held = {area.parent_id for area in areas}
    return [area for area in areas if area.pk not in held]


def requests_of(seed: int) -> Table:
    """Requests of a week by place, state and kind, most cells at the edges of what is hidden."""
    chance = random.Random(seed)
    areas = areas_of(chance)
    rows = [
        (area.pk, chance.choice(("food", "medicine", "talk")), chance.choice(STATES), count)
        for area in leaves(areas)
        for _ in range(chance.randint(1, 4))
        if (count := chance.choice(EDGES))
    ]
    return request_table(areas, rows)


@pytest.mark.parametrize(
    ("count", "cell"),
    [
        (0, Cell(0)),
        (1, Cell(None, SMALL)),
        (7, Cell(None, SMALL)),
        (8, Cell(10)),
        (12, Cell(10)),
        (13, Cell(15)),
    ],
)
def test_one_to_seven_persons_are_hidden_and_others_rounded_to_five(count: int, cell: Cell) -> None:
    assert persons(count) == cell


def test_a_sum_over_persons_needs_eight_of_them() -> None:
    assert over_persons(120, 7) == Cell(None, SMALL)
    assert over_persons(121, 8, base=5) == Cell(120)
    assert over_persons(None, 0) == Cell(None)


def test_a_rate_is_hidden_with_its_count_and_otherwise_rounded() -> None:
    assert along(Cell(None, COMPLEMENT), 83, 12) == Cell(None, COMPLEMENT)
    assert along(Cell(10), 83, 12) == Cell(85)
    assert along(Cell(10), 83, 3) == Cell(None, SMALL)


def test_rounding_goes_to_the_nearest_multiple() -> None:
    assert [rounded(value) for value in (0, 2, 2.5, 3, 7, 7.5, 8)] == [0, 0, 5, 5, 5, 10, 10]


def test_a_cell_hidden_alone_takes_the_next_smallest_with_it() -> None:
    cells = protect(flat(3, 40, 20, 0))

    assert [cells[code].why for code in ("p", "c0", "c1", "c2", "c3")] == ["", SMALL, "", COMPLEMENT, ""]


def test_two_small_cells_hide_each_other() -> None:
    cells = protect(flat(3, 5, 40))

    assert [code for code, cell in cells.items() if cell.is_hidden] == ["c0", "c1"]


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert not any(cell.is_hidden for cell in protect(flat(8, 20, 0)).values())


def test_an_only_part_that_is_hidden_hides_its_whole() -> None:
    table = Table({"p": Raw(12, 12), "c": Raw(12, 12), "q": Raw(3, 3)}, {"p": ["c"], "r": ["q"]})

    cells = protect(table, already={"c": COMPLEMENT})

    assert cells["p"].is_hidden


@pytest.mark.parametrize(
    "counts", [(8, 8, 1), (3, 8, 9), (1, 1, 8), (2, 12, 0), (7, 9, 8), (4, 8), (7, 12, 12, 12)]
)
def test_enumeration_and_the_program_find_no_cell_with_one_value(counts: tuple[int, ...]) -> None:
    table = flat(*counts)
    cells = protect(table)

    assert given_away(table, cells) == told_by(table, cells) == []


def test_the_program_is_as_strong_as_enumeration() -> None:
    table = flat(8, 8, 1)
    cells = protect(table, complementary=False)

    assert given_away(table, cells) == told_by(table, cells) == ["c2"]


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_by_place_state_and_kind_tell_nothing(seed: int) -> None:
    table = requests_of(seed)

    assert told_by(table, protect(table)) == []


def test_without_the_complementary_step_the_attacker_succeeds() -> None:
    tables = [requests_of(seed) for seed in range(12)]

    assert any(told_by(table, protect(table, complementary=False)) for table in tables)


def test_figures_about_the_same_persons_are_hidden_together() -> None:
    who = flat(3, 20, 40)
    hours = Table(
        {"p": Raw(300, 63), "c0": Raw(9, 3), "c1": Raw(250, 20), "c2": Raw(41, 40)},
        {"p": ["c0", "c1", "c2"]},
        False,
    )

    first, second = protect_together(who, hours)

    assert [code for code in first if first[code].is_hidden] == [
        code for code in second if second[code].is_hidden
    ]
    assert {code for code in first if first[code].is_hidden} == {"c0", "c1"}


class Place:
    """Who served where on which day, and what was released of it: the calendar of public figures, day by day."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance = random.Random(seed)
        self.areas = [area for area in areas_of(self.chance) if area.level < Area.Level.TOWNSHIP]
        self.visits: set[tuple[date, str, int]] = set()
        self.releases: dict[tuple[tuple[date, date], int], Cells] = {}
        monkeypatch.setattr(protection.sources, "served", self.served)
        monkeypatch.setattr(protection, "volunteers_released", lambda *_: self.known())

    def serve(self, day: date, most: int = 3) -> None:
        """Few people in few places, the same ones again and new ones."""
        for number, area in enumerate(leaves(self.areas)):
            count = self.chance.choice(EDGES[:-1]) if self.chance.random() < 0.7 else 0
            start = self.chance.choice((0, 0, 5, 100 * (day - FIRST).days))
            self.visits |= {(day, area.path, number * 10_000 + start + person) for person in range(count)}

    def served(self, start: date, end: date) -> dict[int, Served]:
        seen = {(path, person) for day, path, person in self.visits if start <= day <= end}
        counts = {
            area.pk: len({person for path, person in seen if path.startswith(area.path)})
            for area in self.areas
        }
        return {
            pk: Served(Raw(count, count), Raw(count * 180, count)) for pk, count in counts.items() if count
        }

    def known(self) -> list[tuple[date, date, dict[str, Cell]]]:
        return [
            (*days, {code: found[Key.VOLUNTEERS] for code, found in cells.items()})
            for (days, _), cells in self.releases.items()
        ]

    def release(self, start: date, end: date, *, correct: bool = False) -> None:
        version = max((number for days, number in self.releases if days == (start, end)), default=0)
        earlier = self.releases[(start, end), version] if correct else None
        made = served_cells(self.areas, start, end, earlier=earlier)
        self.releases[(start, end), version + 1] = made

    def attacker(self) -> Attacker:
        attacker = Attacker()
        table = Table({area.code: Raw(1, 1) for area in self.areas}, protection.sources.tree(self.areas))
        prefixes = {}
        for (days, version), cells in self.releases.items():
            prefix = f"{days[0]} {days[1]} {version} "
            prefixes[days, version] = prefix
            attacker.read({code: found[Key.VOLUNTEERS] for code, found in cells.items()}, prefix)
            attacker.add_sums(table, prefix)
        add_periods(attacker, prefixes, [area.code for area in self.areas])
        return attacker


def live_through(place: Place, days: int) -> None:
    """Every day with its releases; a late paper list on the way, and the corrections that it brings."""
    for number in range(days):
        day = FIRST + timedelta(days=number)
        place.serve(day)
        place.release(day, day)
        if number >= 3:
            place.release(day - timedelta(days=3), day)
        place.release(FIRST, day)
        if number == 4:
            place.serve(day)
            place.release(day, day, correct=True)
            if number >= 3:
                place.release(day - timedelta(days=3), day, correct=True)
            place.release(FIRST, day, correct=True)


@pytest.mark.parametrize("seed", (3, 11, 13, 21))
def test_successive_releases_and_corrections_tell_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(seed, monkeypatch)
    live_through(place, 8)

    assert place.attacker().told() == []


def test_without_a_look_at_other_releases_they_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "_telling", lambda *_: set())
    place = Place(11, monkeypatch)
    live_through(place, 6)

    assert place.attacker().told()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_does_not_tell_what_one_of_its_days_hides(seed: int) -> None:
    chance = random.Random(seed)
    counts = [7, *(chance.choice((0, 12, 12, 17)) for _ in range(6))]
    days = [persons(count) for count in counts]
    week = persons(sum(counts))
    released = [
        Released(number, number, *bounds_of(cell), cell.is_hidden) for number, cell in enumerate(days)
    ]
    shown = Cell(None, COMPLEMENT) if tells_a_part(Released(0, 6, *bounds_of(week)), released) else week

    attacker = Attacker({str(number): cell for number, cell in enumerate(days)} | {"week": shown})
    attacker.at_most("week", [str(number) for number in range(7)])

    assert "0" not in attacker.told()


def test_a_chain_of_periods_tells_as_much_as_single_days() -> None:
    known = [(0, 9, 12, False), (10, 10, 12, False), (11, 11, 12, False), (12, 12, 7, True)]
    parts = [
        Released(first, last, *bounds_of(persons(count)), is_hidden)
        for first, last, count, is_hidden in known
    ]

    assert tells_a_part(Released(0, 12, *bounds_of(persons(43))), parts)
    assert not tells_a_part(Released(0, 12, *bounds_of(persons(42))), parts)
