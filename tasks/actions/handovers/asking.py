"""Looking for somebody who comes instead, or who swaps. Until then the holder keeps the seat and answers for it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from core import audit, rates
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.queries import leaders_of
from tasks import policies
from tasks.actions.handovers.errors import (
    AlreadyPassing,
    HandoverNotAllowed,
    HandoverOver,
    NotForYourself,
    NotInReturn,
    NotYourHandover,
    TooLateToPass,
    TooManyAsked,
    WordsTooLong,
)
from tasks.actions.refusals import NotOpen
from tasks.actions.seats import AlreadyHere, NotHolding
from tasks.models import Assignment, CheckIn, Handover, Shift, ShiftRole
from tasks.notices import handovers as notices
from tasks.permissions.shifts import can_answer_for
from tasks.policies.handovers import handover_until, strictest
from tasks.queries.handovers import holders_of
from volunteers.models import Volunteer

WORDS_MOST = 300
ASKED_AN_HOUR = 10
CONSTRAINT = "one_live_handover_a_seat"


@transaction.atomic
def ask_handover(
    *,
    assignment: Assignment,
    kind: str,
    by: User,
    at: datetime,
    wanted: Volunteer | None = None,
    wanted_shift: Shift | None = None,
    words: str = "",
) -> Handover:
    """Look for a stand-in or a swap, from `wanted` or from whoever has the link; `kind` is one of `Handover.Kind`.

    A swap may name the shift in which its holder wants a seat (`wanted_shift`, of the same organization): those who
    hold one there find it among their messages. Where the time to step back is over, the organizers are told.
    """
    if not can_answer_for(by, assignment):
        raise NotYourHandover
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise WordsTooLong(field="words", most=WORDS_MOST)
    _refuse_what_cannot_go(assignment, wanted_shift, at=at)
    if wanted is not None and wanted.pk == assignment.volunteer_id:
        raise NotForYourself(field="wanted")
    if not rates.hit(f"handover:{by.pk}", limit=ASKED_AN_HOUR, seconds=3600):
        raise TooManyAsked
    shift = assignment.shift
    try:
        handover = Handover.objects.create(
            assignment=assignment,
            kind=Handover.Kind(kind),
            wanted=wanted,
            wanted_shift=wanted_shift,
            words=words,
            made_at=at,
            made_by=by,
            expires_at=handover_until(shift.starts_at, shift.due_at, at),
        )
    except IntegrityError as error:
        if CONSTRAINT in str(error):
            raise AlreadyPassing from error
        raise
    queue_messages(notices=_told(handover, at), at=at)
    audit.record(
        verb="handover.asked",
        by=by,
        at=at,
        subject=handover,
        area_code=shift.area.code,
        data={"shift": shift.code, "seat": assignment.code, "kind": handover.kind},
    )
    return handover


def _refuse_what_cannot_go(assignment: Assignment, wanted_shift: Shift | None, *, at: datetime) -> None:
    shift = assignment.shift
    if assignment.status != Assignment.Status.ACTIVE:
        raise NotHolding
    if shift.status != Shift.Status.OPEN:
        raise NotOpen
    if policies.is_late(shift.starts_at, at):
        raise TooLateToPass
    refuse_by_rule(shift, wanted_shift)
    if CheckIn.objects.valid().filter(assignment=assignment).exists():
        raise AlreadyHere
    if wanted_shift is not None and (
        wanted_shift.organization_id != shift.organization_id
        or wanted_shift.pk == shift.pk
        or wanted_shift.status != Shift.Status.OPEN
        or policies.is_late(wanted_shift.starts_at, at)
    ):
        raise NotInReturn(field="wanted_shift")


def refuse_by_rule(*shifts: Shift | None) -> str:
    """The stricter of the shifts' rules; raises HandoverNotAllowed where nobody passes a seat on."""
    rule = strictest(shift.handover_rule for shift in shifts if shift is not None)
    if rule == Shift.HandoverRule.NONE:
        raise HandoverNotAllowed
    return rule


def _told(handover: Handover, at: datetime) -> list[Notice]:
    """Whoever is meant; where the time to step back is over, the organizers as well."""
    assignment, shift = handover.assignment, handover.assignment.shift
    told = []
    if handover.wanted is not None:
        told.append(notices.asked(handover, handover.wanted.user))
    elif handover.wanted_shift is not None:
        # A line among their messages and no alert: each of them may have good reasons to stay.
        told += [
            notices.asked(handover, user, outside=False)
            for user in holders_of(handover.wanted_shift, handover)
        ]
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    if until is not None and at > until:
        role = ShiftRole.objects.get(pk=assignment.role_id)
        short = role.seats_taken - assignment.seats < role.seats_min
        told += [notices.sought(handover, user, is_short=short) for user in leaders_of([shift.organization])]
    return told


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: User, at: datetime) -> Handover:
    """The holder comes after all; whoever had agreed already is told."""
    if not can_answer_for(by, handover.assignment):
        raise NotYourHandover
    agreed = handover.status == Handover.Status.AGREED
    end_handover(handover, Handover.Status.WITHDRAWN, by=by, at=at)
    if agreed and handover.taker is not None:
        queue_messages(notices=[notices.over(handover, handover.taker.user, "withdrawn")], at=at)
    return handover


def end_handover(
    handover: Handover, status: str, *, by: User | None, at: datetime, reason: str = "", decided: bool = False
) -> None:
    """End it in the state in which it was read; raises HandoverOver where that is an end, or somebody was faster."""
    if handover.status not in (Handover.Status.OPEN, Handover.Status.AGREED):
        raise HandoverOver
    values = {"status": status, "ended_at": at, "reason": reason}
    if decided:
        values["decided_by"] = by
    if not Handover.objects.filter(pk=handover.pk, status=handover.status).update(**values):
        raise HandoverOver
    for name, value in values.items():
        setattr(handover, name, value)
    shift = handover.assignment.shift
    audit.record(
        verb=f"handover.{status}",
        by=by,
        at=at,
        subject=handover,
        area_code=shift.area.code,
        reason=reason,
        data={"shift": shift.code, "seat": handover.assignment.code},
    )
