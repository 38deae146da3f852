"""Whom a dispatcher calls first: everybody in reach with what the seat asks for, by distance; one statement."""

from datetime import datetime
from math import cos, radians
from typing import Any

from django.db import connection
from django.utils.timezone import localtime

from tasks import policies
from tasks.models import ShiftRole
from tasks.policies import SeatFacts
from tasks.queries.reach import ALERTED, alert_params, beyond
from volunteers.queries import holds, shown_by

# Longer lists are cut: nobody is rung up who comes after these.
MOST = 2000
# Nobody goes farther, whatever they said.
FAR_KM = 50
KM_A_DEGREE = 111.195

# Whoever did not choose a point is found by the county of the shift, after those whose way is known. Of those as far
# away whoever was asked longest ago comes first, so that work from home goes round.
_NEAR = f"""
WITH alerts AS MATERIALIZED (SELECT {ALERTED} AS paths), wanted AS MATERIALIZED (
  SELECT {shown_by("required.capability_id")} AS shown FROM tasks_shiftrole_requirements required
  WHERE required.shiftrole_id = %(role)s
), near AS MATERIALIZED (
  SELECT volunteer.id, volunteer.user_id, volunteer.area_id, volunteer.offers_a_day, place.km
  FROM volunteers_volunteer volunteer
  CROSS JOIN LATERAL (
    SELECT CASE WHEN %(x)s::float8 IS NULL THEN NULL ELSE sqrt(
      power((volunteer.longitude - %(x)s) * %(km_x)s, 2) + power((volunteer.latitude - %(y)s) * %(km_y)s, 2)
    ) END AS km
  ) place
  WHERE (%(is_remote)s OR place.km <= least(volunteer.reach_km, %(far)s)
    OR (place.km IS NULL AND volunteer.county_id = %(county)s))
    AND NOT EXISTS (SELECT FROM wanted WHERE NOT {holds("volunteer.id", "wanted.shown", "%(day)s")})
)
SELECT near.id FROM near CROSS JOIN alerts JOIN accounts_user person ON person.id = near.user_id
CROSS JOIN LATERAL (
  SELECT max(o.made_at) AS last_at, count(*) FILTER (WHERE o.offered_on = %(today)s) AS today,
    coalesce(bool_or(o.role_id = %(role)s AND o.status <> 'withdrawn'), false) AS for_this
  FROM tasks_offer o WHERE o.volunteer_id = near.id
) asked
WHERE person.is_active AND NOT asked.for_this AND asked.today < least(near.offers_a_day, %(ration)s)
  AND NOT {beyond("near")}
  AND NOT EXISTS (
    SELECT FROM tasks_assignment a WHERE a.volunteer_id = near.id AND a.status = 'active'
      AND a.period && tstzrange(%(busy_from)s, %(busy_until)s)
  )
  AND NOT EXISTS (SELECT FROM tasks_assignment a WHERE a.volunteer_id = near.id AND a.role_id = %(role)s)
  AND 'granted' = (
    SELECT word.decision FROM accounts_consent word
    WHERE word.user_id = near.user_id AND word.purpose = 'messages' ORDER BY word.id DESC LIMIT 1
  )
ORDER BY near.km, asked.last_at NULLS FIRST, near.id LIMIT %(most)s
"""  # noqa: S608


def nearest_first(role: ShiftRole, seat: SeatFacts, *, at: datetime) -> list[int]:
    """Ids of volunteers, the nearest first; `role` has its shift with task and area.

    Those whom the product would not let be asked in any case are left out as far as one statement can tell cheaply;
    the rest is for `tasks.policies.why_not_ask` to decide.
    """
    shift = role.shift
    point = None if seat.is_remote else seat.point
    if point is None and not seat.is_remote and shift.area.longitude is not None:
        point = (shift.area.longitude, shift.area.latitude or 0.0)
    x, y = point or (None, None)
    assert shift.starts_at is not None and shift.ends_at is not None, "only shifts with a time are dispatched"
    params: dict[str, Any] = {
        **alert_params(shift.task, shift.area),
        "at": at,
        "role": role.pk,
        "x": x,
        "y": y,
        "km_x": KM_A_DEGREE * cos(radians(y)) if y is not None else None,
        "km_y": KM_A_DEGREE,
        "far": FAR_KM,
        "county": shift.county_id,
        "day": localtime(shift.ends_at).date(),
        "today": localtime(at).date(),
        "ration": policies.RATION,
        "busy_from": shift.starts_at - policies.REST,
        "busy_until": shift.ends_at + policies.REST,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, params)
        return [pk for (pk,) in cursor.fetchall()]
