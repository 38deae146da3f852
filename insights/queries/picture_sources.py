"""What pictures are made from: calls with their stage, shares, seats, ties. For a job, in a fixed number of statements.

Numbers of services and of requests passed on are raw here; `insights.actions.pictures` protects them.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from areas.models import Area
from insights.queries.sources import ABOVE
from organizations.models import Organization, ServiceArea
from tasks.models import Adoption, PlaybookStage, StageChange, Step, Task, Transfer
from tasks.policies.suggestions import kinds_for

# Calls that were withdrawn need nobody any more.
OUT = (Task.Status.DRAFT, Task.Status.CANCELLED)

SEATS = """
SELECT s.task_id, s.organization_id, sum(r.seats_min), sum(LEAST(r.seats_taken, r.seats_min)), sum(r.seats_taken)
FROM tasks_task t JOIN tasks_shift s ON s.task_id = t.id AND s.status = 'open' JOIN tasks_shiftrole r ON r.shift_id = s.id
WHERE t.called_at >= %(since)s AND t.called_at <= %(at)s AND t.status NOT IN ('draft', 'cancelled')
GROUP BY 1, 2
"""
# Whoever looked at a request before it was passed on is the organization of the event before.
PASSED = """
SELECT area_id, at, giver, taker FROM (
  SELECT r.area_id, e.at, e.verb, e.organization_id AS taker,
    lag(e.organization_id) OVER (PARTITION BY e.request_id ORDER BY e.id) AS giver
  FROM residents_requestevent e JOIN residents_helprequest r ON r.id = e.request_id
  WHERE r.asked_at >= %(since)s AND e.at <= %(at)s AND e.organization_id IS NOT NULL
) AS events
WHERE verb = 'passed-on' AND giver IS NOT NULL AND giver <> taker
"""
# In a party or a team: came with somebody, kept seats for others, or took such a seat.
SERVED = """
, staged AS (SELECT * FROM unnest(%(tasks)s::bigint[], %(stages)s::int[]) AS staged(task_id, stage))
, services AS (
  SELECT t.area_id, staged.stage, r.volunteer_id,
    a.seats > 1 OR a.came_with_id IS NOT NULL OR a.join_code IS NOT NULL AS in_company
  FROM staged JOIN tasks_task t ON t.id = staged.task_id JOIN tasks_servicerecord r ON r.task_id = t.id
    JOIN tasks_assignment a ON a.id = r.assignment_id
)
SELECT above.holder_id, stage, in_company, count(*), count(DISTINCT volunteer_id)
FROM services JOIN above ON above.area_id = services.area_id JOIN areas_area holder ON holder.id = above.holder_id
WHERE holder.level <= %(lowest)s
GROUP BY GROUPING SETS ((above.holder_id, stage, in_company), (above.holder_id, in_company))
"""


@dataclass(frozen=True)
class Call:
    """A call in its stage; `kinds` of organizations that it is meant for, `seats` as it has them: least and covered."""

    pk: int
    area_id: int
    stage: int
    kinds: tuple[str, ...]
    issuer: int
    people: int


class Seats(NamedTuple):
    task: int
    organization: int
    least: int
    covered: int
    taken: int


class Serving(NamedTuple):
    """Services of an area in a stage (None: all of them), in company or alone: how many, of how many persons."""

    area: int
    stage: int | None
    in_company: bool
    services: int
    persons: int


class Met(NamedTuple):
    """Two organizations that did something together: in an area, in a stage."""

    areas: tuple[int, ...]
    stage: int
    one: int
    other: int


class Tree:
    """Areas by id and by path: what lies above one, and what within."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self.ids = {area.path: area.pk for area in areas}
        self.paths = {area.pk: area.path for area in areas}
        self.levels = {area.pk: area.level for area in areas}
        self._ordered = sorted(self.ids)
        self._above = {
            area.pk: tuple(self.ids[path] for path in area.paths_above() if path in self.ids)
            for area in areas
        }

    def above(self, pk: int) -> tuple[int, ...]:
        """The area and every one above it."""
        return self._above[pk]

    def served_from(self, path: str) -> set[int]:
        """The areas that hold a place or lie in it."""
        first = bisect_left(self._ordered, path)
        inside = set()
        for found in self._ordered[first:]:
            if not found.startswith(path):
                break
            inside.add(self.ids[found])
        return inside | set(self._above[self.ids[path]])


class Stages:
    """Which stage was in force where and when, and who led in it. Two statements, whatever is asked of it then."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        changes = StageChange.objects.select_related("crisis", "area").order_by(
            "-effective_at", "-area__level", "-id"
        )
        self._changes = list(changes)
        leading = PlaybookStage.objects.values_list("playbook_id", "stage", "lead_kinds")
        self._leading = {(playbook, stage): tuple(kinds) for playbook, stage, kinds in leading}

    def at(self, area: int, moment: datetime) -> tuple[int, tuple[str, ...]]:
        """The stage in force, 0 outside of one, and the kinds of organizations that lead in it."""
        path = self._tree.paths[area]
        for change in self._changes:
            crisis = change.crisis
            if (
                change.effective_at <= moment
                and (crisis.ended_at is None or crisis.ended_at > moment)
                and path.startswith(change.area.path)
            ):
                return change.stage, self._leading.get((crisis.playbook_id or 0, change.stage), ())
        return 0, ()


def calls(stages: Stages, since: datetime, at: datetime) -> list[Call]:
    """Calls made public between two moments and not cancelled. One statement."""
    rows = (
        Task.objects.filter(called_at__gte=since, called_at__lte=at)
        .exclude(status__in=OUT)
        .order_by("pk")
        .values_list("pk", "area_id", "called_at", "type__code", "issuer_id", "people_needed")
    )
    found = []
    for pk, area, called_at, work, issuer, people in rows:
        if called_at is None:
            continue
        stage, leading = stages.at(area, called_at)
        found.append(Call(pk, area, stage, kinds_for(work, leading), issuer, people))
    return found


def shares(since: datetime, at: datetime) -> dict[int, tuple[int, list[int]]]:
    """By call: who leads it (0: nobody) and who are its partners; claims that lapsed or were given up are none."""
    rows = (
        Adoption.objects.live()
        .filter(task__called_at__gte=since, task__called_at__lte=at)
        .order_by("pk")
        .values_list("task_id", "role", "organization_id")
    )
    found: dict[int, tuple[int, list[int]]] = {}
    for task, role, organization in rows:
        lead, partners = found.get(task, (0, []))
        found[task] = (
            (organization, partners) if role == Adoption.Role.LEAD else (lead, [*partners, organization])
        )
    return found


def steps(since: datetime, at: datetime) -> dict[int, set[str]]:
    """By call: the kinds of steps that were agreed; to look back needs no agreement."""
    rows = (
        Step.objects.filter(task__called_at__gte=since, task__called_at__lte=at)
        .filter(Q(answer=Step.Answer.AGREED) | Q(kind=Step.Kind.ASSESS))
        .values_list("task_id", "kind")
    )
    found: dict[int, set[str]] = {}
    for task, kind in rows.distinct():
        found.setdefault(task, set()).add(kind)
    return found


def seats(since: datetime, at: datetime) -> list[Seats]:
    """Seats of the calls by the organization that runs the shift."""
    return [Seats(*map(int, row)) for row in _rows(SEATS, since=since, at=at)]


def groups(tree: Tree) -> dict[int, tuple[str, set[int]]]:
    """Approved organizations that are no authorities: kind (its type where it has one) and the areas that it serves."""
    served: dict[int, list[str]] = {}
    for organization, path in ServiceArea.objects.values_list("organization_id", "area__path"):
        served.setdefault(organization, []).append(path)
    rows = Organization.objects.approved().exclude(kind=Organization.Kind.GOVERNMENT)
    return {
        pk: (cbo_type or kind, set().union(*(tree.served_from(path) for path in (home, *served.get(pk, ())))))
        for pk, kind, cbo_type, home in rows.values_list("pk", "kind", "cbo_type", "home_area__path")
    }


def authorities() -> set[int]:
    """The ids of all authorities."""
    rows = Organization.objects.filter(kind=Organization.Kind.GOVERNMENT)
    return set(rows.values_list("pk", flat=True))


def passed_on(tree: Tree, stages: Stages, since: datetime, at: datetime) -> list[Met]:
    """Requests that one organization passed on to another."""
    return [
        Met(tree.above(area), stages.at(area, moment)[0], *sorted((giver, taker)))
        for area, moment, giver, taker in _rows(PASSED, since=since, at=at)
    ]


def transfers(tree: Tree, stages: Stages, since: datetime, at: datetime) -> list[Met]:
    """Help between areas that both authorities agreed on: it counts in the areas above either."""
    rows = Transfer.objects.filter(
        asked_at__gte=since, asked_at__lte=at, giver_agreed_for__isnull=False, taker_agreed_for__isnull=False
    ).values_list("giver_id", "taker_id", "asked_at", "giver_agreed_for_id", "taker_agreed_for_id")
    return [
        Met(
            tuple({*tree.above(giver), *tree.above(taker)}),
            stages.at(taker, moment)[0],
            *sorted((one or 0, other or 0)),
        )
        for giver, taker, moment, one, other in rows
    ]


def on_calls(tree: Tree, found: Sequence[Call], taken: Mapping[int, tuple[int, list[int]]]) -> list[Met]:
    """Who met on each call: who asked with who leads, the lead with each partner, partners with each other."""
    met = []
    for call in found:
        lead, partners = taken.get(call.pk, (0, []))
        pairs = set(combinations(sorted({lead, *partners} - {0}), 2))
        if lead and lead != call.issuer:
            pairs.add((min(lead, call.issuer), max(lead, call.issuer)))
        met += [Met(tree.above(call.area_id), call.stage, *pair) for pair in sorted(pairs)]
    return met


def served(found: Sequence[Call], lowest: int) -> list[Serving]:
    """Confirmed services on the calls, in areas down to a level."""
    values = {
        "tasks": [call.pk for call in found],
        "stages": [call.stage for call in found],
        "lowest": lowest,
    }
    return [Serving(*row) for row in _rows(ABOVE + SERVED, **values)]


def _rows(statement: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"root": "%", **values})
        return cursor.fetchall()
