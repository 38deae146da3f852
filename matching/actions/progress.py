"""What a run says of itself while it works, and whether it is wanted still: one UPDATE a step tells both.

Each stands for itself, outside any transaction, so that everybody sees it at once; each holds the run on for another
lease.
"""

from enum import StrEnum

from core import clock
from matching.models import LEASE, MatchRun, MatchRunQuerySet

# A step of many parts is written so often at most.
MOST_WRITES = 20


class Step(StrEnum):
    READING = "reading"
    SOLVING = "solving"
    STORING = "storing"
    OFFERING = "offering"


class LeaseGone(RuntimeError):
    """Another worker has taken the run over."""


class CalledOff(RuntimeError):
    """Somebody has called the run off."""


def held(run: MatchRun) -> MatchRunQuerySet:
    """The run, as long as the lease is ours."""
    return MatchRun.objects.filter(pk=run.pk, leased_until=run.leased_until)


def say(run: MatchRun, step: Step, *, done: int = 0, all: int = 0) -> None:
    """Write the step of a run, with `done` of `all` parts where it has any.

    Raises CalledOff where somebody called it off, LeaseGone where another worker has it.
    """
    until = clock.now() + clock.of_machine(LEASE)
    written = (
        held(run).filter(cancel_asked_at=None).update(progress=_said(step, done, all), leased_until=until)
    )
    if not written:
        raise lost(run)
    run.leased_until = until


def said_at_first(step: Step) -> dict[str, str | int]:
    return _said(step, 0, 0)


def is_worth_saying(done: int, all: int) -> bool:
    """Whether `done` of `all` is one of the few points at which progress is written, the beginning among them."""
    return done == 0 or done * MOST_WRITES // all != (done - 1) * MOST_WRITES // all


def look_up(run: MatchRun) -> None:
    """Raise CalledOff or LeaseGone where the run is not wanted from us any more; one SELECT."""
    if not held(run).filter(cancel_asked_at=None).exists():
        raise lost(run)


def lost(run: MatchRun) -> CalledOff | LeaseGone:
    """Why an UPDATE of a run that is ours found no row."""
    return CalledOff() if held(run).exists() else LeaseGone()


def _said(step: Step, done: int, all: int) -> dict[str, str | int]:
    return {"step": str(step), "done": done, "all": all}
