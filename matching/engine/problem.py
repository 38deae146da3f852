"""The problem as arrays: V volunteers, S shifts, a horizon of 168 hours whose hour 0 is its start.

Choose pairs (volunteer v, shift s) that maximize

    sum over shifts of [ value_min · min(n, min) + value_extra · max(0, n - min) ]  -  sum over pairs of cost

where n ≤ max is the number of volunteers on the shift, so that every volunteer has the traits, is available during
the whole window, lives within reach, has 8 h of rest between two shifts, and works no more than the hours of the week.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.engine.files import Unreadable, read_arrays, write_arrays

HORIZON_HOURS = 168
# Sums of values stay exact in double precision, with prices in 64ths.
LARGEST_VALUE = 2**36
LARGEST_SEATS = 1_000_000
LARGEST_COORDINATE_KM = 100_000
LARGEST_LOAD = 5

F4 = NDArray[np.float32]
U8 = NDArray[np.uint64]
I1 = NDArray[np.int8]
I2 = NDArray[np.int16]
I4 = NDArray[np.int32]
I8 = NDArray[np.int64]
U1 = NDArray[np.uint8]

VOLUNTEER_ARRAYS: dict[str, str] = {
    "volunteer_x_km": "f4",
    "volunteer_y_km": "f4",
    "volunteer_traits": "u8",
    "volunteer_hours": "u8",
    "volunteer_max_hours": "i2",
    "volunteer_reach_km": "f4",
    "volunteer_causes": "u8",
    "volunteer_recent_load": "i2",
}
SHIFT_ARRAYS: dict[str, str] = {
    "shift_x_km": "f4",
    "shift_y_km": "f4",
    "shift_traits": "u8",
    "shift_start_h": "i4",
    "shift_end_h": "i4",
    "shift_min": "i4",
    "shift_max": "i4",
    "shift_value_min": "i8",
    "shift_value_extra": "i8",
    "shift_cause": "i1",
    "shift_remote": "u1",
}
OPTIONAL = "shift_remote"


class BadProblem(ValueError):
    """The problem cannot be solved as it is written. The text is one sentence for whoever wrote it."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be matched. Positions in km, hours from the start of the horizon, ends exclusive."""

    volunteer_x_km: F4
    volunteer_y_km: F4
    volunteer_traits: U8
    """A set of up to 64 skills, languages, levels and checks."""
    volunteer_hours: U8
    """(V, 3): bit h & 63 of word h >> 6 is hour h."""
    volunteer_max_hours: I2
    volunteer_reach_km: F4
    volunteer_causes: U8
    volunteer_recent_load: I2
    shift_x_km: F4
    shift_y_km: F4
    shift_traits: U8
    shift_start_h: I4
    shift_end_h: I4
    shift_min: I4
    shift_max: I4
    shift_value_min: I8
    """Value of each seat up to the least number."""
    shift_value_extra: I8
    """Value of each seat above it; never more than `shift_value_min`."""
    shift_cause: I1
    shift_remote: U1
    """1 where nobody has to travel: distance counts neither as cost nor against the reach."""

    @property
    def volunteers(self) -> int:
        return len(self.volunteer_x_km)

    @property
    def shifts(self) -> int:
        return len(self.shift_x_km)

    @property
    def seats(self) -> int:
        return int(self.shift_max.sum(dtype=np.int64))

    @classmethod
    def load(cls, path: str | Path) -> "Problem":
        """Reads and checks a `.npz` file; raises BadProblem."""
        try:
            found = read_arrays(path, (*VOLUNTEER_ARRAYS, *SHIFT_ARRAYS))
        except Unreadable as fault:
            raise BadProblem(str(fault)) from fault
        for name in (*VOLUNTEER_ARRAYS, *SHIFT_ARRAYS):
            if name not in found and name != OPTIONAL:
                raise BadProblem(f"The array {name} is missing.")
        if OPTIONAL not in found:
            found[OPTIONAL] = np.zeros(found["shift_x_km"].shape[:1], dtype=np.uint8)
        problem = cls(**found)
        problem.validate()
        return problem

    def save(self, path: str | Path) -> None:
        """Writes the arrays under their names, uncompressed; raises OSError."""
        write_arrays(path, {field.name: getattr(self, field.name) for field in fields(self)})

    def validate(self) -> None:
        """Raises BadProblem with the first fault found: shapes and types, then what the numbers mean."""
        for names, of in ((VOLUNTEER_ARRAYS, "volunteer_x_km"), (SHIFT_ARRAYS, "shift_x_km")):
            first = getattr(self, of)
            if not isinstance(first, np.ndarray) or first.ndim != 1:
                raise BadProblem(f"The array {of} must have one dimension.")
            for name, kind in names.items():
                self._check_form(name, kind, len(first))
        if not self.volunteers:
            raise BadProblem("There are no volunteers.")
        if not self.shifts:
            raise BadProblem("There are no shifts.")
        for name in (name for name, kind in {**VOLUNTEER_ARRAYS, **SHIFT_ARRAYS}.items() if kind == "f4"):
            _refuse(~np.isfinite(getattr(self, name)), name, "is not a finite number")
        for name in ("volunteer_x_km", "volunteer_y_km", "shift_x_km", "shift_y_km"):
            far = np.abs(getattr(self, name)) > LARGEST_COORDINATE_KM
            _refuse(far, name, f"is more than {LARGEST_COORDINATE_KM} km from the origin")
        _refuse(self.volunteer_reach_km < 0, "volunteer_reach_km", "is negative")
        _refuse(self.volunteer_max_hours < 0, "volunteer_max_hours", "is negative")
        load = self.volunteer_recent_load
        _refuse(
            (load < 0) | (load > LARGEST_LOAD), "volunteer_recent_load", f"is not within 0 to {LARGEST_LOAD}"
        )
        _refuse(self.shift_end_h <= self.shift_start_h, "shift_end_h", "is not after the start of that shift")
        _refuse(self.shift_start_h < 0, "shift_start_h", "lies before the horizon")
        _refuse(
            self.shift_end_h > HORIZON_HOURS,
            "shift_end_h",
            f"lies beyond the horizon of {HORIZON_HOURS} hours",
        )
        _refuse(self.shift_min < 0, "shift_min", "is a negative number of seats")
        _refuse(self.shift_max < 0, "shift_max", "is a negative number of seats")
        _refuse(
            self.shift_max < self.shift_min,
            "shift_max",
            "is less than the least number of seats of that shift",
        )
        _refuse(self.shift_max > LARGEST_SEATS, "shift_max", f"is more than {LARGEST_SEATS} seats")
        for name in ("shift_value_min", "shift_value_extra"):
            value = getattr(self, name)
            _refuse(
                (value > LARGEST_VALUE) | (value < -LARGEST_VALUE), name, "is beyond 2 to the power of 36"
            )
        _refuse(
            self.shift_value_extra > self.shift_value_min,
            "shift_value_extra",
            "is more than the value of the seats before it",
        )
        _refuse((self.shift_cause < 0) | (self.shift_cause > 63), "shift_cause", "is not within 0 to 63")
        _refuse(self.shift_remote > 1, "shift_remote", "is neither 0 nor 1")

    def _check_form(self, name: str, kind: str, length: int) -> None:
        array = getattr(self, name)
        if not isinstance(array, np.ndarray):
            raise BadProblem(f"{name} is not an array.")
        if array.dtype != np.dtype(kind):
            raise BadProblem(f"The array {name} is of type {array.dtype}; {np.dtype(kind)} is needed.")
        shape = (length, 3) if name == "volunteer_hours" else (length,)
        if array.shape != shape:
            raise BadProblem(f"The array {name} has the shape {array.shape}; {shape} is needed.")


def _refuse(wrong: NDArray[np.bool_], name: str, why: str) -> None:
    if wrong.any():
        raise BadProblem(f"{name}[{int(np.argmax(wrong))}] {why}.")
