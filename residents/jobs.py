"""What runs by the clock."""

from celery import shared_task

from core import clock
from core.doorbell import Job
from residents.actions.following import follow


@shared_task(name=str(Job.FOLLOW_REQUESTS))
def follow_requests() -> None:
    """Requests whose work is done or called off, that are late, or of which nobody says anything."""
    follow(at=clock.of_database())
