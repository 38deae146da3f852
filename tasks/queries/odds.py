"""What became of those who once came to a waiting list in the same place: no forecast, a count."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from tasks.models import Shift, Waiting

# The latest that are looked at, and from how many on something can be said.
LATEST = 2_000
FEWEST = 30
# Shifts with half as many up to twice as many seats are alike, as long as there are enough of them.
ALIKE = 2


@dataclass(frozen=True)
class Odds:
    """Of `cases` people who came to a waiting list as number `place`, a seat came to `came`."""

    place: int
    cases: int
    came: int

    @property
    def in_ten(self) -> int:
        return round(self.came * 10 / self.cases)


def odds_of(waiting: Waiting, *, at: datetime) -> Odds | None:
    """For a place that was read with its role; None where it has no number from when the person came."""
    return odds_at(waiting.joined_as, waiting.role.seats, at=at) if waiting.joined_as else None


def odds_at(place: int, seats: int, *, at: datetime) -> Odds | None:
    """For whoever comes as number `place` to a list for so many seats; None where too little is known.

    One statement over the latest 2,000 who came so.

    Counted are lists of shifts that have begun or are called off. Whoever left before a seat came, or was taken off,
    is not: nobody knows whether one would have come. A seat counts when it was held for them, whatever they answered.
    """
    latest = (
        Waiting.objects.filter(joined_as=place, ended_at__isnull=False, kind=Waiting.Kind.SEAT)
        .order_by("-pk")
        .values("pk")[:LATEST]
    )
    over = Q(shift__starts_at__lte=at) | ~Q(shift__status=Shift.Status.OPEN)
    went = Q(status__in=(Waiting.Status.LEFT, Waiting.Status.REFUSED), offered_at=None)
    alike = Q(role__seats__gte=math.ceil(seats / ALIKE), role__seats__lte=seats * ALIKE)
    came = Q(offered_at__isnull=False)
    found: dict[str, Any] = (
        Waiting.objects.filter(over, pk__in=latest)
        .exclude(went)
        .aggregate(
            cases=Count("pk"),
            came=Count("pk", filter=came),
            alike=Count("pk", filter=alike),
            alike_came=Count("pk", filter=alike & came),
        )
    )
    if found["alike"] >= FEWEST:
        return Odds(place, found["alike"], found["alike_came"])
    if found["cases"] >= FEWEST:
        return Odds(place, found["cases"], found["came"])
    return None
