"""Figures by kind of work."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, Sum

from areas.models import Area
from insights.disclosure import Cell
from insights.models import AreaDayKind
from insights.queries.definitions import Key
from insights.queries.lately import NOTHING, lately
from insights.queries.rows import NAMES, Counts
from residents.models import Promise
from residents.policies import ANSWER_MINUTES, DONE_MINUTES
from tasks.models import TaskType

PER_KIND = (Key.REQUESTS, Key.ANSWER_MINUTES, Key.DONE_MINUTES, Key.PROMISE_KEPT)


@dataclass(frozen=True)
class KindRow:
    """A kind of work and its seats over some days."""

    type: TaskType
    counts: Counts


def short_by_kind(area: Area, span: tuple[date, date]) -> list[KindRow]:
    """The kinds of work with shifts or calls over the days, most hands missing first. Two statements."""
    rows: Any = (
        AreaDayKind.objects.filter(area=area, day__range=span)
        .values("type_id")
        .annotate(**{f"all_{name}": Sum(name) for name in NAMES})
    )
    counts = {row["type_id"]: Counts(**{name: row[f"all_{name}"] for name in NAMES}) for row in rows}
    types = TaskType.objects.filter(pk__in=counts)
    found = [KindRow(type, counts[type.pk]) for type in types]
    return sorted(found, key=lambda row: (-row.counts.short, -row.counts.seats_least, row.type.code))


@dataclass(frozen=True)
class KindRequests:
    """What residents asked for of a kind in the last 7 days, what was promised, and what came of it."""

    type: TaskType
    answer_promised: int
    done_promised: int
    cells: dict[Key, Cell]


def requests_by_kind(area: Area, at: datetime) -> list[KindRequests]:
    """The kinds that residents asked for in the last 7 days, with the promises in force. Three statements."""
    found = lately([area]).get(area.pk, NOTHING)
    types = list(TaskType.objects.filter(code__in=found.kinds).order_by("code"))
    made = list(
        Promise.objects.filter(
            Q(type__in=types) | Q(type=None), area__path__in=area.paths_above(), starts_at__lte=at
        ).order_by("-area__level", "-starts_at")
    )
    rows = []
    for type in types:
        # A promise for the kind goes before one for every kind, as where a request comes in.
        promise = next(
            (p for wanted in (type.pk, None) for p in made if p.type_id == wanted),
            None,
        )
        minutes = (
            (promise.answer_minutes, promise.done_minutes) if promise else (ANSWER_MINUTES, DONE_MINUTES)
        )
        cells = {key: found.kinds[type.code].get(key, Cell(None)) for key in PER_KIND}
        rows.append(KindRequests(type, *minutes, cells))
    return rows
