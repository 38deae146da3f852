"""What is asked for, as a fingerprint: a new plan is due when it changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.timezone import localtime

from matching.models import MatchRun
from tasks.queries.reach import GOVERNED

AHEAD = timedelta(days=7)

# The roles that a plan may fill: none before its shift opens to everybody.
OPEN_ROLES = """
FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
JOIN organizations_organization organization ON organization.id = shift.organization_id
JOIN areas_area area ON area.id = shift.area_id
JOIN areas_area root ON root.code = split_part(area.path, '/', 1)
WHERE shift.status = 'open' AND shift.starts_at >= %(from)s AND shift.starts_at < %(until)s
  AND (shift.opens_at IS NULL OR shift.opens_at <= %(from)s)
  AND task.status IN ('called', 'adopted') AND organization.status = 'approved'
  AND NOT EXISTS (
    SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
    WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
  )
"""
# Terms are what a plan must not contradict; counts only say whether another plan may do better, since whoever makes
# an offer or gives a seat looks at the free seats again.
_DEMAND = f"""
WITH governed AS MATERIALIZED ({GOVERNED})
SELECT root.id,
  md5(string_agg(concat_ws(',', role.id, role.version, shift.version, extract(epoch FROM shift.starts_at),
    extract(epoch FROM shift.ends_at), role.seats, role.seats_min, role.min_age, shift.area_id, shift.longitude,
    shift.latitude, task.priority, task.filling, task.is_remote, governed.key, governed.version, (
      SELECT string_agg(transfer.giver_id::text, '+' ORDER BY transfer.giver_id) FROM tasks_transfer transfer
      WHERE transfer.task_id = task.id AND transfer.status = 'agreed'
    ), (
      SELECT string_agg(required.capability_id::text, '+' ORDER BY required.capability_id)
      FROM tasks_shiftrole_requirements required WHERE required.shiftrole_id = role.id
    )), ';' ORDER BY role.id)),
  md5(string_agg(concat_ws(',', role.id, role.seats - role.seats_taken - role.seats_held), ';' ORDER BY role.id)),
  bool_or(role.seats > role.seats_taken + role.seats_held)
{OPEN_ROLES.replace("WHERE", "LEFT JOIN governed ON governed.area_id = area.id WHERE", 1)}
GROUP BY root.id
ORDER BY root.id
"""  # noqa: S608


@dataclass(frozen=True)
class Demand:
    """The open roles of a province at a full hour."""

    scope_id: int
    plans_from: datetime
    terms: str
    counts: str
    has_free_seats: bool

    def version_after(self, last: MatchRun | None) -> str:
        """The name of this demand for the run that follows another: the same may come again later."""
        return f"{last.pk if last else 0}.{self.terms[:24]}.{self.counts[:16]}"

    def differs_from(self, run: MatchRun) -> bool:
        """Whether it is not what the run was made for; another hour counts as another demand."""
        before = run.demand_version.partition(".")[2]
        return (
            before != self.version_after(None).partition(".")[2]
            or run.plans_from != self.plans_from
            or run.status == MatchRun.Status.SUPERSEDED
        )

    def has_terms_of(self, run: MatchRun) -> bool:
        """Whether nothing but free seats may have changed since a plan that stands, is about to, or was called off."""
        counts = run.status in (MatchRun.Status.QUEUED, MatchRun.Status.DONE, MatchRun.Status.CANCELLED)
        return counts and run.plans_from == self.plans_from and not self.contradicts(run)

    def contradicts(self, run: MatchRun) -> bool:
        """Whether the run's plan may no longer be carried out."""
        return run.demand_version.split(".")[1] != self.terms[:24]


def demands(at: datetime) -> list[Demand]:
    """The demand of each province in the seven days from the running hour; one statement."""
    return _demands(full_hour(at), at)


def demand_for(run: MatchRun, at: datetime) -> Demand | None:
    """The demand as it is at a moment, counted from the run's own hour; None where nothing is asked for any more."""
    return next((found for found in _demands(run.plans_from, at) if found.scope_id == run.scope_id), None)


def _demands(plans_from: datetime, at: datetime) -> list[Demand]:
    with connection.cursor() as cursor:
        # In UTC: between two times of one zone Python counts what clocks show, and a run would not find its own demand.
        until = plans_from.astimezone(UTC) + AHEAD
        cursor.execute(_DEMAND, {"from": plans_from, "until": until, "at": at})
        rows = cursor.fetchall()
    return [Demand(scope, plans_from, terms, counts, free) for scope, terms, counts, free in rows]


def full_hour(at: datetime) -> datetime:
    """The full hour that runs, on the clock of the place."""
    return localtime(at).replace(minute=0, second=0, microsecond=0)
