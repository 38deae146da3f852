"""What a shift must fulfil before it is saved."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from organizations.queries import paths_served
from tasks.actions.shifts.errors import (
    AreaNotServed,
    AreaOutsideTask,
    EndBeforeStart,
    HalfATime,
    InThePast,
    OutsideTask,
    PlaceMissing,
    SeatsBelowTaken,
    SeatsOutOfOrder,
    SeatsOutOfRange,
    ShiftTooLong,
)
from tasks.actions.shifts.fields import LONGEST, SEATS_MOST, TIME
from tasks.models import Shift


def check_time(shift: Shift, *, at: datetime, moved: Sequence[str] = TIME) -> None:
    """Both or neither, in order, a day at most, ahead and within the call."""
    start, end = shift.starts_at, shift.ends_at
    if start is None and end is None:
        return
    if start is None or end is None:
        raise HalfATime(field="starts_at" if start is None else "ends_at")
    if end <= start:
        raise EndBeforeStart(field="ends_at")
    if end - start > LONGEST:
        raise ShiftTooLong(field="ends_at")
    if "starts_at" in moved and start < at:
        raise InThePast(field="starts_at")
    task = shift.task
    if moved and not task.starts_on <= localtime(start).date() <= task.ends_on:
        raise OutsideTask(field="starts_at", first=_day(task.starts_on), last=_day(task.ends_on))


def _day(day: date) -> str:
    return date_format(day, pgettext("format of a day without its year", "j F"))


def check_place(shift: Shift) -> None:
    """A place, in the area of the call and served by the organization."""
    if not shift.place.strip():
        raise PlaceMissing(field="place")
    if not shift.task.area.contains(shift.area):
        raise AreaOutsideTask(field="area", area=shift.area.name)
    if shift.task.is_remote:
        return
    served = paths_served(shift.organization)
    # A group that serves one township may post a shift for the whole county that the call names.
    if not any(shift.area.path.startswith(path) or path.startswith(shift.area.path) for path in served):
        raise AreaNotServed(field="area", organization=shift.organization.display_name, area=shift.area.name)


def check_seats(seats_min: int, seats: int, *, taken: int = 0) -> None:
    """In bounds, in order, and no fewer than are taken or held."""
    if not 1 <= seats <= SEATS_MOST:
        raise SeatsOutOfRange(field="seats", most=SEATS_MOST)
    if seats < taken:
        raise SeatsBelowTaken(field="seats", taken=taken)
    if not 0 <= seats_min <= seats:
        raise SeatsOutOfOrder(field="seats", least=seats_min, seats=seats)
