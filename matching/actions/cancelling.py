"""Calling a run off: one that waits ends at once, one that runs at its next step or while the engine computes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from matching.models import MatchRun
from matching.permissions import can_call_off


class MayNotCallOff(DomainError):
    code = "may-not-call-off-plan"
    text = _("Only officials of %(area)s and platform staff call a plan off")


class PlanIsOver(DomainError):
    code = "plan-is-over"
    text = _("This plan is no longer being made")


class AlreadyCalledOff(DomainError):
    code = "plan-already-called-off"
    text = _("Somebody has called it off already; it ends within seconds")


@transaction.atomic
def cancel_run(*, run: MatchRun, by: User, at: datetime) -> MatchRun:
    """Call a run off. The next plan comes when what is asked for changes, or somebody asks for one.

    Raises MayNotCallOff, PlanIsOver once a plan stands or the run ended otherwise, AlreadyCalledOff.
    """
    # Whoever claims or finishes the run waits for this lock, and then finds it called off.
    found = MatchRun.objects.select_related("scope").select_for_update(of=("self",)).get(pk=run.pk)
    if not can_call_off(by, found.scope):
        raise MayNotCallOff(area=found.scope.name)
    if found.status not in (MatchRun.Status.QUEUED, MatchRun.Status.RUNNING):
        raise PlanIsOver
    if found.cancel_asked_at is not None:
        raise AlreadyCalledOff
    found.cancel_asked_at, found.cancelled_by = at, by
    # Nobody works on one that waits, or whose worker is gone.
    if found.leased_until is None or found.leased_until <= at:
        found.status, found.finished_at, found.leased_until = MatchRun.Status.CANCELLED, at, None
    found.save(update_fields=["cancel_asked_at", "cancelled_by", "status", "finished_at", "leased_until"])
    audit.record(
        verb="match.called_off",
        by=by,
        at=at,
        subject=found,
        area_code=found.scope.code,
        data={"run": found.code},
    )
    return found
