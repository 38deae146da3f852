"""Why a pair is in the plan, why not, and why a seat stayed empty: values only, the words are the product's.

Hours are those of the horizon. Money is in the units of the objective: the price of a seat, what a volunteer's time is
worth elsewhere (the surplus price - cost of the shifts in the way), and the cost of the pair.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.engine import eligibility
from matching.engine.plan import Plan
from matching.engine.problem import Problem


class Verdict(StrEnum):
    ASSIGNED = "assigned"
    NOT_ELIGIBLE = "not-eligible"
    OVERLAP = "overlap"
    REST = "rest"
    HOURS = "hours"
    ELSEWHERE = "worth-more-elsewhere"
    OTHERS = "others-suit-better"
    NO_WORTH = "worth-less-than-it-costs"


class Why(StrEnum):
    """Why a shift has free seats, or that it has none."""

    FULL = "full"
    FEW_QUALIFY = "few-qualify"
    ELSEWHERE = "worth-more-elsewhere"
    NO_WORTH = "worth-less-than-they-cost"


@dataclass(frozen=True)
class Requirements:
    """What the pair fails at: nothing where all three are empty or false."""

    missing_traits: int
    """The needed bits that the volunteer lacks."""
    missing_hours: tuple[int, ...]
    """The hours of the shift outside the availability."""
    too_long: bool
    """The shift alone exceeds the hours of the week."""
    too_far: bool
    distance_km: float
    reach_km: float
    is_remote: bool

    @property
    def met(self) -> bool:
        return not (self.missing_traits or self.missing_hours or self.too_long or self.too_far)


@dataclass(frozen=True)
class Cost:
    distance: int
    other_cause: int
    recent_load: int

    @property
    def total(self) -> int:
        return self.distance + self.other_cause + self.recent_load


@dataclass(frozen=True)
class Explanation:
    volunteer: int
    shift: int
    verdict: Verdict
    requirements: Requirements
    cost: Cost
    seat_price: float
    seat_worth: int
    """What the seat adds: lost without this person where assigned, gained with one more where not; 0 when full."""
    opportunity: float
    """Surplus of the shifts that stand in the way, which the volunteer would have to leave; 0 where assigned."""
    clashes: tuple[int, ...]
    """Shifts of the volunteer that overlap or leave too little rest."""
    hours_over: int
    """Hours above the limit of the week that would remain after leaving the clashes."""
    runner_up: int | None
    """Who else could take the seat at the least cost and opportunity, and is not on the shift."""
    runner_up_asks: float | None


@dataclass(frozen=True)
class Seats:
    """A shift as a whole."""

    shift: int
    why: Why
    filled: int
    least: int
    most: int
    eligible: int
    """Volunteers who meet every requirement."""
    price: float


def explain(problem: Problem, plan: Plan, volunteer: int, shift: int) -> Explanation:
    """Why `volunteer` is on `shift` in `plan`, or why not."""
    requirements = requirements_of(problem, volunteer, shift)
    cost = cost_of(problem, volunteer, shift, requirements.distance_km)
    week = plan.shift[plan.volunteer == volunteer]
    assigned = bool((week == shift).any())
    filled = int((plan.shift == shift).sum())
    clashes = () if assigned else tuple(int(h) for h in week if _clash(problem, int(h), shift))
    over = 0 if assigned else _hours_over(problem, volunteer, week, clashes, shift)
    opportunity = 0.0 if assigned else _opportunity(problem, plan, volunteer, week, clashes, over)
    worth = _worth(problem, shift, filled - 1 if assigned else filled)
    runner_up, asks = _runner_up(problem, plan, shift, volunteer)
    verdict = Verdict.ASSIGNED
    if not assigned:
        verdict = _verdict(problem, requirements, cost, worth, clashes, over, opportunity, shift)
    return Explanation(
        volunteer=volunteer,
        shift=shift,
        verdict=verdict,
        requirements=requirements,
        cost=cost,
        seat_price=float(plan.shift_price[shift]),
        seat_worth=worth,
        opportunity=opportunity,
        clashes=clashes,
        hours_over=over,
        runner_up=runner_up,
        runner_up_asks=asks,
    )


def explain_seats(problem: Problem, plan: Plan, shift: int) -> Seats:
    """Why `shift` has free seats, or that it has none."""
    filled = int((plan.shift == shift).sum())
    eligible = eligible_for(problem, shift)
    worth = _worth(problem, shift, filled)
    if filled >= problem.shift_max[shift]:
        why = Why.FULL
    elif len(eligible) <= filled:
        why = Why.FEW_QUALIFY
    else:
        free = np.setdiff1d(eligible, plan.volunteer[plan.shift == shift])
        cheapest = costs_of(problem, free, shift).min()
        why = Why.NO_WORTH if worth <= cheapest else Why.ELSEWHERE
    return Seats(
        shift=shift,
        why=why,
        filled=filled,
        least=int(problem.shift_min[shift]),
        most=int(problem.shift_max[shift]),
        eligible=len(eligible),
        price=float(plan.shift_price[shift]),
    )


def requirements_of(problem: Problem, volunteer: int, shift: int) -> Requirements:
    """Each rule of a pair by itself, as `eligibility.pair_cost` judges them together."""
    need, have = int(problem.shift_traits[shift]), int(problem.volunteer_traits[volunteer])
    hours = range(int(problem.shift_start_h[shift]), int(problem.shift_end_h[shift]))
    words = [int(word) for word in problem.volunteer_hours[volunteer]]
    distance, reach = distance_km(problem, volunteer, shift), float(problem.volunteer_reach_km[volunteer])
    remote = bool(problem.shift_remote[shift])
    return Requirements(
        missing_traits=need & ~have,
        missing_hours=tuple(hour for hour in hours if not words[hour >> 6] >> (hour & 63) & 1),
        too_long=len(hours) > int(problem.volunteer_max_hours[volunteer]),
        too_far=not remote and distance > reach,
        distance_km=distance,
        reach_km=reach,
        is_remote=remote,
    )


def distance_km(problem: Problem, volunteer: int, shift: int) -> float:
    if problem.shift_remote[shift]:
        return 0.0
    dx = float(problem.volunteer_x_km[volunteer]) - float(problem.shift_x_km[shift])
    dy = float(problem.volunteer_y_km[volunteer]) - float(problem.shift_y_km[shift])
    return float(np.sqrt(dx * dx + dy * dy))


def cost_of(problem: Problem, volunteer: int, shift: int, distance: float | None = None) -> Cost:
    away = distance_km(problem, volunteer, shift) if distance is None else distance
    preferred = int(problem.volunteer_causes[volunteer]) >> int(problem.shift_cause[shift]) & 1
    return Cost(
        distance=int(eligibility.COST_PER_KM * away),
        other_cause=0 if preferred else eligibility.COST_OTHER_CAUSE,
        recent_load=eligibility.COST_PER_LOAD * int(problem.volunteer_recent_load[volunteer]),
    )


def costs_of(problem: Problem, volunteers: NDArray[np.int64], shift: int) -> NDArray[np.int64]:
    """What each of `volunteers` costs on `shift`: the total of `cost_of`."""
    costs = eligibility.COST_PER_LOAD * problem.volunteer_recent_load[volunteers].astype(np.int64)
    preferred = problem.volunteer_causes[volunteers] >> np.uint64(problem.shift_cause[shift]) & np.uint64(1)
    costs += np.where(preferred != 0, 0, eligibility.COST_OTHER_CAUSE)
    if not problem.shift_remote[shift]:
        dx = problem.volunteer_x_km[volunteers].astype(np.float64) - np.float64(problem.shift_x_km[shift])
        dy = problem.volunteer_y_km[volunteers].astype(np.float64) - np.float64(problem.shift_y_km[shift])
        costs += np.floor(eligibility.COST_PER_KM * np.sqrt(dx * dx + dy * dy)).astype(np.int64)
    return costs


def eligible_for(problem: Problem, shift: int) -> NDArray[np.int64]:
    """The volunteers who meet every requirement of `shift`, ascending."""
    start, end = problem.shift_start_h[shift : shift + 1], problem.shift_end_h[shift : shift + 1]
    window = eligibility.window_words(start.astype(np.int64), end.astype(np.int64))[0]
    fits = (problem.shift_traits[shift] & ~problem.volunteer_traits) == 0
    fits &= ((window & ~problem.volunteer_hours) == 0).all(axis=1)
    fits &= problem.volunteer_max_hours >= int(end[0] - start[0])
    likely = np.flatnonzero(fits)
    if problem.shift_remote[shift]:
        return likely
    dx = problem.volunteer_x_km[likely].astype(np.float64) - np.float64(problem.shift_x_km[shift])
    dy = problem.volunteer_y_km[likely].astype(np.float64) - np.float64(problem.shift_y_km[shift])
    return likely[np.sqrt(dx * dx + dy * dy) <= problem.volunteer_reach_km[likely].astype(np.float64)]


def _clash(problem: Problem, one: int, other: int) -> bool:
    """Too little rest between two shifts, or none."""
    rest = eligibility.REST_HOURS
    ends_before = problem.shift_end_h[one] + rest <= problem.shift_start_h[other]
    starts_after = problem.shift_end_h[other] + rest <= problem.shift_start_h[one]
    return not (ends_before or starts_after)


def _overlap(problem: Problem, one: int, other: int) -> bool:
    starts = max(problem.shift_start_h[one], problem.shift_start_h[other])
    return bool(starts < min(problem.shift_end_h[one], problem.shift_end_h[other]))


def _hours_over(
    problem: Problem, volunteer: int, week: NDArray[np.int32], clashes: tuple[int, ...], shift: int
) -> int:
    kept = [int(h) for h in week if int(h) not in clashes] + [shift]
    hours = sum(int(problem.shift_end_h[h] - problem.shift_start_h[h]) for h in kept)
    return max(0, hours - int(problem.volunteer_max_hours[volunteer]))


def _surplus(problem: Problem, plan: Plan, volunteer: int, shift: int) -> float:
    return max(0.0, float(plan.shift_price[shift]) - cost_of(problem, volunteer, shift).total)


def _opportunity(
    problem: Problem,
    plan: Plan,
    volunteer: int,
    week: NDArray[np.int32],
    clashes: tuple[int, ...],
    over: int,
) -> float:
    """The surplus of the clashes and, where hours are still over, of the cheapest shifts that free them (by hour)."""
    total = sum(_surplus(problem, plan, volunteer, h) for h in clashes)
    rest = [int(h) for h in week if int(h) not in clashes]
    hours = {h: int(problem.shift_end_h[h] - problem.shift_start_h[h]) for h in rest}
    for h in sorted(rest, key=lambda h: (_surplus(problem, plan, volunteer, h) / hours[h], h)):
        if over <= 0:
            break
        total += _surplus(problem, plan, volunteer, h)
        over -= hours[h]
    return total


def _worth(problem: Problem, shift: int, filled: int) -> int:
    """What the seat after `filled` adds."""
    if filled < problem.shift_min[shift]:
        return int(problem.shift_value_min[shift])
    return int(problem.shift_value_extra[shift]) if filled < problem.shift_max[shift] else 0


def _runner_up(problem: Problem, plan: Plan, shift: int, volunteer: int) -> tuple[int | None, float | None]:
    best: tuple[float, int] | None = None
    taken = set(plan.volunteer[plan.shift == shift].tolist()) | {volunteer}
    likely = eligible_for(problem, shift)
    costs = costs_of(problem, likely, shift)
    for k in np.argsort(costs, kind="stable"):
        v, cost = int(likely[k]), int(costs[k])
        # Nobody asks for less than they cost, and of equals the first is named.
        if best and (cost, v) >= best:
            break
        if v in taken:
            continue
        week = plan.shift[
            np.searchsorted(plan.volunteer, v) : np.searchsorted(plan.volunteer, v, side="right")
        ]
        clashes = tuple(int(h) for h in week if _clash(problem, int(h), shift))
        over = _hours_over(problem, v, week, clashes, shift)
        asks = cost + _opportunity(problem, plan, v, week, clashes, over)
        best = min(best, (asks, v)) if best else (asks, v)
    return (best[1], best[0]) if best else (None, None)


def _verdict(
    problem: Problem,
    requirements: Requirements,
    cost: Cost,
    worth: int,
    clashes: tuple[int, ...],
    over: int,
    opportunity: float,
    shift: int,
) -> Verdict:
    """Why not: what forbids the pair first, then what the seats and the volunteer's time are worth."""
    if not requirements.met:
        return Verdict.NOT_ELIGIBLE
    if worth > 0 and worth <= cost.total:
        return Verdict.NO_WORTH
    if not clashes and over == 0:
        return Verdict.OTHERS
    if worth == 0 and opportunity == 0.0:
        return Verdict.OTHERS
    if opportunity > 0:
        return Verdict.ELSEWHERE
    if any(_overlap(problem, clash, shift) for clash in clashes):
        return Verdict.OVERLAP
    return Verdict.REST if clashes else Verdict.HOURS
