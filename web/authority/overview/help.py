"""Who could help: areas that have their own hands and people on duty whom nobody asks, near areas that lack some."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from areas.models import Area
from areas.policies import distance_m
from insights.queries import AreaRow

LIMIT = 3
# Beyond this the way eats the day.
MOST_KM = 120


@dataclass(frozen=True)
class Helper:
    """An area that could send hands, the one that needs them, the way between their centres, and how many people there
    are on duty and were not asked for a week, as it may be shown."""

    giver: Area
    taker: Area
    idle: int
    km: int

    @property
    def url(self) -> str:
        """Where the area in need asks the other for hands; both have to agree."""
        return f"{reverse('authority:new_transfer', args=[self.taker.code])}?giver={self.giver.code}"


def helpers(worst: Sequence[AreaRow], rows: Sequence[AreaRow]) -> list[Helper]:
    """For the worst areas, each with the nearest that could help; an area is named once as helper.

    No statement: what is said of persons has been through disclosure control already.
    """
    found: list[Helper] = []
    free = [row for row in rows if not row.counts.short and _idle(row)]
    for row in worst:
        near = [
            (km, giver)
            for giver in free
            if (km := km_between(row.area, giver.area)) is not None and km <= MOST_KM
        ]
        if not near:
            continue
        km, giver = min(near, key=lambda pair: (pair[0], pair[1].area.code))
        free.remove(giver)
        found.append(Helper(giver.area, row.area, _idle(giver), km))
        if len(found) == LIMIT:
            break
    return found


def _idle(row: AreaRow) -> int:
    """0 where it is hidden."""
    return int(row.idle.value or 0)


def km_between(one: Area, other: Area) -> int | None:
    """The way between two centres; None where one has none."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    return round(distance_m(one.longitude, one.latitude, other.longitude, other.latitude) / 1000)
