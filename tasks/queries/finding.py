"""What a volunteer can do, and what else there is where a seat has gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tasks.models import Shift
from tasks.queries import needs
from tasks.queries.candidates import Candidate, free, seats_near, weighed
from volunteers.models import Volunteer

# How far in time from a shift another one can stand in for it.
AROUND = timedelta(days=7)
# What makes another shift the better one: 1 km is worth 4 hours, and that hands are missing there 10 km.
HOURS_A_KM = 4
SHORT_KM = 10


@dataclass(frozen=True)
class Alternative:
    """A shift with its rows' values, how far it is, and which of its roles can be taken at once.

    `number` is None for a reader who is nobody in particular: then nothing was weighed.
    """

    shift: Any
    metres: float | None
    is_short: bool
    number: int | None


def alternatives(volunteer: Volunteer | None, shift: Shift, at: datetime, limit: int) -> list[Alternative]:
    """Other shifts with a free seat that the volunteer may take, the nearest in place and time first, those that lack
    hands before others; at most `limit`. Three queries; one for a reader without a profile."""
    if volunteer is None:
        shifts = needs.nearest_short(
            at, near=shift.area, point=_place(shift), limit=limit, without=[shift.pk]
        )
        return [
            Alternative(other, needs.metres_to(other, _place(shift)), other.taken < other.needed, None)
            for other in shifts
        ]
    roles = seats_near(volunteer, at).exclude(shift=shift).filter(free())
    if shift.starts_at is not None:
        around = (shift.starts_at - AROUND, shift.starts_at + AROUND)
        roles = roles.filter(Q(shift__starts_at__range=around) | Q(shift__starts_at=None))
    found = first_of_each_shift(weighed(volunteer, roles.order_by("shift__starts_at", "shift_id", "pk"), at))
    best = sorted(found, key=lambda one: _cost(one, shift))[:limit]
    shifts_found = {row.pk: row for row in rows_of_shifts(one.shift_id for one in best)}
    return [
        Alternative(shifts_found[one.shift_id], one.metres, one.is_short, one.number)
        for one in best
        if one.shift_id in shifts_found
    ]


def first_of_each_shift(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The first role of every shift that fits."""
    found: dict[int, Candidate] = {}
    for candidate in candidates:
        if candidate.fits:
            found.setdefault(candidate.shift_id, candidate)
    return list(found.values())


def rows_of_shifts(ids: Iterable[int]) -> list[Any]:
    """The shifts in the order of the ids, with everything that their rows show; one query."""
    wanted = list(ids)
    if not wanted:
        return []
    rows: Any = Shift.objects.filter(pk__in=wanted).with_seats()
    found = {shift.pk: shift for shift in rows.select_related("task", "organization", "area__parent__parent")}
    return [found[pk] for pk in wanted if pk in found]


def _cost(candidate: Candidate, shift: Shift) -> tuple[float, int]:
    """How much worse it is than the shift itself, in kilometres."""
    km = (candidate.metres or 0) / 1000 + (0 if candidate.is_short else SHORT_KM)
    if shift.starts_at is not None and candidate.seat.starts_at is not None:
        km += abs((candidate.seat.starts_at - shift.starts_at).total_seconds()) / 3600 / HOURS_A_KM
    return km, candidate.shift_id


def _place(shift: Shift) -> tuple[float, float] | None:
    return None if shift.longitude is None or shift.latitude is None else (shift.longitude, shift.latitude)
