"""The time of a synthetic database that plays a story: stretches, each with where it begins and how fast it goes.

Every process of the demo reads the stretches twice a second, beside its work and over a connection of its own, and a
new one begins `NOTICE` after it was written: so all processes change their speed at the same moment.
"""

import logging
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import deployment
from core.errors import DomainError
from core.models import ClockStretch

logger = logging.getLogger(__name__)

LOOK_S = 0.5
NOTICE = timedelta(seconds=2)
# Those that may still count: several may not have begun yet, and one holds before them.
NEWEST = 20
FIRST_LOOK_S = 5.0
FASTEST = 20_000.0


class NoStory(DomainError):
    code = "no-story"
    text = _("Only a database of invented people has a time of its own")


class ChangedTooOften(DomainError):
    code = "changed-too-often"
    text = _("The clock was changed several times in two seconds. Wait a moment")


@dataclass(frozen=True)
class Stretch:
    """From `begins_at` of the machine's clock on, the story's clock shows `shows` and goes `speed` times as fast."""

    begins_at: datetime
    shows: datetime
    speed: float


@dataclass(frozen=True)
class Scale:
    """Stretches, the newest first. Before the first of them, and without any, time is the machine's."""

    stretches: tuple[Stretch, ...] = ()

    def at(self, machine: datetime) -> datetime:
        found = self._holding(machine)
        return found.shows + (machine - found.begins_at) * found.speed if found else machine

    def speed_at(self, machine: datetime) -> float:
        found = self._holding(machine)
        return found.speed if found else 1.0

    def fastest_at(self, machine: datetime) -> float:
        """The highest speed from now on, as far as it is known; while the clock stands still, of the time before too."""
        coming = [stretch.speed for stretch in self.stretches if stretch.begins_at > machine]
        past = [stretch.speed for stretch in self.stretches if stretch.begins_at <= machine]
        moving = next((number for number, speed in enumerate(past) if speed > 0), len(past) - 1)
        return max([*coming, *past[: moving + 1]], default=1.0)

    def fastest_since(self, since: datetime, machine: datetime) -> float:
        """The highest speed from `since` on, as far as it is known at `machine`."""
        passed = [stretch.speed for stretch in self.stretches if since < stretch.begins_at <= machine]
        return max([self.speed_at(since), self.fastest_at(machine), *passed])

    def _holding(self, machine: datetime) -> Stretch | None:
        return next((stretch for stretch in self.stretches if stretch.begins_at <= machine), None)


class _Known:
    """What this process knows, and who looks for it."""

    scale = Scale()
    process: int | None = None


_starting = threading.Lock()


def _begin_anew() -> None:
    """A forked process has none of the threads of the one before it, and perhaps its lock in the middle of a start."""
    global _starting
    _starting = threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)


def known() -> Scale:
    """The scale as this process knows it. The first call of a process waits for the first look."""
    if _Known.process != os.getpid():
        _look_beside()
    return _Known.scale


@transaction.atomic
def go_on(*, speed: float, shows: datetime | None = None) -> ClockStretch:
    """Let the clock of this database go at `speed` from `NOTICE` on, from where it is then, or from `shows`.

    0 lets it stand still. Raises ValueError for a speed below 0 or above `FASTEST`, NoStory where people may be real,
    ChangedTooOften where the changes before it have not begun yet.
    """
    if not 0 <= speed <= FASTEST:
        raise ValueError(f"a clock goes 0 to {FASTEST:.0f} times as fast as a machine's, not {speed}")
    if not deployment.is_synthetic():
        raise NoStory
    with connection.cursor() as cursor:
        # One at a time: the stretch before is read, and the new one follows it.
        cursor.execute("LOCK TABLE core_clockstretch IN SHARE ROW EXCLUSIVE MODE")
    scale = read()
    begins_at = datetime.now(UTC) + NOTICE
    if len(scale.stretches) == NEWEST and scale.stretches[-2].begins_at > begins_at - NOTICE:
        raise ChangedTooOften
    if scale.stretches:
        # Where the clock of another machine is ahead: they begin in the order in which they were written.
        begins_at = max(begins_at, scale.stretches[0].begins_at + timedelta(microseconds=1))
    return ClockStretch.objects.create(begins_at=begins_at, shows=shows or scale.at(begins_at), speed=speed)


def read() -> Scale:
    """The scale as it is written. One query."""
    rows = ClockStretch.objects.order_by("-begins_at").values_list("begins_at", "shows", "speed")[:NEWEST]
    return Scale(tuple(Stretch(*row) for row in rows))


def _look_beside() -> None:
    with _starting:
        if _Known.process == os.getpid():
            return
        looked = threading.Event()
        threading.Thread(target=_keep_looking, args=[looked], name="story-time", daemon=True).start()
        if not looked.wait(FIRST_LOOK_S):
            logger.warning("whether this database plays a story is not known yet")
        _Known.process = os.getpid()


def _keep_looking(looked: threading.Event) -> None:
    away = False
    while True:
        away = not _look(was_away=away)
        looked.set()
        threading.Event().wait(LOOK_S)


def _look(*, was_away: bool = False) -> bool:
    """Learn the scale anew, over this thread's own connection; False where that cannot be, and what was known holds."""
    try:
        _Known.scale = read()
    except Exception as error:  # noqa: BLE001  whatever a driver raises: without this thread time would go on for ever as it was
        if not was_away:
            logger.warning("the story's time is not read, it goes on as before: %s", type(error).__name__)
        _forget_connection()
        return False
    return True


def _forget_connection() -> None:
    try:
        connection.close()
    except Exception as error:  # noqa: BLE001  it may be broken in any way; the next look opens another
        logger.debug("a broken connection was left alone: %s", type(error).__name__)
