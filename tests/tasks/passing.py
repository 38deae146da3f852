"""How tests pass seats on."""

from typing import Any

from core import clock
from notifications.models import Message
from tasks.actions.handovers import agree, ask_handover
from tasks.models import Assignment, Handover, Shift
from tasks.queries.handovers import handover_by
from tests.factories.tasks import role_of
from volunteers.models import Volunteer


def ask(seat: Assignment, **fields: Any) -> Handover:
    values = {"kind": "stand-in", "by": seat.volunteer.user, "at": clock.now(), **fields}
    return ask_handover(assignment=seat, **values)


def say_yes(handover: Handover, taker: Volunteer, **fields: Any) -> Handover:
    return agree(handover=read(handover), by=taker.user, at=clock.now(), **fields)


def read(handover: Handover) -> Handover:
    found = handover_by(handover.code)
    assert found is not None
    return found


def told(kind: str) -> list[tuple[str, str]]:
    """Who was told, by which channel."""
    rows = Message.objects.filter(kind=kind).order_by("recipient__name", "channel")
    return [(row.recipient.name if row.recipient else "", row.channel) for row in rows]


def holders(shift: Shift) -> list[Volunteer]:
    return [seat.volunteer for seat in Assignment.objects.live().filter(shift=shift).order_by("pk")]


def taken(shift: Shift) -> int:
    return role_of(shift).seats_taken
