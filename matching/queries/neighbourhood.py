"""The neighbourhood of a role in the plan that stands: the roles and people near by, and who is suggested for what.

Who may be asked and what a role needs is read by the statements of the snapshot, kept to these roles and people; what is
written here only chooses whom to look at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection
from django.utils.timezone import localtime
from numpy.typing import NDArray

from matching.models import MatchRun
from matching.policies.weights import Weights
from matching.queries import mapping, packed, snapshot
from matching.queries.mapping import Arrays, Part, Planned
from matching.queries.snapshot import Snapshot
from tasks import policies

STATEMENTS = 8
# Beside the county of the role, so many of the nearest: their people come there too.
OTHER_COUNTIES = 2
NEAR_ROLES = 64
NEAR_PEOPLE = 400
# A shift that is not in the way of the role's own counts as so many degrees farther away, some 15 km.
LATER_DEGREES = 0.15

_COUNTIES = """
  SELECT near.id FROM areas_area near WHERE near.level = 3 AND starts_with(near.path, root.path)
  ORDER BY near.id <> coalesce(area.county_id, area.id),
    abs(near.longitude - coalesce(county.longitude, area.longitude)) * cos(radians(near.latitude))
    + abs(near.latitude - coalesce(county.latitude, area.latitude)), near.id LIMIT %(counties)s
"""
_LIES = """
FROM tasks_shiftrole role
JOIN tasks_shift shift ON shift.id = role.shift_id
JOIN areas_area area ON area.id = shift.area_id
LEFT JOIN areas_area county ON county.id = area.county_id
JOIN areas_area root ON root.code = split_part(area.path, '/', 1)
"""
_WHERE = f"""
SELECT root.id, ARRAY(SELECT around.id FROM ({_COUNTIES}) around ORDER BY 1) {_LIES} WHERE role.id = %(role)s
"""  # noqa: S608
# The role, the plan that stands where it lies, the counties around it, and when somebody last said no or left.
_PLACE = f"""
SELECT run.*, shift.starts_at AS role_starts_at, shift.ends_at AS role_ends_at,
  coalesce(shift.longitude, area.longitude, county.longitude) AS longitude,
  coalesce(shift.latitude, area.latitude, county.latitude) AS latitude, ARRAY({_COUNTIES}) AS counties, (
    SELECT max(offer.ended_at) FROM tasks_offer offer
    WHERE offer.role_id = role.id AND offer.status IN ('declined', 'expired')
  ) AS declined_at, (
    SELECT max(seat.ended_at) FROM tasks_assignment seat
    WHERE seat.role_id = role.id AND seat.status IN ('released', 'removed')
  ) AS left_at
{_LIES}CROSS JOIN LATERAL (
  SELECT * FROM matching_matchrun last WHERE last.scope_id = root.id AND last.status = 'done'
  ORDER BY last.id DESC LIMIT 1
) run
WHERE role.id = %(role)s AND shift.starts_at IS NOT NULL
"""  # noqa: S608
_NEAR_ROLES = """
SELECT there.id FROM tasks_shift there JOIN tasks_shiftrole near ON near.shift_id = there.id
WHERE there.status = 'open' AND there.county_id = ANY(%(counties)s)
  AND there.starts_at >= %(week_from)s AND there.starts_at < %(week_until)s
ORDER BY near.id <> %(role)s, coalesce(abs(there.longitude - %(x)s) + abs(there.latitude - %(y)s), 0)
  + CASE WHEN there.starts_at < %(role_until)s AND there.ends_at > %(role_from)s THEN 0 ELSE %(later)s END, near.id
LIMIT %(most_roles)s
"""
# Those with what the role asks for first, then the nearest; and whoever is suggested for one of the roles.
_NEAR_PEOPLE = f"""
SELECT volunteer_id AS who FROM matching_proposal WHERE run_id = %(run)s AND role_id = ANY(%(near)s)
UNION (
  SELECT volunteer.id FROM volunteers_volunteer volunteer JOIN areas_area home ON home.id = volunteer.area_id
  WHERE volunteer.county_id = ANY(%(counties)s) AND volunteer.offers_a_day > 0
  ORDER BY CASE WHEN %(wanted)s > 0 THEN (
      SELECT count(DISTINCT has.capability) FROM ({snapshot.ROWS["capabilities"][0]}) has
      WHERE has.who = volunteer.id AND has.capability = ANY(%(required_here)s)
    ) < %(wanted)s ELSE false END,
    abs(coalesce(volunteer.longitude, home.longitude) - %(x)s) + abs(coalesce(volunteer.latitude, home.latitude) - %(y)s),
    volunteer.id
  LIMIT %(most_people)s
)
"""  # noqa: S608


def _kept_to(sql: str, table: str, ids: str) -> str:
    """A statement of the snapshot over rows of a table, named with the word before it, with these ids alone. OFFSET 0
    keeps the planner from beginning anywhere else: it takes a province for a handful of areas."""
    word, name = table.split()
    kept = sql.replace(f"{table} ", f"{word} (SELECT * FROM {name} WHERE id = ANY({ids}) OFFSET 0) ", 1)  # noqa: S608
    if kept == sql:
        raise ValueError(f"the statement has no {table}")
    return kept


# The seats of these people but for those that were over before anything looks at them.
_SEATS = """(
  SELECT * FROM tasks_assignment WHERE volunteer_id = ANY(%(people)s)
    AND (status <> 'active' OR period IS NULL OR upper(period) > %(lately)s) OFFSET 0
) seat"""


def _seats_of_these(sql: str) -> str:
    """A statement of the snapshot over seats, begun from those of these people: from the days it would read all that
    a province has in them."""
    return sql.replace("tasks_assignment seat", _SEATS)


_ROLES = _kept_to(snapshot.ROLES, "JOIN tasks_shift", "%(near_shifts)s").replace(
    "WHERE crisis.ended_at IS NULL", "WHERE crisis.ended_at IS NULL AND area.county_id = ANY(%(counties)s)", 1
)
_PEOPLE = _kept_to(snapshot.VOLUNTEERS, "FROM volunteers_volunteer", "%(people)s")
_AGREED = f"SELECT account FROM ({snapshot.AGREED}) AS word WHERE account = ANY(%(accounts)s)"  # noqa: S608
# What is suggested to these people anywhere, and to anybody in these roles; and the prices of the roles. Whoever has a
# seat or an offer in a role is past being suggested for it; they are counted, since for EXISTS all seats would be read.
_PLAN = """
SELECT 0 AS is_price, proposal.id, proposal.role_id, proposal.volunteer_id AS who, proposal.rank,
  extract(epoch FROM shift.starts_at)::int8 AS starts, ceil(extract(epoch FROM shift.ends_at))::int8 AS ends, (
    (SELECT count(*) FROM tasks_offer offer WHERE offer.role_id = proposal.role_id
      AND offer.volunteer_id = proposal.volunteer_id AND offer.status = 'offered' AND offer.expires_at > %(at)s)
    + (SELECT count(*) FROM tasks_assignment seat WHERE seat.role_id = proposal.role_id
      AND seat.volunteer_id = proposal.volunteer_id AND seat.status = 'active') > 0
  )::int AS is_given, 0.0 AS price
FROM matching_proposal proposal
JOIN tasks_shiftrole role ON role.id = proposal.role_id JOIN tasks_shift shift ON shift.id = role.shift_id
WHERE proposal.run_id = %(run)s AND (proposal.volunteer_id = ANY(%(people)s) OR proposal.role_id = ANY(%(near)s))
UNION ALL
SELECT 1, 0, role_id, 0, 0, 0, 0, 0, price FROM matching_roleprice WHERE run_id = %(run)s AND role_id = ANY(%(near)s)
"""
_PLAN_COLUMNS = {
    "is_price": "int2", "id": "int8", "role_id": "int8", "who": "int8", "rank": "int4", "starts": "int8", "ends": "int8",
    "is_given": "int2", "price": "float8",
}  # fmt: skip


@dataclass(frozen=True)
class Neighbourhood:
    """A part of a plan as the engine reads it: `role` is the place of the role itself in it. Pair n is person
    `volunteer[n]` on role `shift[n]` by the suggestion `proposal[n]`; `prices` is NaN for a role without one."""

    run: MatchRun
    snapshot: Snapshot
    part: Part
    arrays: Arrays
    role: int
    volunteer: NDArray[np.int32]
    shift: NDArray[np.int32]
    proposal: NDArray[np.int64]
    prices: NDArray[np.float64]
    # Suggestions for these roles of people who may not be asked any more.
    stale: list[int]
    # By role: the last rank that is taken.
    last_rank: dict[int, int]


def counties_around(role_id: int) -> tuple[int, list[int]] | None:
    """The province of a role and the counties around it, in the order of their ids; None where there is no such role.

    One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WHERE, {"role": role_id, "counties": OTHER_COUNTIES + 1})
        row: tuple[int, list[int]] | None = cursor.fetchone()
    return row


def place_of(role_id: int) -> MatchRun | None:
    """The plan that stands where a role lies, with what else `_PLACE` says of it; None where there is no plan or the
    role has no hours. One statement."""
    rows = MatchRun.objects.raw(_PLACE, {"role": role_id, "counties": OTHER_COUNTIES + 1})
    return next(iter(rows), None)


def around(role_id: int, place: MatchRun, *, at: datetime) -> Neighbourhood | None:
    """The neighbourhood of a role in the plan; None where it has no free seat, or cannot be planned. Seven statements."""
    found: Any = place
    start, end = localtime(found.role_starts_at), localtime(found.role_ends_at)
    week_from, week_until = policies.week_of(start)
    params = snapshot.params_of(place, at) | {
        "role": role_id, "run": place.pk, "counties": found.counties, "x": found.longitude or 0.0,
        "y": found.latitude or 0.0, "week_from": week_from, "week_until": week_until,
        "role_from": start - policies.REST, "role_until": end + policies.REST, "later": LATER_DEGREES,
        "most_roles": NEAR_ROLES, "most_people": NEAR_PEOPLE,
    }  # fmt: skip
    roles = _roles(params)
    own = next((role for role in roles if role.id == role_id), None)
    if own is None:
        return None
    params |= snapshot.params_of_roles(roles)
    params |= {
        "near": [role.id for role in roles],
        "required_here": own.required,
        "wanted": len(own.required),
    }
    params["people"] = packed.fetch(_NEAR_PEOPLE, params, {"who": "int8"})["who"].tolist()
    people = packed.fetch(_PEOPLE, params, snapshot.VOLUNTEER_COLUMNS)
    params["accounts"] = people["account"].tolist()
    agreed = np.isin(people["account"], packed.fetch(_AGREED, params, {"account": "int8"})["account"])
    people = {name: values[agreed] for name, values in people.items()}
    params["people"] = people["id"].tolist()
    taken = snapshot.assemble(place, at, roles, people, _rows(params))
    plan = packed.fetch(_PLAN, params, _PLAN_COLUMNS)
    return _arranged(place, taken, own.id, plan)


def _roles(params: dict[str, Any]) -> list[snapshot.Role]:
    with connection.cursor() as cursor:
        cursor.execute(_NEAR_ROLES, params)
        params["near_shifts"] = sorted({shift_id for (shift_id,) in cursor.fetchall()})
        cursor.execute(_ROLES, params)
        return [snapshot.Role(*row) for row in cursor.fetchall()]


def _rows(params: dict[str, Any]) -> dict[str, packed.Columns]:
    """What a snapshot reads of people (`snapshot.ROWS`), by one statement: a row says which it is of, and has as many
    columns as the widest."""
    width = max(len(columns) for _, columns in snapshot.ROWS.values())
    parts = []
    for number, (sql, columns) in enumerate(snapshot.ROWS.values()):
        values = [*columns, *["0"] * (width - len(columns))]
        named = ", ".join(f"{value}::int8 AS c{place}" for place, value in enumerate(values))
        parts.append(
            f"SELECT {number} AS kind, row.who, {named} FROM ({_seats_of_these(sql)}) AS row WHERE row.who = ANY(%(people)s)"  # noqa: S608
        )
    columns_of_all = {"kind": "int2", "who": "int8", **{f"c{place}": "int8" for place in range(width)}}
    read = packed.fetch("\nUNION ALL\n".join(parts), params, columns_of_all)
    found = {}
    for number, (name, (_, columns)) in enumerate(snapshot.ROWS.items()):
        here = read["kind"] == number
        found[name] = {"who": read["who"][here]} | {
            column: read[f"c{place}"][here] for place, column in enumerate(columns)
        }
    return found


def _arranged(run: MatchRun, taken: Snapshot, role_id: int, plan: packed.Columns) -> Neighbourhood | None:
    weights = Weights(**run.weights)
    part = next(
        (
            part
            for part in mapping.parts(taken, weights)[0]
            if role_id in {taken.roles[index].id for index in part.members}
        ),
        None,
    )
    if part is None or not taken.size:
        return None
    ids = [taken.roles[index].id for index in part.members]
    shift_of = {role: place for place, role in enumerate(ids)}
    who_of = {person: place for place, person in enumerate(taken.people["id"].tolist())}
    pairs = plan["is_price"] == 0
    here = np.isin(plan["role_id"], ids)
    known = np.isin(plan["who"], taken.people["id"])
    free = pairs & (plan["is_given"] == 0)
    taken = _with_busy(taken, plan, np.flatnonzero(free & known & ~here), who_of)
    held = np.flatnonzero(free & known & here)
    prices = np.full(len(ids), np.nan)
    for n in np.flatnonzero(~pairs & here).tolist():
        prices[shift_of[int(plan["role_id"][n])]] = plan["price"][n]
    last_rank: dict[int, int] = {}
    for role, rank in zip(plan["role_id"][pairs].tolist(), plan["rank"][pairs].tolist(), strict=True):
        last_rank[role] = max(last_rank.get(role, 0), rank)
    return Neighbourhood(
        run=run,
        snapshot=taken,
        part=part,
        arrays=mapping.problem_arrays(taken, part, Planned(), weights),
        role=shift_of[role_id],
        volunteer=_places(plan["who"][held].tolist(), who_of),
        shift=_places(plan["role_id"][held].tolist(), shift_of),
        proposal=plan["id"][held],
        prices=prices,
        stale=plan["id"][free & here & ~known].tolist(),
        last_rank=last_rank,
    )


def _places(values: Sequence[int], place_of_value: dict[int, int]) -> NDArray[np.int32]:
    return np.array([place_of_value[value] for value in values], np.int32)


def _with_busy(
    taken: Snapshot, plan: packed.Columns, rows: NDArray[np.intp], who_of: dict[int, int]
) -> Snapshot:
    """What people are suggested for elsewhere keeps them busy as a seat would."""
    who = _places(plan["who"][rows].tolist(), who_of).astype(np.intp)
    busy = {
        "who": np.concatenate([taken.busy["who"], who]),
        "starts": np.concatenate([taken.busy["starts"], plan["starts"][rows]]),
        "ends": np.concatenate([taken.busy["ends"], plan["ends"][rows]]),
    }
    return replace(taken, busy=busy)
