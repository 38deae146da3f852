"""The report of a run on fairness as it may be shown: who was asked, of those who could have served, by group.

The run keeps counts of persons as they are (`matching.queries.equity`); here they become cells. Each figure is one table
whose whole is the sum of its areas, of its age bands, of its sexes and of its channels, each by itself, so a hidden cell
cannot be computed back from the whole and the others. Shares come from what is shown and tell no more than that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from insights.disclosure import Cell, Raw, Table, protect
from matching.models import MatchRun
from matching.policies.groups import ALL, DIMENSIONS, by_dimension
from matching.queries.equity import ELIGIBLE, OFFERED, PROPOSED


@dataclass(frozen=True)
class Group:
    """One group of people, by its code (`matching.policies.groups`)."""

    code: str
    eligible: Cell
    proposed: Cell
    offered: Cell

    @property
    def share(self) -> float | None:
        """Asked, of 100 who could have served; None where either is hidden or nobody could."""
        return _share(self.offered, self.eligible)

    @property
    def planned_share(self) -> float | None:
        """In the plan, of 100 who could have served; None where either is hidden or nobody could."""
        return _share(self.proposed, self.eligible)


@dataclass(frozen=True)
class Equity:
    """Everybody, the groups of each dimension, and those two of one dimension whose shares lie farthest apart: of the
    people asked, or, where a run asked nobody by itself, of those in its plan."""

    everybody: Group
    groups: dict[str, list[Group]]
    has_asked: bool
    widest: tuple[Group, Group] | None

    def share(self, group: Group) -> float | None:
        return group.share if self.has_asked else group.planned_share


def equity_of(run: MatchRun) -> Equity | None:
    """The report of a run; None as long as it is not counted, or where nobody could have served. No statement."""
    if not run.equity.get(ELIGIBLE, {}).get(ALL) or OFFERED not in run.equity:
        return None
    # Somebody may be asked whom the plan did not know: from a little farther away, for a shift without a point.
    codes = sorted({code for name in _FIGURES for code in run.equity[name]})
    tables = [_protected({code: run.equity[name].get(code, 0) for code in codes}) for name in _FIGURES]
    found = {code: Group(code, *(table[code] for table in tables)) for code in codes}
    groups = {name: [found[code] for code in below] for name, below in by_dimension(codes).items()}
    has_asked = run.equity[OFFERED].get(ALL, 0) > 0
    shares = {
        name: [
            (share, row)
            for row in rows
            if (share := row.share if has_asked else row.planned_share) is not None
        ]
        for name, rows in groups.items()
    }
    return Equity(found[ALL], groups, has_asked, _widest(shares))


_FIGURES = (ELIGIBLE, PROPOSED, OFFERED)
WHOLE_FROM = 10


def _protected(counts: Mapping[str, int]) -> dict[str, Cell]:
    parts = by_dimension(counts)
    first, *others = DIMENSIONS
    return protect(
        Table(
            values={code: Raw(count, count) for code, count in counts.items()},
            children={ALL: parts[first]},
            also=[(ALL, parts[name]) for name in others],
            # A reader knows nothing of how dimensions go together: one person more can be anybody.
            atoms=list(product(*([code for code in parts[name] if counts[code]] for name in DIMENSIONS))),
        )
    )


def _share(some: Cell, all_of_them: Cell) -> float | None:
    """Of 100, as whole numbers; below 10 with one place after the point."""
    if some.value is None or not all_of_them.value:
        return None
    share = min(100 * some.value / all_of_them.value, 100)
    return round(share, 0 if share >= WHOLE_FROM else 1)


def _widest(shares: Mapping[str, list[tuple[float, Group]]]) -> tuple[Group, Group] | None:
    """(highest, lowest) of the dimension in which shares lie farthest apart; None where all are alike."""
    best: tuple[Group, Group] | None = None
    distance = 0.0
    for rows in shares.values():
        known = sorted(rows, key=lambda pair: (pair[0], pair[1].code))
        if known and known[-1][0] - known[0][0] > distance:
            distance = known[-1][0] - known[0][0]
            best = known[-1][1], known[0][1]
    return best
