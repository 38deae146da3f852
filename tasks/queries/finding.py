"""What a volunteer can do, why not more, and what else there is where a seat has gone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from tasks.models import Shift, ShiftRole
from tasks.policies import Ground
from tasks.queries import needs
from tasks.queries.candidates import WEIGHED, Candidate, box, city_path, free, point_of, seats_near, weighed
from tasks.queries.times import ANY_TIME, TimesWanted
from volunteers.models import Volunteer

# How far in time from a shift another one can stand in for it.
AROUND = timedelta(days=7)
# What makes another shift the better one: 1 km is worth 4 hours, and that hands are missing there 10 km.
HOURS_A_KM = 4
SHORT_KM = 10
# How many shifts out of reach are counted at most.
COUNTED = 500


class Order(StrEnum):
    """By what a list of work is sorted."""

    TIME = "time"
    NEAR = "near"
    NEED = "need"


@dataclass(frozen=True)
class WorkWanted:
    """What a volunteer narrows the list to. `organization` and `cause` are codes."""

    timed: bool = True
    times: TimesWanted = ANY_TIME
    most_km: int | None = None
    cause: str = ""
    organization: str = ""
    order: Order = Order.TIME


@dataclass(frozen=True)
class Hindrance:
    """What stands between a volunteer and some shifts; `names` are the papers that are missing."""

    ground: Ground
    count: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkFound:
    """What fits, in the order asked for; what opens for the volunteer later; and what stands against the rest.

    `nearest_short` is the nearest shift that fits and lacks hands, whatever the list is narrowed to.
    `is_cut` says that more lies ahead than was weighed.
    """

    fits: list[Candidate]
    later: list[Candidate]
    hindrances: list[Hindrance]
    causes: dict[str, str]
    organizations: dict[str, str]
    nearest_short: Candidate | None
    is_cut: bool


def find_work(volunteer: Volunteer, wanted: WorkWanted, at: datetime) -> WorkFound:
    """Weigh what begins soonest near the volunteer: three queries, two for a volunteer without a point."""
    roles = seats_near(volunteer, at).filter(
        wanted.times.condition("shift__"), shift__starts_at__isnull=not wanted.timed
    )
    first = F("shift__starts_at") if wanted.timed else F("shift__due_at")
    full = Case(When(free(), then=Value(0)), default=Value(1))
    ordered = roles.order_by(full, first.asc(nulls_last=True), "shift_id", "pk")
    every = list(weighed(volunteer, ordered, at))
    best = _best_of_each_shift(every)
    able = [one for one in best if one.fits or one.asks_first]
    chosen = [one for one in able if _is_wanted(one, wanted)]
    later = [one for one in best if one.opens_at is not None and _is_wanted(one, wanted)]
    short = [one for one in able if one.is_short]
    return WorkFound(
        fits=sorted(chosen, key=lambda one: _rank(one, wanted.order)),
        later=sorted(later, key=lambda one: (one.opens_at, one.shift_id)),
        hindrances=_hindrances(best, _beyond_reach(volunteer, wanted, at)),
        causes={one.cause: one.cause_name for one in able},
        organizations={one.organization: one.organization_name for one in able},
        nearest_short=min(short, key=lambda one: (_far(one), _moment(one)), default=None),
        is_cut=len(every) >= WEIGHED,
    )


def fitting_ids(volunteer: Volunteer, at: datetime) -> list[int]:
    """The shifts that the volunteer may take, or ask for, now; two queries."""
    roles = seats_near(volunteer, at).filter(free())
    ordered = roles.order_by(F("shift__starts_at").asc(nulls_first=True), "shift_id", "pk")
    return list(
        dict.fromkeys(one.shift_id for one in weighed(volunteer, ordered, at) if one.fits or one.asks_first)
    )


def _best_of_each_shift(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of every shift the role with the least against it."""
    found: dict[int, Candidate] = {}
    for one in candidates:
        known = found.get(one.shift_id)
        if known is None or _grounds(one) < _grounds(known):
            found[one.shift_id] = one
    return list(found.values())


def _grounds(one: Candidate) -> tuple[int, bool]:
    hard = sum(reason.ground != Ground.NEEDS_APPROVAL for reason in one.against)
    return hard, not one.is_short


def _is_wanted(one: Candidate, wanted: WorkWanted) -> bool:
    if wanted.most_km is not None and one.metres is not None and one.metres > wanted.most_km * 1000:
        return False
    if wanted.cause and one.cause != wanted.cause:
        return False
    return not wanted.organization or one.organization == wanted.organization


def _rank(one: Candidate, order: Order) -> tuple[Any, ...]:
    if order == Order.NEAR:
        return _far(one), _moment(one), one.shift_id
    if order == Order.NEED:
        return -one.hands_missing, _moment(one), one.shift_id
    return _moment(one), one.shift_id


def _far(one: Candidate) -> float:
    """How far it is: what is done from home is nearest, what has no point comes last."""
    if one.seat.is_remote:
        return 0
    return float("inf") if one.metres is None else one.metres


def _moment(one: Candidate) -> float:
    """When it begins, or until when it is to be done; what is open-ended comes last."""
    moment = one.seat.starts_at or one.due_at
    return moment.timestamp() if moment else float("inf")


def _hindrances(best: Iterable[Candidate], beyond: int) -> list[Hindrance]:
    """The grounds by how many shifts they stand against, each shift once, by the hardest."""
    counts: Counter[tuple[Ground, tuple[str, ...]]] = Counter()
    for one in best:
        if one.fits or one.asks_first or one.opens_at is not None:
            continue
        reason = one.against[0]
        names = reason.params.get("names")
        counts[reason.ground, tuple(map(str, names)) if isinstance(names, list | tuple) else ()] += 1
    if beyond:
        counts[Ground.DISTANCE, ()] += beyond
    return [Hindrance(ground, count, names) for (ground, names), count in counts.most_common()]


def _beyond_reach(volunteer: Volunteer, wanted: WorkWanted, at: datetime) -> int:
    """Shifts with free seats in the volunteer's city, farther than they would go; at most `COUNTED`."""
    point, city = point_of(volunteer), city_path(volunteer.area)
    if point is None or not city:
        return 0
    far: QuerySet[ShiftRole] = needs.joinable_roles(at).filter(
        ~box(point, volunteer.reach_km),
        free(),
        wanted.times.condition("shift__"),
        shift__starts_at__isnull=not wanted.timed,
        shift__area__path__startswith=city,
        shift__longitude__isnull=False,
        shift__task__is_remote=False,
    )
    if wanted.cause:
        far = far.filter(shift__task__type__cause__code=wanted.cause)
    if wanted.organization:
        far = far.filter(shift__organization__code=wanted.organization)
    return far.order_by().values("shift_id").distinct()[:COUNTED].count()


@dataclass(frozen=True)
class Alternative:
    """A shift with its rows' values, how far it is, and which of its roles can be taken at once.

    `number` is None for a reader who is nobody in particular: then nothing was weighed.
    """

    shift: Any
    metres: float | None
    is_short: bool
    number: int | None


def alternatives(
    volunteer: Volunteer | None, shift: Shift, at: datetime, limit: int, *, seats: int = 1
) -> list[Alternative]:
    """Other shifts with a free seat that the volunteer may take, the nearest in place and time first, those that lack
    hands before others; at most `limit`, with so many free `seats`. Three queries; one for a reader without a profile."""
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
    found = first_of_each_shift(
        weighed(volunteer, roles.order_by("shift__starts_at", "shift_id", "pk"), at, seats=seats)
    )
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
