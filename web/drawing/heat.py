"""A calendar of whole weeks in which a day is the darker, the more it holds. A table, so it reads and prints as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

SHADES = 5
# From here on days are told in thousands.
MANY = 1000


@dataclass(frozen=True)
class HeatDay:
    """A day: `shade` from 0 (nothing) to SHADES; `words` stand in it, `why` says that its value is hidden. `is_open`:
    nothing is known of it yet."""

    day: date
    words: str = ""
    shade: int = 0
    why: str = ""
    is_open: bool = False
    is_marked: bool = False


@dataclass(frozen=True)
class HeatWeek:
    """Seven days from Monday; `month` where one begins in them, or in the first of all."""

    month: date | None
    days: tuple[HeatDay, ...]


@dataclass(frozen=True)
class Heat:
    weeks: tuple[HeatWeek, ...]
    in_thousands: bool

    @property
    def is_marked(self) -> bool:
        """Whether the marked day lies in these weeks."""
        return any(day.is_marked for week in self.weeks for day in week.days)


def heat(
    values: Mapping[date, tuple[float | None, str]],
    first: date,
    last: date,
    marked: date | None = None,
) -> Heat:
    """Weeks from a Monday to a Sunday. `values`: by day its value and, where that is hidden, why; a day that is not
    among them is left open."""
    most = max((value for value, _ in values.values() if value is not None), default=0)
    thousands = most >= MANY
    weeks = []
    for number in range(0, (last - first).days + 1, 7):
        days = [first + timedelta(days=number + index) for index in range(7)]
        month = next((day for day in days if day.day == 1), days[0] if number == 0 else None)
        weeks.append(
            HeatWeek(
                month,
                tuple(_day(day, values.get(day), most, thousands, day == marked) for day in days),
            )
        )
    return Heat(tuple(weeks), thousands)


def _day(
    day: date, found: tuple[float | None, str] | None, most: float, thousands: bool, marked: bool
) -> HeatDay:
    value, why = found or (None, "")
    if value is None:
        return HeatDay(day, why=why, is_open=not why, is_marked=marked)
    shade = ceil(value / most * SHADES) if most and value else 0
    return HeatDay(day, _words(value, thousands), shade, is_marked=marked)


def _words(value: float, thousands: bool) -> str:
    if not thousands or not value:
        return f"{round(value)}"
    return f"{value / MANY:.1f}" if value >= MANY / 20 else "<0.1"
