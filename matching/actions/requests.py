"""Asking for a plan: by the clock where the demand changed, or by hand. Rows are the truth, the ring only hurries."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from areas.models import Area
from core import audit, clock, doorbell
from core.doorbell import Job
from core.errors import DomainError
from matching.models import MatchRun
from matching.policies.weights import Weights
from matching.queries.demand import Demand, demands

# How often somebody tries before a run counts as failed.
MOST_ATTEMPTS = 4
# A run that was rung for is left to its worker so long before the sweep rings again.
PATIENCE = timedelta(seconds=90)
# Where only free seats have changed, a plan holds so long: offers and their answers look at the seats themselves.
HOLDS = timedelta(minutes=3)
WITHOUT_PLAN = (MatchRun.Status.FAILED, MatchRun.Status.CANCELLED)
GAVE_UP = "given up after several attempts: the worker ended, or the plan took too long"


class NothingAsked(DomainError):
    code = "nothing-asked"
    text = _("No shift of the next seven days has a free seat here")


@transaction.atomic
def request_run(*, scope: Area, by: User | None, at: datetime) -> MatchRun:
    """Ask for a plan of the province that holds an area; the one that stands where nothing has changed.

    Raises NothingAsked where no seat is free.
    """
    wanted = next(
        (found for found in demands(at) if found.has_free_seats and _holds(found, scope)),
        None,
    )
    if wanted is None:
        raise NothingAsked
    run, is_new = _run_for(wanted, at=at, holds=timedelta(0), by_hand=True)
    if is_new:
        audit.record(
            verb="match.requested",
            by=by,
            at=at,
            subject=run,
            area_code=run.scope.code,
            data={"run": run.code},
        )
    return run


def _holds(wanted: Demand, scope: Area) -> bool:
    return Area.objects.filter(pk=wanted.scope_id, path__in=scope.paths_above()).exists()


def plan(*, at: datetime) -> list[MatchRun]:
    """The sweep: a new run wherever the demand changed, and a ring for every run that nobody holds. Returns new runs."""
    new = []
    for wanted in demands(at):
        if wanted.has_free_seats:
            with transaction.atomic():
                run, is_new = _run_for(wanted, at=at, holds=HOLDS)
            if is_new:
                new.append(run)
    _give_up(at=at)
    _ring_again(at=at, without={run.pk for run in new})
    return new


def _run_for(
    wanted: Demand, *, at: datetime, holds: timedelta, by_hand: bool = False
) -> tuple[MatchRun, bool]:
    """The run of a demand, and whether it is new. Two planners at once make one.

    Of the same demand no second plan is made, unless somebody asks after the first failed or was called off.
    """
    last = MatchRun.objects.filter(scope=wanted.scope_id).order_by("-pk").select_related("scope").first()
    if last is not None and last.status == MatchRun.Status.RUNNING:
        return last, False
    if last is not None and not wanted.differs_from(last) and not (by_hand and last.status in WITHOUT_PLAN):
        return last, False
    if last is not None and wanted.has_terms_of(last) and at - last.requested_at < holds:
        return last, False
    version = wanted.version_after(last)
    made = MatchRun.objects.bulk_create(
        [
            MatchRun(
                scope_id=wanted.scope_id,
                demand_version=version,
                plans_from=wanted.plans_from,
                requested_at=at,
                weights=Weights().as_json(),
            )
        ],
        ignore_conflicts=True,
    )
    run = MatchRun.objects.select_related("scope").get(scope=wanted.scope_id, demand_version=version)
    is_new = run.code == made[0].code
    if is_new:
        # What waits unclaimed would plan the past.
        MatchRun.objects.filter(scope=wanted.scope_id, pk__lt=run.pk, status=MatchRun.Status.QUEUED).update(
            status=MatchRun.Status.SUPERSEDED, finished_at=at
        )
        doorbell.ring(Job.RUN_MATCH, run_id=run.pk)
    return run, is_new


def _give_up(*, at: datetime) -> None:
    forsaken = MatchRun.objects.forsaken(at=at)
    forsaken.filter(status=MatchRun.Status.RUNNING, cancel_asked_at__isnull=False).update(
        status=MatchRun.Status.CANCELLED, finished_at=at, leased_until=None
    )
    forsaken = forsaken.filter(attempt_count__gte=MOST_ATTEMPTS)
    forsaken.filter(status=MatchRun.Status.RUNNING).update(
        status=MatchRun.Status.FAILED, failure_reason=GAVE_UP, finished_at=at, leased_until=None
    )
    # Its plan stands; whom it did not reach the next plan asks.
    forsaken.filter(status=MatchRun.Status.DONE).update(offered_at=at, leased_until=None)


def _ring_again(*, at: datetime, without: set[int]) -> None:
    waiting = (
        MatchRun.objects.forsaken(at=at)
        .filter(requested_at__lte=at - clock.of_machine(PATIENCE))
        .exclude(pk__in=without)
    )
    for pk in waiting.values_list("pk", flat=True):
        doorbell.ring(Job.RUN_MATCH, run_id=pk)
