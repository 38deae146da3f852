"""Figures by kind of work."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from areas.models import Area
from insights.models import AreaDayKind
from insights.queries.rows import NAMES, Counts
from tasks.models import TaskType


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
