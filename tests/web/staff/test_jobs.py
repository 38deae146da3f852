"""Health, and runs of jobs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import clock, doorbell
from core.doorbell import Job
from core.job_log import NOT_TO_BE_RUNG
from core.models import AuditRecord, JobRun
from matching.models import MatchRun
from tests.factories.areas import make_area
from tests.factories.jobs import make_run
from tests.factories.notifications import make_message
from tests.web.reading import check_page, statements
from web.staff.views import health
from web.staff.words import JOBS, job_words

pytestmark = pytest.mark.django_db


def test_every_job_is_called_by_what_it_does() -> None:
    assert set(JOBS) == set(Job)
    assert job_words("of.an_earlier_version") == "of.an_earlier_version"


def test_health_says_what_is_late_and_what_went_wrong(staff: Client) -> None:
    at = clock.now()
    make_message(created_at=at - timedelta(minutes=9))
    make_message(status="failed", ended_at=at, next_try_at=None)
    for entry in health.settings.CELERY_BEAT_SCHEDULE.values():
        make_run(name=entry["task"], queue="default", started_at=at - timedelta(seconds=5))
    JobRun.objects.filter(name=Job.SWEEP_MESSAGES).update(started_at=at - timedelta(hours=1))
    make_run(name=Job.SWEEP_MESSAGES, started_at=at - timedelta(hours=2), state="failed", error="OSError")

    page = check_page(staff.get(reverse("staff:health")))

    assert "1 job is late" in page.text
    assert "the oldest for 9 min" in page.text


def test_health_with_nothing_at_all_still_shows(staff: Client) -> None:
    page = check_page(staff.get(reverse("staff:health")))

    assert "jobs are late" in page.text and "Stands still" in page.text and "nothing waits" in page.text


def test_a_job_that_never_ran_is_late_once_it_should_have(staff: Client) -> None:
    first = make_run(name=Job.RELAY_MESSAGES, started_at=clock.now() - timedelta(minutes=2))
    rows = {row.name: row.is_late for row in health._jobs(clock.now())}
    assert not rows[Job.PURGE] and not rows[Job.REMIND_VOLUNTEERS]

    JobRun.objects.filter(pk=first.pk).update(started_at=clock.now() - timedelta(minutes=20))
    rows = {row.name: row.is_late for row in health._jobs(clock.now())}
    assert not rows[Job.PURGE] and rows[Job.REMIND_VOLUNTEERS]


def test_health_says_how_good_the_last_plan_is(staff: Client) -> None:
    at = clock.now()
    MatchRun.objects.create(
        scope=make_area(),
        demand_version="1",
        plans_from=at,
        requested_at=at,
        started_at=at,
        finished_at=at,
        status="done",
        gap_percent=0.214,
    )

    assert "at most 0.21 % from the best there can be" in check_page(staff.get(reverse("staff:health"))).text


def test_health_without_a_broker_says_so(staff: Client, settings) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"

    assert "The broker does not answer" in check_page(staff.get(reverse("staff:health"))).text


def test_health_takes_the_same_statements_however_much_there_is(staff: Client) -> None:
    counts = []
    for _number in range(2):
        make_run(state="failed")
        with statements() as asked:
            staff.get(reverse("staff:health"))
        counts.append(len(asked))
        make_run(name="insights.refresh")
        make_message()

    assert counts[0] == counts[1] <= 9


def test_a_failed_run_says_why_in_words_and_in_the_machine_s(staff: Client) -> None:
    run = make_run(
        name="matching.run", state="failed", error="OperationalError", reason="lost", arguments={"run_id": 7}
    )

    page = check_page(staff.get(reverse("staff:job", args=[run.code])))

    assert "The database could not be reached" in page.text
    assert "OperationalError: lost" in page.text and "run_id" in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("state=failed", 1), ("name=tasks.remind", 1), ("days=", 4), ("state=no", 0)],
)
def test_runs_are_found_by_job_state_and_time(staff: Client, query: str, count: int) -> None:
    make_run(state="failed")
    make_run(name="tasks.remind")
    make_run(state="running")
    make_run(started_at=clock.now() - timedelta(days=8))

    page = check_page(staff.get(f"{reverse('staff:jobs')}?{query}"))

    assert sum(link.startswith("/en/staff/jobs/") and len(link) > 20 for link in page.links) == count


def test_the_list_takes_as_many_statements_for_three_as_for_one(staff: Client) -> None:
    counts = []
    for _number in range(2):
        make_run()
        with statements() as asked:
            staff.get(reverse("staff:jobs"))
        counts.append(len(asked))
        make_run(state="failed")

    assert counts[0] == counts[1] <= 4


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, dict]]:
    found: list[tuple[Job, dict]] = []
    monkeypatch.setattr(doorbell, "ring", lambda job, **kwargs: found.append((job, kwargs)))
    return found


def test_a_run_is_rung_for_once_more_with_its_arguments(staff: Client, member: User, rung: list) -> None:
    run = make_run(name="matching.run", state="failed", error="ValueError", arguments={"run_id": 7})

    response = staff.post(reverse("staff:again", args=[run.code]))

    assert response.status_code == 303
    assert rung == [(Job.RUN_MATCH, {"run_id": 7})]
    assert AuditRecord.objects.get(verb="job.rung").actor_id == member.pk


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "notifications.send"},
        {"name": "of.an_earlier_version"},
        {"has_all_arguments": False},
    ],
)
def test_what_bears_no_repetition_is_not_rung(staff: Client, rung: list, fields: dict) -> None:
    run = make_run(**fields)

    page = check_page(staff.post(reverse("staff:again", args=[run.code]), follow=True))

    assert "cannot be started again" in page.text and "Run it once more" not in page.text
    assert not rung and not AuditRecord.objects.exists()


def test_only_what_rows_repeat_by_themselves_is_never_rung() -> None:
    assert {Job.BEAT, Job.SEND_MESSAGES} == NOT_TO_BE_RUNG
