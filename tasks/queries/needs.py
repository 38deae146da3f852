"""Shifts that people can join: lists, one by its code, what is in want of people, what is near."""

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
    Subquery,
    Value,
    When,
)
from django.utils.timezone import localtime

from areas.models import Area
from areas.policies import distance_m
from core.words import words_of
from organizations.models import Organization
from tasks import policies
from tasks.models import AreaStop, Assignment, Shift, ShiftRole, Task
from tasks.models.shift import ShiftQuerySet
from volunteers.models import Volunteer

# How far ahead the list reaches.
AHEAD = timedelta(days=60)


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


def most_urgent(at: datetime, *, limit: int) -> list[Any]:
    """Those most in want of people: the short ones first, then those at risk, each the soonest first."""
    rows = open_shifts(at).filter(taken__lt=F("needed"), starts_at__lt=at + timedelta(days=7))
    at_risk = Case(
        When(taken__lt=F("needed") * Value(policies.SHORT_BELOW), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return list(rows.order_by(at_risk, "starts_at", "pk")[:limit])


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


def narrowed(shifts: QuerySet[Any], wanted: NeedsWanted, at: datetime) -> QuerySet[Any]:
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
    for word in words_of(wanted.words):
        shifts = shifts.filter(pk__in=_holding(word, at))
    if wanted.only_free:
        shifts = shifts.filter(taken__lt=F("seats"))
    return shifts


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
