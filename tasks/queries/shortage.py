"""How many hands are missing, and where."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Least
from django.utils.timezone import localtime

from tasks.models import Shift, ShiftRole
from tasks.queries.needs import joinable


class Seats(NamedTuple):
    """Seats of some shifts: people needed, those of them who signed up, all seats."""

    needed: int = 0
    taken: int = 0
    seats: int = 0

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)


def in_two_days(at: datetime) -> tuple[datetime, datetime]:
    """From now until the end of tomorrow."""
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return at, midnight + timedelta(days=2)


def seats_by_county(shifts: QuerySet[Shift]) -> dict[int, Seats]:
    """People needed and signed up for the shifts, by county; nobody counts beyond what a role needs."""
    rows = (
        ShiftRole.objects.filter(shift__in=shifts.order_by().values("pk"), shift__county__isnull=False)
        .values("shift__county")
        .annotate(
            needed_sum=Sum("seats_min"),
            taken_sum=Sum(Least(F("seats_taken"), F("seats_min"))),
            seats_sum=Sum("seats"),
        )
        .order_by()
    )
    return {
        row["shift__county"]: Seats(row["needed_sum"], row["taken_sum"], row["seats_sum"])
        for row in rows
        if row["shift__county"] is not None
    }


def soon(at: datetime) -> QuerySet[Shift]:
    """Shifts that can be joined and begin before the end of tomorrow."""
    return joinable(at).filter(starts_at__lt=in_two_days(at)[1])
