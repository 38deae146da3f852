"""A stage in one process, whose clock jumps from one happening to the next: a story as fast as the machine can tell it.

    export MANYHANDS_DEMO=1 DATABASE_URL=…
    manage.py drill_here prepare --volunteers 1000
    manage.py drill_here play --policy certified --seed 1 --days 3

`play_here` does the same within a program. Whatever a worker would do is done here, between two happenings: what was
rung for, in the order of ringing, then the jobs that are due, each at its own time and in its own transactions. What
differs from a deployment: a job takes no time of the story; the jobs of every minute come every hour or two (`OFTEN`,
`LEAST`, `SELDOM`); some are left out (`LEFT_OUT`), so that messages are written and not sent: there is no provider.
The same seed over a copy of the same database tells the same story, row by row: `digest.of_story`.
"""

import heapq
import json
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings

from core import clock, doorbell
from core.doorbell import Job
from core.models import draw_codes_from
from operations.drill import playing
from operations.drill.drama import Drama

logger = logging.getLogger(__name__)

# No job by the clock comes more often, by the time of the story; what is rung for comes at once. At 3000 times the speed
# beat's least pause of 1.5 s comes to an hour and a quarter.
LEAST = timedelta(hours=1)
# Offers near the start of a shift stand for 20 minutes, and these two cost next to nothing.
OFTEN = {Job.EXPIRE_OFFERS: timedelta(minutes=30), Job.PASS_ON: timedelta(minutes=30)}
# What they watch takes many hours: claims, escalations, reminders a day ahead. The last change nothing in a story.
SELDOM = {
    Job.REMIND_VOLUNTEERS: timedelta(hours=3),
    Job.WARN_SHORT: timedelta(hours=3),
    Job.EXPIRE_HANDOVERS: timedelta(hours=3),
    Job.FOLLOW_REQUESTS: timedelta(hours=2),
    Job.LAPSE_CLAIMS: timedelta(hours=3),
    Job.ESCALATE_CALLS: timedelta(hours=2),
    Job.ESCALATE_REVIEWS: timedelta(hours=3),
    Job.COUNT_HANDS: timedelta(hours=6),
    Job.COUNT_REPLIES: timedelta(hours=6),
    Job.EXTEND_SERIES: timedelta(hours=6),
    Job.SWEEP_SHEETS: timedelta(days=1),
    Job.ERASE_DUE: timedelta(days=1),
    Job.WARN_UNUSED: timedelta(days=1),
    Job.PURGE: timedelta(days=1),
}
# Nobody takes messages here, nobody looks whether beat is alive, and nobody reads the figures by area and day.
LEFT_OUT = frozenset(
    {
        Job.BEAT,
        Job.RELAY_MESSAGES,
        Job.SEND_MESSAGES,
        Job.SWEEP_MESSAGES,
        Job.REFRESH_FIGURES,
        Job.RELEASE_FIGURES,
    }
)
# More than so many rings that each lead to another one are a circle.
MOST_RINGS = 10_000

Told = Callable[[datetime], None]


class JobFailed(RuntimeError):
    """A job raised what a worker would have written down as a failure: its name, and the story's time."""


class EndlessRinging(RuntimeError):
    """Rings led to rings without an end."""


class Stepped:
    """The stage. `without`: jobs that are left out, beside `LEFT_OUT`; `told` hears of every day that is over."""

    def __init__(
        self, begins_at: datetime, *, without: frozenset[Job] = frozenset(), told: Told | None = None
    ) -> None:
        self.now = begins_at
        # Seconds and number of the runs of each job.
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.runs: Counter[str] = Counter()
        self._without = LEFT_OUT | without
        self._told = told
        self._said_at = begins_at
        # By job and arguments: what is rung for twice before it is done is done once.
        self._rung: dict[str, tuple[Job, dict[str, Any]]] = {}
        self._due: list[tuple[datetime, int, Job]] = []
        for order, entry in enumerate(settings.CELERY_BEAT_SCHEDULE.values()):
            job = Job(str(entry["task"]))
            if job not in self._without:
                heapq.heappush(self._due, (begins_at, order, job))

    def hear(self, job: Job, kwargs: dict[str, Any]) -> None:
        """Take a ring; called after commit."""
        if job not in self._without:
            # As the broker would carry it.
            said = json.dumps(kwargs, sort_keys=True)
            self._rung.setdefault(f"{job} {said}", (job, json.loads(said)))

    def reach(self, moment: datetime) -> datetime | None:
        """Do what is to be done until a moment, each at its own time, and let the clock show that moment."""
        self._answer()
        while self._due[0][0] <= moment:
            due, order, job = heapq.heappop(self._due)
            self.now = max(self.now, due)
            self._carry_out(job, {})
            heapq.heappush(self._due, (due + interval(job), order, job))
            self._answer()
        self.now = max(self.now, moment)
        if self._told is not None and self.now - self._said_at >= timedelta(days=1):
            self._said_at = self.now
            self._told(self.now)
        return self.now

    def _answer(self) -> None:
        """Carry out what was rung for, and what that rings for."""
        for _ in range(MOST_RINGS):
            if not self._rung:
                return
            job, kwargs = self._rung.pop(next(iter(self._rung)))
            self._carry_out(job, kwargs)
        raise EndlessRinging(f"over {MOST_RINGS} rings at {self.now}, the last for {job}")

    def _carry_out(self, job: Job, kwargs: dict[str, Any]) -> None:
        began = time.perf_counter()
        try:
            current_app.tasks[str(job)].run(**kwargs)
        except Exception as error:
            # Whatever it was, the story ends here, and says where.
            raise JobFailed(f"{job} {kwargs or ''} at {self.now}: {type(error).__name__}: {error}") from error
        self.seconds[str(job)] += time.perf_counter() - began
        self.runs[str(job)] += 1


def interval(job: Job) -> timedelta:
    """How often a job comes by the clock of the story."""
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    own = next(float(str(entry["schedule"])) for entry in entries if entry["task"] == str(job))
    return max(timedelta(seconds=own), OFTEN.get(job) or SELDOM.get(job, LEAST))


@contextmanager
def standing_on(stage: Stepped, *, codes: random.Random) -> Iterator[Stepped]:
    """Let this process live by the stage's clock, hear its own rings and draw its codes from `codes`."""
    current_app.loader.import_default_modules()
    clock.read_from(lambda: stage.now)
    doorbell.answer_by(stage.hear)
    draw_codes_from(codes)
    try:
        yield stage
    finally:
        draw_codes_from(None)
        doorbell.answer_by(None)
        clock.read_from(None)


def play_here(
    *,
    scenario: str,
    policy: str,
    seed: int,
    begins_at: datetime,
    days: int | None = None,
    told: Told | None = None,
) -> Drama:
    """Play a drill to its end in this process, in the database that it is connected to, without a worker beside it.

    `days`: as many as the scenario has where none are given. Raises JobFailed, and what `playing.compose` raises.
    """
    drama = playing.compose(
        scenario=playing.SCENARIOS[scenario], policy=policy, seed=seed, begins_at=begins_at, days=days
    )
    stage = Stepped(begins_at, without=drama.policy.without, told=told)
    # Another drill in the same database must not draw the same codes again.
    with standing_on(stage, codes=random.Random(f"{seed}/{drama.drill.pk}")):  # noqa: S311  invented people
        try:
            playing.play(drama, stage)
        except BaseException as error:
            playing.break_off(drama.drill, error)
            raise
    drama.jobs_s = dict(stage.seconds)
    return drama
