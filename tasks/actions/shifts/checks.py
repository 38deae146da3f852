"""What a shift must fulfil before it is saved."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from organizations.queries import paths_served
from tasks.actions.shifts.errors import (
    AreaNotServed,
    AreaOutsideTask,
    ClosesTooEarly,
    DeadlineOutsideTask,
    DeadlineOver,
    DeadlineWithTime,
    EarlyWindowAlone,
    EndBeforeStart,
    HalfATime,
    InThePast,
    NobodyInTime,
    OutsideTask,
    PlaceMissing,
    RuleOutOfRange,
    SeatsOutOfOrder,
    SeatsOutOfRange,
    ShiftTooLong,
    WindowAfterDeadline,
    WindowAfterStart,
    WindowsOutOfOrder,
)
from tasks.actions.shifts.fields import LONGEST, SEATS_MOST, TIME
from tasks.models import Shift
from tasks.queries.transfers import lets_serve

# Bounds of SignUpRules, as the database keeps them.
BOUNDS = {
    "notice_minutes": (0, 20160),
    "party_most": (1, 10),
    "claim_hours": (1, 720),
    "warn_days": (0, 30),
    "warn_hours": (0, 72),
}


def check_time(shift: Shift, *, at: datetime, moved: Sequence[str] = TIME) -> None:
    """Start and end both or neither, in order, a day at most, ahead and within the call; a deadline without them."""
    start, end, due = shift.starts_at, shift.ends_at, shift.due_at
    if start is None and end is None:
        _check_deadline(shift, due, at=at, moved="due_at" in moved)
        return
    if start is None or end is None:
        raise HalfATime(field="starts_at" if start is None else "ends_at")
    if due is not None:
        raise DeadlineWithTime(field="due_at")
    if end <= start:
        raise EndBeforeStart(field="ends_at")
    if end - start > LONGEST:
        raise ShiftTooLong(field="ends_at")
    if "starts_at" in moved and start < at:
        raise InThePast(field="starts_at")
    task = shift.task
    if moved and not task.starts_on <= localtime(start).date() <= task.ends_on:
        raise OutsideTask(field="starts_at", first=_day(task.starts_on), last=_day(task.ends_on))


def _check_deadline(shift: Shift, due: datetime | None, *, at: datetime, moved: bool) -> None:
    """A deadline lies ahead and within the call; work that is open-ended has none."""
    if due is None or not moved:
        return
    if due <= at:
        raise DeadlineOver(field="due_at")
    task = shift.task
    if not task.starts_on <= localtime(due).date() <= task.ends_on:
        raise DeadlineOutsideTask(field="due_at", first=_day(task.starts_on), last=_day(task.ends_on))


def check_rules(shift: Shift) -> None:
    """Windows in order and before the work, numbers within bounds, and a moment left in which somebody can sign up."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(shift, name) <= most:
            raise RuleOutOfRange(field=name, least=least, most=most)
    windows = [
        (name, moment)
        for name in ("opens_to_members_at", "opens_to_area_at", "opens_at")
        if (moment := getattr(shift, name)) is not None
    ]
    for (_earlier, first), (name, second) in pairwise(windows):
        if second < first:
            raise WindowsOutOfOrder(field=name)
    if windows and shift.opens_at is None:
        raise EarlyWindowAlone(field="opens_at")
    _check_ends(shift, windows)


def _check_ends(shift: Shift, windows: list[tuple[str, datetime]]) -> None:
    """What closes comes after what opens, and both before the work begins or must be done."""
    closes, start, due = shift.closes_at, shift.starts_at, shift.due_at
    if closes is not None and windows and closes <= windows[0][1]:
        raise ClosesTooEarly(field="closes_at")
    ends = [("closes_at", closes)] if closes is not None else []
    for name, moment in [*windows, *ends]:
        if start is not None and moment > start:
            raise WindowAfterStart(field=name)
        if due is not None and moment > due:
            raise WindowAfterDeadline(field=name)
    if start is not None and windows and windows[0][1] > start - timedelta(minutes=shift.notice_minutes):
        raise NobodyInTime(field="notice_minutes")


def _day(day: date) -> str:
    return date_format(day, pgettext("format of a day without its year", "j F"))


def check_place(shift: Shift) -> None:
    """A place, in the area of the call and served by the organization, or by one whose area agreed to help there."""
    if not shift.place.strip():
        raise PlaceMissing(field="place")
    if not shift.task.area.contains(shift.area):
        raise AreaOutsideTask(field="area", area=shift.area.name)
    if shift.task.is_remote:
        return
    served = paths_served(shift.organization)
    # A group that serves one township may post a shift for the whole county that the call names.
    near = any(shift.area.path.startswith(path) or path.startswith(shift.area.path) for path in served)
    if not near and not lets_serve(shift.task, served):
        raise AreaNotServed(field="area", organization=shift.organization.display_name, area=shift.area.name)


def check_seats(seats_min: int, seats: int, *, field: str = "seats") -> None:
    """In bounds and in order."""
    if not 1 <= seats <= SEATS_MOST:
        raise SeatsOutOfRange(field=field, most=SEATS_MOST)
    if not 0 <= seats_min <= seats:
        raise SeatsOutOfOrder(field=field, least=seats_min, seats=seats)
