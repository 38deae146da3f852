"""The waiting list of a full shift: join it, leave it, take the seat that is held or say no, and pass on by itself."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from notifications.notices import Notice
from tasks import policies
from tasks.actions.holding import PASSED, hold_next
from tasks.actions.reasons import need_reason
from tasks.actions.refusals import NoSuchSeat, SeatsOutOfBounds, Stale
from tasks.actions.seats import refuse_unless_fit, write_seat
from tasks.actions.taking import take_seats
from tasks.models import Assignment, Shift, ShiftRole, Waiting
from tasks.models.waiting import WaitingQuerySet
from tasks.notices import waiting as notices
from tasks.notices.approvals import approval_closed
from tasks.permissions.shifts import can_act_for
from tasks.policies import Ground
from tasks.queries.seats import SeatWanted, for_sign_up
from tasks.queries.stages import live_stops_over
from tasks.queries.waiting import left_waiting, lines_that_are_over, waiting_for
from volunteers.models import Volunteer

__all__ = [
    "accept_held",
    "close_line",
    "come_with_fewer",
    "decline_held",
    "expire_held",
    "hold_next",
    "join_line",
    "leave_all_lines",
    "leave_line",
    "pass_on",
    "take_off_line",
]

BATCH = 500
# Read in the language of whoever is told.
OVER = {
    "zh": "这一班已经开始，或者不再收人，没有位子空出来。谢谢你愿意等。",
    "en": "The shift has begun or takes nobody any more, and no seat came free. Thank you for waiting.",
}


class SeatIsFree(DomainError):
    code = "seat-is-free"
    text = _("There is a free seat. Sign up, there is no need to wait")


class NoWaitingList(DomainError):
    code = "no-waiting-list"
    text = _("This shift has no waiting list. Other shifts still need hands")


class AlreadyWaiting(DomainError):
    code = "already-waiting"
    text = _("You are on the list for this shift already")


class PartyBeyondShift(DomainError):
    code = "party-beyond-shift"
    text = _("This shift has %(most)s seats in all. Come with fewer, or choose another")


class NotYourPlace(DomainError):
    code = "not-your-place"
    text = _("Only the person who waits can answer, or somebody who acts for them")


class NotWaiting(DomainError):
    code = "not-waiting"
    text = _("This place in line has ended. You can join the list again")


class HeldOver(DomainError):
    code = "held-over"
    text = _("The time for this seat is over, and it went to the next. You can join the list again")


class NotFewer(DomainError):
    code = "not-fewer"
    text = _(
        "A party on the list can only become smaller. Leave the list and join it again to come with more"
    )


@transaction.atomic
def join_line(
    *,
    role: ShiftRole | SeatWanted,
    by: User,
    at: datetime,
    volunteer: Volunteer | None = None,
    seats: int = 1,
) -> Waiting:
    """Wait for a seat of a full role, behind everybody who waits already.

    Refuses whatever would refuse the person a seat, except that the shift is full; SeatIsFree where it is not.
    """
    if not 1 <= seats <= policies.SEATS_AT_ONCE:
        raise SeatsOutOfBounds(field="seats", most=policies.SEATS_AT_ONCE)
    user_id = volunteer.user_id if volunteer else by.pk
    found = for_sign_up(role=role, user_id=user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    refuse_unless_fit(found, at=at, seats=seats, overriding=False, apart_from=frozenset({Ground.SHIFT_FULL}))
    shift = found.shift
    if not shift.has_waiting_list:
        raise NoWaitingList
    locked = _locked_role(found.role.pk)
    if locked.version != found.role.version:
        raise Stale
    # Whoever gives a seat back waits for this transaction, and then finds this place.
    if locked.seats_free >= seats:
        raise SeatIsFree
    most = locked.seats if locked.seats_goal is None else locked.seats_goal
    if seats > most:
        raise PartyBeyondShift(field="seats", most=most)
    try:
        waiting = Waiting.objects.create(
            role=found.role,
            shift=shift,
            volunteer=found.volunteer,
            seats=seats,
            joined_as=waiting_for(found.role.pk).count() + 1,
            created_at=at,
            created_by=by,
        )
    except IntegrityError as error:
        raise AlreadyWaiting from error
    _record("waiting.joined", waiting, by=by, at=at)
    return waiting


@transaction.atomic
def leave_line(*, waiting: Waiting, by: User, at: datetime) -> Waiting:
    """Wait no longer. A seat that is held meanwhile goes to the next."""
    if not can_act_for(by, waiting.volunteer):
        raise NotYourPlace
    waiting = _locked(waiting)
    _end(waiting, Waiting.Status.LEFT, by=by, at=at)
    _record("waiting.left", waiting, by=by, at=at)
    return waiting


@transaction.atomic
def come_with_fewer(*, waiting: Waiting, seats: int, by: User, at: datetime) -> Waiting:
    """Make a party smaller without losing its place; what is free may be enough now, and is held at once."""
    if not can_act_for(by, waiting.volunteer):
        raise NotYourPlace
    waiting = _locked(waiting)
    if waiting.status != Waiting.Status.WAITING:
        raise NotWaiting
    if not 1 <= seats < waiting.seats:
        raise NotFewer(field="seats")
    Waiting.objects.filter(pk=waiting.pk).update(seats=seats)
    waiting.seats = seats
    _record("waiting.made_smaller", waiting, by=by, at=at)
    hold_next(waiting.role_id, at)
    waiting.refresh_from_db(fields=["status", "offered_at", "expires_at"])
    return waiting


@transaction.atomic
def accept_held(*, waiting: Waiting, by: User, at: datetime) -> Assignment:
    """Take the seat that is held: four statements, as a sign-up, and its refusals.

    Windows, notice and an organizer's approval do not stand against it: whoever waited came in time.
    """
    if not can_act_for(by, waiting.volunteer):
        raise NotYourPlace
    if not waiting.is_open(at):
        raise HeldOver if waiting.status in (Waiting.Status.OFFERED, Waiting.Status.EXPIRED) else NotWaiting
    role = ShiftRole(pk=waiting.role_id)
    found = for_sign_up(role=role, user_id=waiting.volunteer.user_id, at=at, lock=True)
    if found is None:
        raise NoSuchSeat
    refuse_unless_fit(found, at=at, seats=waiting.seats, overriding=False, apart_from=PASSED)
    assignment = write_seat(found, by=by, at=at, seats=waiting.seats, waiting=waiting.code)
    if not take_seats(found.role, assignment, at=at).held:
        # Answered or passed on since the page was loaded: the seat goes back with the transaction.
        raise HeldOver
    waiting.status, waiting.ended_at, waiting.assignment = Waiting.Status.TAKEN, at, assignment
    return assignment


@transaction.atomic
def decline_held(*, waiting: Waiting, by: User, at: datetime) -> Waiting:
    """Say no to the seat that is held; it is held for the next in the same moment."""
    if not can_act_for(by, waiting.volunteer):
        raise NotYourPlace
    waiting = _locked(waiting)
    if not waiting.is_open(at):
        raise HeldOver if waiting.status in (Waiting.Status.OFFERED, Waiting.Status.EXPIRED) else NotWaiting
    _end(waiting, Waiting.Status.DECLINED, by=by, at=at)
    _record("waiting.declined", waiting, by=by, at=at)
    return waiting


@transaction.atomic
def leave_all_lines(*, volunteer: Volunteer, by: User | None, at: datetime) -> int:
    """End every place of somebody who goes, without a word to them; how many. Held seats go to the next."""
    live = Waiting.objects.live().filter(volunteer=volunteer)
    roles = ShiftRole.objects.select_for_update(no_key=True).filter(pk__in=live.values("role"))
    list(roles.order_by("pk"))
    places = list(_rows().live().filter(volunteer=volunteer).order_by("role"))
    for place in places:
        _end(place, Waiting.Status.LEFT, by=by, at=at)
        _record("waiting.left", place, by=by, at=at)
    return len(places)


@transaction.atomic
def take_off_line(*, waiting: Waiting, by: User, at: datetime, reason: str) -> Waiting:
    """An organizer takes somebody off the list; the reason reaches them."""
    why = need_reason(reason)
    waiting = _locked(waiting)
    _end(waiting, Waiting.Status.REFUSED, by=by, at=at, reason=why)
    _record("waiting.refused", waiting, by=by, at=at, reason=why)
    queue_messages(notices=[notices.line_removed(waiting, why)], at=at)
    return waiting


def expire_held(*, at: datetime) -> int:
    """Pass on the seats that were held and not taken in time; return how many places ended.

    Each role commits by itself. Where everything stands still nobody loses the place: they wait for the next hold.
    """
    over = Waiting.objects.filter(status=Waiting.Status.OFFERED, expires_at__lte=at)
    role_ids = sorted(set(over.order_by("expires_at").values_list("role", flat=True)[:BATCH]))
    return sum(_expire(role_id, at=at) for role_id in role_ids)


@transaction.atomic
def _expire(role_id: int, *, at: datetime) -> int:
    role = _locked_role(role_id)
    over = list(
        _rows().filter(role=role_id, status=Waiting.Status.OFFERED, expires_at__lte=at).order_by("rank", "pk")
    )
    if over and live_stops_over(over[0].shift.area).exists():
        _wait_again(role, over)
        return 0
    for waiting in over:
        _end(waiting, Waiting.Status.EXPIRED, by=None, at=at, pass_on=False)
        _record("waiting.expired", waiting, by=None, at=at)
    queue_messages(notices=[notices.seat_went_on(waiting) for waiting in over], at=at)
    hold_next(role_id, at)
    return len(over)


def _wait_again(role: ShiftRole, places: list[Waiting]) -> None:
    """While everything stands still nobody could take a seat: it is held anew once the work goes on."""
    Waiting.objects.filter(pk__in=[place.pk for place in places]).update(
        status=Waiting.Status.WAITING, offered_at=None, expires_at=None
    )
    count = sum(place.seats for place in places)
    ShiftRole.objects.filter(pk=role.pk).update(seats_held=F("seats_held") - count)


@transaction.atomic
def close_line(
    *,
    shift: Shift,
    at: datetime,
    by: User | None,
    why: str | dict[str, str],
    role: ShiftRole | None = None,
) -> int:
    """End every place in line of a shift, or of one role, held or not, and of those who wait for an organizer's word.

    Return how many. A message tells why, in the reader's language where `why` has several.
    """
    roles = ShiftRole.objects.filter(shift=shift) if role is None else ShiftRole.objects.filter(pk=role.pk)
    ids = [each.pk for each in roles.select_for_update(no_key=True).order_by("pk")]
    ShiftRole.objects.filter(pk__in=ids).exclude(seats_held=0).update(seats_held=0)
    places = list(_rows().live().filter(role__in=ids).order_by("pk"))
    reason = why if isinstance(why, str) else why["zh"]
    Waiting.objects.live().filter(pk__in=[place.pk for place in places]).update(
        status=Waiting.Status.CLOSED, ended_at=at, ended_by=by, end_reason=reason
    )
    queue_messages(notices=[_closed(place, why) for place in places], at=at)
    if places:
        audit.record(
            verb="waiting.closed",
            by=by,
            at=at,
            subject=shift,
            area_code=places[0].shift.area.code,
            reason=reason,
            data={"shift": shift.code, "places": [place.code for place in places]},
        )
    return len(places)


def _closed(place: Waiting, why: str | dict[str, str]) -> Notice:
    if place.kind == Waiting.Kind.SEAT:
        return notices.line_closed(place, why)
    return approval_closed(place, "" if why is OVER else why)


def pass_on(*, at: datetime) -> int:
    """What the clock does: end what was held too long and what waits in vain, and hold what was missed.

    A seat that comes free is held in the transaction that frees it. Here is found what that could not know: a stop
    that was lifted, somebody who suits again. Return how many places ended or got a seat held.
    """
    count = expire_held(at=at)
    for shift in lines_that_are_over(at=at):
        count += close_line(shift=shift, at=at, by=None, why=shift.cancel_reason or OVER)
    for role_id in left_waiting(at=at, most=BATCH):
        with transaction.atomic():
            count += hold_next(role_id, at)
    return count


def _locked_role(role_id: int) -> ShiftRole:
    return ShiftRole.objects.select_for_update(no_key=True).get(pk=role_id)


def _rows() -> WaitingQuerySet:
    return Waiting.objects.select_related(
        "role", "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
    )


def _locked(waiting: Waiting) -> Waiting:
    """The place as it is now; its role is locked first, as for everything that changes both."""
    _locked_role(waiting.role_id)
    found: Waiting = _rows().get(pk=waiting.pk)
    return found


def _end(
    waiting: Waiting,
    status: Waiting.Status,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    pass_on: bool = True,
) -> None:
    """End a live place of a locked role; what was held for it is free, and held for the next."""
    held = waiting.status == Waiting.Status.OFFERED
    ended = Waiting.objects.live().filter(pk=waiting.pk)
    if not ended.update(status=status, ended_at=at, ended_by=by, end_reason=reason):
        raise NotWaiting
    waiting.status, waiting.ended_at, waiting.ended_by, waiting.end_reason = status, at, by, reason
    if held:
        ShiftRole.objects.filter(pk=waiting.role_id).update(seats_held=F("seats_held") - waiting.seats)
    if held and pass_on:
        hold_next(waiting.role_id, at)


def _record(verb: str, waiting: Waiting, *, by: User | None, at: datetime, reason: str = "") -> None:
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=waiting,
        area_code=waiting.shift.area.code,
        reason=reason,
        data={"shift": waiting.shift.code, "seats": waiting.seats},
    )
