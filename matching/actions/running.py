"""Makes the plan of a run: claims it, reads, lets the engine solve with no transaction open, stores, and offers.

Killed anywhere, it is taken over once its lease is over. Whatever it has committed stays and is not done twice.
"""

import logging
import time
from datetime import datetime
from functools import partial

import numpy as np
from django.db import transaction
from django.db.models import F, Q

from areas.models import Area
from core import clock, faults
from matching.actions.offering import offer_planned
from matching.actions.progress import (
    LEASE,
    CalledOff,
    LeaseGone,
    Step,
    held,
    is_worth_saying,
    look_up,
    lost,
    said_at_first,
    say,
)
from matching.actions.requests import MOST_ATTEMPTS, NothingAsked, request_run
from matching.actions.solving import (
    ENGINE_VERSION,
    ProblemRefused,
    Solved,
    SolverFailed,
    engine,
    solve_problem,
)
from matching.actions.storing import Outcome, Placed, factors_of_pairs, plan_digest, write_plan
from matching.models import MatchRun
from matching.policies.given import Given, packed
from matching.policies.weights import Weights
from matching.queries import mapping, snapshot
from matching.queries.demand import demand_for
from matching.queries.equity import count_plan
from matching.queries.mapping import Planned
from matching.queries.replies import rates_of
from matching.queries.stages import weights_for
from matching.queries.standing import Standing, standing_plan

logger = logging.getLogger(__name__)

REFUSED = "the engine refused the problem"


def run_match(*, run_id: int, at: datetime) -> MatchRun | None:
    """Carry a run as far as it goes; a second time changes nothing. None where somebody else holds it or it is over."""
    run = claim(run_id, at=at)
    if run is None:
        logger.info("match run %d is over or held by another worker", run_id)
        return None
    faults.point("match-claimed")
    try:
        if run.status == MatchRun.Status.RUNNING and not _plan(run, at=at):
            return run
        offer_planned(run)
    except CalledOff:
        _end_called_off(run)
    except LeaseGone:
        logger.warning("match run %s was taken over by another worker", run.code)
        return None
    except ProblemRefused as error:
        _fail(run, f"{REFUSED}: {error}")
    except SolverFailed as error:
        if run.attempt_count >= MOST_ATTEMPTS:
            _fail(run, str(error))
        else:
            logger.warning("match run %s will be tried again: %s", run.code, error)
            held(run).update(leased_until=clock.now())
    return run


def claim(run_id: int, *, at: datetime) -> MatchRun | None:
    """Take a run that waits, or whose worker is gone, by one conditional UPDATE."""
    free = MatchRun.objects.forsaken(at=at).filter(pk=run_id, attempt_count__lt=MOST_ATTEMPTS)
    taken = free.exclude(status=MatchRun.Status.DONE).update(
        status=MatchRun.Status.RUNNING,
        leased_until=at + clock.of_machine(LEASE),
        attempt_count=F("attempt_count") + 1,
        started_at=at,
        progress=said_at_first(Step.READING),
    )
    # One that has stored its plan only goes on with its offers.
    taken = taken or free.filter(status=MatchRun.Status.DONE).update(
        leased_until=at + clock.of_machine(LEASE), attempt_count=F("attempt_count") + 1
    )
    return MatchRun.objects.select_related("scope").get(pk=run_id) if taken else None


def _plan(run: MatchRun, *, at: datetime) -> bool:
    """Read, solve and store; whether the plan stands."""
    if run.cancel_asked_at is not None:
        raise CalledOff
    if _is_stale(run):
        _supersede(run)
        return False
    began = time.perf_counter()
    weights = weights_for(at)
    taken = snapshot.take(run, at=at)
    standing = standing_plan(run)
    read = time.perf_counter()
    placed, outcome = solve_parts(run, taken, weights, standing)
    faults.point("match-solved")
    solved = time.perf_counter()
    proposed = {volunteer_id for part in placed for _, volunteer_id, _ in part.pairs}
    outcome.equity = count_plan(eligible=outcome.eligible, proposed=proposed, at=at)
    outcome.seconds = {
        "snapshot": read - began,
        "solve": solved - read,
        "count": time.perf_counter() - solved,
    }
    say(run, Step.STORING)
    began = time.perf_counter()
    with transaction.atomic():
        # Whoever plans the same province stores before or after, never in between.
        Area.objects.select_for_update(no_key=True).get(pk=run.scope_id)
        if _is_stale(run):
            stands = False
        else:
            stands = True
            write_plan(run, placed, outcome, weights=weights, began=began)
    if not stands:
        _supersede(run)
        return False
    run.refresh_from_db()
    faults.point("match-stored")
    return True


def solve_parts(
    run: MatchRun, taken: snapshot.Snapshot, weights: Weights, standing: Standing | None = None
) -> tuple[list[Placed], Outcome]:
    """One plan after the other, each seeing those before it as busy hours; what stands is kept where nothing is lost."""
    parts, left_out = mapping.parts(taken, weights)
    rates = rates_of([role.id for role in taken.roles], at=taken.at)
    planned, placed = Planned(), []
    eligible = np.zeros(taken.size, np.bool_)
    solutions: list[Solved] = []
    given: list[Given] = []
    outcome = Outcome(
        volunteer_count=taken.size,
        role_count=len(taken.roles),
        left_out_count=len(left_out),
        seat_count=sum(role.seats for role in taken.roles),
        engine_version=ENGINE_VERSION,
    )
    for done, part in enumerate(parts):
        if not taken.size:
            break
        if is_worth_saying(done, len(parts)):
            say(run, Step.SOLVING, done=done, all=len(parts))
        arrays = mapping.problem_arrays(taken, part, planned, weights)
        told = arrays | (standing.arrays(taken, part, weights) if standing else {})
        solved = solve_problem(told, seed=run.seed, look_up=partial(look_up, run))
        solutions.append(solved)
        roles = [part.members[shift] for shift in solved.shift.tolist()]
        planned.add(solved.volunteer.tolist(), roles)
        placed.append(factors_of_pairs(taken, part, arrays, solved, weights, rates))
        eligible |= engine().who_could_serve(engine().Problem(**arrays))
        given.append(_given(taken, part, told, solved))
        outcome.objective += solved.objective
        outcome.upper_bound = (
            None
            if outcome.upper_bound is None or solved.upper_bound is None
            else outcome.upper_bound + solved.upper_bound
        )
    outcome.eligible = taken.people["id"][eligible].tolist()
    outcome.plan_digest = plan_digest(solutions)
    outcome.content = packed(given)
    if not outcome.content:
        logger.warning(
            "match run %s: what the engine was given is too large to be kept for a replay", run.code
        )
    return placed, outcome


def _given(taken: snapshot.Snapshot, part: mapping.Part, arrays: mapping.Arrays, solved: Solved) -> Given:
    """What a replay of a part needs, and what it has to come to."""
    role_ids = [taken.roles[index].id for index in part.members]
    return Given(arrays, np.array(role_ids, np.int64), solved.volunteer, solved.shift, solved.shift_price)


def _is_stale(run: MatchRun) -> bool:
    """Whether a shift of the run has moved, ended, changed its terms or come to a stop; or a new one was posted."""
    now = demand_for(run, clock.now())
    return now is None or now.contradicts(run)


def _supersede(run: MatchRun) -> None:
    """Nothing of it is stored; another run plans what is asked for now."""
    now = clock.now()
    wanted = held(run).filter(cancel_asked_at=None)
    if not wanted.update(status=MatchRun.Status.SUPERSEDED, finished_at=now, leased_until=None):
        raise lost(run)
    run.refresh_from_db()
    try:
        request_run(scope=run.scope, by=None, at=now)
    except NothingAsked:
        logger.info("match run %s was overtaken, and nothing is asked for any more", run.code)


def _end_called_off(run: MatchRun) -> None:
    logger.info("match run %s was called off", run.code)
    held(run).update(status=MatchRun.Status.CANCELLED, finished_at=clock.now(), leased_until=None)
    run.refresh_from_db()


def _fail(run: MatchRun, why: str) -> None:
    logger.error("match run %s failed: %s", run.code, why)
    MatchRun.objects.filter(Q(pk=run.pk) & ~Q(status=MatchRun.Status.DONE)).update(
        status=MatchRun.Status.FAILED, failure_reason=why[:300], finished_at=clock.now(), leased_until=None
    )
    run.refresh_from_db()
