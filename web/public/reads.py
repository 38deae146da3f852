"""What the public pages read of open shifts: lists, the nearest shortage, sums by county."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils.timezone import localtime

from areas.models import Area
from areas.policies import distance_m
from organizations.models import Organization
from tasks.models import AreaStop, Shift, ShiftRole, Task
from web.public.places import Seats

# How far ahead the public list reaches.
AHEAD = timedelta(days=60)


def open_shifts(at: datetime) -> QuerySet[Any]:
    """Shifts that somebody can still join, where nothing is stopped, with `taken`, `needed` and `seats`."""
    return with_seats(_joinable(at)).select_related("task", "organization", "area__parent__parent")


def _joinable(at: datetime) -> QuerySet[Shift]:
    timeless = Q(starts_at=None, task__ends_on__gte=localtime(at).date())
    return Shift.objects.filter(
        Q(starts_at__gt=at, starts_at__lt=at + AHEAD) | timeless,
        ~_stopped(),
        status=Shift.Status.OPEN,
        task__status__in=(Task.Status.CALLED, Task.Status.ADOPTED),
        organization__status=Organization.Status.APPROVED,
    )


def _stopped() -> Exists:
    """Whether everything stands still where a shift is."""
    path = ExpressionWrapper(OuterRef("area__path"), output_field=CharField())
    return Exists(
        AreaStop.objects.live().annotate(shift_path=path).filter(shift_path__startswith=F("area__path"))
    )


def with_seats(shifts: QuerySet[Shift]) -> QuerySet[Any]:
    """Shifts with `taken`, `needed` and `seats` over all their roles, and `short_first`: 0 short, 1 at risk, 2 enough."""
    counted: QuerySet[Any] = shifts.annotate(
        taken=Coalesce(Sum("roles__seats_taken"), 0),
        needed=Coalesce(Sum("roles__seats_min"), 0),
        seats=Coalesce(Sum("roles__seats"), 0),
    )
    return counted.annotate(
        short_first=Case(
            When(Q(taken__lt=F("needed") * Value(0.75)), then=Value(0)),
            When(Q(taken__lt=F("needed")), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    )


def shift_with_seats(code: str) -> Any:
    """One shift by its code, whatever its state, with everything that its page shows; None where there is none."""
    return (
        with_seats(Shift.objects.filter(code=code).exclude(task__status=Task.Status.DRAFT))
        .annotate(is_stopped=_stopped())
        .select_related("task__issuer", "organization", "area__parent__parent")
        .first()
    )


def roles_of(shift: Shift) -> list[ShiftRole]:
    """The roles of a shift in the order in which addresses number them, with what they require."""
    return list(shift.roles.prefetch_related("requirements").order_by("pk"))


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
    return _joinable(at).filter(starts_at__lt=in_two_days(at)[1])


def most_urgent(at: datetime, *, limit: int) -> list[Any]:
    """Those most in want of people, the soonest first."""
    rows = open_shifts(at).filter(taken__lt=F("needed"), starts_at__lt=at + timedelta(days=7))
    return list(rows.order_by("short_first", "starts_at", "pk")[:limit])


@dataclass(frozen=True)
class NeedsWanted:
    """What a reader narrows the list of needs to."""

    area: Area | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None
    cause: str = ""
    from_home: bool = False
    only_free: bool = False
    words: str = ""
    skip_ids: tuple[int, ...] = field(default=())


def narrowed(shifts: QuerySet[Any], wanted: NeedsWanted) -> QuerySet[Any]:
    """The shifts that fit."""
    if wanted.area is not None:
        shifts = shifts.filter(area__path__startswith=wanted.area.path)
    if wanted.starts_from is not None:
        shifts = shifts.filter(starts_at__gte=wanted.starts_from)
    if wanted.starts_before is not None:
        shifts = shifts.filter(starts_at__lt=wanted.starts_before)
    if wanted.cause:
        shifts = shifts.filter(task__type__cause__code=wanted.cause)
    if wanted.from_home:
        shifts = shifts.filter(task__is_remote=True)
    for word in wanted.words.split():
        shifts = shifts.filter(_holding(word))
    if wanted.only_free:
        shifts = shifts.filter(taken__lt=F("seats"))
    return shifts


def _holding(word: str) -> Q:
    fields = ("task__title", "task__second_title", "place", "organization__name", "organization__name_en")
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": word})
    return found


def nearest_short(
    at: datetime,
    *,
    near: Area | None,
    point: tuple[float, float] | None = None,
    limit: int = 2,
    without: Iterable[int] = (),
) -> list[Any]:
    """Shifts with a free seat, short ones first, the nearest first: same county, then same city, then anywhere.

    With a point, distance decides among the first fifty.
    """
    shifts = open_shifts(at).filter(taken__lt=F("seats"), starts_at__lt=at + timedelta(days=7))
    shifts = shifts.exclude(pk__in=tuple(without))
    ranks = []
    if near is not None:
        paths = [path for path in reversed(near.paths_above()) if path.count("/") >= Area.Level.CITY]
        ranks = [When(area__path__startswith=path, then=Value(rank)) for rank, path in enumerate(paths)]
    shifts = shifts.annotate(
        far=Case(*ranks, default=Value(9), output_field=IntegerField()) if ranks else Value(0),
        enough=Case(When(taken__lt=F("needed"), then=Value(0)), default=Value(1)),
    ).order_by("enough", "far", "starts_at", "pk")
    if point is None:
        return list(shifts[:limit])
    found = list(shifts[:50])
    found.sort(key=lambda shift: (shift.enough, metres_to(shift, point) or 1e9))
    return found[:limit]


def metres_to(shift: Shift, point: tuple[float, float] | None) -> float | None:
    """How far a shift's point is from another; None where one of them is unknown, or the work is done from home."""
    if point is None or shift.longitude is None or shift.latitude is None or shift.task.is_remote:
        return None
    return distance_m(shift.longitude, shift.latitude, *point)
