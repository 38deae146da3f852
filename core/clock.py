"""The one source of time."""

from datetime import UTC, date, datetime

from django.utils import timezone


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """The date where the deployment is."""
    return timezone.localdate(now())
