"""What the API shows of shifts, seats and offers: plain values, the same that `serializers` describe."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localtime

from areas.models import reads_chinese
from tasks import policies
from tasks.models import Assignment, CheckIn, Offer, Shift, ShiftRole, Waiting

Row = dict[str, Any]


def when(moment: datetime | None) -> str | None:
    """A time as programs read it, on the clock of the place."""
    return None if moment is None else localtime(moment).isoformat()


def shift_rows(shifts: Iterable[Shift]) -> list[Row]:
    """Shifts with their kinds of seats; each has its task, organization and area. One statement."""
    found = list(shifts)
    roles: dict[int, list[Any]] = {shift.pk: [] for shift in found}
    for role in _roles(list(roles)):
        roles[role.shift_id].append(role)
    return [_shift(shift, roles[shift.pk]) for shift in found]


def _roles(shift_ids: Sequence[int]) -> QuerySet[Any]:
    """In the order in which addresses number them."""
    name = "capability__name_zh" if reads_chinese() else "capability__name_en"
    needed = (
        ShiftRole.requirements.through.objects.filter(shiftrole=OuterRef("pk"))
        .order_by("capability__position", "capability")
        .values(json=JSONObject(code="capability__code", name=name))
    )
    return ShiftRole.objects.filter(shift__in=shift_ids).annotate(needed=ArraySubquery(needed)).order_by("pk")


def _shift(shift: Shift, roles: Sequence[Any]) -> Row:
    return {
        "id": shift.code,
        "task": {"id": shift.task.code, "title": shift.task.display_title},
        "organization": {"id": shift.organization.code, "name": shift.organization.display_name},
        "area": {"code": shift.area.code, "name": shift.area.name},
        "place": shift.place,
        "is_remote": shift.task.is_remote,
        "status": shift.status,
        "starts_at": when(shift.starts_at),
        "ends_at": when(shift.ends_at),
        "due_at": when(shift.due_at),
        "seats_min": sum(role.seats_min for role in roles),
        "seats_max": sum(role.seats for role in roles),
        "seats_taken": sum(role.seats_taken for role in roles),
        "seats_free": sum(max(role.seats_free, 0) for role in roles),
        "opens_to_members_at": when(shift.opens_to_members_at),
        "opens_to_area_at": when(shift.opens_to_area_at),
        "opens_at": when(shift.opens_at),
        "closes_at": when(shift.closes_at),
        "needs_approval": shift.needs_approval,
        "has_waiting_list": shift.has_waiting_list,
        "party_most": shift.party_most,
        "roles": [_role(role, number) for number, role in enumerate(roles, 1)],
    }


def _role(role: Any, number: int) -> Row:
    return {
        "number": number,
        "name": role.name,
        "seats_min": role.seats_min,
        "seats_max": role.seats,
        "seats_taken": role.seats_taken,
        "seats_free": max(role.seats_free, 0),
        "min_age": role.min_age,
        "requirements": role.needed,
    }


def seat_row(seat: Assignment, number: int) -> Row:
    """A seat as its holder sees it: where to come and whom to call, while it stands. `number` is the role's place."""
    shift = seat.shift
    holds = seat.status == Assignment.Status.ACTIVE
    until = policies.release_until(shift.starts_at, shift.release_notice_minutes)
    return {
        "id": seat.code,
        "shift": shift.code,
        "title": shift.task.display_title,
        "role": number,
        "seats": seat.seats,
        "status": seat.status,
        "starts_at": when(shift.starts_at),
        "ends_at": when(shift.ends_at),
        "place": shift.place,
        "address": shift.address if holds else "",
        "contact_name": shift.contact_name if holds else "",
        "contact_phone": shift.contact_phone if holds else "",
        "spoken_code": seat.spoken_code if holds else "",
        "release_until": when(until) if holds else None,
        "created_at": when(seat.created_at),
        "ended_at": when(seat.ended_at),
    }


def offer_row(offer: Offer) -> Row:
    """An offer as whoever was asked sees it; it has its shift and task."""
    shift = offer.shift
    return {
        "id": offer.code,
        "shift": shift.code,
        "title": shift.task.display_title,
        "status": offer.status,
        "starts_at": when(shift.starts_at),
        "ends_at": when(shift.ends_at),
        "place": shift.place,
        "made_at": when(offer.made_at),
        "expires_at": when(offer.expires_at),
    }


def waiting_row(place: Any) -> Row:
    """A place in line as `tasks.queries.waiting` reads it, with `ahead`; or a question to the organizer."""
    shift = place.shift
    in_line = place.kind == Waiting.Kind.SEAT and place.status == Waiting.Status.WAITING
    return {
        "id": place.code,
        "shift": shift.code,
        "title": shift.task.display_title,
        "kind": place.kind,
        "status": place.status,
        "seats": place.seats,
        "place": place.ahead + 1 if in_line else None,
        "starts_at": when(shift.starts_at),
        "ends_at": when(shift.ends_at),
        "created_at": when(place.created_at),
        "expires_at": when(place.expires_at) if place.status == Waiting.Status.OFFERED else None,
    }


def check_row(seen: CheckIn, seat: Assignment) -> Row:
    """One arrival or departure as it was recorded."""
    return {
        "assignment": seat.code,
        "shift": seat.shift.code,
        "kind": seen.kind,
        "method": seen.method,
        "nonce": str(seen.nonce),
        "at": when(seen.at),
        "recorded_at": when(seen.recorded_at),
    }
