"""How much of the plan before a plan leaves as it was."""

from django.db import connection

from matching.models import MatchRun

# Whoever has a seat of the role, or was asked for one, is no plan any more but a fact: they have not been moved.
_MOVED = """
SELECT count(*) FROM matching_proposal old
JOIN matching_matchrun before ON before.id = old.run_id
JOIN tasks_shiftrole role ON role.id = old.role_id
JOIN tasks_shift shift ON shift.id = role.shift_id
WHERE before.scope_id = %(scope)s AND before.id <> %(run)s
  AND shift.status = 'open' AND shift.starts_at >= %(from)s
  AND role.seats > role.seats_taken + role.seats_held
  AND NOT EXISTS (
    SELECT FROM matching_proposal new
    WHERE new.run_id = %(run)s AND new.role_id = old.role_id AND new.volunteer_id = old.volunteer_id
  )
  AND NOT EXISTS (
    SELECT FROM tasks_assignment seat WHERE seat.role_id = role.id AND seat.volunteer_id = old.volunteer_id
  )
  AND NOT EXISTS (
    SELECT FROM tasks_offer offer WHERE offer.role_id = role.id AND offer.volunteer_id = old.volunteer_id
  )
"""


def moved_by(run: MatchRun) -> int | None:
    """Pairs of the plan before, still open, that this one does not have; None where there is no plan before.

    Both plans lie in the table. Two statements.
    """
    earlier = MatchRun.objects.filter(scope=run.scope_id, pk__lt=run.pk, status=MatchRun.Status.DONE)
    if not earlier.exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"scope": run.scope_id, "run": run.pk, "from": run.plans_from})
        (moved,) = cursor.fetchone()
    return int(moved)
