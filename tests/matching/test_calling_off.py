"""Calling a run off at every point of its life, and what it says of itself meanwhile."""

import sys
from datetime import timedelta

import pytest
from django.db import connection

from core import clock, faults
from core.models import AuditRecord
from matching.actions import cancel_run, plan, progress, request_run, run_match, running, solving
from matching.actions.cancelling import AlreadyCalledOff, MayNotCallOff, PlanIsOver
from matching.models import MatchRun, Proposal
from tasks.models import Offer, Shift
from tests.factories.accounts import make_user
from tests.factories.areas import SmallTree, small_tree
from tests.factories.organizations import make_official
from tests.matching.province import make_open_shift, make_willing


@pytest.fixture
def tree(db) -> SmallTree:
    return small_tree()


@pytest.fixture
def waiting(tree) -> MatchRun:
    """A run that nobody has claimed, with somebody to plan for a shift tomorrow."""
    at = clock.now().replace(minute=5)
    make_open_shift(tree, filling="offer", starts_at=at + timedelta(days=1))
    make_willing(tree)
    (run,) = plan(at=at)
    return run


@pytest.fixture
def official(tree):
    return make_official(tree.province)


def test_one_that_waits_ends_at_once(waiting, official):
    at = clock.now()

    cancel_run(run=waiting, by=official, at=at)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.finished_at, waiting.cancelled_by) == ("cancelled", at, official)
    record = AuditRecord.objects.get(verb="match.called_off")
    assert (record.actor_id, record.data) == (official.pk, {"run": waiting.code})
    assert run_match(run_id=waiting.pk, at=at) is None


@pytest.mark.parametrize("point", ["match-claimed", "match-solved"])
def test_one_that_runs_ends_at_its_next_step(waiting, official, monkeypatch, point):
    def call_off(name: str) -> None:
        if name == point:
            cancel_run(run=waiting, by=official, at=clock.now())

    monkeypatch.setattr(faults, "point", call_off)

    done = run_match(run_id=waiting.pk, at=clock.now())

    assert (done.status, done.leased_until) == ("cancelled", None)
    assert not Proposal.objects.exists() and not Offer.objects.exists()


def test_a_call_that_comes_while_the_plan_is_stored_still_counts(waiting, official, monkeypatch):
    is_stale = running._is_stale
    looks = []

    def and_call_off(run: MatchRun) -> bool:
        looks.append(run)
        if len(looks) == 2:
            cancel_run(run=waiting, by=official, at=clock.now())
        return is_stale(run)

    monkeypatch.setattr(running, "_is_stale", and_call_off)

    run_match(run_id=waiting.pk, at=clock.now())

    assert not Proposal.objects.exists()
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"


def test_one_that_is_called_off_and_overtaken_asks_for_no_other(waiting, official, monkeypatch):
    def move_and_call_off(name: str) -> None:
        if name == "match-claimed":
            Shift.objects.update(version=7)
            cancel_run(run=waiting, by=official, at=clock.now())

    monkeypatch.setattr(faults, "point", move_and_call_off)

    assert run_match(run_id=waiting.pk, at=clock.now()).status == "cancelled"
    assert MatchRun.objects.count() == 1


def test_the_engines_own_process_is_ended(waiting, official, monkeypatch):
    monkeypatch.setattr(solving, "OWN_PROCESS_FROM", 1)
    monkeypatch.setattr(solving, "LOOK_S", 0.05)
    monkeypatch.setattr(solving, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    look_up = running.look_up
    looks = []

    def call_off_at_the_second_look(run: MatchRun) -> None:
        looks.append(run)
        if len(looks) == 2:
            cancel_run(run=waiting, by=official, at=clock.now())
        look_up(run)

    monkeypatch.setattr(running, "look_up", call_off_at_the_second_look)

    assert run_match(run_id=waiting.pk, at=clock.now()).status == "cancelled"
    assert len(looks) == 2


def test_a_second_call_is_told_so(waiting, official):
    running.claim(waiting.pk, at=clock.now())
    cancel_run(run=waiting, by=official, at=clock.now())

    with pytest.raises(AlreadyCalledOff):
        cancel_run(run=waiting, by=official, at=clock.now())

    assert AuditRecord.objects.filter(verb="match.called_off").count() == 1


def test_a_plan_that_stands_is_not_called_off(waiting, official):
    run_match(run_id=waiting.pk, at=clock.now())

    with pytest.raises(PlanIsOver):
        cancel_run(run=waiting, by=official, at=clock.now())

    assert MatchRun.objects.get().status == "done"


def test_one_whose_worker_was_killed_ends_at_once_and_by_the_sweep(waiting, official):
    at = clock.now()
    running.claim(waiting.pk, at=at)
    later = at + progress.LEASE + timedelta(seconds=1)
    MatchRun.objects.update(cancel_asked_at=at, attempt_count=running.MOST_ATTEMPTS)

    plan(at=later)

    assert MatchRun.objects.get(pk=waiting.pk).status == "cancelled"
    MatchRun.objects.filter(pk=waiting.pk).update(
        status="running", leased_until=later, finished_at=None, cancel_asked_at=None
    )
    assert cancel_run(run=waiting, by=official, at=later).status == "cancelled"


def test_only_officials_of_the_whole_scope_and_staff_call_off(waiting, tree):
    for stranger in (make_user(), make_official(tree.counties[0])):
        with pytest.raises(MayNotCallOff):
            cancel_run(run=waiting, by=stranger, at=clock.now())

    assert cancel_run(run=waiting, by=make_user(is_staff=True), at=clock.now()).status == "cancelled"


def test_the_next_plan_comes_when_the_demand_changes_or_somebody_asks(waiting, official, tree):
    at = waiting.requested_at
    cancel_run(run=waiting, by=official, at=at)

    assert plan(at=at + timedelta(minutes=1)) == []
    asked = request_run(scope=tree.counties[0], by=official, at=at + timedelta(minutes=2))
    assert asked.pk != waiting.pk and asked.status == "queued"
    cancel_run(run=asked, by=official, at=at + timedelta(minutes=3))
    make_open_shift(tree)
    assert len(plan(at=at + timedelta(minutes=4))) == 1


def test_a_run_says_its_steps_and_writes_no_more_the_longer_it_is(waiting, monkeypatch):
    said = []

    def note(run, step, *, done=0, all=0):
        progress.say(run, step, done=done, all=all)
        said.append(MatchRun.objects.values_list("progress", flat=True).get())

    monkeypatch.setattr(running, "say", note)

    done = run_match(run_id=waiting.pk, at=clock.now())

    assert said == [{"step": "solving", "done": 0, "all": 1}, {"step": "storing", "done": 0, "all": 0}]
    assert done.progress == {}
    for parts in (1, 7, 20, 5000):
        written = [number for number in range(parts) if progress.is_worth_saying(number, parts)]
        assert written[0] == 0 and len(written) == min(parts, progress.MOST_WRITES)


def test_nothing_is_solved_inside_a_transaction(waiting, monkeypatch):
    outside, seen = len(connection.savepoint_ids), []
    solve_problem = running.solve_problem

    def look(*args, **kwargs):
        seen.append(len(connection.savepoint_ids))
        return solve_problem(*args, **kwargs)

    monkeypatch.setattr(running, "solve_problem", look)
    run_match(run_id=waiting.pk, at=clock.now())

    assert seen == [outside]
