"""What was promised to residents: how fast a request of a kind is answered and done."""

from datetime import datetime

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
