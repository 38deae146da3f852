"""The pages about plans of who goes where, shared by officials and staff; each gives its own frame and addresses.

They speak of seats, seconds and reasons, and of no person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from areas.models import Area
from core import clock
from core.errors import DomainError
from matching.actions import cancel_run, request_run
from matching.models import MatchRun, MatchRunQuerySet
from matching.permissions import can_call_off
from matching.queries.runs import mended, plotted
from web.access import SignedInRequest
from web.drawing.times import Moment, time_chart
from web.paging import screen_of
from web.plan_equity import plan_equity
from web.plan_words import (
    EmptySeats,
    StepTook,
    empty_seats,
    failure_words,
    gap_words,
    percent_words,
    progress_words,
    shape_of,
    state_words,
    steps_of,
)

PAGE = 12
LINE_LEAST = 2
Status = MatchRun.Status


@dataclass(frozen=True)
class Place:
    """Whose pages they are: which plans they show, what stands around them, and where they are.

    `scope` is where a new plan is asked for; None where the pages are about every area.
    """

    runs: MatchRunQuerySet
    scope: Area | None
    around: Callable[[], dict[str, Any]]
    url: Callable[..., str]


@dataclass(frozen=True)
class RunRow:
    """A run in words. `took` is the time from its start, which counts on while it runs; `note` is what there is to say
    of one without a plan."""

    run: MatchRun
    url: str
    shape: str
    state: str
    took: timedelta | None
    gap: str
    note: str

    @property
    def has_plan(self) -> bool:
        return self.run.status == Status.DONE


@dataclass(frozen=True)
class Drawn:
    """A plan of the plot, for its table."""

    at: datetime
    fill: float
    gap: str


def row_of(run: MatchRun, place: Place, at: datetime) -> RunRow:
    return RunRow(
        run=run,
        url=place.url("plan", run.code),
        shape=shape_of(run),
        state=state_words(run),
        took=clock.by_machine((run.offered_at or run.finished_at or at) - run.started_at)
        if run.started_at
        else None,
        gap=gap_words(run.gap_percent),
        note=progress_words(run) if run.status in (Status.QUEUED, Status.RUNNING) else failure_words(run),
    )


def fill_of(run: MatchRun) -> float:
    """Percent of the free seats for which the plan has somebody; all of none."""
    return 100 * run.proposal_count / run.seat_count if run.seat_count else 100.0


def plans(request: SignedInRequest, place: Place) -> HttpResponse:
    """The runs, newest first, and how gap and fill went; two statements beside the frame."""
    at = clock.now()
    screen = screen_of(place.runs, request, size=PAGE)
    # Further down the list the plot would be of other plans than the rows.
    drawn = [] if screen.newest_url else plotted(_of_one_scope(place, screen.rows))
    # One plan makes no line: its row says as much.
    if len(drawn) < LINE_LEAST:
        drawn = []
    context = {
        **place.around(),
        "screen": screen,
        "rows": [row_of(run, place, at) for run in screen.rows],
        "ask_url": place.url("ask_for_plan") if place.scope else "",
        "drawn": [Drawn(run.requested_at, fill_of(run), gap_words(run.gap_percent)) for run in drawn],
        "fill_chart": time_chart(
            [Moment(run.requested_at, fill_of(run)) for run in drawn],
            gettext("Seats filled, in percent, plan by plan"),
            percent_words,
            top=100.0,
        ),
        "gap_chart": time_chart(
            [Moment(run.requested_at, run.gap_percent) for run in drawn if run.gap_percent is not None],
            gettext("Percent at most below the best, plan by plan"),
            percent_words,
            kind="need",
        ),
    }
    return render(request, "plans/plans.html", context)


def _of_one_scope(place: Place, rows: list[MatchRun]) -> MatchRunQuerySet:
    """The runs of the area of the newest: lines through several areas would tell nothing."""
    return place.runs.filter(scope=rows[0].scope_id) if rows else place.runs.none()


def plan(request: SignedInRequest, place: Place, code: str) -> HttpResponse:
    """One run: what came of it, how long each step took, why seats stayed empty."""
    at = clock.now()
    run = get_object_or_404(place.runs, code=code)
    is_going_on = run.status in (Status.QUEUED, Status.RUNNING)
    empty: list[EmptySeats] = empty_seats(run)
    steps: list[StepTook] = steps_of(run)
    context = {
        **place.around(),
        "run": run,
        "row": row_of(run, place, at),
        "here": request.path,
        "plans_url": place.url("plans"),
        "ask_url": place.url("ask_for_plan") if place.scope else place.url("ask_for_plan", code),
        "is_going_on": is_going_on,
        "is_working": is_going_on or (run.status == Status.DONE and run.offered_at is None),
        "progress": progress_words(run),
        "empty": empty,
        "empty_count": sum(one.count for one in empty),
        "empty_most": max((one.count for one in empty), default=0),
        "steps": steps,
        "slowest": max((one.seconds for one in steps), default=0.0),
        "failure": failure_words(run),
        "call_off_url": (
            place.url("call_off_plan", code)
            if is_going_on and run.cancel_asked_at is None and can_call_off(request.user, run.scope)
            else ""
        ),
        "mended": mended(run) if run.status == Status.DONE else [],
        "equity": plan_equity(run) if run.status == Status.DONE else None,
    }
    return render(request, "plans/plan.html", context)


def ask_for_plan(request: SignedInRequest, place: Place) -> HttpResponse:
    """Ask for a plan of what is asked for now; the one that stands where nothing has changed."""
    at = clock.now()
    if place.scope is None:
        raise Http404
    try:
        run = request_run(scope=place.scope, by=request.user, at=at)
    except DomainError as error:
        messages.error(request, error.message)
        return _see_other(place.url("plans"))
    if run.requested_at == at:
        messages.success(request, gettext("A new plan is asked for. It begins within a minute."))
    elif run.status == Status.DONE:
        messages.info(request, gettext("This plan stands: nothing has changed since it was made."))
    else:
        messages.info(request, gettext("A plan is being made already."))
    return _see_other(place.url("plan", run.code))


def call_off_plan(request: SignedInRequest, place: Place, code: str) -> HttpResponse:
    """Once more whether it is meant; then the run ends at its next step."""
    run = get_object_or_404(place.runs, code=code)
    if not can_call_off(request.user, run.scope):
        raise PermissionDenied
    if request.method == "POST":
        try:
            ended = cancel_run(run=run, by=request.user, at=clock.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            over = ended.status == Status.CANCELLED
            messages.success(
                request, gettext("Called off.") if over else gettext("Called off; it ends within seconds.")
            )
        return _see_other(place.url("plan", code))
    if run.status not in (Status.QUEUED, Status.RUNNING):
        messages.info(request, gettext("This plan is no longer being made"))
        return _see_other(place.url("plan", code))
    context = {
        **place.around(),
        "title": gettext("Call this plan off?"),
        "consequences": [
            gettext("Nothing of it is stored, and nobody is asked because of it."),
            gettext("The plan before it goes on to count."),
            gettext("The next one is made when what is asked for changes, or when somebody asks for it."),
        ],
        "confirm_label": gettext("Yes, call it off"),
        "danger": True,
        "cancel_url": place.url("plan", code),
    }
    return render(request, "authority/confirm.html", context)


def _see_other(url: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(url, status=303)
