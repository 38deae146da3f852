"""Hourly: tell those whom nobody has seen for long, forget whom it is time to forget, delete what has served its time."""

import logging

from celery import shared_task

from core import clock
from core.doorbell import Job
from privacy import erasure, retention, unused

logger = logging.getLogger(__name__)


@shared_task(name=Job.ERASE_DUE)
def erase_due() -> int:
    at = clock.now()
    unused.let_guests_go(at=at)
    return erasure.erase_due(at=at)


@shared_task(name=Job.WARN_UNUSED)
def warn_unused() -> int:
    at = clock.now()
    unused.keep_used(at=at)
    return unused.warn(at=at)


@shared_task(name=Job.PURGE)
def purge() -> dict[str, int]:
    gone = retention.purge(at=clock.now())
    logger.info("purged %s", {name: count for name, count in gone.items() if count})
    return gone
