"""Hourly: tell those whom nobody has seen for long, forget whom it is time to forget, delete what has served its time."""

import logging

from celery import shared_task

from core import clock
from core.doorbell import Job
from privacy import destroyed, erasure, retention, unused

logger = logging.getLogger(__name__)


@shared_task(name=Job.ERASE_DUE)
def erase_due() -> int:
    at = clock.now()
    guests = unused.let_guests_go(at=at)
    # Guests whose time is over are among those who are forgotten at once.
    accounts = erasure.erase_due(at=at)
    destroyed.note_destroyed({"guests": guests, "accounts": max(accounts - guests, 0)}, at=at)
    return accounts


@shared_task(name=Job.WARN_UNUSED)
def warn_unused() -> int:
    at = clock.now()
    unused.keep_used(at=at)
    return unused.warn(at=at)


@shared_task(name=Job.PURGE)
def purge() -> dict[str, int]:
    at = clock.now()
    gone = retention.purge(at=at)
    destroyed.note_destroyed(gone, at=at)
    logger.info("purged %s", {name: count for name, count in gone.items() if count})
    return gone
