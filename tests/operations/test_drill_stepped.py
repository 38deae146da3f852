"""The stepped stage: what is rung for and what is due, in which order and at which time; its errors and its codes."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from core import clock, doorbell
from core.doorbell import Job
from core.models import new_code
from operations.drill.stages import stepped
from operations.drill.stages.stepped import (
    LEFT_OUT,
    EndlessRinging,
    JobFailed,
    Stepped,
    interval,
    standing_on,
)
from operations.drill.story import Story

AT = datetime(2026, 3, 1, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYTHING = frozenset(Job)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any], datetime]]:
    """Every job that is carried out does nothing but leave its name, what it was given and the time here."""
    ran: list[tuple[str, dict[str, Any], datetime]] = []

    def job(name: str) -> SimpleNamespace:
        return SimpleNamespace(run=lambda **given: ran.append((name, given, clock.now())))

    app = SimpleNamespace(
        tasks={str(name): job(str(name)) for name in Job},
        loader=SimpleNamespace(import_default_modules=lambda: None),
    )
    monkeypatch.setattr(stepped, "current_app", app)
    return ran


def test_due_jobs_are_done_at_their_own_times_and_rings_before_them(ran: list):
    stage = Stepped(AT, without=EVERYTHING - {Job.PLAN_MATCHES, Job.FOLLOW_REQUESTS})
    with standing_on(stage, codes=random.Random(1)):
        stage.reach(AT)
        ran.clear()
        stage.reach(AT + HOUR / 2)
        stage.hear(Job.PLAN_MATCHES, {})

        assert stage.reach(AT + HOUR * 2.5) == AT + HOUR * 2.5 == clock.now()

    assert ran == [
        ("matching.plan", {}, AT + HOUR / 2),
        ("matching.plan", {}, AT + HOUR),
        ("matching.plan", {}, AT + HOUR * 2),
        ("residents.follow", {}, AT + HOUR * 2),
    ]
    assert clock.now() != AT + HOUR * 2.5


def test_what_is_rung_for_twice_is_done_once_and_what_is_left_out_never(ran: list):
    stage = Stepped(AT, without=EVERYTHING - {Job.OFFER_NEXT})
    with standing_on(stage, codes=random.Random(1)):
        for job, given in (
            (Job.OFFER_NEXT, {"role_id": 2}), (Job.SEND_MESSAGES, {}), (Job.OFFER_NEXT, {"role_id": 1}),
            (Job.OFFER_NEXT, {"role_id": 2}),
        ):  # fmt: skip
            stage.hear(job, given)
        stage._answer()

    assert [given for _, given, _ in ran] == [{"role_id": 2}, {"role_id": 1}]
    assert Job.SEND_MESSAGES in LEFT_OUT


@pytest.mark.django_db
def test_a_ring_of_this_process_is_heard_after_its_commit_and_workers_hear_it_again_afterwards(
    ran: list, django_capture_on_commit_callbacks: Any
):
    stage = Stepped(AT, without=EVERYTHING - {Job.OFFER_NEXT})
    with standing_on(stage, codes=random.Random(1)):
        with django_capture_on_commit_callbacks(execute=True):
            doorbell.ring(Job.OFFER_NEXT, role_id=3)
            stage._answer()
            assert ran == []
        stage._answer()

    assert [given for _, given, _ in ran] == [{"role_id": 3}]
    assert doorbell._bell.answered_by is None


def test_a_job_that_fails_ends_the_story_and_says_which_and_when(ran: list):
    def fail(**given: Any) -> None:
        raise ValueError("no such seat")

    stepped.current_app.tasks["tasks.pass_on"].run = fail
    stage = Stepped(AT, without=EVERYTHING - {Job.PASS_ON})
    with standing_on(stage, codes=random.Random(1)), pytest.raises(JobFailed) as failed:
        Story(AT, AT + HOUR).run(stage)

    assert "tasks.pass_on" in str(failed.value) and "2026-03-01 16:00" in str(failed.value)
    assert "no such seat" in str(failed.value)
    assert isinstance(failed.value.__cause__, ValueError)


def test_rings_that_ring_for_ever_are_found(ran: list, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stepped, "MOST_RINGS", 20)
    stage = Stepped(AT, without=EVERYTHING - {Job.OFFER_NEXT})
    stepped.current_app.tasks["matching.offer_next"].run = lambda role_id: stage.hear(
        Job.OFFER_NEXT, {"role_id": role_id + 1}
    )
    stage.hear(Job.OFFER_NEXT, {"role_id": 1})

    with standing_on(stage, codes=random.Random(1)), pytest.raises(EndlessRinging):
        stage.reach(AT)


def test_codes_come_from_the_seed_and_from_chance_again_afterwards(ran: list):
    drawn = []
    for _ in range(2):
        with standing_on(Stepped(AT, without=EVERYTHING - {Job.PLAN_MATCHES}), codes=random.Random(5)):
            drawn.append([new_code(), new_code(12)])

    assert drawn[0] == drawn[1]
    assert new_code(12) not in drawn[0]


def test_no_job_comes_more_often_than_its_own_interval():
    assert interval(Job.EXPIRE_OFFERS) == timedelta(minutes=30)
    assert interval(Job.PLAN_MATCHES) == stepped.LEAST
    assert interval(Job.PURGE) == timedelta(days=1)
