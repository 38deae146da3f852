"""Reads of counts and persons by area, in one statement each, whatever the depth of the tree."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, Sum

from areas.models import Area
from insights.disclosure import Raw
from insights.models import AreaDay

# Every area below a root with itself and each area above it, up to the root.
ABOVE = """
WITH RECURSIVE above AS (
  SELECT id AS area_id, id AS holder_id, parent_id FROM areas_area WHERE path LIKE %(root)s
  UNION ALL
  SELECT above.area_id, a.id, a.parent_id FROM above JOIN areas_area a ON a.id = above.parent_id
  WHERE a.path LIKE %(root)s
)
"""
# Over the days from start to end: who served, and how long calls waited. `{wanted}` is one more condition.
# The index of service records names the county first; work for a city or a province has none.
SERVED_AND_CALLED = """
, served AS (
  SELECT above.holder_id, count(DISTINCT r.volunteer_id) AS persons, sum(r.minutes) AS minutes
  FROM tasks_servicerecord r
  JOIN tasks_assignment a ON a.id = r.assignment_id
  JOIN tasks_shift s ON s.id = a.shift_id
  JOIN above ON above.area_id = s.area_id
  WHERE r.served_on BETWEEN %(start)s AND %(end)s
    AND (r.county_id IS NULL OR r.county_id IN (SELECT DISTINCT county_id FROM areas_area WHERE path LIKE %(root)s))
    AND {wanted}
  GROUP BY above.holder_id
), called AS (
  SELECT above.holder_id,
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.adopted_at - t.called_at)) / 60 AS to_organization,
    extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY t.filled_at - t.called_at)) / 60 AS to_hands
  FROM tasks_task t JOIN above ON above.area_id = t.area_id
  WHERE t.called_at >= (%(start)s::date)::timestamp AT TIME ZONE %(zone)s
    AND t.called_at < (%(end)s::date + 1)::timestamp AT TIME ZONE %(zone)s
    AND {wanted}
  GROUP BY above.holder_id
)
"""
# What the last refresh counted, where it did so for these very days and all of the areas; else counted now.
BEHIND = (
    """
, stored AS MATERIALIZED (
  SELECT area_id AS holder_id, persons, minutes, to_organization, to_hands FROM insights_areawindow
  WHERE %(may_be_stored)s AND starts_on = %(start)s AND ends_on = %(end)s AND area_id = ANY(%(holders)s)
), known AS MATERIALIZED (
  SELECT count(*) = cardinality(%(holders)s::bigint[]) AS whole FROM stored
)
"""  # noqa: S608  put together from texts of this module
    + SERVED_AND_CALLED.replace(
        "{wanted}", "above.holder_id = ANY(%(holders)s) AND NOT (SELECT whole FROM known)"
    )
    + """
SELECT holder_id, persons, minutes, to_organization, to_hands FROM served FULL JOIN called USING (holder_id)
UNION ALL
SELECT holder_id, persons, minutes, to_organization, to_hands FROM stored WHERE (SELECT whole FROM known)
"""
)
# How many days before today overviews look back.
BACK = timedelta(days=29)


def window_of(today: date) -> tuple[date, date]:
    """The first and the last of the days that overviews look back on, and for which every refresh counts."""
    return today - BACK, today


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


def counts_of_days(
    root: Area, span: tuple[date, date], areas: Iterable[Area], days: tuple[date, date]
) -> tuple[dict[date, Counts], dict[int, dict[date, Counts]]]:
    """In one query: the root's counts on every day of a span, and those of each area on the days that have any."""
    rows = AreaDay.objects.filter(
        Q(area=root, day__range=span) | Q(area__in=[area.pk for area in areas], day__range=days)
    ).values_list("area_id", "day", *NAMES)
    every = (span[0] + timedelta(days=index) for index in range((span[1] - span[0]).days + 1))
    by_day = dict.fromkeys(every, Counts())
    by_area: dict[int, dict[date, Counts]] = {}
    for area_id, day, *values in rows:
        counts = Counts(*values)
        if area_id == root.pk and day in by_day:
            by_day[day] = counts
        if area_id != root.pk:
            by_area.setdefault(area_id, {})[day] = counts
    return by_day, by_area


NOBODY = Raw(0, 0)


@dataclass(frozen=True)
class Behind:
    """What happened in an area over a period: the different persons who served and their minutes, which are raw and
    never to be shown; median minutes from a call to an organization, and to enough hands."""

    persons: Raw = NOBODY
    minutes: Raw = NOBODY
    to_organization: float | None = None
    to_hands: float | None = None


NOTHING = Behind()


def behind_by_area(
    root: Area, areas: Iterable[Area], start: date, end: date, *, may_be_stored: bool = False
) -> dict[int, Behind]:
    """By area id, for those of the areas in which anything happened; one query.

    `may_be_stored`: what the last refresh counted will do, where it counted these days.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ABOVE + BEHIND,
            {
                "root": f"{root.path}%",
                "start": start,
                "end": end,
                "zone": settings.TIME_ZONE,
                "holders": [area.pk for area in areas],
                "may_be_stored": may_be_stored,
            },
        )
        rows = cursor.fetchall()
    return {
        pk: Behind(
            Raw(persons or 0, persons or 0),
            Raw(int(minutes or 0), persons or 0),
            None if to_organization is None else float(to_organization),
            None if to_hands is None else float(to_hands),
        )
        for pk, persons, minutes, to_organization, to_hands in rows
    }
