"""The record of runs, written by real workers."""

from pathlib import Path

import pytest

from core import doorbell
from core.doorbell import Job
from core.models import JobRun
from operations.launcher import commands
from tests.faults.test_messages import queue, start_doomed
from tests.notifications.provider import Provider, wait_for
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import RunProcess, RunWorker, wait_until


def states(job: Job) -> list[str]:
    return list(JobRun.objects.filter(name=str(job)).order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(("queue_name", "job"), [("default", Job.REMIND_VOLUNTEERS), ("default", Job.BEAT)])
def test_a_worker_writes_down_its_runs(
    queue_name: str, job: Job, live_db: LiveDatabase, run_worker: RunWorker
) -> None:
    worker = run_worker(queue_name)

    doorbell.ring(job)
    doorbell.ring(Job.PURGE)

    wait_until(
        lambda: states(Job.PURGE) == ["done"], seconds=30, what="a run was written down", running=worker
    )
    assert states(job) == ([] if job == Job.BEAT else ["done"])
    run = JobRun.objects.get(name=str(Job.PURGE))
    assert run.queue == queue_name and run.worker.startswith("default@") and run.arguments == {}
    assert run.ended_at is not None and run.ended_at >= run.started_at


def test_what_a_killed_worker_left_is_lost_as_soon_as_its_successor_starts(
    live_db: LiveDatabase, provider: Provider, run_process: RunProcess, tmp_path: Path
) -> None:
    env = {"SMS_URL": provider.url}
    queue()
    doomed = start_doomed(run_process, "after-claim", tmp_path / "mark", env)
    assert wait_for(lambda: not doomed.alive(), seconds=60), doomed.output()
    assert states(Job.RELAY_MESSAGES) == ["running"]

    name = "doomed-after-claim@here"
    successor = run_process(commands.worker("notifications", name=name), env, name="successor")

    wait_until(
        lambda: states(Job.RELAY_MESSAGES)[0] == "lost",
        seconds=60,
        what="the run was lost",
        running=successor,
    )
