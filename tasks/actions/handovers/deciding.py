"""An organizer's word, where the shift wants one."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks.actions.handovers.answering import told_of_passing
from tasks.actions.handovers.asking import end_handover, refuse_by_rule
from tasks.actions.handovers.completing import complete, lock_both
from tasks.actions.handovers.errors import HandoverOver, NotYourHandover
from tasks.actions.reasons import need_reason
from tasks.models import Handover
from tasks.notices import handovers as notices
from tasks.permissions.shifts import can_edit_shift
from volunteers.models import Volunteer


@transaction.atomic
def approve_handover(*, handover: Handover, by: User, at: datetime) -> Handover:
    """Let them do as they agreed; raises what a sign-up of either raises now."""
    taker = _agreed(handover, by, at=at)
    back = handover.in_return
    refuse_by_rule(handover.assignment.shift, back.shift if back else None)
    lock_both(handover, taker)
    waiting = Handover.objects.filter(pk=handover.pk, status=Handover.Status.AGREED)
    if not waiting.update(status=Handover.Status.DONE, ended_at=at, decided_by=by):
        raise HandoverOver
    handover.status, handover.ended_at, handover.decided_by = Handover.Status.DONE, at, by
    passed = complete(handover, taker, back, by=by, at=at)
    queue_messages(notices=told_of_passing(handover, passed), at=at)
    shift = handover.assignment.shift
    audit.record(
        verb="handover.approved",
        by=by,
        at=at,
        subject=handover,
        area_code=shift.area.code,
        data={"shift": shift.code, "seat": handover.assignment.code},
    )
    return handover


@transaction.atomic
def refuse_handover(*, handover: Handover, by: User, at: datetime, reason: str) -> Handover:
    """Leave the seats as they are; both read why."""
    why = need_reason(reason)
    taker = _agreed(handover, by, at=at)
    end_handover(handover, Handover.Status.REFUSED, by=by, at=at, reason=why, decided=True)
    people = (handover.assignment.volunteer, taker)
    queue_messages(notices=[notices.over(handover, each.user, "refused") for each in people], at=at)
    return handover


def _agreed(handover: Handover, by: User, *, at: datetime) -> Volunteer:
    """Whoever agreed to take the seat; raises HandoverOver where nothing waits."""
    if not can_edit_shift(by, handover.assignment.shift):
        raise NotYourHandover
    if handover.status != Handover.Status.AGREED or handover.expires_at <= at or handover.taker is None:
        raise HandoverOver
    return handover.taker
