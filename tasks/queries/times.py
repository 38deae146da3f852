"""What a reader narrows lists of shifts to in time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q


class PartOfDay(StrEnum):
    """The part of the day in which a shift begins, on the clock of the place."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


# From which hour until before which.
HOURS = {
    PartOfDay.NIGHT: (0, 5),
    PartOfDay.MORNING: (5, 12),
    PartOfDay.AFTERNOON: (12, 18),
    PartOfDay.EVENING: (18, 24),
}


@dataclass(frozen=True)
class TimesWanted:
    """Times to begin at; `weekday` is 1 for Monday to 7. Work without a fixed time is left out by any of them."""

    starts_from: datetime | None = None
    starts_before: datetime | None = None
    weekday: int | None = None
    part: PartOfDay | None = None

    def condition(self, shift: str = "") -> Q:
        """`shift` leads from the row to its shift: "shift__"."""
        found = Q()
        start = f"{shift}starts_at"
        if self.starts_from is not None:
            found &= Q(**{f"{start}__gte": self.starts_from})
        if self.starts_before is not None:
            found &= Q(**{f"{start}__lt": self.starts_before})
        if self.weekday is not None:
            found &= Q(**{f"{start}__iso_week_day": self.weekday})
        if self.part is not None:
            first, end = HOURS[self.part]
            found &= Q(**{f"{start}__hour__gte": first, f"{start}__hour__lt": end})
        return found


ANY_TIME = TimesWanted()
