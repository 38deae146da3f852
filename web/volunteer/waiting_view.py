"""A place in line as the volunteer reads it: which place, until when a seat is held, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tasks.models import Waiting
from web import wording
from web.public.rows import place_of


@dataclass(frozen=True)
class WaitingView:
    """One place in line."""

    code: str
    url: str
    title: str
    organization: str
    part: str
    starts_at: datetime | None
    ends_at: datetime | None
    where: str
    place: int
    seats: int
    free: int
    status: str
    expires_at: datetime | None
    left: str
    end_reason: str
    need_code: str
    seat_code: str
    # An organizer looks at the sign-up first: no place in line.
    asks: bool = False
    # How many came before and are gone by now.
    moved_up: int = 0

    @property
    def is_held(self) -> bool:
        return self.status == Waiting.Status.OFFERED

    @property
    def waits(self) -> bool:
        return self.status == Waiting.Status.WAITING and not self.asks

    @property
    def is_too_large(self) -> bool:
        """Whether seats are free that a smaller party would have."""
        return self.waits and 0 < self.free < self.seats


def waiting_view(waiting: Any, at: datetime) -> WaitingView:
    """The place was read with `ahead`, its role, shift, task, organization and area."""
    shift, task = waiting.shift, waiting.shift.task
    late = waiting.status == Waiting.Status.OFFERED and not waiting.is_open(at)
    until = waiting.expires_at
    asks = waiting.kind == Waiting.Kind.APPROVAL
    return WaitingView(
        code=waiting.code,
        url=reverse("volunteer:request" if asks else "volunteer:waiting_place", args=[waiting.code]),
        title=task.display_title,
        organization=shift.organization.display_name,
        part=waiting.role.name,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        where=gettext("From home") if task.is_remote else place_of(shift),
        place=waiting.ahead + 1,
        seats=waiting.seats,
        free=waiting.role.seats_free,
        status=Waiting.Status.EXPIRED if late else waiting.status,
        expires_at=until,
        left=wording.length_words(max(until - at, wording.A_MINUTE)) if until else "",
        end_reason=waiting.end_reason,
        need_code=shift.code,
        seat_code=waiting.assignment.code if waiting.assignment else "",
        asks=asks,
        moved_up=max((waiting.joined_as or 0) - waiting.ahead - 1, 0),
    )
