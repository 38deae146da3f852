"""Who holds which seat, when they came and left: what follows from services and from seats ahead."""

from dataclasses import dataclass

import numpy as np

from operations.synthetic import profile as numbers
from operations.synthetic.ahead import Ahead
from operations.synthetic.calls import FROM_HOME, HOUR_S, Calls, Shifts
from operations.synthetic.curve import Calendar
from operations.synthetic.people import People
from operations.synthetic.places import Places
from operations.synthetic.served import Served
from tasks.models import TaskTemplate

# Desks confirm hours within these.
CONFIRMED_AFTER_S = 30 * HOUR_S
RELEASED = 0.03
ADVANCE_MINUTES = (20, 2_000)
# Past shifts had between exactly the people that they asked for and a third more.
FILLED_LEAST, FILLED_MOST = 0.75, 1.05
LEAST_OF_SEATS, LEAST_OF_SEATS_AHEAD = 0.85, 0.8
REACH_MOST_KM = 40
EARTH_KM = 6371.0088


@dataclass
class Seats:
    """One entry a seat. Times in seconds since 1970, -1 for none; `person` a position."""

    shift: np.ndarray
    person: np.ndarray
    created_at: np.ndarray
    released_at: np.ndarray
    arrived_at: np.ndarray
    left_at: np.ndarray
    is_recorded: np.ndarray
    is_overridden: np.ndarray
    # One entry a shift.
    shift_created_at: np.ndarray
    seats: np.ndarray
    least: np.ndarray
    taken: np.ndarray


def settle(
    services: Served,
    ahead: Ahead,
    guest: np.ndarray,
    calls: Calls,
    shifts: Shifts,
    people: People,
    places: Places,
    calendar: Calendar,
    rng: np.random.Generator,
) -> Seats:
    """Everything about seats up to now; `guest` are shifts of the demo's volunteer, whose position is the last."""
    count = len(shifts)
    later = np.concatenate((ahead.shift, guest))
    shift = np.concatenate((services.shift, later))
    person = np.concatenate((services.person, ahead.person, np.full(len(guest), len(people))))
    stay = np.maximum(shifts.minutes[later] + rng.integers(-10, 6, len(later)), 30)
    minutes = np.concatenate((services.minutes, stay))
    absent = np.concatenate(
        (services.missed, rng.random(len(ahead.shift)) < numbers.MISSED, np.zeros(len(guest), bool))
    )
    starts, ends = shifts.starts_at, shifts.starts_at + shifts.minutes * 60
    posted = np.maximum(calls.adopted_at[shifts.call] + 600, starts - rng.integers(3, 8, count) * 24 * HOUR_S)
    posted = np.minimum(posted, calendar.at - 600)
    advance = rng.integers(*ADVANCE_MINUTES, len(shift)) * 60
    created = np.maximum(posted[shift] + 60, np.minimum(starts[shift], calendar.at) - advance)
    arrived = starts[shift] + rng.integers(-12, 9, len(shift)) * 60
    left = arrived + minutes * 60
    arrived = np.where(absent | (arrived > calendar.at), -1, arrived)
    left = np.where((arrived < 0) | (left > calendar.at), -1, left)
    recorded = (left >= 0) & (ends[shift] <= calendar.at - CONFIRMED_AFTER_S)
    taken = np.bincount(shift, minlength=count)
    seats = np.ceil(taken / rng.uniform(FILLED_LEAST, FILLED_MOST, count)).astype(int)
    share = np.full(count, LEAST_OF_SEATS)
    if len(ahead.seats):
        seats[-len(ahead.seats) :] = ahead.seats
        share[-len(ahead.seats) :] = LEAST_OF_SEATS_AHEAD
    seats = np.maximum(np.maximum(seats, taken), 1)
    back = _given_back(shifts, posted, people, places, calls, calendar, rng)
    none = np.full(len(back[0]), -1)
    shift, person = np.concatenate((shift, back[0])), np.concatenate((person, back[1]))
    order = _written(shifts, shift, person)
    return Seats(
        shift=shift[order],
        person=person[order],
        created_at=np.concatenate((created, back[2]))[order],
        released_at=np.concatenate((np.full(len(created), -1), back[3]))[order],
        arrived_at=np.concatenate((arrived, none))[order],
        left_at=np.concatenate((left, none))[order],
        is_recorded=np.concatenate((recorded, none == 0))[order],
        is_overridden=np.zeros(len(order), bool),
        shift_created_at=posted,
        seats=seats,
        least=np.maximum(1, np.floor(share * seats)).astype(int),
        taken=taken,
    )


def _written(shifts: Shifts, shift: np.ndarray, person: np.ndarray) -> np.ndarray:
    """The order in which seats are written: the years before by person, then the crisis as it went.

    Person by person the exclusion constraint over a million seats is built in a third of the time.
    """
    crisis = shifts.day[shift] >= 0
    return np.lexsort((shifts.starts_at[shift], np.where(crisis, 0, person), crisis))


def _given_back(
    shifts: Shifts,
    posted: np.ndarray,
    people: People,
    places: Places,
    calls: Calls,
    calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(shift, person, taken at, given back at): some of the crisis stepped back in time, of the same county."""
    late = np.flatnonzero((shifts.day >= 0) & ~shifts.cancelled)
    chosen = rng.choice(late, round(RELEASED * numbers.SERVICES_A_SHIFT * len(late)))
    first = np.searchsorted(people.county, np.arange(int(people.county.max()) + 2))
    county = places.county[calls.township[shifts.call[chosen]]]
    person = first[county] + (rng.random(len(chosen)) * (first[county + 1] - first[county])).astype(int)
    inhabited = first[county + 1] > first[county]
    chosen, person = chosen[inhabited], person[inhabited]
    until = np.minimum(shifts.starts_at[chosen] - 2 * HOUR_S, calendar.at)
    room = until - posted[chosen]
    taken_at = posted[chosen] + (room * rng.uniform(0.1, 0.5, len(chosen))).astype(int)
    back_at = taken_at + ((until - taken_at) * rng.uniform(0.1, 0.9, len(chosen))).astype(int)
    fits = (room > HOUR_S) & (back_at > taken_at)
    return chosen[fits], person[fits], taken_at[fits], back_at[fits]


def fit_limits(
    seats: Seats,
    shifts: Shifts,
    calls: Calls,
    people: People,
    places: Places,
    templates: list[TaskTemplate],
    capabilities: dict[int, int],
    calendar: Calendar,
) -> None:
    """Let people's own limits hold what they did: hours a week, reach in the crisis, what the work required."""
    held = (seats.released_at < 0) & (seats.person < len(people))
    row = np.flatnonzero(held)
    person, shift = seats.person[row], seats.shift[row]
    week = calendar.week(shifts.day[shift])
    key = person.astype(np.int64) * 10_000 + (week - week.min())
    weeks, inverse = np.unique(key, return_inverse=True)
    hours = np.ceil(np.bincount(inverse, shifts.minutes[shift]) / 60).astype(int)
    np.maximum.at(people.max_hours_week, weeks // 10_000, hours)
    call = calls.template[shifts.call[shift]]
    from_home = np.array([template.type.code in FROM_HOME for template in templates])
    near = (shifts.day[shift] >= 0) & ~from_home[call]
    township = calls.township[shifts.call[shift]]
    far = np.ceil(_km(people, person[near], places, township[near]) + 0.5).astype(int)
    # Beyond that an organizer set the distance aside.
    seats.is_overridden[row[near][far > REACH_MOST_KM]] = True
    np.maximum.at(people.reach_km, person[near], np.where(far > REACH_MOST_KM, 0, far))
    for index, template in enumerate(templates):
        for needed in template.requirements.all():
            people.can[person[call == index], capabilities[needed.pk]] = True
            people.shown[person[call == index], capabilities[needed.pk]] = True


def _km(people: People, person: np.ndarray, places: Places, township: np.ndarray) -> np.ndarray:
    """Great-circle distances, by the haversine formula."""
    there, here = np.radians(places.latitude[township]), np.radians(people.latitude[person])
    east = np.radians(places.longitude[township] - people.longitude[person])
    chord = np.sin((there - here) / 2) ** 2 + np.cos(there) * np.cos(here) * np.sin(east / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
