"""Writes a plan: its proposals with what weighed for each, the price of a seat of each role, and its figures."""

import hashlib
import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from accounts.models import ErasureRequest
from areas.policies import EARTH_RADIUS_M
from core import clock
from matching.actions.progress import held, lost
from matching.actions.reasons import RoleReasons, reasons_of_roles, survey_of
from matching.actions.solving import Solved
from matching.models import MatchInput, MatchRun, Proposal, RolePrice
from matching.policies.acceptance import Rate
from matching.policies.weights import Weights
from matching.queries.churn import moved_by
from matching.queries.mapping import Arrays, Part
from matching.queries.snapshot import Role, Snapshot
from tasks import policies

# Seats of roles that no place or no hour of the plan could hold.
LEFT_OUT = "left-out"


@dataclass(frozen=True)
class Placed:
    """A part of a plan by ids: (role, volunteer, factors) in the order in which they are asked, and each role's seats."""

    pairs: list[tuple[int, int, dict[str, Any]]]
    prices: list[RoleReasons]


@dataclass
class Outcome:
    """The figures of a run."""

    volunteer_count: int
    role_count: int
    left_out_count: int
    seat_count: int
    engine_version: str
    objective: int = 0
    upper_bound: float | None = 0.0
    plan_digest: str = ""
    # What the engine was given, for a replay; empty where it is too large to be kept.
    content: bytes = b""
    # Who could serve at least one role, by id, and how many these and the proposed are by group; only the counts are kept.
    eligible: list[int] = field(default_factory=list)
    equity: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def gap_percent(self) -> float | None:
        if self.upper_bound is None:
            return None
        return 100 * (self.upper_bound - self.objective) / self.upper_bound if self.upper_bound > 0 else 0.0


def plan_digest(parts: Iterable[Solved]) -> str:
    """SHA-256 of a plan, part by part in the order of planning: the number of pairs and of prices, the pairs sorted by
    volunteer and shift, the prices; whole numbers and places as 64 bits, little end first."""
    digest = hashlib.sha256()
    for solved in parts:
        order = np.lexsort((solved.shift, solved.volunteer))
        digest.update(np.array([len(order), len(solved.shift_price)], "<i8").tobytes())
        digest.update(solved.volunteer[order].astype("<i8").tobytes())
        digest.update(solved.shift[order].astype("<i8").tobytes())
        digest.update(np.asarray(solved.shift_price, "<f8").tobytes())
    return digest.hexdigest()


def unfilled_of(placed: Iterable[Placed], outcome: Outcome) -> dict[str, int]:
    """Free seats that a plan leaves empty, by the engine's verdict on their role; `LEFT_OUT` where no part held it."""
    if not outcome.volunteer_count:
        return {RolePrice.Verdict.FEW_QUALIFY.value: outcome.seat_count} if outcome.seat_count else {}
    placed = list(placed)
    found = Counter({LEFT_OUT: outcome.seat_count - sum(len(part.pairs) for part in placed)})
    for part in placed:
        for role in part.prices:
            found[role.verdict] += role.empty
            found[LEFT_OUT] -= role.empty
    return {verdict: count for verdict, count in sorted(found.items()) if count}


def factors_of_pairs(
    taken: Snapshot,
    part: Part,
    arrays: Arrays,
    solved: Solved,
    weights: Weights,
    rates: Mapping[int, Rate],
) -> Placed:
    """What weighed for each pair. The cheapest come first in a role, then who was there first.

    Keys: `metres` (between two known points), `remote`, `cause`, `load`, `load_points`, `cost`, `price` of the seat,
    `elsewhere` (the volunteer's opportunity price), `runner_up` (what the next one would cost more, if there is one),
    `likelihood`.
    """
    found = survey_of(taken, part, arrays, solved)
    who, which = solved.volunteer.astype(np.intp), solved.shift.astype(np.intp)
    people = taken.people
    roles = [taken.roles[index] for index in part.members]
    load = arrays["volunteer_recent_load"][who].astype(np.int64)
    cause = (arrays["volunteer_causes"][who] >> arrays["shift_cause"][which].astype(np.uint64)) & np.uint64(1)
    remote = arrays["shift_remote"][which] == 1
    dx = arrays["volunteer_x_km"][who].astype(np.float64) - arrays["shift_x_km"][which]
    dy = arrays["volunteer_y_km"][who].astype(np.float64) - arrays["shift_y_km"][which]
    km = np.where(remote, 0.0, np.sqrt(dx * dx + dy * dy))
    load_points = weights.recent_load * load
    cost = (
        np.floor(weights.kilometre * km).astype(np.int64)
        + np.where(cause == 1, 0, weights.other_cause)
        + load_points
    )
    metres = _metres(people, roles, who, which)
    order = np.lexsort((people["id"][who], cost, which))
    pairs = []
    for n in order.tolist():
        role = roles[which[n]]
        factors: dict[str, Any] = {
            "remote": role.is_remote,
            "cause": bool(cause[n]),
            "load": int(load[n]),
            "load_points": int(load_points[n]),
            "cost": int(cost[n]),
            "price": round(float(solved.shift_price[which[n]]), 1),
            "elsewhere": round(float(found.elsewhere[n]), 1),
            "likelihood": round(
                policies.likelihood(
                    asked=int(people["asked"][who[n]]),
                    accepted=int(people["accepted"][who[n]]),
                    on_duty=bool(people["on_duty"][who[n]]),
                    no_shows=int(people["no_shows"][who[n]]),
                    expected=rates[role.id].mean if role.id in rates else policies.NEWCOMER,
                ),
                2,
            ),
        }
        if not np.isnan(metres[n]):
            factors["metres"] = round(float(metres[n]))
        asks = float(found.runner_up_asks[which[n]])
        if not np.isnan(asks):
            factors["runner_up"] = round(asks - float(cost[n]) - float(found.elsewhere[n]), 1)
        pairs.append((role.id, int(people["id"][who[n]]), factors))
    return Placed(pairs, reasons_of_roles([role.id for role in roles], arrays, solved, found))


def _metres(
    people: dict[str, NDArray[Any]], roles: list[Role], who: NDArray[np.intp], which: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Great-circle metres between two points of their own, by the haversine formula; NaN where one is unknown."""

    def known(value: float | None, is_own: bool) -> float:
        return value if value is not None and is_own else np.nan

    own = people["has_point"][who] == 1
    longitude = np.where(own, people["longitude"][who], np.nan)
    latitude = np.where(own, people["latitude"][who], np.nan)
    far = np.array(
        [known(role.longitude, role.has_point and not role.is_remote) for role in roles], np.float64
    )
    up = np.array([known(role.latitude, role.has_point and not role.is_remote) for role in roles], np.float64)
    phi_1, phi_2 = np.radians(latitude), np.radians(up[which])
    half_latitude = np.sin((phi_2 - phi_1) / 2)
    half_longitude = np.sin(np.radians(far[which] - longitude) / 2)
    chord = half_latitude**2 + np.cos(phi_1) * np.cos(phi_2) * half_longitude**2
    found: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return found


def write_plan(
    run: MatchRun,
    placed: list[Placed],
    outcome: Outcome,
    *,
    weights: Weights,
    began: float,
) -> None:
    """Put the plan in the place of the province's last one and finish the run; inside the caller's transaction.

    Raises LeaseGone where another worker has it by now, CalledOff where somebody called it off.
    """
    now = clock.now()
    pairs = [pair for part in placed for pair in part.pairs]
    _copy_proposals(run, pairs)
    _copy_prices(run, [price for part in placed for price in part.prices])
    moved = moved_by(run)
    for table in (Proposal, RolePrice):
        table.objects.filter(run__scope=run.scope_id).exclude(run=run).delete()
    # Whoever was erased since the run began was among those it had read.
    if not ErasureRequest.objects.filter(carried_out_at__gte=run.started_at).exists():
        MatchInput.objects.create(run=run, content=outcome.content, kept_at=now)
    outcome.seconds["store"] = time.perf_counter() - began
    finished = (
        held(run)
        .filter(status=MatchRun.Status.RUNNING, cancel_asked_at=None)
        .update(
            status=MatchRun.Status.DONE,
            finished_at=now,
            weights=weights.as_json(),
            engine_version=outcome.engine_version,
            volunteer_count=outcome.volunteer_count,
            role_count=outcome.role_count,
            left_out_count=outcome.left_out_count,
            seat_count=outcome.seat_count,
            proposal_count=len(pairs),
            unfilled=unfilled_of(placed, outcome),
            moved_count=moved,
            equity=outcome.equity,
            objective=outcome.objective,
            upper_bound=outcome.upper_bound,
            gap_percent=outcome.gap_percent,
            plan_digest=outcome.plan_digest,
            seconds={name: round(value, 3) for name, value in outcome.seconds.items()},
        )
    )
    if not finished:
        raise lost(run)


def _copy_proposals(run: MatchRun, pairs: list[tuple[int, int, dict[str, Any]]]) -> None:
    text = io.StringIO()
    ranks: dict[int, int] = {}
    for role_id, volunteer_id, factors in pairs:
        ranks[role_id] = ranks.get(role_id, 0) + 1
        # Only numbers, booleans and fixed keys: nothing that COPY's text format would escape.
        text.write(f"{run.pk}\t{role_id}\t{volunteer_id}\t{ranks[role_id]}\t{json.dumps(factors)}\n")
    _copy("matching_proposal (run_id, role_id, volunteer_id, rank, factors)", text)


def _copy_prices(run: MatchRun, prices: list[RoleReasons]) -> None:
    text = io.StringIO()
    for one in prices:
        people = json.dumps(one.people)
        text.write(f"{run.pk}\t{one.role_id}\t{one.price!r}\t{one.verdict}\t{one.empty}\t{people}\n")
    _copy("matching_roleprice (run_id, role_id, price, verdict, empty_count, people)", text)


def _copy(target: str, text: io.StringIO) -> None:
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {target} FROM STDIN", text)
