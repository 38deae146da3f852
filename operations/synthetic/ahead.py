"""What is still to come: shifts of running calls from today on, with seats taken and seats free."""

from dataclasses import dataclass, fields

import numpy as np

from operations.synthetic.calls import DAY_S, EARLIEST_HOUR, HOUR_S, LATEST_HOUR, Calls, Shifts
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import Groups
from operations.synthetic.people import People
from operations.synthetic.places import Places
from operations.synthetic.profile import Profile
from tasks.models import TaskTemplate

CANCELLED, FULL = 0.02, 0.06
# Of what is needed, how much is taken: near days more, and in scarce counties less.
FILL_LEAST, FILL_MOST, FILL_LESS_A_DAY = 0.82, 1.0, 0.06
SCARCE, PLENTY = (0.05, 0.2, 0.35, 0.5), (0.0, 0.0, 0.0, 0.05, 0.15)
FRESH_AT_HOME = 2
# The demo's organizer always has some shifts to fill.
SHORT_AT_HOME_EVERY, SHORT_AT_HOME = 4, 0.45
RUNNING_MINUTES = 240


@dataclass
class Ahead:
    """Shifts to add with their seats: `seats`, and who takes one (`person`, position of the `shift` among all)."""

    seats: np.ndarray
    person: np.ndarray
    shift: np.ndarray


def fresh(
    groups: Groups,
    places: Places,
    templates: list[TaskTemplate],
    crisis_templates: list[int],
    calendar: Calendar,
    rng: np.random.Generator,
) -> Calls:
    """Calls of the last three days that have shifts ahead only: one for every third group, some for the demo's."""
    chosen = np.flatnonzero(np.arange(len(groups.id)) % 3 == 0)
    group = np.concatenate((np.full(FRESH_AT_HOME, groups.home), chosen))
    count = len(group)
    called = calendar.at - rng.integers(6 * HOUR_S, 3 * DAY_S, count)
    sizes = np.bincount(places.county, minlength=len(places.counties))
    firsts = np.cumsum(sizes) - sizes
    county = groups.county[group]
    day = np.full(count, calendar.day_now)
    return Calls(
        is_crisis=np.ones(count, bool),
        group=group,
        township=firsts[county] + (rng.random(count) * sizes[county]).astype(int),
        template=rng.choice(crisis_templates, count),
        by_authority=np.ones(count, bool),
        called_at=called,
        adopted_at=called + rng.integers(6 * 60, 4 * HOUR_S, count),
        first_day=day,
        last_day=day.copy(),
        is_running=np.ones(count, bool),
    )


def together(first: Calls, second: Calls) -> Calls:
    return Calls(
        **{
            field.name: np.concatenate((getattr(first, field.name), getattr(second, field.name)))
            for field in fields(Calls)
        }
    )


def add(
    calls: Calls,
    shifts: Shifts,
    people: People,
    places: Places,
    groups: Groups,
    templates: list[TaskTemplate],
    needs: list[list[int]],
    busy: dict[int, set[int]],
    profile: Profile,
    calendar: Calendar,
    rng: np.random.Generator,
) -> Ahead:
    """Append shifts of every running call. `needs`: positions of required qualifications by template; `busy`: days by
    person on which nobody may ask them, which grows."""
    rows: list[tuple[int, int, int, int, bool]] = []
    seats: list[int] = []
    taken: list[tuple[int, int]] = []
    pools = _Pools(people, needs, busy, rng)
    south = places.in_south()
    scarcity = [
        float(rng.choice(SCARCE if south[index] else PLENTY)) for index in range(len(places.counties))
    ]
    for call in np.flatnonzero(calls.is_running).tolist():
        template = templates[calls.template[call]]
        at_home = calls.group[call] == groups.home
        step = 1 if at_home and profile.has_crisis else profile.every_days
        county = int(places.county[calls.township[call]])
        minutes = min(template.duration_minutes, 300)
        hour = min(max(template.starts_hour, EARLIEST_HOUR), LATEST_HOUR - -(-minutes // 60))
        for day in range(int(rng.integers(step)), profile.days_ahead + 1, step):
            on = calendar.day_now + day
            starts = int(calendar.midnight(on)) + hour * HOUR_S
            if starts < calls.adopted_at[call] + 2 * HOUR_S:
                continue
            chance = rng.random()
            fill = rng.uniform(FILL_LEAST, FILL_MOST) - max(0, day - 1) * FILL_LESS_A_DAY
            fill = 0.0 if chance < CANCELLED else 1.0 if chance > 1 - FULL else fill * (1 - scarcity[county])
            if at_home and chance >= CANCELLED and len(rows) % SHORT_AT_HOME_EVERY == 0:
                fill = SHORT_AT_HOME
            rows.append((call, on, starts, minutes, bool(chance < CANCELLED)))
            calls.last_day[call] = max(calls.last_day[call], on)
            _take(
                template, fill, len(shifts) + len(rows) - 1, on, county, calls, call, pools, seats, taken, rng
            )
    if profile.has_crisis:
        _running_now(calls, shifts, groups, calendar, pools, places, rows, seats, taken)
    added = np.array(rows)
    for name, column in zip(("call", "day", "starts_at", "minutes", "cancelled"), added.T, strict=True):
        old = getattr(shifts, name)
        setattr(shifts, name, np.concatenate((old, column.astype(old.dtype))))
    who = np.array(taken)
    return Ahead(seats=np.array(seats), person=who[:, 1], shift=who[:, 0])


def _take(
    template: TaskTemplate,
    fill: float,
    shift: int,
    day: int,
    county: int,
    calls: Calls,
    call: int,
    pools: "_Pools",
    seats: list[int],
    taken: list[tuple[int, int]],
    rng: np.random.Generator,
) -> None:
    """Seats for one shift, and people of the county for a share of them."""
    count = max(2, round(template.seats * rng.uniform(0.7, 1.5)))
    seats.append(count)
    wanted = round(count * max(0.0, fill))
    taken += [(shift, person) for person in pools.take(county, int(calls.template[call]), day, wanted)]


def _running_now(
    calls: Calls,
    shifts: Shifts,
    groups: Groups,
    calendar: Calendar,
    pools: "_Pools",
    places: Places,
    rows: list[tuple[int, int, int, int, bool]],
    seats: list[int],
    taken: list[tuple[int, int]],
) -> None:
    """One shift of the demo's organizer that began an hour ago, so that the desk has something to do."""
    starts = calendar.at // HOUR_S * HOUR_S - HOUR_S
    # After midnight that is still yesterday, and perhaps last week.
    day = int(calendar.day_of(np.array(starts)))
    known = calls.adopted_at < starts - 2 * HOUR_S
    call = int(np.flatnonzero(calls.is_running & known & (calls.group == groups.home))[0])
    calls.first_day[call] = min(calls.first_day[call], day)
    rows.append((call, day, starts, RUNNING_MINUTES, False))
    seats.append(12)
    county = int(places.county[calls.township[call]])
    people = pools.take(county, int(calls.template[call]), day, 10, apart=1)
    taken += [(len(shifts) + len(rows) - 1, person) for person in people]


class _Pools:
    """People of a county who can do a template's work, asked in turn."""

    def __init__(
        self, people: People, needs: list[list[int]], busy: dict[int, set[int]], rng: np.random.Generator
    ) -> None:
        self.people, self.needs, self.busy, self.rng = people, needs, busy, rng
        self.lists: dict[tuple[int, int], list[int]] = {}
        self.places: dict[tuple[int, int], int] = {}

    def take(self, county: int, template: int, day: int, count: int, apart: int = 0) -> list[int]:
        """Up to `count` people without a seat on that day (nor within `apart` days of it)."""
        key = (county, template if self.needs[template] else -1)
        if key not in self.lists:
            able = self.people.county == county
            for needed in self.needs[template]:
                able &= self.people.can[:, needed]
            self.lists[key] = self.rng.permutation(np.flatnonzero(able)).tolist()
            self.places[key] = 0
        found: list[int] = []
        everyone = self.lists[key]
        for _ in range(len(everyone)):
            if len(found) == count:
                break
            person = everyone[self.places[key] % len(everyone)]
            self.places[key] += 1
            days = self.busy.setdefault(person, set())
            if not any(other in days for other in range(day - apart, day + apart + 1)):
                days.add(day)
                found.append(person)
        return found
