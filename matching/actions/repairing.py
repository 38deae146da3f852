"""Repairs the plan that stands after an event: somebody said no or left, a shift is urgent, was moved, has other seats.

Only suggestions change: a seat that was given and an offer that was sent are as they were. What a repair has stored it
finds done when it is run again.
"""

import importlib
import logging
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from core import clock, faults
from matching.actions.offering import LOCK
from matching.actions.solving import Solved, engine
from matching.actions.storing import factors_of_pairs
from matching.models import MatchRun, Proposal, Repair
from matching.policies.weights import Weights
from matching.queries.neighbourhood import Neighbourhood, around, counties_around, place_of
from matching.queries.replies import rates_of
from tasks.models import Assignment, Offer

if TYPE_CHECKING:
    from matching.engine.events import Repaired

logger = logging.getLogger(__name__)


def repair_plan(*, role_id: int, at: datetime, kind: str = "") -> Repair | None:
    """Repair the plan around a role. None where nothing of the plan changes, or there is no plan.

    `kind` is one of `Repair.Kind`; where it is not said, it is what last happened to the role. Under the locks of the
    counties around, and beside no plan that is being stored.
    """
    began = time.perf_counter()
    with transaction.atomic():
        place = _locked_place(role_id)
        if place is None:
            logger.debug("no plan holds role %d", role_id)
            return None
        found = around(role_id, place, at=at)
        if found is None:
            gone, added, moved = _suggestions(place, role_id, at=at), list[Proposal](), 0
        else:
            repaired = _repaired(found)
            gone, added, moved = (
                _gone(found, repaired),
                _added(found, repaired, at=at),
                len(repaired.moved[0]),
            )
        if not gone and not added:
            logger.debug("the plan around role %d stays as it is", role_id)
            return None
        Proposal.objects.filter(pk__in=gone).delete()
        Proposal.objects.bulk_create(added)
        repair = Repair.objects.create(
            run=place,
            kind=kind or _kind(place),
            role_id=role_id,
            at=clock.now(),
            filled_count=max(len(added) - moved, 0),
            moved_count=moved,
            milliseconds=round(1000 * (time.perf_counter() - began)),
        )
        faults.point("plan-repairing")
    faults.point("plan-repaired")
    return repair


def _locked_place(role_id: int) -> MatchRun | None:
    """The plan that stands where a role lies. Until the transaction ends, no other is stored there, and nobody else
    changes it around the role."""
    where = counties_around(role_id)
    if where is None:
        return None
    scope_id, counties = where
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, county) FROM unnest(%s::int[]) AS county",
            [LOCK, sorted(county % 2**31 for county in counties)],
        )
        cursor.execute("SELECT FROM areas_area WHERE id = %s FOR SHARE", [scope_id])
    return place_of(role_id)


def _kind(place: MatchRun) -> str:
    """What last happened to the role: `place_of` says when somebody declined, and when somebody left."""
    found: Any = place
    if found.left_at is None or (found.declined_at is not None and found.declined_at > found.left_at):
        return Repair.Kind.DECLINED
    return Repair.Kind.DROPPED


def _suggestions(place: MatchRun, role_id: int, *, at: datetime) -> list[int]:
    """All that is suggested for a role that wants nobody any more; not whoever has its seats or was asked for them."""
    asked = Offer.objects.open(at=at).filter(role=role_id, volunteer=OuterRef("volunteer"))
    seated = Assignment.objects.live().filter(role=role_id, volunteer=OuterRef("volunteer"))
    waiting = Proposal.objects.filter(~Exists(asked), ~Exists(seated), run=place, role=role_id)
    return list(waiting.values_list("pk", flat=True))


def _repaired(found: Neighbourhood) -> "Repaired":
    events = importlib.import_module("matching.engine.events")
    problem = engine().Problem(**found.arrays)
    standing = events.Standing(problem, found.volunteer, found.shift, found.prices)
    # The rows tell the change already; what it was makes no difference to the engine.
    repaired: Repaired = events.repair(standing, events.Event(events.Kind.DROPPED, found.role))
    return repaired


def _gone(found: Neighbourhood, repaired: "Repaired") -> list[int]:
    """The suggestions that end: lost, moved, or of people who may not be asked any more."""
    at_place = {
        pair: int(pk)
        for pair, pk in zip(_pairs(found.volunteer, found.shift), found.proposal.tolist(), strict=True)
    }
    ended = [*_pairs(*repaired.lost), *_pairs(*repaired.moved)]
    return sorted([*found.stale, *(at_place[pair] for pair in ended)])


def _added(found: Neighbourhood, repaired: "Repaired", *, at: datetime) -> list[Proposal]:
    """The new suggestions, each behind those that its role has."""
    new = set(_pairs(*repaired.added))
    if not new:
        return []
    ended = {*_pairs(*repaired.lost), *_pairs(*repaired.moved)}
    pairs = sorted({*_pairs(found.volunteer, found.shift)} - ended | new)
    ids = [found.snapshot.roles[index].id for index in found.part.members]
    people = found.snapshot.people["id"].tolist()
    named = {(ids[shift], people[volunteer]) for volunteer, shift in new}
    values = found.arrays["shift_value_min"] / 2
    solved = Solved(
        volunteer=np.array([volunteer for volunteer, _ in pairs], np.int32),
        shift=np.array([shift for _, shift in pairs], np.int32),
        shift_price=np.where(np.isnan(found.prices), values, found.prices),
        objective=repaired.objective,
        upper_bound=None,
    )
    rates = rates_of(sorted({role for role, _ in named}), at=at)
    weights = Weights(**found.run.weights)
    placed = factors_of_pairs(found.snapshot, found.part, found.arrays, solved, weights, rates)
    rank = dict(found.last_rank)
    added = []
    for role, volunteer, factors in placed.pairs:
        if (role, volunteer) in named:
            rank[role] = rank.get(role, 0) + 1
            added.append(
                Proposal(
                    run=found.run, role_id=role, volunteer_id=volunteer, rank=rank[role], factors=factors
                )
            )
    return added


def _pairs(volunteer: NDArray[np.int32], shift: NDArray[np.int32]) -> Iterable[tuple[int, int]]:
    return zip(volunteer.tolist(), shift.tolist(), strict=True)
