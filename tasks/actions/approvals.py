"""Asking an organizer for a seat, where each sign-up is looked at first, and the answer."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from organizations.queries import leaders_of
from tasks import policies
from tasks.actions.holding import hold_next
from tasks.actions.reasons import need_reason
from tasks.actions.refusals import NoSuchSeat, SeatsOutOfBounds
from tasks.actions.seats import insert_seat, record_seat, refuse_unless_fit
from tasks.actions.taking import take_seats
from tasks.models import Assignment, ShiftRole, Waiting
from tasks.notices import approvals as notices
from tasks.policies import Ground
from tasks.queries.seats import SeatWanted, for_sign_up
from volunteers.models import Volunteer

WORDS_MOST = 300


class NothingToAsk(DomainError):
    code = "nothing-to-ask"
    text = _("Nobody has to agree here. Sign up, and the seat is yours")


class AlreadyAsked(DomainError):
    code = "already-waiting"
    text = _("You have asked for this shift already, or wait for a seat in it")


class RequestOver(DomainError):
    code = "request-over"
    text = _("This request was answered or taken back already")


class WordsTooLong(DomainError):
    code = "words-too-long"
    text = _("Use at most %(most)s characters")


class NoLineHere(DomainError):
    code = "no-waiting-list"
    text = _("This shift has no waiting list. Give it more seats, or say no with a reason")


@transaction.atomic
def ask_approval(
    *,
    role: ShiftRole | SeatWanted,
    by: User,
    at: datetime,
    volunteer: Volunteer | None = None,
    seats: int = 1,
    words: str = "",
) -> Waiting:
    """Ask the shift's organizers for a seat. Refuses whatever would refuse the person the seat itself.

    While a shift is full somebody may still ask where it has a waiting list: a yes then puts them in line.
    """
    if not 1 <= seats <= policies.SEATS_AT_ONCE:
        raise SeatsOutOfBounds(field="seats", most=policies.SEATS_AT_ONCE)
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise WordsTooLong(field="words", most=WORDS_MOST)
    user_id = volunteer.user_id if volunteer else by.pk
    found = for_sign_up(role=role, user_id=user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    shift = found.shift
    passed = {Ground.NEEDS_APPROVAL, *({Ground.SHIFT_FULL} if shift.has_waiting_list else ())}
    refuse_unless_fit(found, at=at, seats=seats, overriding=False, apart_from=frozenset(passed))
    if not shift.needs_approval:
        raise NothingToAsk
    try:
        with transaction.atomic():
            waiting = Waiting.objects.create(
                role=found.role,
                shift=shift,
                volunteer=found.volunteer,
                kind=Waiting.Kind.APPROVAL,
                seats=seats,
                words=words,
                created_at=at,
                created_by=by,
            )
    except IntegrityError as error:
        raise AlreadyAsked from error
    _record("approval.asked", waiting, by=by, at=at)
    people = leaders_of([shift.organization]).exclude(pk=by.pk)
    queue_messages(notices=notices.approval_wanted(waiting, people, at=at), at=at)
    return waiting


@transaction.atomic
def approve(*, waiting: Waiting, by: User, at: datetime) -> Assignment:
    """Give the seat that was asked for; ShiftFull where none is free, which `approve_for_line` answers.

    Windows and notice do not stand against it: they held when it was asked for.
    """
    role = ShiftRole(pk=waiting.role_id)
    found = for_sign_up(role=role, user_id=waiting.volunteer.user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    passed = policies.FOR_WHO_COMES_ALONE | {Ground.PARTY}
    refuse_unless_fit(found, at=at, seats=waiting.seats, overriding=False, apart_from=passed)
    assignment = insert_seat(found, by=by, at=at, seats=waiting.seats)
    queue_messages(notices=[notices.approval_given(assignment, found.shift, found.volunteer.user)], at=at)
    record_seat("seat.taken", assignment, found, by=by, at=at, request=waiting.code)
    take_seats(found.role, assignment, at=at)
    # Taking the seats settles the live place of this person in this role, if there still is one.
    if not Waiting.objects.filter(pk=waiting.pk, assignment=assignment).exists():
        raise RequestOver
    waiting.status, waiting.ended_at, waiting.assignment = Waiting.Status.TAKEN, at, assignment
    return assignment


@transaction.atomic
def approve_for_line(*, waiting: Waiting, by: User, at: datetime) -> Waiting:
    """Agree while the shift is full: they wait in line from the moment at which they asked.

    Where a seat came free meanwhile it is held for whoever comes first in that line.
    """
    if not waiting.shift.has_waiting_list:
        raise NoLineHere
    _lock_role(waiting)
    if not _still_asked(waiting).update(kind=Waiting.Kind.SEAT):
        raise RequestOver
    waiting.kind = Waiting.Kind.SEAT
    _record("approval.given_for_line", waiting, by=by, at=at)
    queue_messages(notices=[notices.approval_for_line(waiting)], at=at)
    hold_next(waiting.role_id, at)
    return waiting


@transaction.atomic
def refuse_request(*, waiting: Waiting, by: User, at: datetime, reason: str) -> Waiting:
    """Say no; the reason reaches the person."""
    why = need_reason(reason)
    _lock_role(waiting)
    _end(waiting, Waiting.Status.REFUSED, by=by, at=at, reason=why)
    _record("approval.refused", waiting, by=by, at=at, reason=why)
    queue_messages(notices=[notices.approval_refused(waiting, why)], at=at)
    return waiting


@transaction.atomic
def take_back_request(*, waiting: Waiting, by: User, at: datetime) -> Waiting:
    """The person needs no answer any more."""
    _lock_role(waiting)
    _end(waiting, Waiting.Status.LEFT, by=by, at=at)
    _record("approval.taken_back", waiting, by=by, at=at)
    return waiting


def _lock_role(waiting: Waiting) -> None:
    """The role is locked before its list, as everywhere."""
    ShiftRole.objects.select_for_update(no_key=True).get(pk=waiting.role_id)


def _still_asked(waiting: Waiting) -> QuerySet[Waiting]:
    return Waiting.objects.filter(pk=waiting.pk, kind=Waiting.Kind.APPROVAL, status=Waiting.Status.WAITING)


def _end(waiting: Waiting, status: Waiting.Status, *, by: User, at: datetime, reason: str = "") -> None:
    if not _still_asked(waiting).update(status=status, ended_at=at, ended_by=by, end_reason=reason):
        raise RequestOver
    waiting.status, waiting.ended_at, waiting.ended_by, waiting.end_reason = status, at, by, reason


def _record(verb: str, waiting: Waiting, *, by: User, at: datetime, reason: str = "") -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=waiting,
        area_code=waiting.shift.area.code,
        reason=reason,
        data={"shift": waiting.shift.code, "seats": waiting.seats},
    )
