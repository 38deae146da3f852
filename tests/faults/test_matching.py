"""A matching worker that is killed at each of its points: another takes over, and nobody is asked twice."""

import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Count

from core import clock
from matching.actions import plan
from matching.models import MatchRun, Proposal
from matching.queries.checker import violations
from operations.launcher import commands
from tasks.models import Offer
from tests.factories.areas import small_tree
from tests.factories.tasks import tomorrow_at
from tests.matching.province import make_open_shift, make_willing
from tests.notifications.provider import wait_for
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunProcess, wait_until

POINTS = ("match-claimed", "match-solved", "match-stored", "match-offering")
SHIFTS, PEOPLE = 2, 6


def make_demand() -> None:
    """Shifts within two days; everybody is on duty, so that the hour of the test does not matter."""
    tree = small_tree()
    for days in range(SHIFTS):
        make_open_shift(tree, filling="offer", seats=2, seats_min=1, starts_at=tomorrow_at(9, days=1 + days))
    for _ in range(PEOPLE):
        make_willing(tree, on_duty_since=clock.now())


def lapse() -> None:
    """Let the lease run out, as ten minutes would, and sweep."""
    over = clock.now() - timedelta(seconds=1)
    MatchRun.objects.exclude(leased_until=None).update(
        leased_until=over, requested_at=over - timedelta(hours=1)
    )
    plan(at=clock.now())


@pytest.mark.parametrize("point", POINTS)
def test_a_matching_worker_killed_at_any_point_is_taken_over_and_nobody_is_asked_twice(
    point: str, live_db: LiveDatabase, run_process: RunProcess, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    make_demand()
    (run,) = plan(at=clock.now())
    argv = [
        sys.executable, "-m", "tests.faults.killed_worker", point, str(mark), f"doomed-{point}@here", "matching",
    ]  # fmt: skip

    doomed = run_process(argv, name=f"doomed-{point}")
    assert wait_for(lambda: not doomed.alive(), seconds=120), doomed.output()
    assert doomed.process.returncode == -signal.SIGKILL and mark.exists(), doomed.output()
    run.refresh_from_db()
    assert run.offered_at is None
    lapse()
    # It answers no ping while it plans.
    second = run_process(commands.worker("matching", name=f"second-{point}@here"), name="second")
    wait_until(lambda: ended(run), seconds=180, what="the run was finished", running=second)

    assert (run.status, run.attempt_count) == ("done", 2)
    assert MatchRun.objects.count() == 1
    assert Proposal.objects.count() == run.proposal_count > 0
    assert offers_a_role() == dict.fromkeys(range(SHIFTS), 2)
    asked_twice = Offer.objects.values("role", "volunteer").annotate(times=Count("pk")).filter(times__gt=1)
    assert not asked_twice.exists()
    assert run.offer_count == Offer.objects.count()
    assert violations(clock.now()) == []


def ended(run: MatchRun) -> bool:
    run.refresh_from_db()
    return run.offered_at is not None


def offers_a_role() -> dict[int, int]:
    """How many were asked for each role: two are likely to fill one seat."""
    counts = Counter(Offer.objects.values_list("role", flat=True))
    return dict(enumerate(counts[role] for role in sorted(counts)))
