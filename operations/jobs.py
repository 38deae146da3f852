"""Beat's sign of life, and the record of every run of every job."""

from celery import shared_task, signals

from core import clock, job_log
from operations import heartbeat

# Workers load this module; a web process never sends these signals.
signals.worker_ready.connect(job_log.worker_began)
signals.task_prerun.connect(job_log.began)
signals.task_postrun.connect(job_log.ended)


@shared_task(name="operations.beat")
def beat() -> None:
    """Beat sent this and a worker took it: both are alive. Runs that nobody will end are given up."""
    heartbeat.leave()
    job_log.sweep(at=clock.now())
