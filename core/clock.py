"""The one source of time."""

from datetime import UTC, date, datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    return datetime.now(UTC)


def of_database() -> datetime:
    """The time by the one clock that all processes share: what runs by the clock on several machines asks it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return moment.astimezone(UTC)


def today() -> date:
    """The date where the deployment is."""
    return timezone.localdate(now())
