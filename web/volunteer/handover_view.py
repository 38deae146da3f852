"""A seat that somebody wants to pass on, as its holder and as a possible taker read it. Nothing private of the shift."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tasks.actions.refusals import words_for
from tasks.models import Assignment, Handover, Shift
from tasks.policies import FOR_WHO_COMES_ALONE, Ground, Reason
from tasks.queries.handovers import handovers, swaps_for
from tasks.queries.seats import reasons_for
from volunteers.models import Volunteer
from web import wording
from web.public.rows import place_of
from web.volunteer.handover_forms import shift_line

# What does not keep somebody from taking a seat over: it is taken already, and windows are for those who come alone.
NOT_ASKED = FOR_WHO_COMES_ALONE | {Ground.SHIFT_FULL, Ground.PARTY, Ground.NOT_OPEN, Ground.TOO_LATE}


@dataclass(frozen=True)
class HandoverView:
    """One handover, and what became of it."""

    code: str
    url: str
    seat_url: str
    title: str
    organization: str
    part: str
    seats: int
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    by: str
    wanted: str
    wanted_line: str
    taker: str
    words: str
    reason: str
    status: str
    is_swap: bool
    stands: bool
    left: str
    needs_word: bool

    @property
    def is_agreed(self) -> bool:
        return self.status == Handover.Status.AGREED


def handover_view(handover: Handover, at: datetime) -> HandoverView:
    """The handover was read by `tasks.queries.handovers.handovers`."""
    seat = handover.assignment
    shift, task = seat.shift, seat.shift.task
    live = seat.status == Assignment.Status.ACTIVE and handover.expires_at > at
    status = handover.status
    if not live and status in (Handover.Status.OPEN, Handover.Status.AGREED):
        ended = handover.expires_at <= at
        status = Handover.Status.EXPIRED if ended else Handover.Status.WITHDRAWN
    return HandoverView(
        code=handover.code,
        url=reverse("volunteer:handover", args=[handover.code]),
        seat_url=reverse("volunteer:seat", args=[seat.code]),
        title=task.display_title,
        organization=shift.organization.display_name,
        part=seat.role.name,
        seats=seat.seats,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        where=gettext("From home") if task.is_remote else place_of(shift),
        by=seat.volunteer.user.name,
        wanted=handover.wanted.user.name if handover.wanted else "",
        wanted_line=shift_line(handover.wanted_shift, at) if handover.wanted_shift else "",
        taker=handover.taker.user.name if handover.taker else "",
        words=handover.words,
        reason=handover.reason,
        status=status,
        is_swap=handover.kind == Handover.Kind.SWAP,
        stands=status == Handover.Status.OPEN,
        left=wording.length_words(max(handover.expires_at - at, wording.A_MINUTE)),
        needs_word=shift.handover_rule == Shift.HandoverRule.APPROVE,
    )


def passing_context(seat: Any, at: datetime) -> dict[str, Any]:
    """What the page of a seat shows of passing it on: what is under way, and who would swap. Two statements at most."""
    shift = seat.shift
    if seat.status != Assignment.Status.ACTIVE or seat.in_at is not None:
        return {}
    if shift.starts_at is not None and shift.starts_at <= at:
        return {}
    if shift.handover_rule == Shift.HandoverRule.NONE:
        return {"may_pass_on": False}
    passing = handovers().live().filter(assignment=seat).first()
    return {
        "may_pass_on": True,
        "passing": handover_view(passing, at) if passing else None,
        "swaps": [handover_view(each, at) for each in swaps_for(seat, at)],
    }


def against_and_for(
    handover: Handover, volunteer: Volunteer, at: datetime, *, is_stopped: bool
) -> list[dict[str, object]]:
    """Why the seat fits a taker, and what keeps them from it. One statement."""
    role, shift = handover.assignment.role, handover.assignment.shift
    role.shift = shift
    found = [
        reason
        for reason in reasons_for(role, volunteer, at, is_stopped=is_stopped)
        if reason.ground not in NOT_ASKED
    ]
    return [_said(reason, shift) for reason in found]


def _said(reason: Reason, shift: Shift) -> dict[str, object]:
    return {"good": reason.good, "text": words_for(reason, shift)}
