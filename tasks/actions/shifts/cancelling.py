"""Calling a shift off."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from tasks.actions.offers.ending import withdraw_offers
from tasks.actions.reasons import need_reason
from tasks.actions.rebooking import match_anew
from tasks.actions.shifts.errors import PeopleAreThere, ShiftOver
from tasks.actions.shifts.roles import locked
from tasks.actions.waiting import close_line
from tasks.models import Assignment, CheckIn, Shift, ShiftRole
from tasks.notices import shifts as notices
from tasks.queries.roster import seats_of


@transaction.atomic
def cancel_shift(*, shift: Shift, by: User, at: datetime, reason: str) -> Shift:
    """Call a shift off: every seat is given back, and whoever held one is told why.

    Not once somebody has come: they are checked out instead, so that their hours count.
    """
    why = need_reason(reason)
    shift = locked(shift)
    if shift.status != Shift.Status.OPEN or (shift.ends_at is not None and shift.ends_at <= at):
        raise ShiftOver
    # The roles first: sign-ups under way then find another version, and no seat.
    roles = ShiftRole.objects.filter(shift=shift)
    roles.update(seats_taken=0, seats_held=0, seats_goal=None, version=F("version") + 1)
    if (
        CheckIn.objects.valid()
        .filter(assignment__shift=shift, assignment__status=Assignment.Status.ACTIVE)
        .exists()
    ):
        raise PeopleAreThere
    withdraw_offers(shift=shift, at=at, by=by, reason=why)
    seats = seats_of(shift)
    Assignment.objects.filter(pk__in=[seat.pk for seat in seats]).update(
        status=Assignment.Status.CANCELLED, ended_at=at, ended_by=by, end_reason=why
    )
    shift.status = Shift.Status.CANCELLED
    shift.cancelled_at, shift.cancel_reason = at, why
    shift.version += 1
    shift.save()
    audit.record(
        verb="shift.cancelled",
        by=by,
        at=at,
        subject=shift,
        area_code=shift.area.code,
        reason=why,
        data={"shift": shift.code, "released": len(seats)},
    )
    queue_messages(notices=notices.shift_cancelled(seats, shift, why), at=at)
    close_line(shift=shift, at=at, by=by, why=why)
    match_anew(shift.task)
    return shift
