"""Shifts that people can join: lists, one by its code, what is in want of people, what is near."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
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
    Subquery,
    Value,
    When,
)
from django.db.models.lookups import LessThanOrEqual
from django.utils.timezone import localtime

from areas.models import Area
from areas.policies import distance_m
from core.words import words_of
from organizations.models import Organization
from tasks import policies
from tasks.models import AreaStop, Assignment, Shift, ShiftRole, Task
from tasks.models.shift import ShiftQuerySet
from tasks.queries.times import ANY_TIME, TimesWanted
from volunteers.models import Volunteer

# How far ahead the list reaches.
AHEAD = timedelta(days=60)
KM_A_DEGREE = 111.195


def open_shifts(at: datetime) -> QuerySet[Any]:
    """Shifts that somebody can still join, where nothing is stopped, with `taken`, `needed` and `seats`."""
    return joinable(at).with_seats().select_related("task", "organization", "area__parent__parent")


def joinable(at: datetime) -> ShiftQuerySet:
    """The same without anything counted."""
    return Shift.objects.filter(_can_be_joined(at))


def joinable_roles(at: datetime) -> QuerySet[ShiftRole]:
    """The kinds of seats of those shifts."""
    return ShiftRole.objects.filter(_can_be_joined(at, "shift__"))


def _can_be_joined(at: datetime, shift: str = "") -> Q:
    """`shift` leads from the row to its shift: "shift__"."""
    timed = Q(**{f"{shift}starts_at__gt": at, f"{shift}starts_at__lt": at + AHEAD})
    timeless = Q(**{f"{shift}starts_at": None, f"{shift}task__ends_on__gte": localtime(at).date()}) & (
        Q(**{f"{shift}due_at": None}) | Q(**{f"{shift}due_at__gt": at})
    )
    return (
        (timed | timeless)
        & ~is_stopped(shift)
        & Q(
            **{
                f"{shift}status": Shift.Status.OPEN,
                f"{shift}task__status__in": (Task.Status.CALLED, Task.Status.ADOPTED),
                f"{shift}organization__status": Organization.Status.APPROVED,
            }
        )
    )


def is_stopped(shift: str = "") -> Exists:
    """Whether everything stands still where a shift is; `shift` leads from the row to its shift: "shift__"."""
    path = ExpressionWrapper(OuterRef(f"{shift}area__path"), output_field=CharField())
    return Exists(
        AreaStop.objects.live().annotate(shift_path=path).filter(shift_path__startswith=F("area__path"))
    )


def shift_with_seats(code: str, volunteer: Volunteer | None = None) -> Any:
    """One shift by its code, whatever its state, with everything that its page shows; None where there is none.

    `own_seat` is the code of the volunteer's live seat in it, if they have one.
    """
    own = Assignment.objects.live().filter(shift=OuterRef("pk"), volunteer=volunteer).order_by("pk")
    return (
        Shift.objects.filter(code=code)
        .exclude(task__status=Task.Status.DRAFT)
        .with_seats()
        .annotate(
            is_stopped=is_stopped(),
            own_seat=Subquery(own.values("code")[:1]) if volunteer else Value(None, CharField()),
        )
        .select_related("task__issuer", "organization", "area__parent__parent")
        .first()
    )


def roles_of(shift: Shift) -> list[ShiftRole]:
    """The roles of a shift in the order in which addresses number them, with what they require."""
    return list(shift.roles.prefetch_related("requirements").order_by("pk"))


def most_urgent(at: datetime, *, limit: int, within: Area | None = None) -> list[Any]:
    """Those most in want of people: the short ones first, then those at risk, each the soonest first."""
    rows = open_shifts(at).filter(taken__lt=F("needed"), starts_at__lt=at + timedelta(days=7))
    if within is not None:
        rows = rows.filter(area__path__startswith=within.path)
    at_risk = Case(
        When(taken__lt=F("needed") * Value(policies.SHORT_BELOW), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(rows.order_by(at_risk, "starts_at", "pk")[:limit])


@dataclass(frozen=True)
class NeedsWanted:
    """What a reader narrows the list of needs to.

    `within_km` looks around the centre of the area instead of inside it; `ids` are the only shifts that count.
    """

    area: Area | None = None
    within_km: int | None = None
    times: TimesWanted = ANY_TIME
    cause: str = ""
    from_home: bool = False
    only_free: bool = False
    words: str = ""
    ids: Sequence[int] | None = None

    @property
    def centre(self) -> tuple[float, float] | None:
        """Around which point it looks."""
        area = self.area
        if self.within_km is None or area is None or area.longitude is None or area.latitude is None:
            return None
        return area.longitude, area.latitude


def narrowed(shifts: QuerySet[Any], wanted: NeedsWanted, at: datetime) -> QuerySet[Any]:
    """The shifts that fit."""
    if wanted.area is not None:
        shifts = shifts.filter(_where(wanted.area, wanted))
    shifts = shifts.filter(wanted.times.condition())
    if wanted.cause:
        shifts = shifts.filter(task__type__cause__code=wanted.cause)
    if wanted.from_home:
        shifts = shifts.filter(task__is_remote=True)
    for word in words_of(wanted.words):
        shifts = shifts.filter(pk__in=_holding(word, at))
    if wanted.only_free:
        free = ShiftRole.objects.filter(shift=OuterRef("pk"), seats__gt=F("seats_taken") + F("seats_held"))
        shifts = shifts.filter(Exists(free))
    if wanted.ids is not None:
        shifts = shifts.filter(pk__in=wanted.ids)
    return shifts


def _where(area: Area, wanted: NeedsWanted) -> Q:
    inside = Q(area__path__startswith=area.path)
    if wanted.centre is None or wanted.within_km is None:
        return inside
    longitude, latitude = wanted.centre
    # Flat is exact to a few metres over such distances. What has no point counts by its area.
    east = (F("longitude") - longitude) * (KM_A_DEGREE * cos(radians(latitude)))
    north = (F("latitude") - latitude) * KM_A_DEGREE
    near = LessThanOrEqual(east * east + north * north, float(wanted.within_km) ** 2)
    return (Q(longitude=None) & inside) | (Q(longitude__isnull=False) & Q(near))


@dataclass(frozen=True)
class Slice:
    """Some shifts of a list, and whether there are others before and after them."""

    shifts: list[Any]
    has_before: bool
    has_after: bool


def page_of(shifts: QuerySet[Any], *, size: int, after: str = "", before: str = "") -> Slice:
    """The shifts after or before the one of a code, the soonest first and work without a time last; one query more.

    Nothing is shown twice or left out where a shift comes or goes meanwhile, and no page counts those before it.
    """
    code = after or before
    key = Shift.objects.filter(code=code).values_list("starts_at", "pk").first() if code else None
    if key is None:
        found = list(shifts.order_by("starts_at", "pk")[: size + 1])
        return Slice(found[:size], False, len(found) > size)
    if after:
        found = list(shifts.filter(_later(*key)).order_by("starts_at", "pk")[: size + 1])
        return Slice(found[:size], True, len(found) > size)
    rows = shifts.exclude(_later(*key)).exclude(pk=key[1])
    found = list(rows.order_by(F("starts_at").desc(nulls_first=True), "-pk")[: size + 1])
    return Slice(found[:size][::-1], len(found) > size, True)


def _later(starts_at: datetime | None, pk: int) -> Q:
    if starts_at is None:
        return Q(starts_at__isnull=True, pk__gt=pk)
    return Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, pk__gt=pk) | Q(starts_at__isnull=True)


def _holding(word: str, at: datetime) -> QuerySet[Any]:
    """The ids of open shifts to come whose task, place or organization holds a word; an index serves each of them."""
    coming = Shift.objects.filter(Q(starts_at__gt=at) | Q(starts_at=None), status=Shift.Status.OPEN)
    by_task = coming.filter(task__in=Task.objects.holding(word))
    by_organization = coming.filter(organization__in=Organization.objects.named(word))
    found = (shifts.values("pk") for shifts in (by_organization, coming.at_place(word)))
    return by_task.values("pk").union(*found, all=True)


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
