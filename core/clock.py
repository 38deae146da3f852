"""The one source of time.

A synthetic database may keep a time of its own, which goes faster, or stands still: `core.story_time`. Whatever holds
for machines or for somebody at a keyboard, and not in the story (leases, pauses before another attempt, how long a code
may be typed), is a length of `of_machine`, or by `machine_now`, so that it takes as long as ever.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from core import story_time

# A calendar has an end: months by a machine's clock are thousands of years by a fast one.
FURTHEST = timedelta(days=365 * 1000)


ENDLESS = timedelta(days=36_500)


class _Source:
    """What this process reads its time from, in the place of the shared one."""

    own: Callable[[], datetime] | None = None


def now() -> datetime:
    if _Source.own is not None:
        return _Source.own()
    return _scaled(datetime.now(UTC))


def machine_now() -> datetime:
    """What a machine's clock shows, whatever the story's does: for signs of life, windows of tries, digits that change."""
    return _Source.own() if _Source.own is not None else datetime.now(UTC)


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
    """How far this clock goes while a machine's goes `span`, and `span` itself where it goes slower.

    A change of speed that is announced counts already, and in a pause the speed before it: a lease that is taken now
    must not run out at once when the clock goes on.
    """
    return min(span * _ratio(), FURTHEST)


def longest_lease(span: timedelta) -> timedelta:
    """How far from now a lease of `span` can end; one that ends later was taken while a story went faster, and is over.

    For a lease that was taken a moment ago by another process's clock it allows as much again. Outside a story none is
    too long: machines' clocks may be apart.
    """
    if not is_scaled():
        return ENDLESS
    machine = datetime.now(UTC)
    return 2 * span * max(1.0, story_time.known().fastest_since(machine - span, machine))


def by_machine(span: timedelta) -> timedelta:
    """How long a span of this clock, of a moment ago, was by a machine's: what a job took."""
    return span / _ratio()


def seconds_for(seconds: int) -> int:
    """How many of a machine's seconds a page may be kept that is true for so many of this clock's."""
    return int(seconds / _ratio())


def is_scaled() -> bool:
    """Whether this clock shows, or soon will show, another time than a machine's."""
    return settings.DEMO and _Source.own is None and bool(story_time.known().stretches)


def read_from(source: Callable[[], datetime] | None) -> None:
    """Let this process alone take its time from `source`; None gives it the shared time again."""
    _Source.own = source


def _ratio() -> float:
    if not settings.DEMO or _Source.own is not None:
        return 1.0
    return max(1.0, story_time.known().fastest_at(datetime.now(UTC)))


def _scaled(machine: datetime) -> datetime:
    # Only a demo's processes look whether there is a story: everywhere else a clock is a clock.
    return story_time.known().at(machine) if settings.DEMO else machine
