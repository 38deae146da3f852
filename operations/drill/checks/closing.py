"""The end of a drill on the live stage: what waits is let through, figures are made, and everything is looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count

from core import clock, doorbell, story_time
from core.doorbell import Job
from core.models import JobRun
from insights.actions import rebuild
from insights.models import AreaDay, AreaDayKind
from operations.drill.checks.invariants import breaches
from operations.drill.checks.leftovers import at_work, leftovers, running_jobs, wait_for, waiting_in_broker
from operations.drill.drama import Drama
from operations.installation import Installation
from operations.launcher.console import Console

DRAIN_S = 120.0
QUIET_S = 30.0
# Rows that the product itself takes away once they have served, or replaces.
SHORT_LIVED = frozenset(
    {
        "AvailabilityException",
        "LoginCode",
        "Proposal",
        "RequestLook",
        "RequestPoint",
        "ServiceArea",
        "TeamMember",
        "VolunteerCapability",
        "Watch",
        "WeeklyAvailability",
    }
)
AREA_DAYS = ("area", "day", "calls", "shifts", "seats_asked", "seats_least", "seats_covered", "seats_filled")


@dataclass
class Findings:
    """What was found. `problems`: in words, each of which makes the drill a failure."""

    left_behind: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    figures_equal: bool = True
    jobs: dict[str, int] = field(default_factory=dict)
    failed_jobs: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "problems"}


@dataclass
class Closing:
    """`run` lets everything come to rest, then counts. The clock goes as a machine's afterwards, and beat has ended.

    What was begun comes to its end at the speed of the story first: a lease that was given then lasts as long as one
    does on a machine, but only as long as the clock goes as fast.
    """

    installation: Installation
    console: Console
    drama: Drama
    first_job: int
    may_fail: bool = False

    def run(self) -> Findings:
        found = Findings()
        with self.console.step("Letting what waits come to its end"):
            begun = at_work()
            self._wait(lambda: not begun & at_work(), seconds=DRAIN_S)
            story_time.go_on(speed=1)
            self._wait(lambda: clock.speed() <= 1 and not leftovers(at=clock.now()), seconds=QUIET_S)
            self.installation.end("beat")
            self._wait(self._is_quiet, seconds=DRAIN_S)
            for job in (Job.REFRESH_FIGURES, Job.RELEASE_FIGURES):
                self._carry_out(job)
            self._wait(self._is_quiet, seconds=QUIET_S)
        with self.console.step("Looking at everything that was left"):
            self._count(found)
        return found

    def _wait(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        return wait_for(condition, self.installation.keep, seconds=seconds)

    def _is_quiet(self) -> bool:
        """Whether no job runs or waits, and no row waits for one."""
        queues = self.installation.queues
        return not (
            running_jobs(after=self.first_job) or waiting_in_broker(queues) or leftovers(at=clock.now())
        )

    def _carry_out(self, job: Job) -> None:
        """Let a worker do a job once more."""
        newest = newest_job()
        doorbell.ring(job)
        ended = JobRun.objects.filter(name=job, pk__gt=newest).exclude(state=JobRun.State.RUNNING)
        if not self._wait(ended.exists, seconds=QUIET_S):
            self.console.line(f"{job} was not carried out within {QUIET_S:.0f} s.")

    def _count(self, found: Findings) -> None:
        at = clock.now()
        found.left_behind = leftovers(at=at)
        running = running_jobs(after=self.first_job)
        if running and not self.may_fail:
            found.left_behind["jobs that never ended"] = running
        waiting = waiting_in_broker(self.installation.queues)
        if waiting:
            found.left_behind["messages in the broker"] = waiting
        found.jobs = _by_name(JobRun.objects.filter(pk__gt=self.first_job))
        failed = JobRun.objects.filter(pk__gt=self.first_job, state=JobRun.State.FAILED)
        found.failed_jobs = _by_name(failed)
        for run in failed.order_by("pk")[:10]:
            self.console.line(f"  failed: {run.name} {run.error}: {run.reason}")
        self._compare_figures(found, at=at)
        self._check_invariants(found)
        self._check_acknowledged(found)
        found.problems += [f"{number} {what} left behind" for what, number in found.left_behind.items()]
        if not self.may_fail:
            found.problems += [f"{name} failed {number} times" for name, number in found.failed_jobs.items()]

    def _compare_figures(self, found: Findings, *, at: datetime) -> None:
        """Figures as the jobs kept them, and counted anew: the same rows."""
        kept = figures()
        rebuild(at=at)
        found.figures_equal = kept == figures()
        if not found.figures_equal:
            found.problems.append("figures are not those of a full rebuild")

    def _check_invariants(self, found: Findings) -> None:
        for breach in breaches(since=self.drama.drill.begins_at):
            found.broken[breach.name] = breach.number
            found.problems.append(
                f"{breach.name} is broken {breach.number} times: {'; '.join(breach.examples)}"
            )

    def _check_acknowledged(self, found: Findings) -> None:
        """Whatever an action said it had written is there."""
        rows: dict[str, set[int]] = {}
        for name, key in self.drama.hands.acknowledged:
            rows.setdefault(name, set()).add(key)
        found.acknowledged = sum(map(len, rows.values()))
        found.lost = lost(rows)
        found.problems += [f"{number} acknowledged {name} lost" for name, number in found.lost.items()]


def lost(rows: Mapping[str, set[int]]) -> dict[str, int]:
    """How many rows of each model are not there, of those that are kept."""
    models = {model.__name__: model for model in apps.get_models()}
    missing = {
        name: len(keys) - models[name]._base_manager.filter(pk__in=keys).count()
        for name, keys in rows.items()
        if name in models and name not in SHORT_LIVED
    }
    return {name: number for name, number in missing.items() if number}


def figures() -> dict[str, list[tuple[Any, ...]]]:
    """All aggregates of days, in an order of their own. Memory for some hundred thousand rows."""
    return {
        "days": sorted(AreaDay.objects.values_list(*AREA_DAYS, "services", "minutes")),
        "kinds": sorted(AreaDayKind.objects.values_list(*AREA_DAYS[:2], "type", *AREA_DAYS[2:])),
    }


def newest_job() -> int:
    return JobRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _by_name(runs: Any) -> dict[str, int]:
    return dict(runs.order_by().values_list("name").annotate(number=Count("pk")).order_by("name"))
