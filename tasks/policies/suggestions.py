"""Which organizations are asked first for a call: points for what speaks for each, and why."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

# What each counts, of 100 in all; a lapsed claim takes away.
LEADS_NOW = 25
KNOWS_THE_WORK = 15
DID_THIS = 10
AT_HOME = 20
NEAR = 12
SERVES = 6
HOLDS = 20
HOLDS_IN_FEW = 10
FILLS = 5
WELL_RATED = 5
LAPSED = 5
LAPSED_AT_MOST = 15
# Under so many persons a number is about persons that could be told apart.
FEW = 8
# The assessments of fewer calls say more about a call than about who led it.
RATED_FROM = 3
# The kinds of work for which a type of community-based organization exists (Cheng et al., PAR 2020, on roles of CBOs).
WORK_OF = {
    "emergency": frozenset({"screening", "checkpoint", "transport", "stewarding", "delivery"}),
    "charity": frozenset({"supplies", "delivery", "production", "errands", "elder-visits", "disability"}),
    "professional": frozenset(
        {"tele-clinic", "translation", "elder-digital", "neighbourhood", "tutoring", "errands"}
    ),
    "economic": frozenset({"work-resumption", "production", "supplies"}),
    "mental_health": frozenset({"counselling", "elder-visits", "family"}),
    "community": frozenset(
        {"neighbourhood", "errands", "stewarding", "elder-visits", "delivery", "screening"}
    ),
    "school": frozenset({"tutoring", "translation", "elder-digital", "culture"}),
    "enterprise": frozenset({"production", "transport", "supplies"}),
}


@dataclass(frozen=True)
class Record:
    """What an organization's calls came to: led, seats of its shifts that are over, claims that lapsed, assessments
    of the calls that it led (their number and the sum of their points)."""

    led: int = 0
    led_this: int = 0
    seats: int = 0
    taken: int = 0
    lapsed: int = 0
    assessments: int = 0
    points: int = 0

    @property
    def filled(self) -> float | None:
        """The share of seats that found somebody, 0 to 1; None before its first shift."""
        return min(1.0, self.taken / self.seats) if self.seats else None

    @property
    def percent(self) -> int | None:
        """The same in whole percent."""
        return None if self.filled is None else round(100 * self.filled)

    @property
    def rating(self) -> float | None:
        """The mean of the assessments, 1 to 5; None from fewer than three."""
        return self.points / self.assessments if self.assessments >= RATED_FROM else None


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for an organization, or against it, as a code with its values."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    good: bool = True


def kind_points(
    kind: str, lead_kinds: tuple[str, ...], work: str, stage: str = ""
) -> tuple[int, list[Reason]]:
    """For the kind of an organization (its CBO type where it has one): leads in the stage, made for the work.

    `work` is the code of the kind of work, `stage` the stage's name.
    """
    points, reasons = 0, []
    if kind in lead_kinds:
        points += LEADS_NOW
        reasons.append(Reason("leads-now", {"stage": stage}))
    if work in WORK_OF.get(kind, frozenset()):
        points += KNOWS_THE_WORK
        reasons.append(Reason("kind-of-work"))
    return points, reasons


def kinds_for(work: str, lead_kinds: Collection[str]) -> tuple[str, ...]:
    """The kinds of organizations that a call for a kind of work is meant for: those made for the work that lead in the
    stage; where none of them leads, all that are made for it. Empty where no kind is made for it."""
    made_for = tuple(kind for kind, works in WORK_OF.items() if work in works)
    return tuple(kind for kind in made_for if kind in lead_kinds) or made_for


def area_points(home: str, served: tuple[str, ...], path: str, wider: str) -> tuple[int, list[Reason]]:
    """For the way from its home, and from what it serves, to the place; all are paths of areas, `wider` that of the
    area around the place."""
    if home.startswith(path):
        return AT_HOME, [Reason("at-home")]
    if wider and home.startswith(wider):
        return NEAR, [Reason("near")]
    if any(each.startswith(path) or path.startswith(each) for each in served):
        return NEAR, [Reason("serves")]
    return SERVES, [Reason("reaches")]


def people_points(holders: int, wanted: int) -> tuple[int, list[Reason]]:
    """For its people: how many of them hold everything that is required. Without a requirement nothing counts."""
    if not wanted or not holders:
        return 0, []
    return (HOLDS if holders >= FEW else HOLDS_IN_FEW), [Reason("holds", {"people": holders})]


def record_points(record: Record) -> tuple[int, list[Reason]]:
    """For what became of its calls."""
    points, reasons = 0.0, []
    if record.led_this:
        points += DID_THIS
        reasons.append(Reason("did-this", {"calls": record.led_this}))
    elif record.led:
        reasons.append(Reason("led", {"calls": record.led}))
    if record.filled is not None:
        points += FILLS * record.filled
        reasons.append(Reason("filled", {"percent": record.percent}, good=record.filled >= 0.5))
    if record.rating is not None:
        points += WELL_RATED * (record.rating - 1) / 4
        rated = {"points": round(record.rating, 1), "calls": record.assessments}
        reasons.append(Reason("rated", rated, good=record.rating >= 3))
    if record.lapsed:
        points -= min(LAPSED_AT_MOST, LAPSED * record.lapsed)
        reasons.append(Reason("lapsed", {"calls": record.lapsed}, good=False))
    return round(points), reasons
