"""What came of a drill: figures from its rows, in the words of `measures`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import translation

from insights.queries.rows import gap_of
from operations.drill.drama import Drama
from operations.drill.outcome.measures import DAYS, HOURS, MEASURES, MINUTES, PERCENT, POINTS, Measure
from operations.models import Drill
from web.wording import number_words

# What work outside the crisis is held against.
BEFORE = timedelta(days=28)
IDLE_AFTER = timedelta(days=7)
PRESSING = 2
EARTH_KM = 6371.0
# Minutes from which a time is said in hours, and in days.
HOURS_FROM, DAYS_FROM = 120, 2880
# A number stays with its unit, and what is below zero has no hyphen.
NO_BREAK, MINUS = "\u00a0", "\u2212"

_SEATS = """
SELECT task.priority, task.crisis_id IS NOT NULL, cause.code, shift.county_id,
  sum(role.seats_min), sum(least(role.seats_taken, role.seats_min))
FROM tasks_shiftrole role JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
JOIN tasks_tasktype type ON type.id = task.type_id JOIN volunteers_cause cause ON cause.id = type.cause_id
WHERE shift.status = 'open' AND shift.starts_at >= %(start)s AND shift.starts_at < %(end)s
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
# What did not happen took longest: it has a place in the order, and no length.
_WAITS = """
SELECT count(*), count(span), nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(span, 'Infinity')), 'Infinity'),
  nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY coalesce(span, 'Infinity')), 'Infinity')
FROM (SELECT (extract(epoch FROM {until} - {since}) / 60)::float8 AS span FROM {table}
  WHERE {since} >= %(start)s AND {since} < %(end)s AND {counts}) spans
"""
_GONE = "status NOT IN ('merged', 'declined', 'withdrawn')"
_ADOPTED = _WAITS.format(
    table="tasks_task",
    since="called_at",
    until="adopted_at",
    counts="(status <> 'cancelled' OR adopted_at IS NOT NULL)",
)
_ANSWERED = _WAITS.format(
    table="residents_helprequest", since="asked_at", until="answered_at", counts="(status <> 'withdrawn')"
)
_SERVED = _WAITS.format(
    table="residents_helprequest", since="asked_at", until="coalesce(served_at, confirmed_at)", counts=_GONE
)
_ALERTS = """
SELECT count(*), coalesce(sum(alerts), 0), coalesce(sum(seats), 0),
  coalesce(percentile_disc(0.95) WITHIN GROUP (ORDER BY alerts), 0), count(*) FILTER (WHERE alerts > 0),
  count(*) FILTER (WHERE duty), count(*) FILTER (WHERE duty AND alerts = 0 AND NOT seated)
FROM (
  SELECT count(offer.id) AS alerts, count(*) FILTER (WHERE offer.status = 'accepted') AS seats,
    coalesce(volunteer.on_duty_since <= %(idle_from)s, false) AS duty,
    EXISTS (SELECT FROM tasks_assignment a WHERE a.volunteer_id = volunteer.id AND a.created_at >= %(start)s) AS seated
  FROM volunteers_volunteer volunteer JOIN accounts_user person ON person.id = volunteer.user_id AND person.is_active
  LEFT JOIN tasks_offer offer ON offer.volunteer_id = volunteer.id AND offer.made_at >= %(start)s
    AND offer.made_at < %(end)s
  GROUP BY volunteer.id
) each
"""
_RECORDS = """
SELECT count(*), coalesce(sum(record.minutes), 0) / 60.0, count(DISTINCT record.volunteer_id), avg(way.km)
FROM tasks_servicerecord record JOIN tasks_assignment a ON a.id = record.assignment_id
JOIN tasks_shift shift ON shift.id = a.shift_id JOIN tasks_task task ON task.id = record.task_id
JOIN volunteers_volunteer volunteer ON volunteer.id = record.volunteer_id
CROSS JOIN LATERAL (SELECT CASE WHEN NOT task.is_remote THEN 2 * %(earth)s * asin(sqrt(
  power(sin(radians(shift.latitude - volunteer.latitude) / 2), 2) + cos(radians(shift.latitude))
  * cos(radians(volunteer.latitude)) * power(sin(radians(shift.longitude - volunteer.longitude) / 2), 2)
)) END AS km) way
WHERE record.starts_at >= %(start)s AND record.starts_at < %(end)s
"""
_MARKS = """
SELECT count(*) FROM tasks_mark WHERE kind = 'no-show' AND status IN ('noted', 'upheld')
  AND marked_at >= %(start)s AND marked_at < %(end)s
"""
_RUNS = """
SELECT gap_percent FROM matching_matchrun WHERE status = 'done' AND gap_percent IS NOT NULL AND role_count > 0
  AND requested_at >= %(start)s AND requested_at < %(end)s ORDER BY id
"""


def summarize(drama: Drama) -> dict[str, Any]:
    """The figures of a drama that was played, as JSON: see `of_drill`."""
    return of_drill(drama.drill) | {"done": dict(drama.hands.done), "refused": dict(drama.hands.refused)}


def of_drill(drill: Drill) -> dict[str, Any]:
    """`figures`: by key of `measures`, None where there is nothing to measure, or where a time is beyond the story's
    end. `by_priority`, `by_cause`: seats and how many of the least number are taken, in per cent. `gaps`: of each match
    run. `counts`: what the figures were made from."""
    start, end = drill.begins_at, min(drill.ends_at, drill.reached_at)
    seats = _seats(start, end)
    before = [row for row in _seats(start - BEFORE, start) if not row.of_crisis]
    standing = [row for row in seats if not row.of_crisis]
    calls, adopted, adopted_median, adopted_p90 = _one(_ADOPTED, start, end)
    requests, answered, answered_median, answered_p90 = _one(_ANSWERED, start, end)
    wanting, served, served_median, served_p90 = _one(_SERVED, start, end)
    people, alerts, led, p95, alerted, on_duty, never = _one(_ALERTS, start, end)
    attendances, hours, serving, way = _one(_RECORDS, start, end)
    (absences,) = _one(_MARKS, start, end)
    gaps = [round(gap, 4) for (gap,) in _all(_RUNS, start, end)]
    fill_now, fill_then = _fill(standing), _fill(before)
    counties = sorted({row.county for row in seats if row.county is not None})
    figures: dict[str, float | None] = {
        "fill": _fill(seats),
        "fill_crisis": _fill(row for row in seats if row.of_crisis),
        "fill_pressing": _fill(row for row in seats if row.priority >= PRESSING),
        "seats": sum(row.least for row in seats),
        "adopted": adopted_median,
        "adopted_p90": adopted_p90,
        "answered": answered_median,
        "answered_p90": answered_p90,
        "served": served_median,
        "served_p90": served_p90,
        "alerts": alerts / people if people else None,
        "alerts_p95": p95,
        "alerts_to_seat": _percent(led, alerts),
        "idle": _percent(never, on_duty),
        "fairness": gap_of(_whole(row for row in seats if row.county == county) for county in counties),
        "standing": None if fill_now is None or fill_then is None else fill_now - fill_then,
        "hours": float(hours),
        "attendances": attendances,
        "no_shows": _percent(absences, absences + attendances),
        "travel": way,
        "gap": max(gaps, default=None),
        "runs": len(gaps),
    }
    return {
        "scenario": drill.scenario,
        "policy": drill.policy,
        "seed": drill.seed,
        "days": round((end - start) / timedelta(days=1), 2),
        "figures": {key: None if value is None else round(float(value), 4) for key, value in figures.items()},
        "by_priority": {
            str(priority): _row(row for row in seats if row.priority == priority)
            for priority in sorted({row.priority for row in seats})
        },
        "by_cause": {
            cause: {
                "before": _fill(row for row in before if row.cause == cause),
                "during": _fill(row for row in standing if row.cause == cause),
            }
            for cause in sorted({row.cause for row in before})
        },
        "gaps": gaps,
        "counts": {
            "calls": calls, "adopted": adopted, "requests": requests, "answered": answered, "wanting": wanting,
            "served": served, "volunteers": people, "alerted": alerted, "alerts": int(alerts), "on_duty": on_duty,
            "serving": serving, "absences": absences,
        },
    }  # fmt: skip


@dataclass(frozen=True)
class _Seats:
    """Seats of shifts that are alike in priority, crisis, cause and county."""

    priority: int
    of_crisis: bool
    cause: str
    county: int | None
    least: int
    covered: int


def _seats(start: datetime, end: datetime) -> list[_Seats]:
    return [
        _Seats(priority, of_crisis, cause, county, int(least), int(covered))
        for priority, of_crisis, cause, county, least, covered in _all(_SEATS, start, end)
    ]


def _row(rows: Iterator[_Seats]) -> dict[str, float | None]:
    found = list(rows)
    return {"seats": sum(row.least for row in found), "fill": _fill(found)}


def _fill(rows: Any) -> float | None:
    found = list(rows)
    return _percent(sum(row.covered for row in found), sum(row.least for row in found))


def _whole(rows: Any) -> int | None:
    """A fill rate as figures say it: whole per cent, rounded down."""
    filled = _fill(rows)
    return None if filled is None else int(filled)


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _one(statement: str, start: datetime, end: datetime) -> Any:
    return _all(statement, start, end)[0]


def _all(statement: str, start: datetime, end: datetime) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"start": start, "end": end, "idle_from": end - IDLE_AFTER, "earth": EARTH_KM}
        )
        return cursor.fetchall()


@dataclass(frozen=True)
class Line:
    """One figure as a page and a terminal show it. `value` is empty where there is nothing to show."""

    measure: Measure
    value: str


def lines(summary: dict[str, Any]) -> list[Line]:
    """Every figure in the reader's language, in the order of `measures`."""
    figures = summary.get("figures", {})
    return [Line(measure, words(measure, figures.get(measure.key))) for measure in MEASURES]


def words(measure: Measure, value: float | None) -> str:
    """A value with as many decimals as the measure has, and its unit; long times in hours and days."""
    if value is None:
        return ""
    if measure.unit == MINUTES:
        return _time(value)
    said = number_words(round(value)) if not measure.decimals else f"{value:.{measure.decimals}f}"
    return f"{said}{NO_BREAK}{measure.unit}".rstrip(NO_BREAK).replace("-", MINUS)


def difference_words(measure: Measure, value: float | None) -> str:
    """How far two values of a measure are apart, with its sign; shares are so many points apart, not per cent."""
    if value is None:
        return ""
    sign = "+" if value > 0 else ""
    return sign + words(replace(measure, unit=POINTS) if measure.unit == PERCENT else measure, value)


def _time(minutes: float) -> str:
    if abs(minutes) < HOURS_FROM:
        return f"{round(minutes)}{NO_BREAK}{MINUTES}".replace("-", MINUS)
    if abs(minutes) < DAYS_FROM:
        return f"{minutes / 60:.1f}{NO_BREAK}{HOURS}".replace("-", MINUS)
    return f"{minutes / 1440:.1f}{NO_BREAK}{DAYS}".replace("-", MINUS)


def table(summary: dict[str, Any]) -> str:
    """The figures for a terminal, one a line, in its one language."""
    with translation.override("en"):
        return _table(summary)


def _table(summary: dict[str, Any]) -> str:
    wide = max(len(str(measure.label)) for measure in MEASURES) + 2
    return "\n".join(f"{line.measure.label!s:<{wide}}{line.value or '–':>14}" for line in lines(summary))
