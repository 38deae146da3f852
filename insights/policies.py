"""Measures of who works with whom, and what is missing where. Plain values in, numbers out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# So many of the strongest ties are drawn and listed; so many of them are kept for ties between groups, which authorities
# that ask for many calls would crowd out.
STRONGEST = 30
BETWEEN_GROUPS = 12
DIGITS = 3


@dataclass(frozen=True)
class Gap:
    """What is asked of a kind of organization in an area, and what there is.

    `calls` made for this kind, of them `taken` on by anybody; `least` seats that they need, `covered` of these.
    `groups`: approved organizations of the kind that serve the area; `working`: those of them with a share in any call
    there; `seats`: seats taken in the shifts that they run there.
    """

    calls: int = 0
    taken: int = 0
    least: int = 0
    covered: int = 0
    groups: int = 0
    working: int = 0
    seats: int = 0

    @property
    def unfilled(self) -> int:
        return self.least - self.covered

    @property
    def unfilled_percent(self) -> int | None:
        """The share of seats without anybody, rounded up: 0 % is said only when none is empty; None without seats."""
        return -(-100 * self.unfilled // self.least) if self.least else None

    @property
    def is_without_group(self) -> bool:
        return self.calls > 0 and self.groups == 0

    def kept(self) -> dict[str, int]:
        """What is worth keeping in a row."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Tie:
    """How often two organizations did something together: `calls` with a share of both, agreed `transfers` between
    their areas, `requests` passed on from one to the other (protected: None where it is hidden)."""

    one: int
    other: int
    calls: int = 0
    transfers: int = 0
    requests: int | None = 0

    @property
    def strength(self) -> int:
        """How wide it is drawn; a hidden number of requests counts as one."""
        return self.calls + self.transfers + (1 if self.requests is None else self.requests)


@dataclass(frozen=True)
class Together:
    """Who worked with whom in an area: measures, and the strongest ties.

    `organizations` with a part in a call or a tie; `ties`: pairs of them; `density` and `centralization` from 0 to 1.
    Of the `calls`, `taken` on by some group, `alone` by a single one; `governed`: asked for by an authority;
    `steps`: calls with an agreed step, by its kind (an assessment needs no agreement), `stepped`: with any.
    `in_company`: the share of services that volunteers gave in a party or a team, in percent, and why it is hidden.
    """

    organizations: int = 0
    ties: int = 0
    density: float | None = None
    centralization: float | None = None
    calls: int = 0
    taken: int = 0
    alone: int = 0
    governed: int = 0
    stepped: int = 0
    steps: Mapping[str, int] | None = None
    in_company: int | None = None
    in_company_why: str = ""
    strongest: tuple[Tie, ...] = ()

    @property
    def shared(self) -> int:
        """Calls on which two groups or more worked."""
        return self.taken - self.alone

    def kept(self) -> dict[str, Any]:
        """As it is kept in a row; `together_of` reads it."""
        return vars(self) | {
            "strongest": [
                [tie.one, tie.other, tie.calls, tie.transfers, tie.requests] for tie in self.strongest
            ]
        }


def together_of(kept: Mapping[str, Any]) -> Together:
    """From what `Together.kept` made."""
    return Together(**{**kept, "strongest": tuple(Tie(*row) for row in kept.get("strongest", ()))})


def density(members: int, ties: int) -> float | None:
    """The share of all possible pairs that are tied: 2m ÷ n(n − 1). None for fewer than two members."""
    return round(2 * ties / (members * (members - 1)), DIGITS) if members > 1 else None


def centralization(members: int, pairs: Iterable[tuple[int, int]]) -> float | None:
    """How far the ties lead to a single member, by degrees: Σ (greatest − each) ÷ (n − 1)(n − 2).

    1 for a star, 0 where all have the same number of partners (Freeman, Social Networks 1, 1978/79, pp. 215–239). None for
    fewer than three members.
    """
    if members < 3:
        return None
    degrees = Counter(member for pair in pairs for member in pair)
    most = max(degrees.values(), default=0)
    # Members without a tie have the degree 0 and no entry.
    missing = sum(most - degree for degree in degrees.values()) + most * (members - len(degrees))
    return round(missing / ((members - 1) * (members - 2)), DIGITS)


def strongest(ties: Collection[Tie], authorities: Collection[int] = ()) -> tuple[Tie, ...]:
    """The 12 strongest between groups and the strongest others, 30 in all; the older organizations first where two are
    alike."""
    ranked = sorted(ties, key=lambda tie: (-tie.strength, tie.one, tie.other))
    of_groups = [tie for tie in ranked if tie.one not in authorities and tie.other not in authorities]
    kept = set(of_groups[:BETWEEN_GROUPS])
    kept |= set([tie for tie in ranked if tie not in kept][: STRONGEST - len(kept)])
    return tuple(tie for tie in ranked if tie in kept)


def percent(part: int, whole: int) -> int | None:
    """In whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None


# How many whole weeks before a crisis are the usual ones, and how many of its last weeks are held against them.
USUAL_WEEKS = 8
LATE_WEEKS = 4
# A cause is starved where less than this share of its usual hours is left, or its seats are so much emptier, in points.
STARVED_BELOW = 50
STARVED_POINTS = 25


@dataclass(frozen=True)
class Week:
    """Standing work for a cause in seven days: minutes of taken seats; seats that it needs, and those of them taken."""

    minutes: int = 0
    least: int = 0
    covered: int = 0

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


@dataclass(frozen=True)
class CauseWeeks:
    """Whole weeks of a cause: the usual ones before a crisis, and those since it began; the oldest first."""

    usual: tuple[Week, ...]
    since: tuple[Week, ...]

    @property
    def late(self) -> tuple[Week, ...]:
        return self.since[-LATE_WEEKS:]

    @property
    def usual_hours(self) -> int:
        """A week, on average."""
        return _hours_a_week(self.usual)

    @property
    def late_hours(self) -> int | None:
        """A week, on average of the last ones; None before a week of the crisis is over."""
        return _hours_a_week(self.late) if self.since else None

    @property
    def left_percent(self) -> int | None:
        """The hours of the last weeks over the usual ones; None where nothing was usual."""
        minutes = sum(week.minutes for week in self.usual)
        if not minutes or not self.since:
            return None
        late = sum(week.minutes for week in self.late) / len(self.late)
        return round(100 * late * len(self.usual) / minutes)

    @property
    def usual_fill(self) -> int | None:
        return _fill(self.usual)

    @property
    def late_fill(self) -> int | None:
        return _fill(self.late)

    @property
    def is_starved(self) -> bool:
        """Fewer than half of the usual hours, or seats filled by a quarter of all less than usual."""
        if self.left_percent is not None and self.left_percent < STARVED_BELOW:
            return True
        usual, late = self.usual_fill, self.late_fill
        return usual is not None and late is not None and usual - late >= STARVED_POINTS


def weeks_of(kept: list[list[int]]) -> CauseWeeks:
    """From rows of minutes, least and covered, the usual weeks first."""
    weeks = [Week(*row) for row in kept]
    return CauseWeeks(tuple(weeks[:USUAL_WEEKS]), tuple(weeks[USUAL_WEEKS:]))


def _hours_a_week(weeks: tuple[Week, ...]) -> int:
    return round(sum(week.minutes for week in weeks) / 60 / len(weeks)) if weeks else 0


def _fill(weeks: tuple[Week, ...]) -> int | None:
    """Rounded down, as fill rates are."""
    least = sum(week.least for week in weeks)
    return 100 * sum(week.covered for week in weeks) // least if least else None
