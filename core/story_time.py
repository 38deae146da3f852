"""The time of a synthetic database that plays a story: stretches, each with where it begins and how fast it goes.

Every process of the demo reads the stretches twice a second, beside its work and over a connection of its own, and a
new one begins `NOTICE` after it was written: so all processes change their speed at the same moment.
"""

import contextlib
import logging
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import Error, connection, transaction

from core.models import ClockStretch

logger = logging.getLogger(__name__)

LOOK_S = 0.5
NOTICE = timedelta(seconds=2)
# Those that may still count: the newest may not have begun yet.
NEWEST = 3
FIRST_LOOK_S = 5.0
FASTEST = 20_000.0


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

    def _holding(self, machine: datetime) -> Stretch | None:
        return next((stretch for stretch in self.stretches if stretch.begins_at <= machine), None)


class _Known:
    """What this process knows, and who looks for it."""

    scale = Scale()
    process: int | None = None


_starting = threading.Lock()


def known() -> Scale:
    """The scale as this process knows it. The first call of a process waits for the first look."""
    if _Known.process != os.getpid():
        _look_beside()
    return _Known.scale


@transaction.atomic
def go_on(*, speed: float, shows: datetime | None = None) -> ClockStretch:
    """Let the clock of this database go at `speed` from `NOTICE` on, from where it is then, or from `shows`.

    0 lets it stand still. Raises ValueError for a speed below 0 or above `FASTEST`.
    """
    if not 0 <= speed <= FASTEST:
        raise ValueError(f"a clock goes 0 to {FASTEST:.0f} times as fast as a machine's, not {speed}")
    with connection.cursor() as cursor:
        # One at a time: the stretch before is read, and the new one follows it.
        cursor.execute("LOCK TABLE core_clockstretch IN SHARE ROW EXCLUSIVE MODE")
    begins_at = datetime.now(UTC) + NOTICE
    scale = read()
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
    while True:
        try:
            _Known.scale = read()
        except Error:
            # Away, or not prepared yet: what was known holds.
            with contextlib.suppress(Error):
                connection.close()
        looked.set()
        threading.Event().wait(LOOK_S)
