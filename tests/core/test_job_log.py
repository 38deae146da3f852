"""What is written down of the runs of jobs."""

from datetime import timedelta

import pytest
from celery import Celery, signals
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core import clock, job_log
from core.errors import DomainError
from core.job_log import kept
from core.models import JobRun, RateCount
from operations import heartbeat
from operations.jobs import beat
from privacy.retention import purge
from tests.factories.jobs import make_run
from tests.web.reading import statements

app = Celery("apart", set_as_current=False)
app.conf.task_ignore_result = True


class NoSuchThing(DomainError):
    code = "no-such-thing"
    text = _("There is no such thing")


@app.task(name="test.quiet")
def quiet(**kwargs: object) -> None:
    pass


@app.task(name="test.loud")
def loud(**kwargs: object) -> None:
    raise ValueError("no seat for zhao@example.org at +86 139 0000 0001, says '赵'")


@app.task(name="test.twice")
def twice(**kwargs: object) -> None:
    with transaction.atomic():
        for _number in range(2):
            RateCount.objects.create(digest="d" * 64, window_start=1, count=1)


@app.task(name="test.refused")
def refused(**kwargs: object) -> None:
    raise NoSuchThing


@pytest.fixture(autouse=True)
def connected():
    """As in a worker; a test's process may have loaded the jobs already."""
    signals.task_prerun.connect(job_log.began)
    signals.task_postrun.connect(job_log.ended)


def the_run() -> JobRun:
    return JobRun.objects.get()


@pytest.mark.django_db
def test_a_run_is_written_with_two_statements() -> None:
    with statements() as asked:
        quiet.apply(kwargs={"run_id": 7})

    run = the_run()
    assert len(asked) == 2
    assert (run.name, run.state, run.arguments, run.has_all_arguments) == (
        "test.quiet",
        JobRun.State.DONE,
        {"run_id": 7},
        True,
    )
    assert run.ended_at is not None and run.ended_at >= run.started_at


@pytest.mark.django_db
def test_a_failure_says_why_and_names_nobody() -> None:
    loud.apply()

    run = the_run()
    assert (run.state, run.error) == (JobRun.State.FAILED, "ValueError")
    assert run.reason == "no seat for … at …, says …"


@pytest.mark.django_db
def test_of_a_database_only_the_constraint_is_named() -> None:
    twice.apply()

    run = the_run()
    assert run.error == "IntegrityError"
    assert "one_count_a_window" in run.reason and "dddd" not in run.reason


@pytest.mark.django_db
def test_a_refusal_of_the_domain_is_kept_by_its_code() -> None:
    refused.apply()

    assert the_run().reason == "no-such-thing"


@pytest.mark.parametrize("number", ["13800000044", "+8613800000044", "0571-88880000"])
def test_a_telephone_number_is_no_id(number: str) -> None:
    assert kept({"who": number}) == ({"who": "…"}, False)


def test_a_day_a_moment_and_a_code_are_kept_whole() -> None:
    arguments = {
        "day": "2026-02-06",
        "at": "2026-02-06T10:00:00+08:00",
        "code": "7KQ3MWXA",
        "id": 13800000044,
    }

    assert kept(arguments) == (arguments, True)


@pytest.mark.django_db
def test_what_is_no_id_and_no_code_is_not_written() -> None:
    quiet.apply(
        kwargs={"who": "赵 zhao@example.org", "message_ids": list(range(64)), "until": "2026-02-06T10:00"}
    )

    run = the_run()
    assert run.arguments["who"] == "…"
    assert run.arguments["message_ids"][-1] == "… 64" and len(run.arguments["message_ids"]) == 11
    assert run.arguments["until"] == "2026-02-06T10:00"
    assert not run.has_all_arguments


@pytest.mark.django_db
def test_a_log_that_cannot_be_written_stops_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise IntegrityError("gone")

    monkeypatch.setattr(JobRun, "save", down)

    result = quiet.apply()

    assert result.successful()
    assert not JobRun.objects.exists()


@pytest.mark.django_db
def test_a_run_whose_begin_was_not_written_is_written_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_log, "_rows", {})
    job_log.ended(task=quiet, task_id="unknown", retval=ValueError("late"))

    assert (the_run().state, the_run().reason) == (JobRun.State.FAILED, "late")


@pytest.mark.django_db
def test_what_runs_longer_than_any_job_may_is_lost() -> None:
    at = clock.now()
    old = make_run(state="running", started_at=at - job_log.LONGEST - timedelta(seconds=1))
    young = make_run(state="running", started_at=at - timedelta(minutes=1))

    assert job_log.sweep(at=at) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (JobRun.State.LOST, JobRun.State.RUNNING)


@pytest.mark.django_db
def test_a_new_worker_gives_up_what_its_forerunner_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    mine, other = make_run(state="running"), make_run(state="running", worker="default@here")

    job_log.worker_began(sender="notifications@here")

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == (JobRun.State.LOST, JobRun.State.RUNNING)


@pytest.mark.django_db
def test_beat_leaves_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "leave", lambda: None)

    beat.apply()

    assert not JobRun.objects.exists()


@pytest.mark.django_db
def test_a_running_run_has_no_end() -> None:
    with pytest.raises(IntegrityError, match="an_ended_run_has_an_end"):
        make_run(state="done", ended_at=None)


@pytest.mark.django_db
def test_runs_go_after_a_week_and_those_gone_wrong_after_three_months() -> None:
    at = clock.now()
    for state, days in (("done", 6), ("done", 8), ("failed", 8), ("lost", 89), ("failed", 91)):
        make_run(state=state, started_at=at - timedelta(days=days))

    gone = purge(at=at)

    assert (gone["runs"], gone["runs_gone_wrong"]) == (1, 1)
    assert JobRun.objects.count() == 3
