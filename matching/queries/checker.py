"""Looks over everybody who is suggested or asked, in SQL over the product's own tables, and finds what must not be.

It shares no line with what makes plans: neither arrays nor bits nor rounded hours. A plan without a violation here keeps
the rules in minutes, metres and days as they stand in the rows.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from matching.models import MatchRun

# Whom a plan suggests, who is asked, and who comes; a person counts once in a role. Looked over is whom the matching
# suggests or asks: people sign up as they like, and an organizer asks by hand and may override.
_HELD = """
WITH held AS (
  SELECT volunteer_id, role_id, bool_or(checked) AS checked, bool_or(seated) AS seated FROM (
    SELECT volunteer_id, role_id, true AS checked, false AS seated FROM matching_proposal
    UNION ALL
    SELECT volunteer_id, role_id, source = 'matching', false FROM tasks_offer
    WHERE status = 'offered' AND expires_at > %(at)s
    UNION ALL
    SELECT volunteer_id, role_id, false, true FROM tasks_assignment WHERE status = 'active'
  ) source GROUP BY volunteer_id, role_id
), pair AS (
  SELECT held.*, shift.starts_at, shift.ends_at, shift.starts_at AT TIME ZONE %(zone)s AS local_start,
    shift.ends_at AT TIME ZONE %(zone)s AS local_end, shift.status AS shift_status, shift.area_id, task.is_remote,
    task.status AS task_status, role.min_age, shift.longitude AS shift_longitude, shift.latitude AS shift_latitude,
    volunteer.longitude, volunteer.latitude, volunteer.reach_km, volunteer.max_hours_week, volunteer.birth_on,
    volunteer.guardian_consent_at, volunteer.user_id, volunteer.area_id AS home_id, shift.task_id
  FROM held
  JOIN tasks_shiftrole role ON role.id = held.role_id
  JOIN tasks_shift shift ON shift.id = role.shift_id
  JOIN tasks_task task ON task.id = shift.task_id
  JOIN volunteers_volunteer volunteer ON volunteer.id = held.volunteer_id
), looked AS (SELECT * FROM pair WHERE checked AND NOT seated)
"""

_RULES = {
    # From the direct implications alone, step by step: what the product keeps of several steps is not looked at.
    "capability": """
SELECT looked.volunteer_id, looked.role_id FROM looked
JOIN tasks_shiftrole_requirements required ON required.shiftrole_id = looked.role_id
WHERE required.capability_id NOT IN (
  WITH RECURSIVE shown (id) AS (
    SELECT has.capability_id FROM volunteers_volunteercapability has
    JOIN volunteers_capability own ON own.id = has.capability_id
    WHERE has.volunteer_id = looked.volunteer_id
      AND (has.expires_on IS NULL OR has.expires_on >= looked.local_end::date)
      AND (has.confirmed_at IS NOT NULL OR own.kind <> 'qualification')
    UNION
    SELECT rule.implied_id FROM shown JOIN volunteers_implication rule ON rule.capability_id = shown.id AND rule.is_direct
  )
  SELECT id FROM shown
)""",
    "age": """
SELECT volunteer_id, role_id FROM looked
WHERE (min_age > 0 AND coalesce(extract(year FROM age(local_start::date, birth_on)), -1) < min_age)
  OR (guardian_consent_at IS NULL AND extract(year FROM age((%(at)s AT TIME ZONE %(zone)s)::date, birth_on)) < 14)""",
    # Each hour on the clock of the place that is touched, however clocks were set between.
    "availability": """
SELECT DISTINCT looked.volunteer_id, looked.role_id FROM looked
CROSS JOIN LATERAL (
  SELECT date_trunc('hour', moment AT TIME ZONE %(zone)s) AS hour FROM (
    SELECT generate_series(starts_at, ends_at - interval '1 microsecond', interval '15 minutes') AS moment
    UNION SELECT ends_at - interval '1 microsecond'
  ) moments
) AS touched
WHERE CASE
  WHEN EXISTS (
    SELECT FROM volunteers_availabilityexception day
    WHERE day.volunteer_id = looked.volunteer_id AND touched.hour::date BETWEEN day.starts_on AND day.ends_on
  ) THEN EXISTS (
    SELECT FROM volunteers_availabilityexception day
    WHERE day.volunteer_id = looked.volunteer_id AND touched.hour::date BETWEEN day.starts_on AND day.ends_on
      AND NOT day.is_free
  )
  ELSE EXISTS (SELECT FROM volunteers_weeklyavailability w WHERE w.volunteer_id = looked.volunteer_id)
    AND NOT EXISTS (
      SELECT FROM volunteers_weeklyavailability w
      WHERE w.volunteer_id = looked.volunteer_id AND w.weekday = extract(isodow FROM touched.hour) - 1
        AND extract(hour FROM touched.hour) >= w.starts_hour AND extract(hour FROM touched.hour) < w.ends_hour
    )
END""",
    "distance": """
SELECT volunteer_id, role_id FROM looked
WHERE NOT is_remote AND longitude IS NOT NULL AND shift_longitude IS NOT NULL
  AND 2 * 6371008.8 * asin(least(1, sqrt(
    power(sin(radians(shift_latitude - latitude) / 2), 2)
    + cos(radians(latitude)) * cos(radians(shift_latitude)) * power(sin(radians(shift_longitude - longitude) / 2), 2)
  ))) > reach_km * 1000""",
    # Written from the rows anew: the last word over the area of the shift, the stage of the playbook, whole paths.
    "reach": """
SELECT looked.volunteer_id, looked.role_id FROM looked
JOIN areas_area here ON here.id = looked.area_id
JOIN tasks_crisis crisis ON crisis.ended_at IS NULL
  AND here.path LIKE (SELECT struck.path FROM areas_area struck WHERE struck.id = crisis.area_id) || '%%'
JOIN LATERAL (
  SELECT coalesce(max(word.stage) FILTER (WHERE word.place = 1), 0) AS number FROM (
    SELECT change.stage, row_number() OVER (
      ORDER BY change.effective_at DESC, length(above.path) DESC, change.id DESC
    ) AS place
    FROM tasks_stagechange change JOIN areas_area above ON above.id = change.area_id
    WHERE change.crisis_id = crisis.id AND change.effective_at <= %(at)s AND here.path LIKE above.path || '%%'
  ) word
) stage ON true
JOIN tasks_playbookstage sets ON sets.playbook_id = crisis.playbook_id AND sets.stage = stage.number
LEFT JOIN areas_area home ON home.id = looked.home_id
WHERE NOT looked.is_remote AND sets.alert_reach IN ('county', 'city')
  AND NOT coalesce(home.path LIKE substring(
    here.path FROM CASE sets.alert_reach WHEN 'county' THEN '^(?:[^/]+/){1,3}' ELSE '^(?:[^/]+/){1,2}' END
  ) || '%%', false)
  AND NOT EXISTS (
    SELECT FROM tasks_transfer transfer JOIN areas_area giver ON giver.id = transfer.giver_id
    WHERE transfer.task_id = looked.task_id AND transfer.status = 'agreed' AND home.path LIKE giver.path || '%%'
  )""",
    "overlap": """
SELECT looked.volunteer_id, looked.role_id FROM looked
JOIN pair other ON other.volunteer_id = looked.volunteer_id AND other.role_id <> looked.role_id
WHERE other.starts_at < looked.ends_at AND looked.starts_at < other.ends_at""",
    "rest": """
SELECT looked.volunteer_id, looked.role_id FROM looked
JOIN pair other ON other.volunteer_id = looked.volunteer_id AND other.role_id <> looked.role_id
WHERE (other.ends_at <= looked.starts_at AND looked.starts_at - other.ends_at < interval '8 hours')
  OR (looked.ends_at <= other.starts_at AND other.starts_at - looked.ends_at < interval '8 hours')""",
    # Hours that pass, not what clocks show; all of the shift counts in the week in which it begins.
    "hours": """
SELECT looked.volunteer_id, looked.role_id FROM looked
CROSS JOIN LATERAL (
  SELECT date_trunc('week', looked.local_start) AT TIME ZONE %(zone)s AS monday,
    (date_trunc('week', looked.local_start) + interval '7 days') AT TIME ZONE %(zone)s AS next_monday
) week
LEFT JOIN pair other ON other.volunteer_id = looked.volunteer_id AND other.role_id <> looked.role_id
  AND other.starts_at < week.next_monday AND other.ends_at > week.monday
GROUP BY looked.volunteer_id, looked.role_id, looked.starts_at, looked.ends_at, looked.max_hours_week
HAVING looked.ends_at - looked.starts_at + coalesce(sum(
  least(other.ends_at, week.next_monday) - greatest(other.starts_at, week.monday)
) FILTER (WHERE other.role_id IS NOT NULL), interval '0') > looked.max_hours_week * interval '1 hour'""",
    "seats": """
SELECT NULL::bigint, role.id FROM tasks_shiftrole role
JOIN (
  SELECT role_id, count(*) AS people, bool_or(checked) AS checked FROM pair WHERE NOT seated GROUP BY role_id
) waiting ON waiting.role_id = role.id
WHERE waiting.checked AND role.seats_taken + role.seats_held + waiting.people > role.seats""",
    # Counted by the day on which each was sent, whatever day its row names.
    "ration": """
SELECT offer.volunteer_id, NULL::bigint FROM tasks_offer offer
JOIN volunteers_volunteer volunteer ON volunteer.id = offer.volunteer_id
GROUP BY offer.volunteer_id, (offer.made_at AT TIME ZONE %(zone)s)::date, volunteer.offers_a_day
HAVING bool_or(offer.source = 'matching') AND count(*) > least(2, volunteer.offers_a_day)""",
    # Whoever said that they need a rest is left alone for the day.
    "tired": """
SELECT offer.volunteer_id, offer.role_id FROM tasks_offer offer
JOIN tasks_offer said ON said.volunteer_id = offer.volunteer_id AND said.answer = 'need-rest'
  AND said.ended_at < offer.made_at
  AND (said.ended_at AT TIME ZONE %(zone)s)::date = (offer.made_at AT TIME ZONE %(zone)s)::date
WHERE offer.source = 'matching'""",
    "consent": """
SELECT looked.volunteer_id, looked.role_id FROM looked
JOIN accounts_user person ON person.id = looked.user_id
WHERE NOT person.is_active OR EXISTS (
  SELECT FROM (VALUES ('terms'), ('messages')) AS asked (purpose)
  WHERE coalesce((
    SELECT word.decision FROM accounts_consent word
    WHERE word.user_id = person.id AND word.purpose = asked.purpose ORDER BY word.id DESC LIMIT 1
  ), 'withdrawn') <> 'granted'
)""",
    # A repair knows what a plan that was made before could not. Whoever has a seat is past being suggested for it.
    "asked-before": """
SELECT proposal.volunteer_id, proposal.role_id FROM matching_proposal proposal
JOIN matching_matchrun run ON run.id = proposal.run_id
JOIN LATERAL (
  SELECT offer.ended_at FROM tasks_offer offer
  WHERE offer.role_id = proposal.role_id AND offer.volunteer_id = proposal.volunteer_id
    AND offer.status IN ('declined', 'expired')
  UNION ALL
  SELECT seat.ended_at FROM tasks_assignment seat
  WHERE seat.role_id = proposal.role_id AND seat.volunteer_id = proposal.volunteer_id
    AND seat.status IN ('released', 'removed')
) gone ON gone.ended_at < greatest(run.started_at, (
  SELECT max(repair.at) FROM matching_repair repair
  WHERE repair.run_id = proposal.run_id AND repair.role_id = proposal.role_id
))
WHERE NOT EXISTS (
  SELECT FROM tasks_assignment taken WHERE taken.role_id = proposal.role_id
    AND taken.volunteer_id = proposal.volunteer_id AND taken.status = 'active'
)""",
    # Only the plan that stands is repaired, and only once it stands.
    "repair": """
SELECT NULL::bigint, repair.role_id FROM matching_repair repair JOIN matching_matchrun run ON run.id = repair.run_id
WHERE run.status <> 'done' OR repair.at < run.finished_at OR EXISTS (
  SELECT FROM matching_matchrun later
  WHERE later.scope_id = run.scope_id AND later.id > run.id AND later.status = 'done' AND later.finished_at < repair.at
)""",
    "not-open": """
SELECT volunteer_id, role_id FROM looked
WHERE shift_status <> 'open' OR task_status NOT IN ('called', 'adopted') OR EXISTS (
  SELECT FROM tasks_areastop stop JOIN areas_area stopped ON stopped.id = stop.area_id
  JOIN areas_area area ON area.id = looked.area_id
  WHERE stop.lifted_at IS NULL AND starts_with(area.path, stopped.path)
)""",
}
_ALL = _HELD + "\nUNION ALL\n".join(
    f"SELECT '{rule}' AS rule, found.* FROM ({sql}) AS found (volunteer_id, role_id)"  # noqa: S608
    for rule, sql in _RULES.items()
)


# What a plan is worth by the rows of the playbooks, not by the weights that the plan has kept.
_WORTH = """
SELECT coalesce(sum(
  least(chosen.people, seats.missing) * worth.value
  + greatest(chosen.people - seats.missing, 0) * round(worth.value / 2) - chosen.cost
), 0)::bigint
FROM (
  SELECT proposal.role_id, count(*) AS people, sum((proposal.factors ->> 'cost')::bigint) AS cost
  FROM matching_proposal proposal WHERE proposal.run_id = %(run)s GROUP BY proposal.role_id
) chosen
JOIN tasks_shiftrole role ON role.id = chosen.role_id
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN tasks_task task ON task.id = shift.task_id
JOIN areas_area here ON here.id = shift.area_id
LEFT JOIN LATERAL (
  SELECT sets.id, sets.seat_weight FROM tasks_crisis crisis
  JOIN tasks_playbookstage sets ON sets.playbook_id = crisis.playbook_id
  WHERE crisis.ended_at IS NULL
    AND here.path LIKE (SELECT struck.path FROM areas_area struck WHERE struck.id = crisis.area_id) || '%%'
    AND sets.stage = coalesce((
      SELECT change.stage FROM tasks_stagechange change JOIN areas_area above ON above.id = change.area_id
      WHERE change.crisis_id = crisis.id AND change.effective_at <= %(at)s AND here.path LIKE above.path || '%%'
      ORDER BY change.effective_at DESC, length(above.path) DESC, change.id DESC LIMIT 1
    ), 0)
) stage ON true
LEFT JOIN tasks_playbookpriority urgent ON urgent.stage_id = stage.id AND urgent.type_id = task.type_id
CROSS JOIN LATERAL (
  SELECT 2000 * power(2, greatest(task.priority, urgent.priority))::numeric * coalesce(stage.seat_weight, 1) AS value
) worth
CROSS JOIN LATERAL (
  SELECT least(greatest(role.seats_min - role.seats_taken - count(offer.id), 0),
    role.seats - role.seats_taken - role.seats_held - count(offer.id)) AS missing
  FROM tasks_offer offer WHERE offer.role_id = role.id AND offer.status = 'offered' AND offer.expires_at > %(at)s
) seats
"""


@dataclass(frozen=True, order=True)
class Violation:
    """A rule that is broken, by whom and in which role, as far as it is about one."""

    rule: str
    volunteer_id: int | None
    role_id: int | None


def violations(at: datetime) -> list[Violation]:
    """Everything that is wrong with the people suggested or asked at a moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"at": at, "zone": settings.TIME_ZONE})
        return [Violation(*row) for row in cursor.fetchall()]


def worth(run: MatchRun, at: datetime) -> int:
    """What the plan of a run is worth in points, by the stages in force at a moment: its objective, if nothing of it
    was offered yet. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WORTH, {"run": run.pk, "at": at})
        found: int = cursor.fetchone()[0]
    return found
