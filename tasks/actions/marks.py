"""What an organizer notes of a seat whose holder did not come or came late, and the objection to it.

Nothing is noted by itself: the pages propose, a person confirms. The volunteer is told at once, with the way to object,
and somebody who did not note it decides.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, faults
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.queries import officials_over
from tasks.actions.attendance import TextMissing, TextTooLong
from tasks.actions.reasons import need_reason
from tasks.models import Assignment, CheckIn, Mark, ServiceRecord, Shift
from tasks.notices import marks as notices
from tasks.permissions.marks import can_appeal, can_decide_mark, can_mark, others_to_decide
from tasks.policies import marks as policies

WORDS_MOST = 1000
NOTE_MOST = 300
Kind, Status = Mark.Kind, Mark.Status


class NotMarker(DomainError):
    code = "not-marker"
    text = _("Only owners and organizers of the organization note this, and nobody of themselves")


class NotMarkable(DomainError):
    code = "not-markable"
    text = _("This can be noted from 30 minutes after the end of a shift, for 14 days")


class CameAfterAll(DomainError):
    code = "came-after-all"
    text = _("%(name)s was checked in, or their hours are confirmed: they came")


class WasNotLate(DomainError):
    code = "was-not-late"
    text = _("Nobody saw %(name)s come over a quarter of an hour late")


class AlreadyMarked(DomainError):
    code = "already-marked"
    text = _("This is noted already")


class AlreadyWithdrawn(DomainError):
    code = "already-withdrawn"
    text = _("This does not count any more")


class NotYourMark(DomainError):
    code = "not-your-mark"
    text = _("Only the volunteer objects to this, or somebody who acts for them")


class AppealedAlready(DomainError):
    code = "appealed-already"
    text = _("You have objected already. Somebody who did not note this decides")


class AppealTooLate(DomainError):
    code = "appeal-too-late"
    text = _("The 14 days to object are over")


class NothingToDecide(DomainError):
    code = "nothing-to-decide"
    text = _("This objection was decided already, or the note was taken back")


class NotDecider(DomainError):
    code = "not-decider"
    text = _("Somebody else decides: not who noted it, and not whom it is about")


@transaction.atomic
def mark(*, assignment: Assignment, kind: str, by: User, at: datetime, note: str = "") -> Mark:
    """Note that the holder of a seat did not come, or came late: how late the arrival says. They are told at once."""
    seat = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
        )
        .get(pk=assignment.pk)
    )
    shift = seat.shift
    if not can_mark(by, seat):
        raise NotMarker
    if (
        shift.ends_at is None
        or shift.status != Shift.Status.OPEN
        or seat.status != Assignment.Status.ACTIVE
        or not policies.may_be_marked(shift.ends_at, at)
    ):
        raise NotMarkable
    if len(note.strip()) > NOTE_MOST:
        raise TextTooLong(field="note", most=NOTE_MOST)
    try:
        with transaction.atomic():
            found = Mark.objects.create(
                assignment=seat,
                volunteer=seat.volunteer,
                organization=shift.organization,
                kind=Kind(kind),
                minutes_late=_minutes(seat, kind),
                note=note.strip(),
                marked_at=at,
                marked_by=by,
            )
    except IntegrityError as error:
        raise AlreadyMarked from error
    _record("mark.noted", found, by=by, at=at, kind=str(found.kind))
    faults.point("after-mark")
    queue_messages(notices=[notices.mark_noted(found)], at=at)
    return found


def _minutes(seat: Assignment, kind: str) -> int | None:
    """How late somebody came; refuses what the record of arrivals contradicts."""
    arrival = CheckIn.objects.valid().filter(assignment=seat, kind=CheckIn.Kind.IN).first()
    name = seat.volunteer.user.name
    if kind == Kind.NO_SHOW:
        if arrival is not None or ServiceRecord.objects.filter(assignment=seat).exists():
            raise CameAfterAll(name=name)
        return None
    start = seat.shift.starts_at
    minutes = policies.minutes_late(start, arrival.at) if arrival is not None and start is not None else None
    if minutes is None:
        raise WasNotLate(name=name)
    return minutes


@transaction.atomic
def withdraw_mark(*, mark: Mark, by: User, at: datetime, reason: str) -> Mark:
    """Take it back: any owner or organizer of the organization, with a reason that the volunteer reads."""
    why = need_reason(reason)
    found = _locked(mark)
    if not can_mark(by, found.assignment):
        raise NotMarker
    if found.status in (Status.LIFTED, Status.WITHDRAWN):
        raise AlreadyWithdrawn
    return _end(found, Status.WITHDRAWN, by=by, at=at, why=why)


@transaction.atomic
def appeal(*, mark: Mark, by: User, at: datetime, words: str) -> Mark:
    """The volunteer says how it was. Until it is decided the mark counts nowhere."""
    said = words.strip()
    if not said:
        raise TextMissing(field="words")
    if len(said) > WORDS_MOST:
        raise TextTooLong(field="words", most=WORDS_MOST)
    found = _locked(mark)
    if not can_appeal(by, found):
        raise NotYourMark
    if found.status in (Status.LIFTED, Status.WITHDRAWN):
        raise AlreadyWithdrawn
    if found.status != Status.NOTED:
        raise AppealedAlready
    if at > policies.appeal_until(found.marked_at):
        raise AppealTooLate
    found.status, found.appeal, found.appealed_at = Status.APPEALED, said, at
    found.save(update_fields=["status", "appeal", "appealed_at"])
    _record("mark.appealed", found, by=by, at=at)
    people = others_to_decide(found)
    area = None if people else found.assignment.shift.area
    if area is not None:
        aside = (found.marked_by_id, found.volunteer.user_id)
        people = list(officials_over(area).exclude(pk__in=aside))
    queue_messages(notices=notices.mark_appealed(found, people, area=area), at=at)
    return found


@transaction.atomic
def decide_appeal(*, mark: Mark, uphold: bool, by: User, at: datetime, reason: str) -> Mark:
    """Somebody else decides whether it stays, and says why."""
    why = need_reason(reason)
    found = _locked(mark)
    if not can_decide_mark(by, found):
        raise NotDecider
    if found.status != Status.APPEALED:
        raise NothingToDecide
    return _end(found, Status.UPHELD if uphold else Status.LIFTED, by=by, at=at, why=why)


def _end(found: Mark, status: Mark.Status, *, by: User, at: datetime, why: str) -> Mark:
    found.status, found.decision = status, why
    found.decided_at, found.decided_by = at, by
    found.save(update_fields=["status", "decision", "decided_at", "decided_by"])
    _record(f"mark.{status}", found, by=by, at=at, reason=why)
    queue_messages(notices=[notices.mark_decided(found)], at=at)
    return found


def _locked(mark: Mark) -> Mark:
    """The row as it is now, kept from others until the end of the transaction."""
    return (
        Mark.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "volunteer__user",
            "organization",
            "assignment__volunteer",
            "assignment__shift__task",
            "assignment__shift__organization",
            "assignment__shift__area__parent__parent",
        )
        .get(pk=mark.pk)
    )


def _record(verb: str, found: Mark, *, by: User, at: datetime, reason: str = "", **data: str) -> None:
    shift = found.assignment.shift
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=found,
        area_code=shift.area.code,
        reason=reason,
        data={"shift": shift.code, **data},
    )
