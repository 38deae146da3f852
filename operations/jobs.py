from celery import shared_task

from operations import heartbeat


@shared_task(name="operations.beat")
def beat() -> None:
    """Beat sent this and a worker took it: both are alive."""
    heartbeat.leave()
