"""The live stage: the product's own web, workers and beat, and a clock that goes fast beside them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from core import clock
from matching.models import MatchRun
from operations.drill.drama import Drama
from operations.drill.hands import PATIENCE_S
from operations.drill.story import Act
from operations.installation import Installation
from operations.launcher.console import Console
from operations.launcher.processes import LOOK_S
from operations.models import Drill

# Whether somebody stopped the drill on its page is looked for so often.
ASKED_EVERY_S = 1.0
PLANS_A_LOOK = 5
Look = Callable[[], None]


@dataclass
class Lag:
    """How far the story is behind its clock, in seconds of a machine."""

    now_s: float = 0.0
    most_s: float = 0.0
    most_of_day_s: float = 0.0

    def note(self, behind_s: float) -> None:
        self.now_s = behind_s
        self.most_s = max(self.most_s, behind_s)
        self.most_of_day_s = max(self.most_of_day_s, behind_s)


@dataclass
class LiveStage:
    """Waits by the scaled clock, and looks after the processes meanwhile. `looks` are called some times a second."""

    installation: Installation
    drama: Drama
    console: Console
    looks: Sequence[Look] = ()
    lag: Lag = field(default_factory=Lag)
    _day: date | None = None
    _done: int = 0
    _kept_at: float = 0.0
    _asked_at: float = 0.0
    _planned_at: datetime | None = None

    def __post_init__(self) -> None:
        self.drama.story.carry_out = self._patiently

    def reach(self, moment: datetime) -> datetime | None:
        while not self._asked_to_stop():
            at = clock.now()
            if at >= moment:
                speed = clock.speed()
                self.lag.note((at - moment) / timedelta(seconds=speed) if speed else 0.0)
                self._tell(at)
                if time.monotonic() - self._kept_at >= LOOK_S:
                    self._keep(0.0)
                return at
            self._keep(self._pause(moment - at))
        return None

    def _patiently(self, act: Act, at: datetime) -> None:
        """Let something happen, once more where the database went away in the middle: what was done is refused then."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                act(at)
            except (OperationalError, InterfaceError) as error:
                self.drama.hands.wait_for_database(error, until)
            else:
                return

    def _pause(self, span: timedelta) -> float:
        """How long to wait for the story's clock to go on by `span`: not long, for its speed may change."""
        speed = clock.speed()
        return min(LOOK_S, span.total_seconds() / speed) if speed else LOOK_S

    def _keep(self, seconds: float) -> None:
        self.installation.keep(seconds)
        self._kept_at = time.monotonic()
        for look in self.looks:
            look()

    def _asked_to_stop(self) -> bool:
        if self.installation.supervisor.asked_to_stop:
            return True
        if time.monotonic() - self._asked_at < ASKED_EVERY_S:
            return False
        self._asked_at = time.monotonic()
        # As each process does between two pieces of work: what the database keeps for a connection grows with its age.
        close_old_connections()
        try:
            self._tell_plans()
            found = Drill.objects.values_list("status", flat=True).get(pk=self.drama.drill.pk)
        except (OperationalError, InterfaceError):
            # Away for a moment: whoever acts next waits for it.
            return False
        return found != Drill.Status.RUNNING

    def _tell_plans(self) -> None:
        """Say which plans the matching has made since the last look."""
        since = self._planned_at or self.drama.story.begins_at
        made = MatchRun.objects.filter(
            status=MatchRun.Status.DONE, finished_at__gt=since, proposal_count__gt=0
        )
        for run in made.exclude(gap_percent=None).order_by("finished_at")[:PLANS_A_LOOK]:
            self._planned_at = run.finished_at
            gap = round(run.gap_percent or 0.0, 2)
            self.drama.say("plan_made", run.finished_at or since, seats=run.proposal_count, gap=gap)

    def _tell(self, at: datetime) -> None:
        """A line each day of the story."""
        day = timezone.localdate(at)
        if day == self._day:
            return
        self._day = day
        hands = self.drama.hands
        done = sum(hands.done.values())
        refused = sum(hands.refused.values())
        self.console.line(
            f"day {int(self.drama.day(at)):>3}  {day}  done {done:,} (+{done - self._done:,})  refused {refused:,}  "
            f"behind {self.lag.now_s:.1f} s, {self.lag.most_of_day_s:.1f} s at most"
        )
        self._done, self.lag.most_of_day_s = done, 0.0
