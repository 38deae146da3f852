"""The one source of time.

A synthetic database may keep a time of its own, which goes faster, or stands still: `core.story_time`. Whatever holds
for machines and not for people (leases, pauses before another attempt, how long a code may be typed) is a length of
`of_machine`, so that it takes as long as ever.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core import story_time


class _Source:
    """What this process reads its time from, in the place of the shared one."""

    own: Callable[[], datetime] | None = None


def now() -> datetime:
    if _Source.own is not None:
        return _Source.own()
    return _scaled(datetime.now(UTC))


def of_database() -> datetime:
    """The time by the one clock that all processes share: what runs by the clock on several machines asks it."""
    if _Source.own is not None:
        return _Source.own()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    return _scaled(moment.astimezone(UTC))


def today() -> date:
    """The date where the deployment is."""
    return timezone.localdate(now())


def speed() -> float:
    """How many seconds pass here in one of a machine's: 1 everywhere but in a story, 0 where it stands still."""
    if not settings.DEMO or _Source.own is not None:
        return 1.0
    return story_time.known().speed_at(datetime.now(UTC))


def of_machine(span: timedelta) -> timedelta:
    """How far this clock goes while a machine's goes `span`, and `span` itself where it goes slower."""
    return span * max(1.0, speed())


def read_from(source: Callable[[], datetime] | None) -> None:
    """Let this process alone take its time from `source`; None gives it the shared time again."""
    _Source.own = source


def _scaled(machine: datetime) -> datetime:
    # Only a demo's processes look whether there is a story: everywhere else a clock is a clock.
    return story_time.known().at(machine) if settings.DEMO else machine
