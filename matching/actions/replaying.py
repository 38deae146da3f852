"""Makes the plan of a past run once more from what the engine was given, and says whether it comes out the same.

The plan is that of the run: what events changed of it afterwards is no part of it. Nothing is stored.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from matching.actions.solving import ENGINE_VERSION, Solved, solve_problem
from matching.actions.storing import plan_digest
from matching.models import MatchInput, MatchRun
from matching.policies.given import LARGEST_BYTES, DamagedInput, Given, unpacked

# So long what the engine was given is kept.
KEPT = timedelta(days=14)


class NoSuchRun(DomainError):
    code = "not-found"
    text = _("There is no run %(run)s")


class NoPlan(DomainError):
    code = "no-plan"
    text = _("Run %(run)s made no plan: its state is “%(status)s”")


class InputGone(DomainError):
    code = "input-gone"
    text = _(
        "What the engine was given for run %(run)s is gone: it is kept %(days)s days at most, and goes when somebody "
        "of the area is erased"
    )


class InputTooLarge(DomainError):
    code = "input-too-large"
    text = _("What the engine was given for run %(run)s was not kept: it was larger than %(megabytes)s MB")


class OtherVersion(DomainError):
    code = "other-version"
    text = _("Run %(run)s was made by version %(then)s of the engine, and this is version %(now)s")


class InputDamaged(DomainError):
    code = "input-damaged"
    text = _("What is kept for run %(run)s is damaged: %(why)s")


@dataclass(frozen=True)
class PartReplayed:
    """How the plan of a part differs: pairs (row of the volunteer, role) that only one of both has, and the roles whose
    price differs with the price then and now."""

    volunteers: int
    roles: int
    pairs: int
    only_then: list[tuple[int, int]]
    only_now: list[tuple[int, int]]
    prices: list[tuple[int, float, float]]


@dataclass(frozen=True)
class Replayed:
    """What came of it; `is_same` where the digests are equal, that is bit by bit."""

    run: str
    digest_then: str
    digest_now: str
    parts: list[PartReplayed]

    @property
    def is_same(self) -> bool:
        return self.digest_then == self.digest_now


def replay(*, code: str) -> Replayed:
    """Solve again what the run of a code was given, with its seed.

    Raises NoSuchRun, NoPlan, InputGone, InputTooLarge, OtherVersion, InputDamaged; and what `solve_problem` raises.
    """
    run = MatchRun.objects.filter(code=code).first()
    if run is None:
        raise NoSuchRun(run=code)
    if run.status != MatchRun.Status.DONE:
        raise NoPlan(run=code, status=run.get_status_display())
    kept = MatchInput.objects.filter(run=run).first()
    if kept is None:
        raise InputGone(run=code, days=KEPT.days)
    content = bytes(kept.content)
    if not content:
        raise InputTooLarge(run=code, megabytes=LARGEST_BYTES // 2**20)
    if run.engine_version != ENGINE_VERSION:
        raise OtherVersion(run=code, then=run.engine_version or "?", now=ENGINE_VERSION)
    try:
        parts = unpacked(content)
    except DamagedInput as error:
        raise InputDamaged(run=code, why=str(error)) from error
    solved = [solve_problem(part.arrays, seed=run.seed) for part in parts]
    return Replayed(
        run=code,
        digest_then=run.plan_digest,
        digest_now=plan_digest(solved),
        parts=[_compared(part, now) for part, now in zip(parts, solved, strict=True)],
    )


def _compared(then: Given, now: Solved) -> PartReplayed:
    def pairs(volunteer: Any, shift: Any) -> set[tuple[int, int]]:
        return set(zip(volunteer.tolist(), then.role_id[shift].tolist(), strict=True))

    before, after = pairs(then.plan_volunteer, then.plan_shift), pairs(now.volunteer, now.shift)
    differ = np.flatnonzero(then.plan_price != now.shift_price)
    return PartReplayed(
        volunteers=len(then.arrays["volunteer_x_km"]),
        roles=len(then.role_id),
        pairs=len(after),
        only_then=sorted(before - after),
        only_now=sorted(after - before),
        prices=[
            (int(then.role_id[n]), float(then.plan_price[n]), float(now.shift_price[n]))
            for n in differ.tolist()
        ],
    )
