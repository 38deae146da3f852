"""Fewer seats than are taken: keep everybody until some leave, or let the last to sign up wait, with the reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import DomainError
from notifications.actions import queue_messages
from tasks.actions.reasons import need_reason
from tasks.models import Assignment, CheckIn, ShiftRole, Waiting
from tasks.notices import waiting as notices

KEEP, WAIT = "keep", "wait"
FIRST = -1


class SeatsBelowTaken(DomainError):
    code = "seats-below-taken"
    text = _(
        "%(taken)s people have a seat or one is held for them. Say whether all of them stay, or the last wait"
    )


class SeatsBelowPresent(DomainError):
    code = "seats-below-present"
    text = _("%(present)s people are there already, so there are at least as many seats")


class _Seated(Protocol):
    @property
    def seats(self) -> int: ...


AnySeat = TypeVar("AnySeat", bound=_Seated)
AnyRow = TypeVar("AnyRow", bound=Model)


def last_of(rows: Sequence[AnySeat], *, surplus: int) -> list[AnySeat]:
    """Whom of `rows`, the first to sign up first, fewer seats leave without one: the last, in their order.

    A party leaves as a whole. Whoever would fit beside it after all, stays.
    """
    chosen: list[AnySeat] = []
    room = -surplus
    for row in reversed(rows):
        if room >= 0:
            break
        chosen.append(row)
        room += row.seats
    leaving: list[AnySeat] = []
    for row in reversed(chosen):
        if row.seats <= room:
            room -= row.seats
        else:
            leaving.append(row)
    return leaving


def who_would_wait(role: ShiftRole, seats: int) -> tuple[list[Waiting], list[Assignment]]:
    """From whom a held seat would go, and who would lose theirs, if the role had so many seats.

    What is only held goes first. Whoever is there keeps the seat; SeatsBelowPresent where that is too many.
    """
    held = list(
        _with_all(Waiting.objects.filter(role=role, status=Waiting.Status.OFFERED)).order_by("rank", "pk")
    )
    held = last_of(held, surplus=role.seats_taken + role.seats_held - seats)
    surplus = role.seats_taken + role.seats_held - sum(one.seats for one in held) - seats
    taken = list(_with_all(Assignment.objects.live().filter(role=role)).order_by("created_at", "pk"))
    here = set(CheckIn.objects.valid().filter(assignment__in=taken).values_list("assignment", flat=True))
    movable = [seat for seat in taken if seat.pk not in here]
    if sum(seat.seats for seat in movable) < surplus:
        raise SeatsBelowPresent(
            field="seats", present=sum(seat.seats for seat in taken) - sum(seat.seats for seat in movable)
        )
    return held, last_of(movable, surplus=surplus)


def lower_seats(
    role: ShiftRole, seats: int, *, how: str, by: User, at: datetime, reason: str, field: str = "seats"
) -> None:
    """Lower a locked role below what is taken and held: sets `seats` and `seats_goal`, which the caller saves.

    `how` is KEEP or WAIT; without it SeatsBelowTaken asks for it. WAIT needs a reason, which reaches whoever waits.
    """
    occupied = role.seats_taken + role.seats_held
    if how == KEEP:
        role.seats, role.seats_goal = occupied, seats
    elif how == WAIT:
        _let_wait(role, seats, by=by, at=at, reason=need_reason(reason))
        role.seats, role.seats_goal = seats, None
    else:
        raise SeatsBelowTaken(field=field, taken=occupied)


def _let_wait(role: ShiftRole, seats: int, *, by: User, at: datetime, reason: str) -> None:
    held, moved = who_would_wait(role, seats)
    Waiting.objects.filter(pk__in=[one.pk for one in held]).update(
        status=Waiting.Status.WAITING, rank=FIRST, offered_at=None, expires_at=None
    )
    places = [_place_for(seat, by=by, at=at) for seat in moved]
    Waiting.objects.bulk_create(places)
    Assignment.objects.filter(pk__in=[seat.pk for seat in moved]).update(
        status=Assignment.Status.WAITING, ended_at=at, ended_by=by, end_reason=reason
    )
    ShiftRole.objects.filter(pk=role.pk).update(
        seats_taken=F("seats_taken") - sum(seat.seats for seat in moved),
        seats_held=F("seats_held") - sum(one.seats for one in held),
    )
    role.refresh_from_db(fields=["seats_taken", "seats_held"])
    told = [notices.seat_to_line(one, reason, at=at, was_held=True) for one in held]
    told += [notices.seat_to_line(place, reason, at=at, was_held=False) for place in places]
    queue_messages(notices=told, at=at)
    for seat in moved:
        audit.record(
            verb="seat.to_waiting",
            by=by,
            at=at,
            subject=seat,
            area_code=seat.shift.area.code,
            reason=reason,
            data={"shift": seat.shift.code, "seats": seat.seats},
        )


def _place_for(seat: Assignment, *, by: User, at: datetime) -> Waiting:
    return Waiting(
        role=seat.role,
        shift=seat.shift,
        volunteer=seat.volunteer,
        seats=seat.seats,
        rank=FIRST,
        created_at=at,
        created_by=by,
    )


def _with_all(rows: QuerySet[AnyRow]) -> QuerySet[AnyRow]:
    return rows.select_related(
        "role", "volunteer__user", "shift__task", "shift__organization", "shift__area__parent__parent"
    )
