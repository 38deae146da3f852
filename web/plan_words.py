"""What a run of the matching says of itself, in words: its state, its step, its reasons."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from matching.actions.progress import Step
from matching.actions.requests import GAVE_UP
from matching.actions.running import REFUSED
from matching.actions.storing import LEFT_OUT
from matching.models import MatchRun, RolePrice
from web.wording import number_words

Status = MatchRun.Status
Verdict = RolePrice.Verdict
# The shapes of `{% state %}`.
SHAPES = {
    Status.QUEUED: "running",
    Status.RUNNING: "running",
    Status.DONE: "filled",
    Status.FAILED: "short",
    Status.SUPERSEDED: "over",
    Status.CANCELLED: "cancelled",
}
# What a run does at a step, in the order of the steps.
STEPS: dict[str, Promise] = {
    Step.READING: _("Reading who could come and what is asked for"),
    Step.SOLVING: _("Working out who goes where"),
    Step.STORING: _("Storing the plan"),
    Step.OFFERING: _("Asking people"),
}
# Names of the steps as the run's seconds have them.
TIMED: dict[str, Promise] = {
    "snapshot": pgettext_lazy("step of a plan", "Reading"),
    "solve": pgettext_lazy("step of a plan", "Working out"),
    "count": pgettext_lazy("step of a plan", "Counting"),
    "store": pgettext_lazy("step of a plan", "Storing"),
    "offer": pgettext_lazy("step of a plan", "Asking people"),
}
EMPTY: dict[str, tuple[Promise, Promise]] = {
    Verdict.FEW_QUALIFY: (
        _("Too few qualify"),
        _(
            "Everybody who lives within reach, is free in these hours and can do the work is in the plan for it already."
        ),
    ),
    Verdict.ELSEWHERE: (
        _("Needed more elsewhere"),
        _("People could come, but fill a seat that is more urgent or nearer to them, or have no hours left."),
    ),
    Verdict.NO_WORTH: (
        _("Not worth the way"),
        _(
            "Whoever is left lives so far away, or did so much lately, that asking would cost more than the seat counts."
        ),
    ),
    LEFT_OUT: (
        _("Not planned this time"),
        _("The shift has no place, or ends more than seven days ahead: a later plan looks at it."),
    ),
}
# Gaps below a hundredth of a percent are shown as this.
SMALLEST = 0.01


@dataclass(frozen=True)
class EmptySeats:
    """Seats that stayed empty for one reason."""

    title: str | Promise
    why: str | Promise
    count: int


@dataclass(frozen=True)
class StepTook:
    name: str | Promise
    seconds: float


def shape_of(run: MatchRun) -> str:
    return SHAPES[Status(run.status)]


def state_words(run: MatchRun) -> str:
    """The state; one that was called off and has not ended yet says so."""
    if run.status == Status.RUNNING and run.cancel_asked_at is not None:
        return gettext("Being called off")
    if run.status == Status.DONE and run.offered_at is None:
        return pgettext("a plan", "Done, asking people")
    return str(Status(run.status).label)


def percent_words(value: float) -> str:
    """A share with no more places than it has anything to say."""
    if value and value < 1:
        return f"{value:.3g} %"
    return f"{number_words(round(value, 1))} %"


def gap_words(gap: float | None) -> str:
    """How far a plan lies at most below the best there can be; a dash where nobody knows."""
    if gap is None:
        return "–"
    if gap <= 0:
        return "0 %"
    return f"< {SMALLEST} %" if gap < SMALLEST else f"{gap:.2f} %"


def progress_words(run: MatchRun) -> str:
    """The step of a run that goes on, with how much of it is done where that is known."""
    if run.status == Status.QUEUED:
        return gettext("It waits for a worker.")
    step = STEPS.get(run.progress.get("step", ""))
    if step is None:
        return gettext("It is at work.")
    done, parts = run.progress.get("done", 0), run.progress.get("all", 0)
    if parts <= 1:
        return str(step)
    return gettext("%(step)s: %(done)s of %(all)s done") % {
        "step": step,
        "done": number_words(done),
        "all": number_words(parts),
    }


def empty_seats(run: MatchRun) -> list[EmptySeats]:
    """Seats that stayed empty, the most frequent reason first; reasons of an earlier version keep their name."""
    found = []
    for reason, count in sorted(run.unfilled.items(), key=lambda item: (-item[1], item[0])):
        title, why = EMPTY.get(reason, (reason, ""))
        found.append(EmptySeats(title, why, count))
    return found


def steps_of(run: MatchRun) -> list[StepTook]:
    """Seconds by step, in the order of the steps."""
    return [StepTook(words, run.seconds[name]) for name, words in TIMED.items() if name in run.seconds]


def failure_words(run: MatchRun) -> str:
    """Why a run failed, for somebody who does not read programs; empty where it did not."""
    if run.status != Status.FAILED:
        return ""
    if run.failure_reason == GAVE_UP:
        return gettext("Its worker ended, or took too long, several times in a row.")
    if run.failure_reason.startswith(REFUSED):
        return gettext(
            "What was read contains something that no plan can be made of. The line below names it."
        )
    return gettext("The program that works plans out ended without one, several times in a row.")
