"""Shifts: post them, move them, cancel them. Whoever holds a seat hears of it."""

from tasks.actions.shifts.cancelling import cancel_shift
from tasks.actions.shifts.editing import edit_shift
from tasks.actions.shifts.errors import (
    AreaNotServed,
    AreaOutsideTask,
    EndBeforeStart,
    HalfATime,
    InThePast,
    NotTakenOn,
    OutsideTask,
    PeopleAreThere,
    PlaceMissing,
    SeatsBelowTaken,
    SeatsOutOfOrder,
    SeatsOutOfRange,
    ShiftBegan,
    ShiftOver,
    ShiftTooLong,
    TaskEnded,
)
from tasks.actions.shifts.fields import (
    LONGEST,
    OPEN_TASKS,
    OTHER,
    ROLE_FIELDS,
    SEATS_MOST,
    SHIFT_FIELDS,
    TIME,
    WHERE,
)
from tasks.actions.shifts.posting import post_shift

__all__ = [
    "LONGEST",
    "OPEN_TASKS",
    "OTHER",
    "ROLE_FIELDS",
    "SEATS_MOST",
    "SHIFT_FIELDS",
    "TIME",
    "WHERE",
    "AreaNotServed",
    "AreaOutsideTask",
    "EndBeforeStart",
    "HalfATime",
    "InThePast",
    "NotTakenOn",
    "OutsideTask",
    "PeopleAreThere",
    "PlaceMissing",
    "SeatsBelowTaken",
    "SeatsOutOfOrder",
    "SeatsOutOfRange",
    "ShiftBegan",
    "ShiftOver",
    "ShiftTooLong",
    "TaskEnded",
    "cancel_shift",
    "edit_shift",
    "post_shift",
]
