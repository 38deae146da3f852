"""No hidden cell can be computed back."""

import random

import pytest

from insights.disclosure import (
    COMPLEMENT,
    SMALL,
    Cell,
    Raw,
    Table,
    over_persons,
    persons,
    protect,
    protect_together,
    rounded,
    tells_a_part,
)
from tests.insights.attacker import bounds_of, given_away, narrowed, worlds

SEEDS = range(300)
# Where rounding is weakest: the ends of what is hidden and of what one rounded value stands for.
EDGES = (0, 1, 2, 7, 8, 8, 12, 13, 17, 40)


def flat(*counts: int) -> Table:
    """One parent over children with these counts."""
    values = {f"c{index}": Raw(count, count) for index, count in enumerate(counts)}
    return Table({"p": Raw(sum(counts), sum(counts)), **values}, {"p": list(values)})


def province(seed: int) -> Table:
    """A province of cities of counties, most counties with few persons."""
    chance = random.Random(seed)
    values: dict[str, Raw] = {}
    children: dict[str, list[str]] = {"33": []}
    for city in range(chance.randint(1, 4)):
        code = f"33{city}"
        counties = {f"{code}{index}": chance.choice(EDGES) for index in range(chance.randint(1, 6))}
        values |= {key: Raw(count, count) for key, count in counties.items()}
        values[code] = Raw(sum(counties.values()), sum(counties.values()))
        children[code] = list(counties)
        children["33"].append(code)
    total = sum(values[code].value for code in children["33"])
    values["33"] = Raw(total, total)
    return Table(values, children)


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


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_cell_has_a_single_possible_value(seed: int) -> None:
    table = province(seed)

    assert given_away(table, protect(table)) == []


def test_without_the_complementary_step_the_attacker_succeeds() -> None:
    given = [
        seed for seed in SEEDS if given_away(province(seed), protect(province(seed), complementary=False))
    ]

    assert given


@pytest.mark.parametrize("counts", [(8, 8, 1), (3, 8, 9), (1, 1, 8), (2, 12, 0), (7, 9, 8), (4, 8)])
def test_enumeration_finds_no_cell_with_one_value(counts: tuple[int, ...]) -> None:
    table = flat(*counts)
    cells = protect(table)

    found: dict[str, set[int]] = {}
    for world in worlds(table, cells):
        for code, value in world.items():
            found.setdefault(code, set()).add(value)

    assert all(len(found[code]) > 1 for code, cell in cells.items() if cell.is_hidden)


def test_the_attacker_by_sums_is_as_strong_as_enumeration() -> None:
    table = flat(8, 8, 1)
    cells = protect(table, complementary=False)

    by_sums = narrowed(table, bounds_of(cells))
    by_hand = {world["c2"] for world in worlds(table, cells)}

    assert by_sums["c2"] == (min(by_hand), max(by_hand)) == (1, 1)


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


def the_hidden_day(days: list[Cell], week: Cell) -> list[int]:
    """What a reader can still believe of the only hidden day, given a week in which each person counts once."""
    if week.is_hidden:
        return list(range(1, 8))
    most = sum((cell.value or 0) + 2 for cell in days if cell.value)
    return [count for count in range(1, 8) if count + most >= (week.value or 0) - 2]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_does_not_tell_what_one_of_its_days_hides(seed: int) -> None:
    chance = random.Random(seed)
    counts = [7, *(chance.choice((0, 12, 17)) for _ in range(6))]
    days, week = [persons(count) for count in counts], persons(sum(counts))

    shown = Cell(None, COMPLEMENT) if tells_a_part(week, days) else week

    assert len(the_hidden_day(days, shown)) > 1


def test_without_that_check_a_week_would_tell() -> None:
    counts = [7, 12, 12, 12, 0, 0, 0]
    days, week = [persons(count) for count in counts], persons(sum(counts))

    assert the_hidden_day(days, week) == [7]
    assert tells_a_part(week, days)
