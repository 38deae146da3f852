"""Saying yes or no to whoever cannot come."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import audit
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.queries import leaders_of
from tasks import policies
from tasks.actions.handovers.asking import end_handover, refuse_by_rule
from tasks.actions.handovers.completing import Passed, complete, lock_both
from tasks.actions.handovers.errors import (
    HandoverOver,
    NotForYourself,
    NothingInReturn,
    NotInReturn,
    NotYourHandover,
)
from tasks.actions.refusals import NoSuchSeat
from tasks.models import Assignment, Handover, Shift
from tasks.notices import handovers as notices
from tasks.permissions.shifts import can_act_for
from volunteers.models import Volunteer
from volunteers.queries import volunteer_of


@transaction.atomic
def agree(
    *,
    handover: Handover,
    by: User,
    at: datetime,
    volunteer: Volunteer | None = None,
    in_return: Assignment | None = None,
) -> Handover:
    """Come instead, or swap for `in_return`; where the shift wants an organizer's word, it waits for that.

    Everything that a sign-up asks of the person holds, apart from windows, notice and free seats.
    """
    taker = _taker(handover, by, volunteer)
    _refuse_unless_open(handover, at=at)
    if taker.pk == handover.assignment.volunteer_id:
        raise NotForYourself
    if handover.wanted_id not in (None, taker.pk):
        raise NotYourHandover
    back = _in_return(handover, taker, in_return, at=at)
    rule = refuse_by_rule(handover.assignment.shift, back.shift if back else None)
    lock_both(handover, taker)
    if rule == Shift.HandoverRule.APPROVE:
        _take_down(handover, Handover.Status.AGREED, taker, back, at=at)
        _try_out(handover, taker, back, by=by, at=at)
        told = [notices.agreed(handover, handover.assignment.volunteer.user)]
        told += [
            notices.waiting(handover, user) for user in leaders_of([handover.assignment.shift.organization])
        ]
    else:
        _take_down(handover, Handover.Status.DONE, taker, back, at=at)
        told = told_of_passing(handover, complete(handover, taker, back, by=by, at=at))
    queue_messages(notices=told, at=at)
    return handover


def _taker(handover: Handover, by: User, volunteer: Volunteer | None) -> Volunteer:
    taker = volunteer or volunteer_of(by)
    if taker is None:
        raise NoSuchSeat
    if not can_act_for(by, taker):
        raise NotYourHandover
    return taker


def _refuse_unless_open(handover: Handover, *, at: datetime) -> None:
    if not handover.is_open(at) or handover.assignment.status != Assignment.Status.ACTIVE:
        raise HandoverOver


def _in_return(
    handover: Handover, taker: Volunteer, in_return: Assignment | None, *, at: datetime
) -> Assignment | None:
    """The seat that the taker gives for it: their own, of the same organization, not begun, and what was asked for."""
    if handover.kind == Handover.Kind.STAND_IN:
        return None
    if in_return is None:
        raise NothingInReturn(field="in_return")
    shift = in_return.shift
    fits = (
        in_return.volunteer_id == taker.pk
        and in_return.status == Assignment.Status.ACTIVE
        and in_return.role_id != handover.assignment.role_id
        and shift.organization_id == handover.assignment.shift.organization_id
        and handover.wanted_shift_id in (None, shift.pk)
        and not policies.is_late(shift.starts_at, at)
    )
    if not fits:
        raise NotInReturn(field="in_return")
    return in_return


def _take_down(
    handover: Handover, status: str, taker: Volunteer, back: Assignment | None, *, at: datetime
) -> None:
    """Note who agreed, while nobody else has: the second of two finds it settled."""
    values = {"status": status, "taker": taker, "in_return": back, "agreed_at": at}
    values["ended_at"] = at if status == Handover.Status.DONE else None
    still_open = Handover.objects.filter(pk=handover.pk, status=Handover.Status.OPEN, expires_at__gt=at)
    if not still_open.update(**values):
        raise HandoverOver
    for name, value in values.items():
        setattr(handover, name, value)
    if status == Handover.Status.AGREED:
        shift = handover.assignment.shift
        audit.record(
            verb="handover.agreed",
            by=taker.user,
            at=at,
            subject=handover,
            area_code=shift.area.code,
            data={"shift": shift.code, "seat": handover.assignment.code},
        )


def _try_out(
    handover: Handover, taker: Volunteer, back: Assignment | None, *, by: User, at: datetime
) -> None:
    """Raise now what would be refused later: the organizer shall not be asked in vain."""
    with transaction.atomic():
        complete(handover, taker, back, by=by, at=at)
        transaction.set_rollback(True)


def told_of_passing(handover: Handover, passed: list[Passed]) -> list[Notice]:
    """Both people, and the organizers."""
    is_swap = handover.kind == Handover.Kind.SWAP
    told = [notices.taken(each.new, each.taker.user, each.giver, gave=None) for each in passed if not is_swap]
    if is_swap:
        first, second = passed
        told.append(notices.taken(first.new, first.taker.user, first.giver, gave=second.old))
        told.append(notices.taken(second.new, second.taker.user, second.giver, gave=first.old))
    else:
        told.append(notices.passed(passed[0].old, passed[0].giver.user, passed[0].taker))
    organization = passed[0].new.shift.organization
    told += [notices.told(passed[0], user, is_swap=is_swap) for user in leaders_of([organization])]
    return told


@transaction.atomic
def decline_handover(
    *, handover: Handover, by: User, at: datetime, volunteer: Volunteer | None = None
) -> Handover:
    """Say no, or take a yes back while the organizer has not decided. The holder is told, and still holds the seat."""
    taker = _taker(handover, by, volunteer)
    if taker.pk not in (handover.wanted_id, handover.taker_id):
        raise NotYourHandover
    if handover.status not in (Handover.Status.OPEN, Handover.Status.AGREED):
        raise HandoverOver
    if handover.wanted_id is None:
        open_again(handover, by=by, at=at)
    else:
        end_handover(handover, Handover.Status.DECLINED, by=by, at=at)
    holder = handover.assignment.volunteer.user
    queue_messages(notices=[notices.over(handover, holder, "declined", other=taker, at=at)], at=at)
    return handover


def open_again(handover: Handover, *, by: User, at: datetime) -> None:
    """Nobody has agreed any more; whoever is wanted, or has the link, can still come."""
    values = {"status": Handover.Status.OPEN, "taker": None, "in_return": None, "agreed_at": None}
    if not Handover.objects.filter(pk=handover.pk, status=Handover.Status.AGREED).update(**values):
        raise HandoverOver
    for name, value in values.items():
        setattr(handover, name, value)
    shift = handover.assignment.shift
    audit.record(
        verb="handover.opened_again",
        by=by,
        at=at,
        subject=handover,
        area_code=shift.area.code,
        data={"shift": shift.code, "seat": handover.assignment.code},
    )
