"""What officials read of who was asked: protected cells, shares of what is shown, and no other way to the counts."""

import random
from pathlib import Path

import pytest

from insights import disclosure
from insights.disclosure import known_of
from insights.queries import equity
from insights.queries.equity import equity_of
from matching.models import MatchRun
from matching.policies.groups import VALUES, by_dimension

ROOT = Path(__file__).parent.parent.parent


def counts(dice: random.Random, people: int) -> dict[str, int]:
    """So many people, each in one group of every dimension, unevenly."""
    found: dict[str, int] = {"all": people}
    values = {"area": ("3301", "3302", "3303", "3304"), **VALUES}
    for dimension, known in values.items():
        weights = [dice.random() ** 3 for _ in known]
        for value in dice.choices(known, weights, k=people):
            found[f"{dimension}:{value}"] = found.get(f"{dimension}:{value}", 0) + 1
    return found


def run_with(eligible: dict[str, int], proposed: dict[str, int], offered: dict[str, int]) -> MatchRun:
    return MatchRun(
        equity={"level": {"all": 2}, "eligible": eligible, "proposed": proposed, "offered": offered}
    )


def told(found: equity.Equity, figure: str) -> list[str]:
    """Hidden groups whose number a reader computes from the whole and the others of their dimension."""
    by_code = {group.code: getattr(group, figure) for rows in found.groups.values() for group in rows}
    by_code["all"] = getattr(found.everybody, figure)
    bounds = known_of(by_code, {"all": []})
    for _ in range(5):
        for codes in by_dimension(by_code).values():
            bounds |= _narrowed(bounds, codes)
    return [code for code, cell in by_code.items() if cell.is_hidden and bounds[code][0] == bounds[code][1]]


def _narrowed(bounds, codes):
    low, high = (sum(bounds[code][end] for code in codes) for end in (0, 1))
    least, most = bounds["all"]
    found = {"all": (max(least, low), min(most, high))}
    for code in codes:
        own = bounds[code]
        found[code] = (max(own[0], least - (high - own[1])), min(own[1], most - (low - own[0])))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_group_can_be_computed_back(seed: int) -> None:
    dice = random.Random(seed)
    tables = [
        counts(dice, people) for people in (dice.randint(60, 400), dice.randint(20, 90), dice.randint(0, 30))
    ]

    found = equity_of(run_with(*tables))

    assert found is not None
    for figure, table in zip(("eligible", "proposed", "offered"), tables, strict=True):
        assert told(found, figure) == []
        for group in (found.everybody, *(row for rows in found.groups.values() for row in rows)):
            cell, count = getattr(group, figure), table.get(group.code, 0)
            assert cell.is_hidden if 0 < count < 8 else cell.is_hidden or abs(cell.value - count) <= 2


def test_without_the_second_step_a_hidden_group_could_be_computed_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = {"all": 100, "area:1": 97, "area:2": 3, "age:30": 100, "sex:female": 100, "channel:sms": 100}
    # Totals that end at a multiple of the base leave no doubt of their own.
    assert told(equity_of(run_with(some, some, some)), "eligible") == []

    def alone(table, *given):
        return disclosure.protect(table, 1, complementary=False)

    monkeypatch.setattr(equity, "protect", alone)
    monkeypatch.setattr(disclosure, "BASE", 1)
    found = equity_of(run_with(some, some, some))
    assert [row.code for row in found.groups["area"] if row.eligible.is_hidden] == ["area:2"]


def test_shares_come_from_what_is_shown() -> None:
    eligible = {
        "all": 203,
        "area:1": 203,
        "age:30": 203,
        "sex:female": 101,
        "sex:male": 102,
        "channel:sms": 203,
    }
    offered = {"all": 42, "area:1": 42, "age:30": 42, "sex:female": 31, "sex:male": 11, "channel:sms": 42}

    found = equity_of(run_with(eligible, offered, offered))

    assert (found.everybody.share, found.has_asked) == (round(100 * 40 / 205), True)
    assert {row.code: row.share for row in found.groups["sex"]} == {"sex:female": 30, "sex:male": 10}
    assert [group.code for group in found.widest] == ["sex:female", "sex:male"]


def test_a_run_that_asked_nobody_is_read_by_its_plan() -> None:
    eligible = {"all": 100, "sex:female": 50, "sex:male": 50}
    proposed = {"all": 30, "sex:female": 20, "sex:male": 10}

    found = equity_of(run_with(eligible, proposed, {"all": 0}))

    assert found.has_asked is False and found.share(found.everybody) == 30
    assert [found.share(group) for group in found.widest] == [40, 20]


@pytest.mark.parametrize(
    "kept", [{}, {"eligible": {"all": 0}, "offered": {"all": 0}}, {"eligible": {"all": 9}}]
)
def test_nothing_is_said_before_it_is_counted(kept: dict) -> None:
    assert equity_of(MatchRun(equity=kept)) is None


def test_no_other_module_reads_the_counts_of_a_run() -> None:
    apps = ("api", "insights", "operations", "privacy", "residents", "sheets", "web")
    found = {
        str(path.relative_to(ROOT))
        for app in apps
        for kind in ("*.py", "*.html")
        for path in (ROOT / app).rglob(kind)
        if "run.equity" in path.read_text(encoding="utf-8")
    }

    assert found == {"insights/queries/equity.py"}
