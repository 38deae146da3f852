"""What the engine refuses makes a run that has failed, with the engine's sentence, and leaves everything as it was."""

from datetime import timedelta

import numpy as np
import pytest

from core import clock
from matching.actions import plan, run_match, running
from matching.engine.problem import LARGEST_SEATS
from matching.models import MatchRun, Proposal, RolePrice
from matching.queries import mapping
from tasks.models import Assignment, Offer
from tests.factories.areas import small_tree
from tests.factories.tasks import tomorrow_at
from tests.matching.province import make_open_shift, make_willing

SPOILED = {
    "not a number": ("volunteer_x_km", lambda old: np.full_like(old, np.nan), "is not a finite number"),
    "endless": ("volunteer_reach_km", lambda old: np.full_like(old, np.inf), "is not a finite number"),
    "negative seats": ("shift_min", lambda old: -1 - old, "is a negative number of seats"),
    "least above most": ("shift_min", lambda old: old + LARGEST_SEATS, "less than the least number"),
    "longer than the horizon": ("shift_end_h", lambda old: old + 168, "beyond the horizon of 168 hours"),
    "strange traits": (
        "shift_traits",
        lambda old: old.astype(np.int64),
        "is of type int64; uint64 is needed",
    ),
    "too short": ("shift_cause", lambda old: old[:-1], "has the shape"),
    "objects": ("shift_max", lambda old: old.astype(object), "is of type object"),
    "no array": ("volunteer_causes", lambda old: old.tolist(), "is not an array"),
}


def stored() -> list[list[dict]]:
    """Everything that a run may write, beside the run itself."""
    return [list(model.objects.order_by("pk").values()) for model in (Proposal, RolePrice, Offer, Assignment)]


@pytest.mark.parametrize("fault", SPOILED)
def test_a_problem_with_a_fault_fails_the_run_and_leaves_the_last_plan(
    db, monkeypatch, time_machine, fault: str
) -> None:
    time_machine.move_to("2026-11-24T04:05:00+00:00", tick=True)
    name, spoil, sentence = SPOILED[fault]
    tree = small_tree()
    make_willing(tree)
    make_open_shift(tree, starts_at=tomorrow_at(9, days=1))
    at = clock.now()
    (first,) = plan(at=at)
    first = run_match(run_id=first.pk, at=at)
    before = stored()
    assert first.status == "done" and before[0]
    # A week later, so that the plan has two parts: the first is sound, and the second is not.
    make_open_shift(tree, starts_at=tomorrow_at(9, days=6), filling="offer")
    made, parts = mapping.problem_arrays, []

    def spoiled(*given):
        arrays = made(*given)
        parts.append(arrays)
        return {**arrays, name: spoil(arrays[name])} if len(parts) > 1 else arrays

    monkeypatch.setattr(running.mapping, "problem_arrays", spoiled)

    (run,) = plan(at=at)
    run = run_match(run_id=run.pk, at=at)

    assert len(parts) == 2
    assert run.status == "failed" and run.leased_until is None
    assert sentence in run.failure_reason and len(run.failure_reason.splitlines()) == 1
    assert stored() == before
    # It is not tried again as it is; asked anew, it is planned.
    assert plan(at=at + timedelta(seconds=1)) == []
    assert MatchRun.objects.filter(status="done").count() == 1
