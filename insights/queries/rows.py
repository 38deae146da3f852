"""Reads of counts by area and day, in one statement each, whatever the depth of the tree."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum

from areas.models import Area
from insights.models import AreaDay, AreaDayKind

# How many days overviews look back on, to yesterday.
DAYS_BACK = 30


def window_of(today: date) -> tuple[date, date]:
    """The first and the last of the days that overviews look back on: the same as those of the public figures."""
    return today - timedelta(days=DAYS_BACK), today - timedelta(days=1)


@dataclass(frozen=True)
class Counts:
    """Counts of calls, shifts, seats and minutes, of a day or a period."""

    calls: int = 0
    shifts: int = 0
    seats_asked: int = 0
    seats_least: int = 0
    seats_covered: int = 0
    seats_filled: int = 0

    @property
    def short(self) -> int:
        """Hands missing below the least number."""
        return self.seats_least - self.seats_covered

    @property
    def fill_rate(self) -> int | None:
        """Per cent of the least number, each shift counted as full at most; None where nothing is needed."""
        if not self.seats_least:
            return None
        # Down: 100 % is said only when nobody is missing.
        return self.seats_covered * 100 // self.seats_least

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in NAMES))


NAMES = tuple(field.name for field in fields(Counts))


def counts_by_day(area: Area, start: date, end: date) -> dict[date, Counts]:
    """The counts of an area on every day of a period, days without anything among them."""
    found = {
        row.pop("day"): Counts(**row)
        for row in AreaDay.objects.filter(area=area, day__range=(start, end)).values("day", *NAMES)
    }
    days = (start + timedelta(days=index) for index in range((end - start).days + 1))
    return {day: found.get(day, Counts()) for day in days}


def counts_by_area(areas: Iterable[Area], start: date, end: date) -> dict[int, Counts]:
    """The counts of each area over a period, by its id."""
    rows: Any = (
        AreaDay.objects.filter(area__in=[area.pk for area in areas], day__range=(start, end))
        .values("area_id")
        .annotate(**{f"all_{name}": Sum(name) for name in NAMES})
    )
    return {row["area_id"]: Counts(**{name: row[f"all_{name}"] for name in NAMES}) for row in rows}


def counts_of_both(
    root: Area, span: tuple[date, date], areas: Iterable[Area], chosen: tuple[date, date]
) -> tuple[dict[date, Counts], dict[int, Counts]]:
    """In one query: the root's counts by day over a span, and each area's over the chosen days."""
    rows = AreaDay.objects.filter(
        Q(area=root, day__range=span) | Q(area__in=[area.pk for area in areas], day__range=chosen)
    ).values_list("area_id", "day", *NAMES)
    days = (span[0] + timedelta(days=index) for index in range((span[1] - span[0]).days + 1))
    by_day = dict.fromkeys(days, Counts())
    by_area: dict[int, Counts] = {}
    for area_id, day, *values in rows:
        counts = Counts(*values)
        if area_id == root.pk and day in by_day:
            by_day[day] = counts
        if area_id != root.pk:
            by_area[area_id] = by_area.get(area_id, Counts()) + counts
    return by_day, by_area


def gap_of(fill_rates: Iterable[int | None]) -> int | None:
    """Percentage points between the mean of the best and of the worst quarter; None for fewer than four areas."""
    rates = sorted(rate for rate in fill_rates if rate is not None)
    quarter = len(rates) // 4
    if not quarter:
        return None
    return round((sum(rates[-quarter:]) - sum(rates[:quarter])) / quarter)


def counts_by_kind(areas: Iterable[Area], start: date, end: date) -> dict[int, dict[str, Counts]]:
    """The counts of each area over a period by code of the kind of work, by its id. One statement."""
    rows: Any = (
        AreaDayKind.objects.filter(area__in=[area.pk for area in areas], day__range=(start, end))
        .values("area_id", "type__code")
        .annotate(**{f"all_{name}": Sum(name) for name in NAMES})
    )
    found: dict[int, dict[str, Counts]] = {}
    for row in rows:
        counts = Counts(**{name: row[f"all_{name}"] for name in NAMES})
        found.setdefault(row["area_id"], {})[row["type__code"]] = counts
    return found
