"""A seat as its holder reads it: only here private details of a shift appear."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from tasks import policies
from tasks.models import Assignment
from tasks.queries.own import in_window
from web import wording
from web.public.need_view import notice_words
from web.public.rows import day_inside, place_of
from web.states import State, state_of

# From so long before the start on, nobody counts in less.
STEPS = ((timedelta(days=2), timedelta(days=1)), (timedelta(hours=6), timedelta(hours=1)))


@dataclass(frozen=True)
class SeatView:
    """A seat, its shift, and what can be done about it now."""

    code: str
    url: str
    need_code: str
    need_url: str
    title: str
    content: str
    organization: str
    starts_at: datetime | None
    ends_at: datetime | None
    starts_in: str
    day: str
    is_running: bool
    is_live: bool
    place: str
    where: str
    address: str
    private_details: str
    bring: str
    contact_name: str
    contact_phone: str
    spoken_code: str
    part: str
    in_at: datetime | None
    out_at: datetime | None
    can_check: bool
    can_step_back: bool
    release_notice: str
    status: str
    state: State

    @property
    def is_in(self) -> bool:
        return self.in_at is not None and self.out_at is None


def _day(start: datetime, at: datetime) -> str:
    """The day in a sentence: tomorrow, on Tuesday, on Fri 14 Feb; 明天, 周二."""
    day = wording.local(start).date()
    ahead = (day - wording.local(at).date()).days
    if wording.in_chinese() or -1 <= ahead <= 1:
        return day_inside(start, at)
    return f"on {wording.WEEKDAYS_EN_LONG[day.weekday()] if 1 < ahead < 7 else day_inside(start, at)}"


def _left(left: timedelta) -> str:
    """How long until the start, as people say it: in minutes only on the day itself, in hours for two days."""
    step = next((step for least, step in STEPS if left >= least), wording.A_MINUTE)
    return wording.length_words(max(round(left / step), 1) * step)


def seat_view(seat: Any, at: datetime) -> SeatView:
    """The seat was read by `tasks.queries.own.seats_of`."""
    shift, task = seat.shift, seat.shift.task
    starts_at = shift.starts_at
    is_live = seat.status == Assignment.Status.ACTIVE
    until = policies.release_until(starts_at, shift.release_notice_minutes)
    place = gettext("From home") if task.is_remote else shift.place
    return SeatView(
        code=seat.code,
        url=reverse("volunteer:seat", args=[seat.code]),
        need_code=shift.code,
        need_url=reverse("public:need", args=[shift.code]),
        title=task.display_title,
        content=task.display_content,
        organization=shift.organization.display_name,
        starts_at=starts_at,
        ends_at=shift.ends_at,
        starts_in=_left(starts_at - at) if starts_at and starts_at > at else "",
        day=_day(starts_at, at) if starts_at else "",
        is_running=bool(starts_at and starts_at <= at),
        is_live=is_live,
        place=place,
        where=place if task.is_remote else place_of(shift),
        # Whoever holds no seat any more has no claim to what may be somebody's home.
        address=(shift.address or task.address) if is_live else "",
        private_details=_joined(shift.private_details, task.private_details) if is_live else "",
        bring=shift.bring,
        contact_name=(shift.contact_name or task.contact_name) if is_live else "",
        contact_phone=(shift.contact_phone or task.contact_phone) if is_live else "",
        spoken_code=seat.spoken_code,
        part=seat.role.name,
        in_at=seat.in_at,
        out_at=seat.out_at,
        can_check=is_live and seat.out_at is None and in_window(shift, at),
        can_step_back=is_live and seat.in_at is None and (until is None or at <= until),
        release_notice=notice_words(shift.release_notice_minutes),
        status=_status(seat),
        state=state_of(
            seat.role.seats_taken,
            seat.role.seats_min,
            seat.role.seats,
            starts_at,
            shift.ends_at,
            at,
            cancelled=shift.status == shift.Status.CANCELLED,
        ),
    )


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _status(seat: Any) -> str:
    """What became of the seat, for lists."""
    if seat.status != Assignment.Status.ACTIVE:
        return str(Assignment.Status(seat.status).label)
    if seat.out_at is not None:
        return pgettext("seat", "Served")
    return pgettext("seat", "Yours") if seat.in_at is None else pgettext("seat", "You are there")
