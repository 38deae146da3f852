"""Whether a database is synthetic: of invented people, as a whole. Every page says so."""

import time
from datetime import datetime

from django.db import Error

from core.models import Deployment

# A process that found real people looks again after this time: somebody may have filled an empty database since.
# What is synthetic stays so, and is never asked again.
LOOK_AGAIN_S = 60.0


class _Known:
    """What this process knows, and until when."""

    synthetic = False
    until = 0.0


def mark_synthetic(*, at: datetime) -> None:
    """Say for good that this database holds invented people and nothing else."""
    Deployment.objects.get_or_create(pk=1, defaults={"synthetic_since": at})
    forget()


def is_synthetic() -> bool:
    """Whether all people here are invented; one statement a minute and process, where they are not.

    Where the database does not answer, what was known last: a page about its absence asks this as well.
    """
    if not _Known.synthetic and time.monotonic() >= _Known.until:
        try:
            found = Deployment.objects.filter(pk=1).exists()
        except Error:
            return _Known.synthetic
        remember(found)
    return _Known.synthetic


def remember(synthetic: bool) -> None:
    """Know it without asking, for as long as an answer holds."""
    _Known.synthetic, _Known.until = synthetic, time.monotonic() + LOOK_AGAIN_S


def forget() -> None:
    """Ask the database at the next page."""
    _Known.synthetic, _Known.until = False, 0.0
