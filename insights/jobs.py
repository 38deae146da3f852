"""What runs by itself."""

from celery import shared_task

from core import clock
from core.doorbell import Job
from insights import actions


@shared_task(name=Job.REFRESH_FIGURES.value)
def refresh() -> None:
    """Count again what may have changed; once a day also what pictures are drawn from."""
    actions.refresh(at=clock.now())
    actions.redraw_due(at=clock.now())
    actions.shift_due(at=clock.now())


@shared_task(name=Job.RELEASE_FIGURES.value)
def release() -> None:
    """Make yesterday public, once."""
    actions.release_due(at=clock.now())
