"""Taking a seat and giving it back. The counters of the role are the truth; they change last, and only conditionally."""

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, doorbell, together
from core.doorbell import Job
from core.errors import DomainError
from core.models import AuditRecord, RequestKey, new_code
from core.together import IdOf
from notifications.actions import message_rows, queue_messages, ring_for
from notifications.notices import Notice
from organizations.permissions import can_lead
from tasks import policies
from tasks.actions.gaps import told_of_gap
from tasks.actions.holding import PASSED, hold_next
from tasks.actions.reasons import need_reason
from tasks.actions.refusals import (
    AlreadySignedUp,
    NoSuchSeat,
    Overlap,
    OverrideNotAllowed,
    SeatsOutOfBounds,
    ShiftFull,
    refusal_of,
)
from tasks.actions.taking import take_seats
from tasks.models import Assignment, CheckIn, ShiftRole, Waiting
from tasks.notices import shifts as notices
from tasks.policies.claims import claim_deadline
from tasks.queries.seats import SeatWanted, SignUp, for_sign_up
from volunteers.models import Volunteer

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
    """Give the volunteer a seat: four statements, whatever was loaded before.

    Without `volunteer` the person signs up themselves. An organizer of the shift may set rest, distance and weekly
    hours aside with `override_reason`; nothing sets an overlap aside. Windows, notice and approval do not hold for
    somebody whom an organizer of the shift signs up. Raises one of `tasks.actions.refusals`.
    `answer` makes the row that keeps the answer to the request (`core.request_keys`): it is written together with the
    seat, so that it costs no statement and nobody waits for it while the seats are locked.
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
    passed = passed_by(found, by=by)
    try:
        needed = refuse_unless_fit(found, at=at, seats=seats, overriding=bool(override), apart_from=passed)
    except ShiftFull:
        # The last seat may be held for this very person.
        held = _held_for(found, at=at)
        if found.role.seats_free + held < seats:
            raise
        # Whoever comes with more than waited in line takes what goes beyond it by the rules of every sign-up.
        beyond = passed | {policies.Ground.SHIFT_FULL}
        needed = refuse_unless_fit(
            found,
            at=at,
            seats=seats,
            overriding=bool(override),
            apart_from=PASSED if seats <= held else beyond,
        )
    assignment = write_seat(
        found, by=by, at=at, seats=seats, override=override if needed else "", answer=answer
    )
    take_seats(found.role, assignment, at=at)
    return assignment


def write_seat(
    found: SignUp,
    *,
    by: User,
    at: datetime,
    seats: int,
    override: str = "",
    answer: Callable[[Assignment], RequestKey] | None = None,
    **more: object,
) -> Assignment:
    """Write the assignment, its messages, its record (with `more`) and what was answered, by one statement."""
    assignment = _seat(found, by=by, at=at, seats=seats, override=override)
    messages = message_rows(notices=[taken_notice(found, assignment, by)], at=at)
    record = _record("seat.taken", assignment, found, by=by, at=at, **more)
    # It becomes known as it is written.
    record.subject_id = IdOf(assignment)  # type: ignore[assignment]
    kept = [answer(assignment)] if answer else []
    try:
        together.insert(assignment, record, *kept, once=messages)
    except IntegrityError as error:
        raise_refusal(error)
    ring_for(messages)
    return assignment


def passed_by(found: SignUp, *, by: User) -> frozenset[policies.Ground]:
    """What does not stand against a seat that an organizer of the shift gives to somebody else."""
    if found.volunteer.user_id == by.pk or found.seat.admission.asks_nothing:
        return frozenset()
    return policies.FOR_WHO_COMES_ALONE if can_lead(by, found.shift.organization) else frozenset()


def _held_for(found: SignUp, *, at: datetime) -> int:
    """How many seats of the role are held for the volunteer."""
    held = Waiting.objects.filter(
        role=found.role, volunteer=found.volunteer, status=Waiting.Status.OFFERED, expires_at__gt=at
    )
    return held.values_list("seats", flat=True).first() or 0


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
    begun_at: datetime | None = None,
) -> Assignment:
    """Write the assignment; the database refuses a second seat in the role, and an overlap."""
    assignment = _seat(found, by=by, at=at, seats=seats, override=override, period=period, begun_at=begun_at)
    try:
        assignment.save(force_insert=True)
    except IntegrityError as error:
        raise_refusal(error)
    return assignment


def _seat(
    found: SignUp,
    *,
    by: User,
    at: datetime,
    seats: int,
    override: str = "",
    period: policies.Period | None = None,
    begun_at: datetime | None = None,
) -> Assignment:
    """The unsaved assignment.

    Work without a fixed time that was not `begun_at` some moment has a deadline for it. A party has a code by which
    those who come along take their seats.
    """
    shift = found.shift
    claimed = shift.starts_at is None and begun_at is None
    return Assignment(
        role=found.role,
        shift=shift,
        volunteer=found.volunteer,
        county_id=shift.county_id,
        seats=seats,
        period=period or found.seat.period,
        join_code=new_code() if seats > 1 else None,
        begin_by=claim_deadline(shift.claim_hours, shift.due_at, at) if claimed else None,
        begun_at=begun_at,
        created_at=at,
        created_by=by,
        override_reason=override,
        overridden_by=by if override else None,
    )


def raise_refusal(error: IntegrityError) -> NoReturn:
    """The refusal that a broken constraint means; any other error as it is."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name in _CONSTRAINTS:
        raise _CONSTRAINTS[name] from error
    raise error


def record_seat(
    verb: str, assignment: Assignment, found: SignUp, *, by: User, at: datetime, **more: object
) -> None:
    _record(verb, assignment, found, by=by, at=at, **more).save(force_insert=True)


def _record(
    verb: str, assignment: Assignment, found: SignUp, *, by: User, at: datetime, **more: object
) -> AuditRecord:
    return audit.entry(
        verb=verb,
        by=by,
        at=at,
        subject=assignment,
        area_code=found.shift.area.code,
        reason=assignment.override_reason,
        data={"shift": found.shift.code, "seats": assignment.seats, **more},
    )


def taken_notice(found: SignUp, assignment: Assignment, by: User) -> Notice:
    user = found.volunteer.user
    short = max(found.role.seats_min - found.role.seats_taken, 0)
    placed_by = "" if by.pk == user.pk else by.name
    return notices.seat_taken(assignment, found.shift, user, was_short=short, placed_by=placed_by)


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
    queue_messages(notices=[notice, *told_of_gap(assignment, at=at)], at=at)
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


def end_seat(
    assignment: Assignment, *, status: str, by: User | None, at: datetime, reason: str, verb: str
) -> None:
    """Give the seats back and end the assignment; what becomes free is held for the next in line.

    The role comes first: whatever locks both takes them in this order.
    """
    role = ShiftRole.objects.filter(pk=assignment.role_id)
    role.select_for_update(no_key=True).get()
    live = Assignment.objects.live().filter(pk=assignment.pk)
    # Read under the lock: whoever waited here for another end of the same seat finds none, and of a party whose
    # members have seats of their own by now only what is left goes back.
    seats = live.values_list("seats", flat=True).first()
    if seats is None:
        raise NotHolding
    live.update(status=status, ended_at=at, ended_by=by, end_reason=reason)
    role.update(seats_taken=F("seats_taken") - seats)
    assignment.status, assignment.ended_at, assignment.seats = status, at, seats
    assignment.ended_by, assignment.end_reason = by, reason
    hold_next(assignment.role_id, at)
    doorbell.ring(Job.OFFER_NEXT, role_id=assignment.role_id)
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=assignment,
        area_code=assignment.shift.area.code,
        reason=reason,
        data={"shift": assignment.shift.code, "seats": seats},
    )
