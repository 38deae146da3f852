"""Everything that a plan is made from, in a fixed number of statements, as arrays."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.utils.timezone import localtime
from numpy.typing import NDArray

from matching.models import MatchRun
from matching.policies.hours import EPOCH
from matching.queries import packed
from matching.queries.demand import AHEAD, OPEN_ROLES
from tasks import policies
from tasks.queries.reach import GOVERNED

UNKNOWN_DAY = 2**31 - 1
STATEMENTS = 14

ROLES = f"""
WITH governed AS MATERIALIZED ({GOVERNED})
SELECT role.id, shift.starts_at, shift.ends_at, role.seats - role.seats_taken - role.seats_held - offers.open,
  greatest(role.seats_min - role.seats_taken - offers.open, 0), role.min_age, task.is_remote,
  coalesce(shift.longitude, area.longitude, county.longitude),
  coalesce(shift.latitude, area.latitude, county.latitude), shift.longitude IS NOT NULL,
  task.priority, kind.id, kind.code, kind.cause_id, coalesce(governed.key, ''), task.id,
  CASE WHEN task.is_remote OR area.level < 2 THEN NULL
    WHEN governed.alert_reach = 'county' THEN coalesce(area.county_id, area.id)
    WHEN governed.alert_reach = 'city' THEN coalesce(county.parent_id, area.id) END,
  CASE WHEN governed.alert_reach = 'county' AND area.county_id IS NOT NULL THEN 'county' ELSE 'city' END,
  EXISTS (SELECT FROM tasks_transfer transfer WHERE transfer.task_id = task.id AND transfer.status = 'agreed'),
  ARRAY(SELECT required.capability_id FROM tasks_shiftrole_requirements required
    WHERE required.shiftrole_id = role.id ORDER BY 1)
{
    OPEN_ROLES.replace(
        "WHERE",
        '''JOIN tasks_tasktype kind ON kind.id = task.type_id
LEFT JOIN areas_area county ON county.id = area.county_id
LEFT JOIN governed ON governed.area_id = area.id
CROSS JOIN LATERAL (
  SELECT count(*) AS open FROM tasks_offer offer
  WHERE offer.role_id = role.id AND offer.status = 'offered' AND offer.expires_at > %(at)s
) offers
WHERE''',
        1,
    )
}
  AND root.id = %(scope)s AND shift.starts_at > %(at)s
  AND role.seats - role.seats_taken - role.seats_held > offers.open
ORDER BY role.id
"""  # noqa: S608

# Whoever may be asked at all: an account, a yes to taking part and to messages, a place, and a guardian where one is
# needed. Neither sex nor studies nor age beyond a role's least age is read here, so neither can weigh.
VOLUNTEERS = """
SELECT volunteer.id AS id, coalesce(volunteer.longitude, area.longitude, county.longitude, 'NaN') AS longitude,
  coalesce(volunteer.latitude, area.latitude, county.latitude, 'NaN') AS latitude,
  (volunteer.longitude IS NOT NULL)::int AS has_point, volunteer.reach_km AS reach_km,
  volunteer.max_hours_week AS max_hours, coalesce(volunteer.birth_on - date '1970-01-01', %(unknown)s) AS birth,
  least(volunteer.offers_a_day, %(ration)s) AS ration,
  (volunteer.on_duty_since IS NOT NULL)::int AS on_duty, volunteer.takes_assignments::int AS takes,
  person.id AS account, coalesce(area.county_id, 0) AS county,
  coalesce(home.parent_id, CASE WHEN area.level = 2 THEN area.id END, 0) AS city
FROM volunteers_volunteer volunteer
JOIN accounts_user person ON person.id = volunteer.user_id
JOIN areas_area area ON area.id = volunteer.area_id
LEFT JOIN areas_area county ON county.id = volunteer.county_id
LEFT JOIN areas_area home ON home.id = area.county_id
WHERE person.is_active AND volunteer.offers_a_day > 0
  AND starts_with(area.path, (SELECT path FROM areas_area WHERE id = %(scope)s))
  AND (volunteer.birth_on IS NULL OR volunteer.birth_on <= %(own_word)s OR volunteer.guardian_consent_at IS NOT NULL)
ORDER BY volunteer.id
"""
VOLUNTEER_COLUMNS = {
    "id": "int8", "longitude": "float8", "latitude": "float8", "has_point": "int2", "reach_km": "int2",
    "max_hours": "int2", "birth": "int4", "ration": "int2", "on_duty": "int2", "takes": "int2",
    "account": "int8", "county": "int8", "city": "int8",
}  # fmt: skip
# Apart from the people: nobody can foresee how many said yes, and a wrong guess makes the planner loop.
AGREED = """
SELECT user_id AS account FROM (
  SELECT DISTINCT ON (user_id, purpose) user_id, decision FROM accounts_consent
  WHERE purpose IN ('terms', 'messages') ORDER BY user_id, purpose, id DESC
) word WHERE decision = 'granted' GROUP BY user_id HAVING count(*) = 2
"""
_SERVED = """
SELECT seat.volunteer_id AS who, count(*) AS shifts FROM tasks_shift shift
JOIN tasks_assignment seat ON seat.shift_id = shift.id AND seat.status = 'active'
WHERE shift.starts_at > %(lately)s - interval '2 days' AND shift.ends_at > %(lately)s GROUP BY 1
"""
_ALERTS = """
SELECT offer.volunteer_id AS who, count(*) FILTER (WHERE offer.made_at > %(alerts_from)s) AS asked_lately,
  count(*) FILTER (WHERE offer.offered_on = %(today)s) AS today,
  count(*) FILTER (WHERE offer.status IN ('accepted', 'declined', 'expired')) AS asked,
  count(*) FILTER (WHERE offer.status = 'accepted') AS accepted,
  bool_or(offer.answer = 'need-rest' AND offer.ended_at >= %(midnight)s)::int AS tired,
  coalesce(min((offer.factors ->> 'metres')::int) FILTER (WHERE offer.answer = 'too-far'), %(unknown)s) AS too_far_m
FROM tasks_offer offer WHERE offer.made_at > %(look_back)s GROUP BY 1
"""
_ALERT_COLUMNS = {
    "asked_lately": "int4", "today": "int4", "asked": "int4", "accepted": "int4", "tired": "int4",
    "too_far_m": "int4",
}  # fmt: skip
# An objection that waits for its decision counts for the person.
_NO_SHOWS = """
SELECT volunteer_id AS who, count(*) AS no_shows FROM tasks_mark
WHERE kind = 'no-show' AND status IN ('noted', 'upheld') AND marked_at > %(look_back)s GROUP BY 1
"""
_CAUSES = "SELECT volunteer_id AS who, cause_id AS cause FROM volunteers_volunteer_causes"
_WEEK = """
SELECT volunteer_id AS who, weekday, starts_hour AS starts, ends_hour AS ends FROM volunteers_weeklyavailability
"""
_DAYS = """
SELECT volunteer_id AS who, starts_on - date '1970-01-01' AS from_day, ends_on - date '1970-01-01' AS until_day,
  is_free::int AS is_free
FROM volunteers_availabilityexception WHERE ends_on >= %(today)s AND starts_on <= %(last_day)s
"""
# A qualification counts once somebody has seen it, and until the last day of the shift. What is implied counts as long:
# whoever shows it by several papers has a row for each.
_CAPABILITIES = """
SELECT has.volunteer_id AS who, wanted.id AS capability,
  coalesce(has.expires_on - date '1970-01-01', %(unknown)s) AS until_day
FROM (
  SELECT id, id AS shown_id FROM unnest(%(required)s::bigint[]) AS id
  UNION ALL
  SELECT rule.implied_id, rule.capability_id FROM volunteers_implication rule WHERE rule.implied_id = ANY(%(required)s)
) wanted
JOIN volunteers_capability shown ON shown.id = wanted.shown_id
JOIN volunteers_volunteercapability has ON has.capability_id = shown.id
WHERE (has.expires_on IS NULL OR has.expires_on >= %(today)s)
  AND (has.confirmed_at IS NOT NULL OR shown.kind <> 'qualification')
"""
_BUSY = """
SELECT seat.volunteer_id AS who, extract(epoch FROM lower(seat.period))::int8 AS starts,
  ceil(extract(epoch FROM upper(seat.period)))::int8 AS ends
FROM tasks_assignment seat
WHERE seat.status = 'active' AND seat.period && tstzrange(%(near_from)s, %(near_until)s)
UNION ALL
SELECT offer.volunteer_id, floor(extract(epoch FROM shift.starts_at))::int8, ceil(extract(epoch FROM shift.ends_at))::int8
FROM tasks_offer offer JOIN tasks_shift shift ON shift.id = offer.shift_id
WHERE offer.status = 'offered' AND offer.expires_at > %(at)s AND shift.starts_at IS NOT NULL
"""
# Whoever said no to a seat, did not answer, or gave it back is left alone in its hours.
_LEFT_ALONE = """
SELECT offer.volunteer_id AS who, floor(extract(epoch FROM shift.starts_at))::int8 AS starts,
  ceil(extract(epoch FROM shift.ends_at))::int8 AS ends
FROM tasks_shift shift JOIN tasks_offer offer ON offer.shift_id = shift.id
WHERE shift.starts_at > %(at)s AND shift.starts_at < %(until)s
  AND (offer.status = 'declined' OR offer.status = 'expired'
    OR (offer.status = 'offered' AND offer.expires_at <= %(at)s))
UNION ALL
SELECT seat.volunteer_id, floor(extract(epoch FROM shift.starts_at))::int8, ceil(extract(epoch FROM shift.ends_at))::int8
FROM tasks_shift shift JOIN tasks_assignment seat ON seat.shift_id = shift.id
WHERE shift.starts_at > %(at)s AND shift.starts_at < %(until)s AND seat.status IN ('released', 'removed')
"""
_UNWANTED = """
SELECT DISTINCT offer.volunteer_id AS who, task.type_id AS kind
FROM tasks_offer offer JOIN tasks_shift shift ON shift.id = offer.shift_id JOIN tasks_task task ON task.id = shift.task_id
WHERE offer.status = 'declined' AND offer.answer = 'not-this-work' AND offer.made_at > %(look_back)s
"""
# Whose area agreed to lend hands for a call: they are asked beyond the reach of the stage there.
_LENT = """
SELECT volunteer.id AS who, transfer.task_id AS task FROM tasks_transfer transfer
JOIN areas_area giver ON giver.id = transfer.giver_id
JOIN areas_area home ON home.path LIKE giver.path || '%%'
JOIN volunteers_volunteer volunteer ON volunteer.area_id = home.id
WHERE transfer.status = 'agreed' AND transfer.task_id = ANY(%(lent)s)
"""

# What is read of people, by its name in a snapshot: the statement, and its columns beside `who`.
ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "served": (_SERVED, {"shifts": "int4"}),
    "alerts": (_ALERTS, _ALERT_COLUMNS),
    "missed": (_NO_SHOWS, {"no_shows": "int4"}),
    "causes": (_CAUSES, {"cause": "int8"}),
    "week": (_WEEK, {"weekday": "int8", "starts": "int8", "ends": "int8"}),
    "days": (_DAYS, {"from_day": "int8", "until_day": "int8", "is_free": "int2"}),
    "capabilities": (_CAPABILITIES, {"capability": "int8", "until_day": "int8"}),
    "busy": (_BUSY, {"starts": "int8", "ends": "int8"}),
    "left_alone": (_LEFT_ALONE, {"starts": "int8", "ends": "int8"}),
    "unwanted": (_UNWANTED, {"kind": "int8"}),
    "lent": (_LENT, {"task": "int8"}),
}


@dataclass(frozen=True)
class Role:
    """Free seats of a role that starts within the horizon."""

    id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    missing: int
    min_age: int
    is_remote: bool
    longitude: float | None
    latitude: float | None
    has_point: bool
    priority: int
    kind_id: int
    kind: str
    cause_id: int
    # The stage of a playbook in force where it lies, as `Weights` names it; empty where there is none.
    stage: str
    task_id: int
    # The county or city whose people the stage alerts; None where it leaves nobody out.
    reach_id: int | None
    reach_kind: str
    has_lent: bool
    required: list[int]

    @property
    def start_day(self) -> date:
        return localtime(self.starts_at).date()

    @property
    def end_day(self) -> date:
        return localtime(self.ends_at).date()


@dataclass(frozen=True)
class Snapshot:
    """Roles, people by column, and rows that name people by their place in those columns (`who`)."""

    at: datetime
    plans_from: datetime
    roles: list[Role]
    people: packed.Columns
    causes: packed.Columns
    week: packed.Columns
    days: packed.Columns
    capabilities: packed.Columns
    busy: packed.Columns
    left_alone: packed.Columns
    unwanted: packed.Columns
    lent: packed.Columns

    @property
    def size(self) -> int:
        return len(self.people["id"])


def take(run: MatchRun, *, at: datetime) -> Snapshot:
    """Read the run's area as it is at a moment; as many statements for one row as for a million."""
    params = params_of(run, at)
    with connection.cursor() as cursor:
        cursor.execute(ROLES, params)
        roles = [Role(*row) for row in cursor.fetchall()]
    params |= params_of_roles(roles)
    people = packed.fetch(VOLUNTEERS, params, VOLUNTEER_COLUMNS)
    agreed = np.isin(people["account"], packed.fetch(AGREED, params, {"account": "int8"})["account"])
    people = {name: values[agreed] for name, values in people.items()}
    rows = {
        name: packed.fetch(sql, params, {"who": "int8", **columns}) for name, (sql, columns) in ROWS.items()
    }
    return assemble(run, at, roles, people, rows)


def params_of_roles(roles: list[Role]) -> dict[str, Any]:
    """What the statements about people look for on behalf of these roles."""
    return {
        "required": sorted({wanted for role in roles for wanted in role.required}),
        "lent": sorted({role.task_id for role in roles if role.has_lent and role.reach_id is not None}),
    }


def assemble(
    run: MatchRun, at: datetime, roles: list[Role], people: packed.Columns, read: dict[str, packed.Columns]
) -> Snapshot:
    """The snapshot of people by column, who stand in the order of their ids, and what was read of them (`ROWS`)."""
    rows = {name: _placed(found, people["id"]) for name, found in read.items()}
    counted = {name: rows.pop(name) for name in ("served", "alerts", "missed")}
    people = people | _sums(len(people["id"]), ration=people["ration"], **counted)
    return Snapshot(at=at, plans_from=localtime(run.plans_from), roles=roles, people=people, **rows)


def _sums(
    number: int,
    *,
    served: packed.Columns,
    alerts: packed.Columns,
    missed: packed.Columns,
    ration: NDArray[Any],
) -> packed.Columns:
    """What is counted of each person, as columns; nothing for those without a row."""

    def spread(rows: packed.Columns, name: str, otherwise: int = 0) -> NDArray[np.int64]:
        values = np.full(number, otherwise, np.int64)
        values[rows["who"]] = rows[name]
        return values

    left = np.where(spread(alerts, "tired") == 1, 0, ration - spread(alerts, "today"))
    return {
        "served": spread(served, "shifts"),
        "asked_lately": spread(alerts, "asked_lately"),
        "asked": spread(alerts, "asked"),
        "accepted": spread(alerts, "accepted"),
        "no_shows": spread(missed, "no_shows"),
        "too_far_m": spread(alerts, "too_far_m", UNKNOWN_DAY),
        "ration_left": left,
    }


def params_of(run: MatchRun, at: datetime) -> dict[str, Any]:
    """What the statements about everybody look for."""
    today = localtime(at).date()
    plans_from, until = run.plans_from, run.plans_from + AHEAD
    return {
        "at": at, "today": today, "midnight": localtime(at).replace(hour=0, minute=0, second=0, microsecond=0), "scope": run.scope_id, "from": plans_from, "until": until,
        "last_day": localtime(until).date() + timedelta(days=7), "unknown": UNKNOWN_DAY,
        "ration": policies.RATION, "lately": at - policies.RECENT, "alerts_from": at - policies.RECENT_ALERTS, "look_back": at - policies.LOOK_BACK,
        "near_from": plans_from - policies.NEIGHBOURS, "near_until": until + policies.NEIGHBOURS + timedelta(days=7),
        "own_word": last_birthday(today, policies.AGE_WITH_GUARDIAN_BELOW),
    }  # fmt: skip


def last_birthday(day: date, years: int) -> date:
    """The last day of birth of whoever is so old on a day; whoever was born on 29 February turns on 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # 29 February, and no such day so many years before.
        return day.replace(year=day.year - years, day=28)


def _placed(rows: packed.Columns, ids: NDArray[Any]) -> packed.Columns:
    """Without the rows of people who are not in the snapshot; `who` becomes their place in it."""
    if not len(ids):
        return {name: values[:0] for name, values in rows.items()}
    place = np.minimum(np.searchsorted(ids, rows["who"]), len(ids) - 1)
    here = ids[place] == rows["who"]
    return {**{name: values[here] for name, values in rows.items()}, "who": place[here]}


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days
