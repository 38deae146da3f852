"""Whom to ask for a seat, and which offers stand."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import cos, radians
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localtime

from areas.models import Area
from tasks import policies
from tasks.models import Offer, ShiftRole
from tasks.policies import SeatFacts, Turndown
from tasks.queries.asking import Candidate, candidates, factors_of
from tasks.queries.reach import ALERTED, alert_params, beyond
from tasks.queries.seats import role_as_it_is
from volunteers.models import Volunteer
from volunteers.queries import holds, shown_by

# How many people are weighed for one role, how many are looked at before, and how far around the shift.
WEIGHED = 300
LOOKED_AT = 1000
LOOK_KM = 30
# A county reaches so far from its centre.
COUNTY_KM = 30
# A township reaches so far from its middle, from where a shift without a point of its own is looked at.
TOWNSHIP_KM = 5
KM_A_DEGREE = 111.195

_HERE = f"""
WITH county AS MATERIALIZED (
  SELECT area.id FROM areas_area area
  WHERE area.level = 3 AND (
    starts_with(area.path, %(area)s) OR area.id = %(county)s
    OR area.parent_id = (SELECT own.parent_id FROM areas_area own WHERE own.id = %(county)s)
    OR (area.longitude BETWEEN %(county_west)s AND %(county_east)s
      AND area.latitude BETWEEN %(county_south)s AND %(county_north)s)
  )
), alerts AS MATERIALIZED (SELECT {ALERTED} AS paths), wanted AS MATERIALIZED (
  SELECT {shown_by("required.capability_id")} AS shown FROM tasks_shiftrole_requirements required
  WHERE required.shiftrole_id = %(role)s
), near AS MATERIALIZED (
  SELECT volunteer.id, volunteer.user_id, volunteer.area_id, volunteer.on_duty_since, volunteer.offers_a_day, place.km
  FROM volunteers_volunteer volunteer
  CROSS JOIN LATERAL (
    SELECT CASE WHEN %(x)s::float8 IS NULL THEN NULL ELSE sqrt(
      power((volunteer.longitude - %(x)s) * %(km_x)s, 2) + power((volunteer.latitude - %(y)s) * %(km_y)s, 2)
    ) END AS km
  ) place
  WHERE volunteer.county_id IN (SELECT id FROM county)
    AND (%(x)s::float8 IS NULL OR volunteer.longitude IS NULL OR (
      volunteer.longitude BETWEEN %(west)s AND %(east)s AND volunteer.latitude BETWEEN %(south)s AND %(north)s
      AND place.km <= volunteer.reach_km * 1.01 + %(slack_km)s
    ))
    AND NOT EXISTS (
      SELECT FROM wanted WHERE NOT {holds("volunteer.id", "wanted.shown", "%(day)s")}
    )
  ORDER BY place.km, volunteer.id LIMIT %(looked_at)s
), able AS MATERIALIZED (
  SELECT near.id, near.km, near.on_duty_since,
    EXISTS (
      SELECT FROM volunteers_volunteer_causes liked
      WHERE liked.volunteer_id = near.id AND liked.cause_id = (
        SELECT type.cause_id FROM tasks_tasktype type WHERE type.id = %(type)s
      )
    ) AS prefers,
    EXISTS (
      SELECT FROM tasks_assignment a WHERE a.volunteer_id = near.id AND a.status = 'active'
        AND a.period && tstzrange(%(busy_from)s, %(busy_until)s)
    ) OR (
      SELECT count(*) FROM tasks_offer o WHERE o.volunteer_id = near.id AND o.offered_on = %(today)s
    ) >= least(near.offers_a_day, %(ration)s) OR near.id IN (
      SELECT o.volunteer_id FROM tasks_offer o WHERE o.role_id = %(role)s AND o.status <> 'withdrawn'
      UNION ALL
      SELECT a.volunteer_id FROM tasks_assignment a WHERE a.role_id = %(role)s AND a.status IN ('released', 'removed')
    ) OR {beyond("near")} AS is_spent
  FROM near CROSS JOIN alerts JOIN accounts_user person ON person.id = near.user_id AND person.is_active
  WHERE 'granted' = (
      SELECT word.decision FROM accounts_consent word
      WHERE word.user_id = near.user_id AND word.purpose = 'messages' ORDER BY word.id DESC LIMIT 1
    )
    AND near.id NOT IN (
      SELECT held.volunteer_id FROM tasks_assignment held WHERE held.role_id = %(role)s AND held.status = 'active'
    )
)
SELECT id, count(*) OVER () FROM able
ORDER BY is_spent, CASE WHEN %(urgent)s THEN on_duty_since IS NULL END,
  coalesce(km, 0) * 10 + CASE WHEN prefers THEN 0 ELSE 250 END, id
LIMIT %(weighed)s
"""  # noqa: S608


class Order(StrEnum):
    """Who comes first among those who can be asked."""

    COST = "cost"
    COVER = "cover"


@dataclass(frozen=True)
class Suggestion:
    """One volunteer who could be asked, and what speaks for them."""

    volunteer: Volunteer
    metres: float | None
    likelihood: float
    cost: int
    factors: dict[str, Any]
    preselected: bool
    asked_today: int
    last_asked_at: datetime | None = None


@dataclass(frozen=True)
class Suggestions:
    """The best to ask for a role, and what is known of the others.

    `able`: everybody near with what the seat asks for. `askable`: those of them whom nothing keeps from being asked;
    `turned_down` counts why the others are not. `waiting` offers are open, `free` seats can still be offered.
    """

    rows: list[Suggestion]
    able: int
    turned_down: list[tuple[Turndown, int]]
    askable: int = 0
    free: int = 0
    missing: int = 0
    waiting: int = 0
    lasts: timedelta = timedelta(0)

    @property
    def preselected(self) -> list[Suggestion]:
        return [row for row in self.rows if row.preselected]


Elsewhere = Callable[[Collection[int]], Collection[int]]


def suggestions(
    role: ShiftRole,
    *,
    at: datetime,
    limit: int = 12,
    elsewhere: Elsewhere | None = None,
    by_hand: bool = True,
    asked: Iterable[Offer] | None = None,
    order: Order = Order.COST,
    expected: float = policies.NEWCOMER,
    wave: policies.Wave = policies.wave_size,
) -> Suggestions:
    """The best people to ask for a seat, by what giving it to them costs; on-duty ones first when it is urgent.

    `Order.COVER` puts the nearest first, and among them whoever was asked longest ago. Everybody's ration holds.

    `expected` is how many of such offers are answered with a yes, 0 to 1; `wave` decides how many are ticked.
    `elsewhere` tells which of some volunteers are worth more in another shift. Five statements, whoever is near; one
    less where the role's offers were read already (`asked`).
    """
    found = role_as_it_is(role)
    if found is None:
        return Suggestions([], 0, [])
    role, seat = found
    ids, able = _near(role, seat, at)
    people = candidates(role, seat, ids, at=at)
    reasons = {pk: people[pk].turndown(seat, at=at, by_hand=by_hand) for pk in ids}
    ask = [pk for pk in ids if reasons[pk] is None]
    needed = set(elsewhere(ask)) if elsewhere and ask else set()
    askable = [people[pk] for pk in ask if pk not in needed]
    urgent = policies.is_urgent(seat.starts_at, at)
    # Where the place is known roughly, the order is that of the search. Nobody is told that distance.
    rough = {pk: number for number, pk in enumerate(ids)} if seat.point is None and not seat.is_remote else {}
    if order == Order.COVER:
        askable.sort(
            key=lambda one: (one.cover_rank(seat), not one.is_on_duty, one.cost(seat), one.volunteer.pk)
        )
    else:
        askable.sort(
            key=lambda one: (
                urgent and not one.is_on_duty,
                rough.get(one.volunteer.pk, 0),
                one.cost(seat),
                one.asked_at_s,
                one.volunteer.pk,
            )
        )
    counts = Counter(reason for reason in reasons.values() if reason is not None)
    counts[Turndown.NEEDED_ELSEWHERE] += len(needed)
    counts[Turndown.FARTHER] += able - len(ids)
    if asked is None:
        asked = open_offers(role, at=at).only("factors", "status", "expires_at")
    waiting = [offer.factors.get("likelihood") for offer in asked if offer.is_open(at)]
    return _suggested(
        role, seat, askable, waiting, +counts, able=able, at=at, limit=limit, expected=expected, wave=wave
    )


def _suggested(
    role: ShiftRole,
    seat: SeatFacts,
    askable: Sequence[Candidate],
    waiting: Sequence[float | None],
    counts: Counter[Turndown],
    *,
    able: int,
    at: datetime,
    limit: int,
    expected: float,
    wave: policies.Wave,
) -> Suggestions:
    best = askable[:limit]
    factors = factors_of(role, seat, best, at=at, expected=expected)
    chances = [factors[one.volunteer.pk]["likelihood"] for one in best]
    # Those who were asked and have not answered will fill some of what is missing.
    on_the_way = policies.expected_yes([chance or 0.0 for chance in waiting])
    missing = max(role.seats_min - role.seats_taken, 0)
    free = max(role.seats_free - len(waiting), 0)
    size = wave(missing=missing - on_the_way, chances=chances, free=free)
    rows = [
        Suggestion(
            volunteer=one.volunteer,
            metres=one.metres,
            likelihood=chance,
            cost=one.cost(seat),
            factors=factors[one.volunteer.pk],
            preselected=number < size,
            asked_today=one.asked_today,
            last_asked_at=one.last_asked_at,
        )
        for number, (one, chance) in enumerate(zip(best, chances, strict=True))
    ]
    return Suggestions(
        rows=rows,
        able=able,
        turned_down=counts.most_common(),
        askable=len(askable),
        free=free,
        missing=missing,
        waiting=len(waiting),
        lasts=policies.offer_lasts(seat.starts_at, at),
    )


def _near(role: ShiftRole, seat: SeatFacts, at: datetime) -> tuple[list[int], int]:
    """Ids of those worth weighing, the best first, and how many near have what the seat asks for."""
    shift = role.shift
    point = None if seat.is_remote else seat.point or _middle(shift.area)
    start, end = shift.starts_at, shift.ends_at
    params = {
        **alert_params(shift.task, shift.area),
        "at": at,
        "area": shift.area.path,
        "county": shift.county_id,
        **_around(point),
        "slack_km": 0 if seat.point else TOWNSHIP_KM,
        "role": role.pk,
        "day": localtime(end or at).date(),
        "type": shift.task.type_id,
        # Nobody is busy in an empty range.
        "busy_from": start - policies.REST if start else at,
        "busy_until": end + policies.REST if end else at,
        "today": localtime(at).date(),
        "ration": policies.RATION,
        "urgent": policies.is_urgent(start, at),
        "looked_at": LOOKED_AT,
        "weighed": WEIGHED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HERE, params)
        rows = cursor.fetchall()
    return [pk for pk, _ in rows], rows[0][1] if rows else 0


def _middle(area: Area) -> policies.Point | None:
    """The middle of a township; larger areas have none that says who is near."""
    if area.level < Area.Level.TOWNSHIP or area.longitude is None or area.latitude is None:
        return None
    return area.longitude, area.latitude


def _around(point: policies.Point | None) -> dict[str, float | None]:
    """The boxes in which people and the centres of their counties are looked for; all None where there is no point."""
    names = [f"{of}{side}" for of in ("", "county_") for side in ("west", "east", "south", "north")]
    if point is None:
        return dict.fromkeys(["x", "y", "km_x", "km_y", *names])
    x, y = point
    km_x, km_y = KM_A_DEGREE * cos(radians(y)), KM_A_DEGREE
    sides = [
        side
        for km in (LOOK_KM, LOOK_KM + COUNTY_KM)
        for side in (x - km / km_x, x + km / km_x, y - km / km_y, y + km / km_y)
    ]
    return {"x": x, "y": y, "km_x": km_x, "km_y": km_y, **dict(zip(names, sides, strict=True))}


def open_offers(role: ShiftRole, *, at: datetime) -> QuerySet[Offer]:
    """The offers of a role that can still be answered."""
    return Offer.objects.open(at=at).filter(role=role)


def _with_shift(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    return offers.select_related(
        "volunteer__user", "role", "shift__task", "shift__organization", "shift__area__parent__parent"
    )


def open_offers_of(volunteer: Volunteer, at: datetime) -> QuerySet[Offer]:
    """What a volunteer can answer now, what runs out first in front; with the shift."""
    return _with_shift(Offer.objects.open(at=at).filter(volunteer=volunteer)).order_by("expires_at", "pk")


def offer_of(code: str, volunteer: Volunteer) -> Offer | None:
    """A volunteer's own offer by its code, whatever its state; with the shift."""
    return _with_shift(Offer.objects.filter(volunteer=volunteer, code=code)).first()


def offer_among(code: str, volunteers: QuerySet[Volunteer]) -> Offer | None:
    """An offer to one of some volunteers by its code, with the person; one statement, however many they are."""
    return Offer.objects.filter(code=code, volunteer__in=volunteers).select_related("volunteer__user").first()


def offers_for(role: ShiftRole) -> QuerySet[Offer]:
    """Every offer of a role, the latest first, with the persons."""
    return Offer.objects.filter(role=role).select_related("volunteer__user").order_by("-pk")
