"""What was promised to residents: how fast a request of a kind is answered and done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from areas.models import Area
from residents.models import Promise
from residents.policies import ANSWER_MINUTES, DONE_MINUTES
from tasks.models import TaskType


def promise_of(area: Area, type: TaskType, at: datetime) -> tuple[int, int]:
    """Minutes until an answer and until it is done, promised for a request of a kind that comes in an area.

    A promise for the kind goes before one for every kind, wherever it was made; of several the one of the nearest
    area counts, and of that area the one that began last. Where nobody promised anything: a day, and three days.
    One statement.
    """
    made = promise_made(area, type, at)
    return (made.answer_minutes, made.done_minutes) if made else (ANSWER_MINUTES, DONE_MINUTES)


def promise_made(area: Area, type: TaskType, at: datetime) -> Promise | None:
    """The promise in force, with its area; None where nobody promised anything. One statement."""
    return (
        Promise.objects.filter(Q(type=type) | Q(type=None))
        .filter(area__path__in=area.paths_above(), starts_at__lte=at)
        .select_related("area", "type")
        .order_by(F("type").asc(nulls_last=True), "-area__level", "-starts_at")
        .first()
    )


@dataclass(frozen=True)
class Promised:
    """What holds for a kind of help: times from the request on, and who promised them; nobody: the usual times."""

    type: TaskType | None
    answer: timedelta
    done: timedelta
    promise: Promise | None


def promises_over(area: Area) -> list[Promise]:
    """Every promise that was made for an area or above it, the latest first. One statement."""
    return list(
        Promise.objects.filter(area__path__in=area.paths_above())
        .select_related("area__parent__parent", "type", "decided_by")
        .order_by("-starts_at", "-id")
    )


def promised_here(made: Sequence[Promise], area: Area) -> list[Promise]:
    """Those of the area itself: its history."""
    return [promise for promise in made if promise.area_id == area.pk]


def table_of(made: Sequence[Promise], kinds: Sequence[TaskType], at: datetime) -> list[Promised]:
    """What holds for each kind, and first for those without a promise of their own; by the rule of `promise_of`."""
    return [_held(made, kind, at) for kind in (None, *kinds)]


def _held(made: Sequence[Promise], kind: TaskType | None, at: datetime) -> Promised:
    begun = [promise for promise in made if promise.starts_at <= at]
    own = [promise for promise in begun if kind is not None and promise.type_id == kind.pk]
    every = [promise for promise in begun if promise.type_id is None]
    best = max(own or every, key=lambda promise: (promise.area.level, promise.starts_at), default=None)
    answer, done = (best.answer_minutes, best.done_minutes) if best else (ANSWER_MINUTES, DONE_MINUTES)
    return Promised(kind, timedelta(minutes=answer), timedelta(minutes=done), best)
