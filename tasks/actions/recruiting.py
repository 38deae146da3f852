"""Counting the hands and the open seats of every place, by a job."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.timezone import localdate

from areas.models import Area
from tasks.models import Recruiting
from tasks.policies import recruiting as policy
from tasks.policies.recruiting import Supply

# Whoever is busy is looked up from the shifts ahead, for those are few; everybody else is a count by county.
_HANDS = """
WITH busy AS (
  SELECT a.volunteer_id FROM tasks_shift s JOIN tasks_assignment a ON a.shift_id = s.id
  WHERE s.status = 'open' AND s.starts_at > %(at)s AND s.starts_at < %(until)s AND a.status = 'active'
  UNION
  SELECT a.volunteer_id FROM tasks_shift s JOIN tasks_assignment a ON a.shift_id = s.id
  WHERE s.status = 'open' AND s.starts_at IS NULL AND a.status = 'active'
  UNION
  SELECT o.volunteer_id FROM tasks_offer o WHERE o.status = 'offered' AND o.expires_at > %(at)s
)
SELECT v.county_id, count(*) FROM volunteers_volunteer v JOIN accounts_user u ON u.id = v.user_id
WHERE u.is_active AND NOT v.is_guest AND v.county_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM busy b WHERE b.volunteer_id = v.id)
GROUP BY v.county_id
"""
_SEATS = """
SELECT s.county_id, sum(r.seats - r.seats_taken - r.seats_held)
FROM tasks_shift s
JOIN tasks_shiftrole r ON r.shift_id = s.id
JOIN tasks_task t ON t.id = s.task_id
JOIN organizations_organization o ON o.id = s.organization_id
JOIN areas_area a ON a.id = s.area_id
WHERE s.status = 'open' AND s.county_id IS NOT NULL AND t.status IN ('called', 'adopted') AND o.status = 'approved'
  AND (
    (s.starts_at > %(at)s AND s.starts_at < %(until)s)
    OR (s.starts_at IS NULL AND t.ends_on >= %(day)s AND (s.due_at IS NULL OR s.due_at > %(at)s))
  )
  AND NOT EXISTS (
    SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
    WHERE stop.lifted_at IS NULL AND starts_with(a.path, stopped.path)
  )
GROUP BY s.county_id
"""


@transaction.atomic
def count_hands(*, at: datetime) -> int:
    """Count every county and all that lies above it, and decide where recruiting pauses; return how many places.

    Five statements, however many people there are.
    """
    supplies = _with_those_above(_by_county(_HANDS, at), _by_county(_SEATS, at))
    before = dict(Recruiting.objects.values_list("area_id", "paused_since"))
    rows = []
    for area_id in sorted(supplies.keys() | before.keys()):
        supply, since = supplies.get(area_id, Supply(0, 0)), before.get(area_id)
        paused = policy.is_paused(supply, was_paused=since is not None)
        rows.append(
            Recruiting(
                area_id=area_id,
                hands=supply.hands,
                seats_open=supply.seats_open,
                counted_at=at,
                paused_since=(since or at) if paused else None,
            )
        )
    Recruiting.objects.bulk_create(
        rows,
        batch_size=5000,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["hands", "seats_open", "counted_at", "paused_since"],
    )
    return len(rows)


def _by_county(sql: str, at: datetime) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"at": at, "until": at + policy.AHEAD, "day": localdate(at)})
        return dict(cursor.fetchall())


def _with_those_above(hands: dict[int, int], seats: dict[int, int]) -> dict[int, Supply]:
    """The supply of counties, their cities and provinces, by the ids of the areas."""
    areas = {
        path: (area_id, path.rstrip("/").split("/"))
        for area_id, path in Area.objects.filter(level__lte=Area.Level.COUNTY).values_list("id", "path")
    }
    found: dict[int, Supply] = {}
    for area_id, codes in areas.values():
        if area_id not in hands and area_id not in seats:
            continue
        own = Supply(hands.get(area_id, 0), seats.get(area_id, 0))
        for depth in range(len(codes)):
            above, _ = areas["/".join(codes[: depth + 1]) + "/"]
            found[above] = found.get(above, Supply(0, 0)).plus(own)
    return found
