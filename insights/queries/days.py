"""Days of seats for one page: an area by day, those below by day, its kinds of work. One statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import CharField, F, Q, Value

from areas.models import Area
from insights.models import AreaDay, AreaDayKind
from insights.queries.rows import NAMES, Counts

NO_KIND = Value("", output_field=CharField())


@dataclass(frozen=True)
class KindDays:
    """The seats of a kind of work over the days that were asked for."""

    name_zh: str
    name_en: str
    counts: Counts


@dataclass(frozen=True)
class AreaDays:
    """`by_day`: the area itself on every day of the span; `by_area`: those below by their id, days without anything
    left out; `kinds`: of the area itself, by code."""

    by_day: dict[date, Counts]
    by_area: dict[int, dict[date, Counts]] = field(default_factory=dict)
    kinds: dict[str, KindDays] = field(default_factory=dict)


def days_of_areas(
    root: Area,
    below: Iterable[Area],
    *,
    span: tuple[date, date],
    days: tuple[date, date],
    kinds_over: tuple[date, date],
) -> AreaDays:
    """The root over a span of days, the areas below over `days`, its kinds of work over `kinds_over`."""
    areas = AreaDay.objects.filter(
        Q(area=root, day__range=span) | Q(area__in=[area.pk for area in below], day__range=days)
    ).values_list("area_id", "day", NO_KIND, NO_KIND, NO_KIND, *NAMES)
    kinds = AreaDayKind.objects.filter(area=root, day__range=kinds_over).values_list(
        "area_id", "day", F("type__code"), F("type__name_zh"), F("type__name_en"), *NAMES
    )
    every = (span[0] + timedelta(days=index) for index in range((span[1] - span[0]).days + 1))
    found = AreaDays(dict.fromkeys(every, Counts()))
    for area_id, day, kind, name_zh, name_en, *values in areas.union(kinds, all=True):
        counts = Counts(*values)
        if kind:
            before = found.kinds.get(kind)
            total = before.counts + counts if before else counts
            found.kinds[kind] = KindDays(name_zh, name_en, total)
        elif area_id == root.pk:
            if day in found.by_day:
                found.by_day[day] = counts
        else:
            found.by_area.setdefault(area_id, {})[day] = counts
    return found
