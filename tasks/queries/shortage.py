"""How many hands are missing now, and where: the one count behind every page that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.functions import Least, TruncDate
from django.utils.timezone import localtime

from areas.models import Area
from organizations.models import Organization
from tasks.models import Shift, ShiftRole
from tasks.queries.needs import is_stopped
from tasks.queries.seats import LIVE_TASKS


class Seats(NamedTuple):
    """Seats of some shifts: people needed, those of them who signed up, all seats, all that are taken."""

    needed: int = 0
    covered: int = 0
    seats: int = 0
    taken: int = 0

    @property
    def missing(self) -> int:
        return self.needed - self.covered

    def plus(self, other: "Seats") -> "Seats":
        # Spelled out: an overview adds some ten thousand of these.
        return Seats(
            self.needed + other.needed,
            self.covered + other.covered,
            self.seats + other.seats,
            self.taken + other.taken,
        )


NONE = Seats()


@dataclass(frozen=True)
class Shortage:
    """The seats of today and tomorrow, by day and by the path of every area that holds them."""

    today: date
    by_path: Mapping[tuple[str, date], Seats]
    total: Seats

    @property
    def days(self) -> tuple[date, date]:
        return self.today, self.today + timedelta(days=1)

    def of(self, area: Area) -> Seats:
        """Today's and tomorrow's of an area and all below it."""
        today, tomorrow = (self.on(area, day) for day in self.days)
        return today.plus(tomorrow)

    def on(self, area: Area, day: date) -> Seats:
        """Those of one of the two days."""
        return self.by_path.get((area.path, day), NONE)


def short_now(at: datetime, *, within: Area | None = None) -> Shortage:
    """Shifts that begin today or tomorrow, are not over and stand still nowhere, as they are at this moment.

    Σ max(0, least − taken) over the kinds of seats of these shifts: whoever comes beyond what one needs
    helps no other. One query.
    """
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    # From the roles: asked for the roles of a list of shifts, the planner reads every role that there ever was.
    roles = ShiftRole.objects.filter(
        ~is_stopped("shift__"),
        shift__starts_at__gte=midnight,
        shift__starts_at__lt=midnight + timedelta(days=2),
        shift__ends_at__gt=at,
        shift__status=Shift.Status.OPEN,
        shift__task__status__in=LIVE_TASKS,
        shift__organization__status=Organization.Status.APPROVED,
    )
    if within is not None:
        roles = roles.filter(shift__area__path__startswith=within.path)
    rows = (
        roles.values_list("shift__area__path", TruncDate("shift__starts_at"))
        .annotate(
            needed_sum=Sum("seats_min"),
            covered_sum=Sum(Least(F("seats_taken"), F("seats_min"))),
            seats_sum=Sum("seats"),
            taken_sum=Sum("seats_taken"),
        )
        .order_by()
    )
    total = NONE
    by_path: dict[tuple[str, date], Seats] = {}
    for path, day, *values in rows:
        found = Seats(*values)
        total = total.plus(found)
        end = path.find("/")
        while end >= 0:
            key = path[: end + 1], day
            so_far = by_path.get(key)
            by_path[key] = found if so_far is None else so_far.plus(found)
            end = path.find("/", end + 1)
    return Shortage(midnight.date(), by_path, total)
