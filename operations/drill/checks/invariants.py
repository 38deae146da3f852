"""What must hold of every database at any moment, as statements that find whatever breaks it. Read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from tasks.policies.seats import COUNTS_AFTER_END, COUNTS_BEFORE_START, REST

SHOWN = 5


@dataclass(frozen=True)
class Invariant:
    """`broken`: a statement whose rows are what breaks it, each with what helps to find it."""

    name: str
    says: str
    broken: str


@dataclass(frozen=True)
class Breach:
    name: str
    number: int
    examples: tuple[str, ...]


FOUND = "SELECT count(*) OVER (), broken.* FROM ({broken}) broken LIMIT %(shown)s"

INVARIANTS = (
    Invariant(
        "seats-taken",
        "The counter of a role is the sum of its active assignments.",
        "SELECT role.id, role.seats_taken, coalesce(sum(one.seats), 0) FROM tasks_shiftrole role"
        " LEFT JOIN tasks_assignment one ON one.role_id = role.id AND one.status = 'active'"
        " GROUP BY role.id HAVING role.seats_taken <> coalesce(sum(one.seats), 0)",
    ),
    Invariant(
        "seats-held",
        "Held seats are those that the line was offered.",
        "SELECT role.id, role.seats_held, coalesce(sum(one.seats), 0) FROM tasks_shiftrole role"
        " LEFT JOIN tasks_waiting one ON one.role_id = role.id AND one.status = 'offered'"
        " GROUP BY role.id HAVING role.seats_held <> coalesce(sum(one.seats), 0)",
    ),
    Invariant(
        "seats-bound",
        "No more seats are taken and held than there are.",
        "SELECT id, seats, seats_taken, seats_held FROM tasks_shiftrole WHERE seats_taken + seats_held > seats",
    ),
    Invariant(
        "seat-of-its-shift",
        "An assignment's role is one of its shift.",
        "SELECT one.id FROM tasks_assignment one JOIN tasks_shiftrole role ON role.id = one.role_id"
        " WHERE role.shift_id <> one.shift_id",
    ),
    Invariant(
        "cancelled-empty",
        "Nobody has a seat in a cancelled shift.",
        "SELECT one.id FROM tasks_assignment one JOIN tasks_shift shift ON shift.id = one.shift_id"
        " WHERE one.status = 'active' AND shift.status = 'cancelled'",
    ),
    Invariant(
        "overlap",
        "Nobody is in two places at once.",
        "SELECT one.id, other.id FROM tasks_assignment one JOIN tasks_assignment other"
        " ON other.volunteer_id = one.volunteer_id AND other.id > one.id AND other.period && one.period"
        " WHERE one.status = 'active' AND other.status = 'active'",
    ),
    Invariant(
        "period-of-shift",
        "A seat takes the time of its shift.",
        "SELECT one.id FROM tasks_assignment one JOIN tasks_shift shift ON shift.id = one.shift_id"
        " WHERE one.status = 'active' AND shift.starts_at IS NOT NULL"
        " AND one.period IS DISTINCT FROM tstzrange(shift.starts_at, shift.ends_at)",
    ),
    Invariant(
        "seat-twice",
        "Nobody has two seats in one role.",
        "SELECT role_id, volunteer_id FROM tasks_assignment WHERE status = 'active'"
        " GROUP BY role_id, volunteer_id HAVING count(*) > 1",
    ),
    Invariant(
        "check-in-twice",
        "Nobody came or left twice.",
        "SELECT assignment_id, kind FROM tasks_checkin WHERE voided_at IS NULL"
        " GROUP BY assignment_id, kind HAVING count(*) > 1",
    ),
    Invariant(
        "offer-with-seat",
        "Whoever accepted has a seat of the offer's role.",
        "SELECT offer.id FROM tasks_offer offer LEFT JOIN tasks_assignment one ON one.id = offer.assignment_id"
        " WHERE offer.status = 'accepted' AND (one.id IS NULL OR one.volunteer_id <> offer.volunteer_id"
        " OR one.role_id <> offer.role_id)",
    ),
    Invariant(
        "ration",
        "Nobody is asked more than twice a day.",
        "SELECT volunteer_id, offered_on, count(*) FROM tasks_offer GROUP BY volunteer_id, offered_on"
        " HAVING count(*) > 2",
    ),
    Invariant(
        "message-twice",
        "An event is told a person once by each channel.",
        "SELECT event, channel, count(*) FROM notifications_message"
        " GROUP BY event, recipient_id, channel, address HAVING count(*) > 1",
    ),
    Invariant(
        "message-outcome",
        "Each message waits, or ended in a stated outcome.",
        "SELECT id, status, outcome FROM notifications_message WHERE NOT CASE status"
        " WHEN 'queued' THEN ended_at IS NULL AND (next_try_at IS NOT NULL OR leased_until IS NOT NULL)"
        " WHEN 'sent' THEN ended_at IS NOT NULL"
        " WHEN 'failed' THEN ended_at IS NOT NULL AND outcome <> ''"
        " WHEN 'expired' THEN ended_at IS NOT NULL AND outcome = 'too-late'"
        " WHEN 'withheld' THEN ended_at IS NOT NULL AND outcome <> ''"
        " ELSE false END",
    ),
    Invariant(
        "message-one-send",
        "Two messages are never one send of the provider.",
        "SELECT provider_reference FROM notifications_message WHERE provider_reference <> ''"
        " GROUP BY channel, provider_reference HAVING count(*) > 1",
    ),
    Invariant(
        "hours-counted",
        "The minutes of a record are those of its span.",
        "SELECT id, minutes FROM tasks_servicerecord WHERE minutes <>"
        " least(1440, floor(extract(epoch FROM ends_at - starts_at) / 60))",
    ),
    Invariant(
        "hours-of-the-seat",
        "Hours belong to whoever had the seat, and to the organization of the shift.",
        "SELECT record.id FROM tasks_servicerecord record JOIN tasks_assignment one ON one.id = record.assignment_id"
        " JOIN tasks_shift shift ON shift.id = one.shift_id WHERE record.volunteer_id <> one.volunteer_id"
        " OR record.organization_id <> shift.organization_id OR record.task_id <> shift.task_id",
    ),
    Invariant(
        "hours-in-figures",
        "The figures of the province add up to the records, day by day.",
        "SELECT coalesce(record.day, figure.day), record.services, figure.services, record.minutes, figure.minutes"
        " FROM (SELECT served_on AS day, count(*) AS services, sum(minutes) AS minutes FROM tasks_servicerecord"
        " GROUP BY served_on) record"
        " FULL JOIN (SELECT day, sum(services) AS services, sum(minutes) AS minutes FROM insights_areaday"
        " JOIN areas_area area ON area.id = area_id WHERE area.parent_id IS NULL GROUP BY day"
        " HAVING sum(services) > 0) figure ON figure.day = record.day"
        " WHERE (coalesce(record.services, 0), coalesce(record.minutes, 0))"
        " IS DISTINCT FROM (coalesce(figure.services, 0), coalesce(figure.minutes, 0))",
    ),
    Invariant(
        "decided-by-somebody",
        "Every record of hours was confirmed by somebody else.",
        "SELECT record.id FROM tasks_servicerecord record"
        " JOIN volunteers_volunteer person ON person.id = record.volunteer_id"
        " WHERE record.confirmed_by_id = person.user_id",
    ),
)
# Of what was done since a drill began: invented history was written without the product's actions.
SINCE_IT_BEGAN = (
    Invariant(
        "hours-from-check-ins",
        "Confirmed hours are those between arrival and departure, as far as they count.",
        "SELECT record.id, record.minutes FROM tasks_servicerecord record"
        " JOIN tasks_assignment one ON one.id = record.assignment_id"
        " JOIN tasks_shift shift ON shift.id = one.shift_id"
        " LEFT JOIN tasks_checkin came ON came.assignment_id = one.id AND came.kind = 'in'"
        " AND came.voided_at IS NULL"
        " LEFT JOIN tasks_checkin went ON went.assignment_id = one.id AND went.kind = 'out'"
        " AND went.voided_at IS NULL"
        " WHERE record.confirmed_at >= %(since)s AND (came.id IS NULL OR went.id IS NULL"
        " OR record.starts_at <> greatest(came.at, shift.starts_at - %(before)s)"
        " OR record.ends_at <> least(went.at, shift.ends_at + %(after)s))",
    ),
    Invariant(
        "rest",
        "Between two shifts lie the hours of rest, but where somebody gave a reason.",
        "SELECT one.id, other.id FROM tasks_assignment one JOIN tasks_assignment other"
        " ON other.volunteer_id = one.volunteer_id AND other.id <> one.id"
        " WHERE one.status = 'active' AND other.status = 'active' AND one.created_at >= %(since)s"
        " AND other.created_at <= one.created_at AND one.override_reason = ''"
        " AND NOT EXISTS (SELECT 1 FROM tasks_checkin came WHERE came.assignment_id IN (one.id, other.id)"
        " AND came.method = 'walk_in')"
        " AND tstzrange(lower(one.period) - %(rest)s, upper(one.period) + %(rest)s) && other.period",
    ),
    Invariant(
        "grown-up",
        "Nobody is younger than a role asks, but where somebody gave a reason.",
        "SELECT one.id FROM tasks_assignment one JOIN tasks_shiftrole role ON role.id = one.role_id"
        " JOIN volunteers_volunteer person ON person.id = one.volunteer_id"
        " WHERE one.status = 'active' AND one.created_at >= %(since)s AND one.override_reason = ''"
        " AND role.min_age > 0 AND person.birth_on IS NOT NULL AND one.period IS NOT NULL"
        " AND person.birth_on + make_interval(years => role.min_age) > lower(one.period) AT TIME ZONE %(zone)s",
    ),
    Invariant(
        "capable",
        "Whoever has a seat can do what it asks, but where somebody gave a reason.",
        "SELECT one.id, needed.capability_id FROM tasks_assignment one"
        " JOIN tasks_shiftrole_requirements needed ON needed.shiftrole_id = one.role_id"
        " WHERE one.status = 'active' AND one.created_at >= %(since)s AND one.override_reason = ''"
        " AND NOT EXISTS (SELECT 1 FROM volunteers_volunteercapability has"
        " WHERE has.volunteer_id = one.volunteer_id AND (has.capability_id = needed.capability_id"
        " OR EXISTS (SELECT 1 FROM volunteers_implication means WHERE means.capability_id = has.capability_id"
        " AND means.implied_id = needed.capability_id)))",
    ),
)


def breaches(
    *, since: datetime, invariants: Sequence[Invariant] = (*INVARIANTS, *SINCE_IT_BEGAN)
) -> list[Breach]:
    """Those that do not hold, with some of what breaks them."""
    values: dict[str, Any] = {
        "since": since,
        "zone": settings.TIME_ZONE,
        "rest": REST,
        "before": COUNTS_BEFORE_START,
        "after": COUNTS_AFTER_END,
        "shown": SHOWN,
    }
    found = []
    for one in invariants:
        with connection.cursor() as cursor:
            cursor.execute(FOUND.replace("{broken}", one.broken), values)
            rows = cursor.fetchall()
        if rows:
            examples = tuple(" ".join(map(str, row[1:])) for row in rows)
            found.append(Breach(one.name, int(rows[0][0]), examples))
    return found
