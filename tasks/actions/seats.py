"""Taking a seat and giving it back. The counters of the role are the truth; they change last, and only conditionally."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, doorbell
from core.doorbell import Job
from core.errors import DomainError
from core.models import RequestKey
from notifications.actions import queue_messages
from notifications.notices import Notice
from organizations.permissions import can_lead
from tasks import policies
from tasks.actions.reasons import need_reason
from tasks.actions.refusals import (
    AlreadySignedUp,
    NoSuchSeat,
    Overlap,
    OverrideNotAllowed,
    SeatsOutOfBounds,
    ShiftFull,
    Stale,
    refusal_of,
)
from tasks.models import Assignment, CheckIn, ShiftRole
from tasks.notices import shifts as notices
from tasks.queries.seats import SeatWanted, SignUp, for_sign_up
from volunteers.models import Volunteer

# One statement, since each costs a round trip while the row is locked. The role is locked before its offers, as
# everywhere; `status` is asked for again outside, for whoever waited here while the offer was answered.
_TAKE = """
WITH seat AS (
  UPDATE tasks_shiftrole SET seats_taken = seats_taken + %(seats)s
  WHERE id = %(role)s AND version = %(version)s AND seats >= seats_taken + seats_held + %(seats)s
  RETURNING seats - seats_taken - seats_held AS free
), answered AS (
  UPDATE tasks_offer SET status = 'accepted', ended_at = %(at)s, assignment_id = %(assignment)s
  WHERE role_id = %(role)s AND volunteer_id = %(volunteer)s AND status = 'offered' AND expires_at > %(at)s
    AND EXISTS (SELECT FROM seat)
  RETURNING id
), surplus AS (
  UPDATE tasks_offer SET status = 'withdrawn', ended_at = %(at)s
  WHERE status = 'offered' AND EXISTS (SELECT FROM seat) AND id IN (
    SELECT id FROM tasks_offer
    WHERE role_id = %(role)s AND volunteer_id <> %(volunteer)s AND status = 'offered' AND expires_at > %(at)s
    ORDER BY id OFFSET (SELECT free FROM seat)
  )
  RETURNING id
)
SELECT (SELECT count(*) FROM seat), (SELECT count(*) FROM answered)
"""
_CONSTRAINTS: dict[str, type[DomainError]] = {
    "one_live_seat_a_role": AlreadySignedUp,
    "no_two_shifts_at_once": Overlap,
}


class TooLateToRelease(DomainError):
    code = "too-late"
    text = _(
        "The shift begins too soon to step back here. Call the organizer, so that somebody else can come"
    )


class NotHolding(DomainError):
    code = "not-holding"
    text = _("This seat was given back already")


class AlreadyHere(DomainError):
    code = "already-here"
    text = _("Somebody who has checked in cannot give the seat back. Check them out instead")


@transaction.atomic
def sign_up(
    *,
    role: ShiftRole | SeatWanted,
    by: User,
    at: datetime,
    volunteer: Volunteer | None = None,
    seats: int = 1,
    override_reason: str = "",
    answer: Callable[[Assignment], RequestKey] | None = None,
) -> Assignment:
    """Give the volunteer a seat: six statements, whatever was loaded before.

    Without `volunteer` the person signs up themselves. An organizer of the shift may set rest, distance and weekly
    hours aside with `override_reason`; nothing sets an overlap aside. Raises one of `tasks.actions.refusals`.
    `answer` makes the row that keeps the answer to the request (`core.request_keys`): it is written together with the
    audit record, so that it costs no statement and nobody waits for it while the seats are locked.
    """
    if not 1 <= seats <= policies.SEATS_AT_ONCE:
        raise SeatsOutOfBounds(field="seats", most=policies.SEATS_AT_ONCE)
    user_id = volunteer.user_id if volunteer else by.pk
    found = for_sign_up(role=role, user_id=user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    override = override_reason.strip()
    if override and not can_lead(by, found.shift.organization):
        raise OverrideNotAllowed
    needed = refuse_unless_fit(found, at=at, seats=seats, overriding=bool(override))
    assignment = insert_seat(found, by=by, at=at, seats=seats, override=override if needed else "")
    queue_messages(notices=[taken_notice(found, assignment, by)], at=at)
    kept = answer(assignment) if answer else None
    record_seat("seat.taken", assignment, found, by=by, at=at, answer=kept)
    take_seats(found.role, assignment, at=at)
    return assignment


def refuse_unless_fit(
    found: SignUp,
    *,
    at: datetime,
    seats: int,
    overriding: bool,
    apart_from: frozenset[policies.Ground] = frozenset(),
) -> bool:
    """Raise the hardest refusal, apart from some grounds; return whether an override was needed at all."""
    reasons = [reason for reason in found.reasons(at, seats) if reason.ground not in apart_from]
    refused = policies.against(reasons, overriding=overriding)
    if refused:
        raise refusal_of(refused[0], found.shift)
    return bool(policies.against(reasons))


def insert_seat(
    found: SignUp,
    *,
    by: User,
    at: datetime,
    seats: int,
    override: str = "",
    period: policies.Period | None = None,
) -> Assignment:
    """Write the assignment; the database refuses a second seat in the role, and an overlap."""
    shift = found.shift
    try:
        return Assignment.objects.create(
            role=found.role,
            shift=shift,
            volunteer=found.volunteer,
            county_id=shift.county_id,
            seats=seats,
            period=period or found.seat.period,
            created_at=at,
            created_by=by,
            override_reason=override,
            overridden_by=by if override else None,
        )
    except IntegrityError as error:
        raise_refusal(error)


def raise_refusal(error: IntegrityError) -> NoReturn:
    """The refusal that a broken constraint means; any other error as it is."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name in _CONSTRAINTS:
        raise _CONSTRAINTS[name] from error
    raise error


def record_seat(
    verb: str,
    assignment: Assignment,
    found: SignUp,
    *,
    by: User,
    at: datetime,
    answer: RequestKey | None = None,
    **more: object,
) -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=assignment,
        area_code=found.shift.area.code,
        reason=assignment.override_reason,
        data={"shift": found.shift.code, "seats": assignment.seats, **more},
        answer=answer,
    )


def taken_notice(found: SignUp, assignment: Assignment, by: User) -> Notice:
    user = found.volunteer.user
    short = max(found.role.seats_min - found.role.seats_taken, 0)
    placed_by = "" if by.pk == user.pk else by.name
    return notices.seat_taken(assignment, found.shift, user, was_short=short, placed_by=placed_by)


def take_seats(role: ShiftRole, assignment: Assignment, *, at: datetime) -> bool:
    """Take the seats as the last statement: nobody waits for longer than a commit. Raises ShiftFull or Stale.

    An open offer of the role to this volunteer is accepted with it, which is returned. The latest offers to others
    that find no free seat any more are withdrawn.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "role": role.pk,
                "version": role.version,
                "seats": assignment.seats,
                "volunteer": assignment.volunteer_id,
                "assignment": assignment.pk,
                "at": at,
            },
        )
        taken, answered = cursor.fetchone()
    if not taken:
        same = ShiftRole.objects.filter(pk=role.pk, version=role.version).exists()
        raise ShiftFull if same else Stale
    return bool(answered)


@transaction.atomic
def release(*, assignment: Assignment, by: User, at: datetime, reason: str = "") -> Assignment:
    """The volunteer steps back, until the shift's notice; the seat is free at once for the next."""
    shift = assignment.shift
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    if until is not None and at > until:
        raise TooLateToRelease
    if CheckIn.objects.valid().filter(assignment=assignment).exists():
        raise AlreadyHere
    end_seat(
        assignment,
        status=Assignment.Status.RELEASED,
        by=by,
        at=at,
        reason=reason.strip(),
        verb="seat.released",
    )
    notice = notices.seat_released(assignment, shift, assignment.volunteer.user)
    queue_messages(notices=[notice], at=at)
    return assignment


@transaction.atomic
def remove(*, assignment: Assignment, by: User, at: datetime, reason: str) -> Assignment:
    """An organizer takes the seat back; the reason reaches the volunteer."""
    why = need_reason(reason)
    if CheckIn.objects.valid().filter(assignment=assignment).exists():
        raise AlreadyHere
    end_seat(assignment, status=Assignment.Status.REMOVED, by=by, at=at, reason=why, verb="seat.removed")
    notice = notices.seat_removed(assignment, assignment.shift, assignment.volunteer.user, why)
    queue_messages(notices=[notice], at=at)
    return assignment


def end_seat(assignment: Assignment, *, status: str, by: User, at: datetime, reason: str, verb: str) -> None:
    """Give the seats back and end the assignment, the role first: whatever locks both takes them in this order."""
    live = Assignment.objects.live().filter(pk=assignment.pk)
    # Whoever waited here for another end of the same seat finds the counter without it, not the assignment.
    given_back = ShiftRole.objects.filter(
        Exists(live), pk=assignment.role_id, seats_taken__gte=assignment.seats
    ).update(seats_taken=F("seats_taken") - assignment.seats)
    ended = live.update(status=status, ended_at=at, ended_by=by, end_reason=reason)
    if not (given_back and ended):
        raise NotHolding
    assignment.status, assignment.ended_at = status, at
    assignment.ended_by, assignment.end_reason = by, reason
    doorbell.ring(Job.OFFER_NEXT, role_id=assignment.role_id)
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        reason=reason,
        data={"shift": assignment.shift.code, "seats": assignment.seats},
    )
