"""A seat that becomes free is held for the next in line, in the very transaction that frees it.

The order of locks: people, shift, role, waiting, assignment. Whatever changes a counter of a role has locked the role.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.timezone import localtime

from accounts.models import User
from core import audit
from core.models import AuditRecord
from notifications.actions import queue_messages
from tasks import policies
from tasks.models import Assignment, Offer, Shift, ShiftRole, Waiting
from tasks.notices import waiting as notices
from tasks.policies import Ground, SeatFacts
from tasks.queries.seats import role_as_it_is
from tasks.queries.waiting import InLine, in_line_for, waiting_for

# What does not stand against a seat that is held: whoever waited came in time, and the organizer let them wait.
PASSED = policies.FOR_WHO_COMES_ALONE | {Ground.SHIFT_FULL, Ground.PARTY}


@dataclass(frozen=True)
class Chosen:
    """For whom seats are held, and whose party was larger than what was free when it was their turn."""

    places: list[InLine]
    too_large: list[InLine]


def hold_next(role_id: int, at: datetime) -> int:
    """Hold what is free in the role for those next in line whom it suits; return how many places that were.

    To be called wherever seats become free, in the same transaction. Who does not suit any more, and whose party is
    larger than what is free, is passed over and keeps the place. While fewer seats were wished for than are taken,
    free ones go instead.
    """
    role = ShiftRole.objects.select_for_update(no_key=True).filter(pk=role_id).first()
    if role is None:
        return 0
    _shrink(role)
    if role.seats_free < 1 or not waiting_for(role.pk).exists():
        return 0
    found = role_as_it_is(role)
    if found is None or not _gives_seats(found[1], at):
        return 0
    role, seat = found
    chosen = _choose(role, seat, at)
    if chosen.places:
        _hold(role, chosen.places, at=at)
    if chosen.too_large:
        free = role.seats_free
        told = [notices.party_passed_over(_place(one, role), free=free) for one in chosen.too_large]
        queue_messages(notices=told, at=at)
    return len(chosen.places)


def _shrink(role: ShiftRole) -> None:
    """Towards the number of seats that was wished for: what is free goes."""
    if role.seats_goal is None:
        return
    seats = max(role.seats_goal, role.seats_taken + role.seats_held)
    if seats == role.seats:
        return
    role.seats_goal = None if seats == role.seats_goal else role.seats_goal
    role.seats = seats
    role.save(update_fields=["seats", "seats_goal"])


def _gives_seats(seat: SeatFacts, at: datetime) -> bool:
    return seat.is_open and not seat.is_stopped and not policies.is_late(seat.starts_at, at)


def suits(seat: SeatFacts, one: InLine, at: datetime) -> bool:
    """Whether nothing stands against the seat but that it is one of a waiting list."""
    reasons = policies.weigh(seat, one.person, at=localtime(at), seats=one.seats)
    return not [reason for reason in policies.against(reasons) if reason.ground not in PASSED]


def _choose(role: ShiftRole, seat: SeatFacts, at: datetime) -> Chosen:
    free = role.seats_free
    places: list[InLine] = []
    too_large: list[InLine] = []
    for one in in_line_for(role, at=at):
        if not free:
            break
        if not suits(seat, one, at):
            continue
        if one.seats > free:
            too_large.append(one)
            continue
        places.append(one)
        free -= one.seats
    return Chosen(places, too_large)


def _hold(role: ShiftRole, places: list[InLine], *, at: datetime) -> None:
    shift = role.shift
    expires_at = at + policies.offer_lasts(shift.starts_at, at)
    count = sum(one.seats for one in places)
    ShiftRole.objects.filter(pk=role.pk).update(seats_held=F("seats_held") + count)
    Waiting.objects.filter(pk__in=[one.pk for one in places]).update(
        status=Waiting.Status.OFFERED, offered_at=at, expires_at=expires_at
    )
    _withdraw_surplus(role, free=role.seats_free - count, at=at)
    held = [_place(one, role) for one in places]
    queue_messages(notices=[notices.seat_held(place, at=at, expires_at=expires_at) for place in held], at=at)
    AuditRecord.objects.bulk_create(
        audit.entry(
            verb="waiting.held",
            by=None,
            at=at,
            subject=place,
            area_code=shift.area.code,
            data={"shift": shift.code, "seats": place.seats, "until": expires_at},
        )
        for place in held
    )


def _place(one: InLine, role: ShiftRole) -> Waiting:
    """The place as a row that was not read."""
    return Waiting(
        pk=one.pk,
        rank=one.rank,
        code=one.code,
        seats=one.seats,
        volunteer=one.volunteer,
        role=role,
        shift=role.shift,
    )


def _withdraw_surplus(role: ShiftRole, *, free: int, at: datetime) -> None:
    """The line goes before offers: the latest that find no free seat any more are withdrawn."""
    beyond = Offer.objects.open(at=at).filter(role=role).order_by("pk").values_list("pk", flat=True)[free:]
    surplus = list(beyond)
    if surplus:
        Offer.objects.filter(pk__in=surplus).update(status=Offer.Status.WITHDRAWN, ended_at=at)


def take_back_held(shift: Shift) -> None:
    """Nobody is held to another time or place than they were told: what is held in its locked roles is free again.

    Everybody keeps the place, and `hold_next` asks anew.
    """
    Waiting.objects.filter(shift=shift, status=Waiting.Status.OFFERED).update(
        status=Waiting.Status.WAITING, offered_at=None, expires_at=None
    )
    ShiftRole.objects.filter(shift=shift).exclude(seats_held=0).update(seats_held=0)


def settle_place(assignment: Assignment, *, by: User | None, at: datetime) -> bool:
    """End the place in line of somebody who got a seat otherwise than by `take_seats`; locks the role.

    Return whether seats were held for them, which are free now: `hold_next` is called by whoever calls this, once the
    new seat is counted.
    """
    role = ShiftRole.objects.select_for_update(no_key=True).get(pk=assignment.role_id)
    own = Waiting.objects.live().filter(role=role, volunteer=assignment.volunteer_id).first()
    if own is None:
        return False
    if was_held := own.status == Waiting.Status.OFFERED:
        ShiftRole.objects.filter(pk=role.pk).update(seats_held=F("seats_held") - own.seats)
    Waiting.objects.filter(pk=own.pk).update(
        status=Waiting.Status.TAKEN, ended_at=at, ended_by=by, assignment=assignment
    )
    return was_held
