"""What bears on asking people for a seat: everybody's limits, week, earlier offers and load, in one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localtime

from accounts.models import Consent, User
from areas.models import reads_chinese
from areas.policies import distance_m
from tasks import policies
from tasks.models import ShiftRole
from tasks.policies import AskFacts, SeatFacts, Turndown
from tasks.queries.reach import ALERTED, alert_params, beyond
from tasks.queries.seats import PERSON, person_facts, person_params, take
from volunteers.models import Volunteer
from volunteers.queries import holds, shown_by

# How long somebody has to be without a task before it speaks for them.
WAITED_FROM = timedelta(days=3)

_EXTRA = f""",
  (
    SELECT word.decision FROM accounts_consent word
    WHERE word.user_id = person.id AND word.purpose = 'messages' ORDER BY word.id DESC LIMIT 1
  ),
  EXISTS (
    SELECT FROM volunteers_volunteer_causes liked
    WHERE liked.volunteer_id = volunteer.id AND liked.cause_id = (
      SELECT type.cause_id FROM tasks_tasktype type WHERE type.id = %(type)s
    )
  ),
  ARRAY(
    SELECT ARRAY[free.weekday, free.starts_hour, free.ends_hour] FROM volunteers_weeklyavailability free
    WHERE free.volunteer_id = volunteer.id
  ),
  ARRAY(SELECT d.starts_on FROM volunteers_availabilityexception d WHERE d.volunteer_id = volunteer.id ORDER BY d.id),
  ARRAY(SELECT d.ends_on FROM volunteers_availabilityexception d WHERE d.volunteer_id = volunteer.id ORDER BY d.id),
  ARRAY(SELECT d.is_free FROM volunteers_availabilityexception d WHERE d.volunteer_id = volunteer.id ORDER BY d.id),
  (
    SELECT count(*) FROM tasks_assignment a WHERE a.volunteer_id = volunteer.id AND a.status = 'active'
      AND a.period && tstzrange(%(recent_from)s, NULL)
  ),
  (
    SELECT max(upper(a.period)) FROM tasks_assignment a
    WHERE a.volunteer_id = volunteer.id AND a.status = 'active'
  ),
  EXISTS (
    SELECT FROM tasks_assignment a
    WHERE a.volunteer_id = volunteer.id AND a.role_id = %(role)s AND a.status IN ('released', 'removed')
  ),
  (
    SELECT count(*) FROM tasks_mark m WHERE m.volunteer_id = volunteer.id AND m.kind = 'no-show'
      AND m.status IN ('noted', 'upheld') AND m.marked_at > %(past_from)s
  ),
  {beyond()},
  past.*
FROM volunteers_volunteer volunteer JOIN accounts_user person ON person.id = volunteer.user_id
CROSS JOIN (SELECT {ALERTED} AS paths OFFSET 0) alerts
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE o.status IN ('accepted', 'declined', 'expired')),
    count(*) FILTER (WHERE o.status = 'accepted'),
    count(*) FILTER (WHERE o.made_at > %(alerts_from)s),
    coalesce(array_agg(o.ration_slot) FILTER (WHERE o.offered_on = %(today)s), '{{}}'),
    coalesce(bool_or(o.role_id = %(role)s AND o.status <> 'withdrawn'), false),
    coalesce(bool_or(
      o.status = 'offered' AND o.expires_at > %(at)s AND o.role_id <> %(role)s
      AND tstzrange(other.starts_at, other.ends_at) && tstzrange(%(starts_at)s, %(ends_at)s)
      AND other.starts_at IS NOT NULL AND %(starts_at)s IS NOT NULL
    ), false),
    coalesce(bool_or(o.answer = 'need-rest' AND o.ended_at >= %(midnight)s), false),
    coalesce(bool_or(o.answer = 'not-this-work' AND task.type_id = %(type)s), false),
    min((o.factors ->> 'metres')::int) FILTER (WHERE o.answer = 'too-far'),
    max(o.made_at)
  FROM tasks_offer o JOIN tasks_shift other ON other.id = o.shift_id JOIN tasks_task task ON task.id = other.task_id
  WHERE o.volunteer_id = volunteer.id AND o.made_at > %(past_from)s
) past
WHERE volunteer.id = ANY(%(volunteers)s)
"""  # noqa: S608
_PEOPLE_ZH = f"{PERSON.replace('NAME', 'name_zh')}{_EXTRA}"
_PEOPLE_EN = f"{PERSON.replace('NAME', 'name_en')}{_EXTRA}"
_PERSON_VALUES = 7  # missing, busy from, busy until, holds a seat, terms, is a member, is local

_WORDS = f"""
SELECT volunteer.id,
  ARRAY(
    SELECT DISTINCT record.served_on FROM tasks_servicerecord record
    JOIN tasks_task task ON task.id = record.task_id AND task.type_id = %(type)s
    WHERE record.volunteer_id = volunteer.id ORDER BY record.served_on DESC LIMIT 3
  ),
  (
    SELECT coalesce(json_agg(json_build_array(
      capability.kind, capability.name_zh, capability.name_en) ORDER BY capability.position, capability.id), '[]')
    FROM tasks_shiftrole_requirements required
    JOIN volunteers_capability capability ON capability.id = required.capability_id
    WHERE required.shiftrole_id = %(role)s AND {holds("volunteer.id", shown_by("capability.id"), "%(day)s")}
  )
FROM volunteers_volunteer volunteer WHERE volunteer.id = ANY(%(volunteers)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Candidate:
    """A volunteer who may be asked for a seat, with what decides about it."""

    volunteer: Volunteer
    facts: AskFacts
    metres: float | None
    prefers_cause: bool
    load: int
    asked: int
    accepted: int
    free_since: datetime | None
    # None where nobody asked them in the time that is looked back on.
    last_asked_at: datetime | None = None
    # Lately, without those that an objection lifted or keeps in question.
    no_shows: int = 0

    @property
    def asked_today(self) -> int:
        return len(self.facts.slots_used)

    @property
    def asked_at_s(self) -> float:
        """When they were last asked, in seconds; 0 where nobody did lately."""
        return self.last_asked_at.timestamp() if self.last_asked_at else 0.0

    @property
    def is_on_duty(self) -> bool:
        return self.facts.on_duty

    def cost(self, seat: SeatFacts) -> int:
        return policies.pair_cost(
            metres=self.metres,
            reach_km=self.facts.person.reach_km,
            prefers_cause=self.prefers_cause,
            load=self.load,
            is_remote=seat.is_remote,
        )

    def cover_rank(self, seat: SeatFacts) -> tuple[int, float]:
        return policies.cover_rank(
            metres=self.metres,
            reach_km=self.facts.person.reach_km,
            last_asked_at=self.last_asked_at,
            is_remote=seat.is_remote,
        )

    def turndown(
        self, seat: SeatFacts, *, at: datetime, by_hand: bool, rationed: bool = True
    ) -> Turndown | None:
        return policies.why_not_ask(
            seat, self.facts, at=localtime(at), by_hand=by_hand, metres=self.metres, rationed=rationed
        )

    def likelihood(self, *, did_before: bool, expected: float = policies.NEWCOMER) -> float:
        return policies.likelihood(
            asked=self.asked,
            accepted=self.accepted,
            on_duty=self.is_on_duty,
            did_before=did_before,
            no_shows=self.no_shows,
            expected=expected,
        )


def candidates(
    role: ShiftRole, seat: SeatFacts, volunteer_ids: Sequence[int], *, at: datetime
) -> dict[int, Candidate]:
    """Everything about these volunteers and the seat, by id; `role` has its shift. One statement."""
    if not volunteer_ids:
        return {}
    shift = role.shift
    params = {
        **person_params(role, at),
        **alert_params(shift.task, shift.area),
        "volunteers": list(volunteer_ids),
        "type": shift.task.type_id,
        "today": localtime(at).date(),
        "midnight": localtime(at).replace(hour=0, minute=0, second=0, microsecond=0),
        "at": at,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "recent_from": at - policies.RECENT,
        "alerts_from": at - policies.RECENT_ALERTS,
        "past_from": at - policies.LOOK_BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE_ZH if reads_chinese() else _PEOPLE_EN, params)
        found = [_candidate(seat, iter(row)) for row in cursor.fetchall()]
    return {candidate.volunteer.pk: candidate for candidate in found}


def _candidate(seat: SeatFacts, values: Iterator[Any]) -> Candidate:
    volunteer = take(Volunteer, values)
    volunteer.user = take(User, values)
    person = person_facts(volunteer, *(next(values) for _ in range(_PERSON_VALUES)))
    (
        messages,
        prefers_cause,
        week,
        first,
        last,
        free,
        shifts,
        served_until,
        gave_back,
        no_shows,
        beyond_reach,
    ) = (next(values) for _ in range(11))
    asked, accepted, alerts, slots, for_this, at_that_time, tired, not_this_work, too_far, last_asked_at = (
        values
    )
    facts = AskFacts(
        person=person,
        is_active=volunteer.user.is_active,
        agreed_to_messages=messages == Consent.Decision.GRANTED,
        on_duty=volunteer.on_duty_since is not None,
        offers_a_day=volunteer.offers_a_day,
        slots_used=slots,
        asked_for_this=for_this,
        gave_back=gave_back,
        asked_at_that_time=at_that_time,
        wants_rest=tired,
        said_not_this_work=not_this_work,
        too_far_m=too_far,
        beyond_reach=beyond_reach,
        week=[(day, start, end) for day, start, end in week],
        days=list(zip(first, last, free, strict=True)),
    )
    far = seat.is_remote or seat.point is None or person.point is None
    return Candidate(
        volunteer=volunteer,
        facts=facts,
        metres=None if far else distance_m(*seat.point, *person.point),  # type: ignore[misc]
        prefers_cause=prefers_cause,
        load=policies.recent_load(shifts=shifts, alerts=alerts),
        asked=asked,
        accepted=accepted,
        free_since=served_until or volunteer.joined_at,
        no_shows=no_shows,
        last_asked_at=last_asked_at,
    )


def factors_of(
    role: ShiftRole,
    seat: SeatFacts,
    people: Sequence[Candidate],
    *,
    at: datetime,
    expected: float = policies.NEWCOMER,
) -> dict[int, dict[str, Any]]:
    """What speaks for each of them, as an offer keeps it and `rendering.offers` says it. One statement.

    `expected` is how many of such offers are answered with a yes, 0 to 1.
    Keys: `metres` (or none), `remote`, `served` (days of the same work, ISO, the latest first), `on_duty`,
    `waited_days`, `rested_hours`, `speaks` and `can` (names by language), `cause`, `load`, `likelihood`, `cost`.
    """
    if not people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _WORDS,
            {
                "type": role.shift.task.type_id,
                "role": role.pk,
                "day": localtime(seat.ends_at or at).date(),
                "volunteers": [candidate.volunteer.pk for candidate in people],
            },
        )
        words = {pk: (served, names) for pk, served, names in cursor.fetchall()}
    return {
        candidate.volunteer.pk: _factors(
            candidate, seat, *words[candidate.volunteer.pk], at=at, expected=expected
        )
        for candidate in people
    }


def _factors(
    candidate: Candidate,
    seat: SeatFacts,
    served: Sequence[Any],
    names: Sequence[Any],
    *,
    at: datetime,
    expected: float,
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "remote": seat.is_remote,
        "on_duty": candidate.is_on_duty,
        "cause": candidate.prefers_cause,
        "load": candidate.load,
        "cost": candidate.cost(seat),
        "likelihood": round(candidate.likelihood(did_before=bool(served), expected=expected), 2),
        "served": [day.isoformat() for day in served],
        "speaks": [{"zh": zh, "en": en} for kind, zh, en in names if kind == "language"],
        "can": [{"zh": zh, "en": en} for kind, zh, en in names if kind != "language"],
    }
    if candidate.metres is not None:
        facts["metres"] = round(candidate.metres)
    rest = policies.rest_between(seat.period, candidate.facts.person.busy)
    if rest is not None:
        facts["rested_hours"] = int(rest.total_seconds() // 3600)
    if candidate.free_since is not None and at - candidate.free_since >= WAITED_FROM:
        facts["waited_days"] = (at - candidate.free_since).days
    return facts
