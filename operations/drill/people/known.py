"""Everybody who volunteers, kept in memory: read once, and carried on as people join and get tired."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.timezone import localtime

from accounts.models import User
from operations.drill.chance import Chance
from operations.drill.people import model as model
from tasks.models import Assignment
from tasks.policies import NEIGHBOURS, Period, PersonFacts
from tasks.policies.offers import Window
from volunteers.models import Affiliation, Implication, Volunteer, VolunteerCapability, WeeklyAvailability
from volunteers.queries import Capability

# What somebody did in so many days before makes them a regular, or not.
HABIT_DAYS = 365

_VOLUNTEERS = """
SELECT volunteer.id, volunteer.user_id, volunteer.area_id, area.path, volunteer.longitude, volunteer.latitude,
  volunteer.reach_km, volunteer.max_hours_week, volunteer.birth_on, volunteer.on_duty_since IS NOT NULL,
  coalesce((
    SELECT word.decision = 'granted' FROM accounts_consent word
    WHERE word.user_id = volunteer.user_id AND word.purpose = 'messages' ORDER BY word.id DESC LIMIT 1
  ), false),
  ARRAY(SELECT liked.cause_id FROM volunteers_volunteer_causes liked WHERE liked.volunteer_id = volunteer.id)
FROM volunteers_volunteer volunteer
JOIN accounts_user person ON person.id = volunteer.user_id AND person.is_active
JOIN areas_area area ON area.id = volunteer.area_id
WHERE NOT volunteer.is_guest
ORDER BY volunteer.id
"""
# By volunteer and cause: hours in all, and services since a day.
_SERVED = """
SELECT record.volunteer_id, type.cause_id, sum(record.minutes) / 60.0,
  count(*) FILTER (WHERE record.served_on >= %(since)s)
FROM tasks_servicerecord record
JOIN tasks_task task ON task.id = record.task_id
JOIN tasks_tasktype type ON type.id = task.type_id
WHERE record.served_on < %(until)s
GROUP BY record.volunteer_id, type.cause_id
ORDER BY record.volunteer_id, type.cause_id
"""


@dataclass(slots=True)
class Person:
    """A volunteer as the drill knows them. `hours`: served before; `a_year`: services in the last year before."""

    id: int
    user: User
    area_id: int
    path: str
    point: tuple[float, float] | None
    reach_km: int
    max_hours_week: int
    birth_on: date | None
    on_duty: bool
    messages: bool
    causes: frozenset[int]
    # By capability: until when it counts; None: always.
    shown: dict[int, date | None]
    week: tuple[Window, ...]
    organizations: frozenset[int]
    hours: float = 0.0
    a_year: int = 0
    own_cause: int | None = None
    joined_day: float | None = None
    # Whether they mean to help in the crisis, and how often they look for work then.
    means_to: bool = False
    looks_a_day: float = 0.0
    lapses_after: float = model.LAPSES_AFTER_MEDIAN
    vain: float = 0.0
    vain_at: datetime | None = None
    fruitless: int = 0
    # Roles for which they wait in line, or for the organizer's word; nobody asks for one twice.
    waits_for: set[int] = field(default_factory=set)
    has_lapsed: bool = False
    was_on_duty: bool = False

    def vain_now(self, at: datetime) -> float:
        """Alerts lately that led to nothing."""
        return model.faded(self.vain, self.vain_at, at) if self.vain_at else 0.0

    def add_vain(self, more: float, at: datetime) -> None:
        self.vain, self.vain_at = self.vain_now(at) + more, at

    def served(self, at: datetime) -> None:
        """They were needed: what was in vain counts little now."""
        self.vain, self.vain_at = self.vain_now(at) * model.VAIN_LEFT_AFTER_SERVICE, at
        self.fruitless = 0

    def missing(self, required: Iterable[int], day: date) -> tuple[str, ...]:
        """What they cannot show of some capabilities on a day."""
        return tuple(
            str(one)
            for one in required
            if one not in self.shown or ((until := self.shown[one]) is not None and until < day)
        )

    def facts(
        self, busy: list[Period], *, missing: tuple[str, ...], is_member: bool, is_local: bool
    ) -> PersonFacts:
        """What the rules of a sign-up ask of them."""
        return PersonFacts(
            has_consent=True,
            busy=busy,
            max_hours_week=self.max_hours_week,
            reach_km=self.reach_km,
            missing=missing,
            birth_on=self.birth_on,
            has_guardian=True,
            point=self.point,
            is_member=is_member,
            is_local=is_local,
        )


@dataclass
class Crowd:
    """The people by id, in the order in which they came."""

    people: dict[int, Person] = field(default_factory=dict)
    by_area: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    # By capability: what else it shows.
    implied: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, person: Person) -> None:
        self.people[person.id] = person
        self.by_area[person.area_id].append(person)

    def with_implied(self, held: dict[int, date | None]) -> dict[int, date | None]:
        """What somebody can show by what they hold: under the same terms, the longest counts."""
        shown = dict(held)
        for one, until in held.items():
            for other in self.implied[one]:
                known = shown.get(other, date.min)
                if until is None or (known is not None and known < until):
                    shown[other] = until
        return shown


def gather_people(chance: Chance, at: datetime) -> Crowd:
    """Everybody as they are at a moment, with habits from what they served before it. Eight statements."""
    crowd = Crowd()
    for capability, implied in Implication.objects.order_by("id").values_list("capability_id", "implied_id"):
        crowd.implied[capability].append(implied)
    today = localtime(at).date()
    held: dict[int, dict[int, date | None]] = defaultdict(dict)
    claims = VolunteerCapability.objects.order_by("id").values_list(
        "volunteer_id", "capability_id", "expires_on", "confirmed_at", "capability__kind"
    )
    for volunteer, capability, until, confirmed_at, kind in claims:
        if confirmed_at is not None or kind != Capability.Kind.QUALIFICATION:
            held[volunteer][capability] = until
    weeks: dict[int, list[Window]] = defaultdict(list)
    for volunteer, *window in WeeklyAvailability.objects.order_by("id").values_list(
        "volunteer_id", "weekday", "starts_hour", "ends_hour"
    ):
        weeks[volunteer].append((window[0], window[1], window[2]))
    belongs: dict[int, set[int]] = defaultdict(set)
    for volunteer, organization in Affiliation.objects.live().values_list("volunteer_id", "organization_id"):
        belongs[volunteer].add(organization)
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, {"since": today - timedelta(days=HABIT_DAYS), "until": today})
        served: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
        for volunteer, cause, hours, lately in cursor.fetchall():
            served[volunteer].append((cause, float(hours), lately))
        cursor.execute(_VOLUNTEERS)
        rows = cursor.fetchall()
    users = User.objects.in_bulk([row[1] for row in rows])
    for pk, user, area, path, x, y, reach, most, birth, on_duty, messages, causes in rows:
        done = served.get(pk, [])
        person = Person(
            id=pk,
            user=users[user],
            area_id=area,
            path=path,
            point=None if x is None or y is None else (x, y),
            reach_km=reach,
            max_hours_week=most,
            birth_on=birth,
            on_duty=on_duty,
            messages=messages,
            causes=frozenset(causes),
            shown=crowd.with_implied(held.get(pk, {})),
            week=tuple(weeks.get(pk, ())),
            organizations=frozenset(belongs.get(pk, ())),
            hours=sum(hours for _, hours, _ in done),
            a_year=sum(lately for _, _, lately in done),
            own_cause=max(done, key=lambda one: (one[1], one[0]))[0] if done else None,
        )
        person.means_to = chance.happens(model.active_share(person.hours), "means to help", pk)
        give_character(person, chance)
        crowd.add(person)
    return crowd


def give_character(person: Person, chance: Chance) -> None:
    """What stays the same for somebody through the whole crisis."""
    person.looks_a_day = chance.lognormal(
        model.LOOKS_A_DAY_MEDIAN, model.LOOKS_A_DAY_SIGMA, "looks", person.id
    )
    person.lapses_after = chance.lognormal(
        model.LAPSES_AFTER_MEDIAN, model.LAPSES_AFTER_SIGMA, "lapses after", person.id
    )


def busy_periods(volunteer_ids: Iterable[int], at: datetime) -> dict[int, list[Period]]:
    """When some people have a seat, as far as it bears on another one; one statement."""
    found: dict[int, list[Period]] = defaultdict(list)
    rows = (
        Assignment.objects.live()
        .filter(volunteer__in=list(volunteer_ids), period__endswith__gt=at - NEIGHBOURS)
        .order_by("id")
    )
    for volunteer, period in rows.values_list("volunteer_id", "period"):
        assert period is not None
        found[volunteer].append((localtime(period.lower), localtime(period.upper)))
    return found


def volunteer_row(person: Person) -> Volunteer:
    """As the actions want them; one statement."""
    return Volunteer.objects.select_related("user", "area", "county").get(pk=person.id)
