"""The same numbers from the aggregates and from the rows themselves, each by one statement."""

import time
from collections.abc import Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection

from areas.models import Area
from core import clock

DAYS = 28
TRIES = 15

AGGREGATES = """
SELECT area_id, sum(calls), sum(shifts), sum(seats_asked), sum(seats_least), sum(seats_covered), sum(seats_filled),
  sum(services), sum(minutes)
FROM insights_areaday WHERE area_id = ANY(%(areas)s) AND day BETWEEN %(first)s AND %(last)s GROUP BY area_id
"""
# By the county that each row names, and the whole in the same pass: no walk through the tree of areas. What
# is for a city or the province names no county, and is in the whole alone.
ROWS = """
WITH called AS (
  SELECT county_id, count(*) AS calls FROM tasks_task
  WHERE called_at >= %(first)s::timestamp AT TIME ZONE %(zone)s
    AND called_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  GROUP BY GROUPING SETS ((county_id), ()) {whole}
), by_shift AS (
  SELECT s.county_id, s.id, sum(r.seats) AS seats, sum(r.seats_min) AS least,
    sum(LEAST(r.seats_taken, r.seats_min)) AS covered, sum(r.seats_taken) AS taken
  FROM tasks_shift s JOIN tasks_shiftrole r ON r.shift_id = s.id JOIN tasks_task t ON t.id = s.task_id
  WHERE s.status = 'open' AND t.status <> 'draft'
    AND s.starts_at >= %(first)s::timestamp AT TIME ZONE %(zone)s
    AND s.starts_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
  GROUP BY s.county_id, s.id
), needed AS (
  SELECT county_id, count(*) AS shifts, sum(seats) AS seats, sum(least) AS least, sum(covered) AS covered,
    sum(taken) AS taken FROM by_shift GROUP BY GROUPING SETS ((county_id), ()) {whole}
), served AS (
  SELECT county_id, count(*) AS services, sum(minutes) AS minutes FROM tasks_servicerecord
  WHERE served_on BETWEEN %(first)s AND %(last)s GROUP BY GROUPING SETS ((county_id), ()) {whole}
), areas AS (
  SELECT id, CASE WHEN parent_id IS NULL THEN NULL ELSE id END AS county_id FROM areas_area WHERE id = ANY(%(areas)s)
)
SELECT areas.id, coalesce(calls, 0), coalesce(shifts, 0), coalesce(seats, 0), coalesce(least, 0), coalesce(covered, 0),
  coalesce(taken, 0), coalesce(services, 0), coalesce(minutes, 0)
FROM areas
  LEFT JOIN called ON called.county_id IS NOT DISTINCT FROM areas.county_id
  LEFT JOIN needed ON needed.county_id IS NOT DISTINCT FROM areas.county_id
  LEFT JOIN served ON served.county_id IS NOT DISTINCT FROM areas.county_id
""".replace("{whole}", "HAVING county_id IS NOT NULL OR GROUPING(county_id) = 1")


def beside_raw_rows() -> dict[str, Any]:
    """Milliseconds of both over four weeks of a province and its counties, and how many times faster the aggregates
    are; whether both say the same."""
    today = clock.today()
    root = Area.objects.filter(parent=None).order_by("code")[0]
    counties = Area.objects.within(root).at_level(Area.Level.COUNTY)
    values = {
        "areas": [root.pk, *counties.values_list("pk", flat=True)],
        "first": today - timedelta(days=DAYS - 1),
        "last": today,
        "zone": settings.TIME_ZONE,
    }
    aggregates, first = _timed(AGGREGATES, values)
    rows, second = _timed(ROWS, values)
    return {
        "aggregates_ms": aggregates,
        "sql_ms": rows,
        "ratio_to_sql": round(rows / aggregates, 1) if aggregates else 0.0,
        "same_numbers": _told(first) == _told(second),
    }


def _timed(statement: str, values: Mapping[str, Any]) -> tuple[float, list[tuple[Any, ...]]]:
    """The median of several tries in milliseconds, and the rows."""
    spent, rows = [], []
    with connection.cursor() as cursor:
        for _ in range(TRIES):
            began = time.perf_counter()
            cursor.execute(statement, values)
            rows = cursor.fetchall()
            spent.append(time.perf_counter() - began)
    return round(median(spent) * 1000, 2), rows


def _told(rows: list[tuple[Any, ...]]) -> dict[int, tuple[int, ...]]:
    """By area what is not all zero: an area without anything has no aggregates."""
    told = {area: tuple(int(value) for value in values) for area, *values in rows}
    return {area: values for area, values in told.items() if any(values)}
