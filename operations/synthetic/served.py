"""Who served on which day, and with whom: the past of an invented place, as arrays.

People come first. Each has hours to serve; these make a number of services, spread over the days as the days' volumes
say. Who served in one zone at about the same time then makes up a shift.
"""

from dataclasses import dataclass

import numpy as np

from operations.synthetic import profile as numbers
from operations.synthetic.curve import Calendar, crisis_share, crisis_volume, usual_volume
from operations.synthetic.people import People
from operations.synthetic.profile import Profile

# Of the services that are drawn, those to which somebody comes: some miss theirs, some have two on one day.
KEPT = 0.925
# Of those who came in the crisis nobody came on more than these of its days.
DAYS_MOST = 0.7
# A shift lets those in who would have come on neighbouring days, in the years before a little further.
APART_IN_CRISIS, APART_BEFORE = 2, 21
SIZES_LEAST, SIZES_SPREAD = 4, 10


@dataclass
class Served:
    """One entry a service, in the order of the shifts. `minutes`: of presence; `missed`: did not come."""

    person: np.ndarray
    shift: np.ndarray
    minutes: np.ndarray
    missed: np.ndarray
    # One entry a shift.
    day: np.ndarray
    zone: np.ndarray
    is_crisis: np.ndarray


def plan(people: People, profile: Profile, calendar: Calendar, rng: np.random.Generator) -> Served:
    """Everything up to yesterday."""
    count = np.maximum(1, _rounded(people.hours / numbers.HOURS_A_SERVICE, rng))
    in_crisis = _in_crisis(people, count, profile, rng)
    before = count - in_crisis
    people.joined_day[:] = _joined(before, in_crisis, profile, rng)
    person, day, is_crisis = _days(people, before, in_crisis, profile, calendar, rng)
    missed = rng.random(len(person)) < numbers.MISSED
    order = np.lexsort((rng.random(len(person)), day, people.zone[person], is_crisis))
    person, day, is_crisis, missed = (part[order] for part in (person, day, is_crisis, missed))
    shift = _shifts(day, people.zone[person], is_crisis, rng)
    # The middle one of those who come together says the day.
    first = np.flatnonzero(np.diff(shift, prepend=-1))
    sizes = np.diff(first, append=len(shift))
    shift_day = day[first + sizes // 2]
    keep = _once_a_day(person, shift_day[shift], rng)
    person, shift, is_crisis, missed = person[keep], shift[keep], is_crisis[keep], missed[keep]
    used, shift = np.unique(shift, return_inverse=True)
    starts = first[used]
    zone = people.zone[person[np.searchsorted(shift, np.arange(len(used)))]]
    crisis_of_shift = is_crisis[np.searchsorted(shift, np.arange(len(used)))]
    day_of_shift = day[starts + sizes[used] // 2]
    np.minimum.at(people.joined_day, person, day_of_shift[shift] - 1)
    # Whoever missed the only time has not served: they came.
    came = np.bincount(person[~missed], minlength=len(people))
    missed &= came[person] > 0
    return Served(
        person=person,
        shift=shift,
        minutes=_minutes(people, person, is_crisis, missed, rng),
        missed=missed,
        day=day_of_shift,
        zone=zone,
        is_crisis=crisis_of_shift,
    )


def _rounded(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up or down by chance, so that the mean stays."""
    return (values + rng.random(len(values))).astype(int)


def _in_crisis(people: People, count: np.ndarray, profile: Profile, rng: np.random.Generator) -> np.ndarray:
    """How many services of each volunteer fall into the crisis: of few people many, the experienced first."""
    if not profile.has_crisis:
        return np.zeros(len(people), int)
    days = np.arange(profile.day_now)
    volume = crisis_volume(days)
    whole = profile.services_in_crisis / KEPT * volume.sum() / (volume * crisis_share(days)).sum()
    most = min(round(DAYS_MOST * profile.day_now), int(volume.sum() / volume.max()))
    active = _active(people, count, rng)
    wish = rng.gamma(1.2, 1.0, len(active))
    low, high = 0.0, float(profile.day_now)
    for _ in range(40):
        scale = (low + high) / 2
        taken = np.clip(np.rint(1 + scale * wish), 1, np.minimum(most, count[active]))
        low, high = (scale, high) if taken.sum() < whole else (low, scale)
    found = np.zeros(len(people), int)
    found[active] = taken
    return found


def _active(people: People, count: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who served in the crisis: in each county another share, the highest as the profile says."""
    population = np.bincount(people.county)
    shares = np.linspace(numbers.ACTIVE_LEAST, numbers.ACTIVE_MOST, len(population))
    # The most active county is one of many people, where one person more or less changes no share.
    order = rng.permutation(len(population))
    largest = int(np.argmax(population))
    where = int(np.flatnonzero(order == largest)[0])
    order[where], order[-1] = order[-1], order[where]
    wanted = np.zeros(len(population), int)
    wanted[order] = np.floor(shares * population[order])
    # Efraimidis and Spirakis: sampling by weight is taking the largest of u^(1/w).
    key = rng.random(len(people)) ** (1 / count**0.7)
    ranked = np.lexsort((-key, people.county))
    firsts = np.concatenate(([0], np.cumsum(population)[:-1]))
    rank = np.arange(len(people)) - firsts[people.county[ranked]]
    return ranked[rank < wanted[people.county[ranked]]]


def _joined(
    before: np.ndarray, in_crisis: np.ndarray, profile: Profile, rng: np.random.Generator
) -> np.ndarray:
    """The day from which each volunteer may have served; those of many services have been there for long."""
    first, u = profile.day_first, rng.random(len(before))
    latest = -np.minimum(30 + before * 3, -first - 1)
    return np.where(before > 0, (first + 1 + u * (latest - first)).astype(int), 0)


def _days(
    people: People,
    before: np.ndarray,
    in_crisis: np.ndarray,
    profile: Profile,
    calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(person, day, whether for the crisis) of every service; evenly spread, so nobody comes twice on a day."""
    old_days = np.arange(profile.day_first, 0)
    grown = np.cumsum(usual_volume(old_days, calendar.weekday(old_days)))
    grown = np.concatenate(([0.0], grown / grown[-1]))
    since = grown[np.minimum(people.joined_day, -1) - profile.day_first]
    person, u = _spread(before, since, rng)
    day = old_days[np.minimum(np.searchsorted(grown, u, side="right") - 1, len(old_days) - 1)]
    if not profile.has_crisis:
        return person, day, np.zeros(len(person), bool)
    new_days = np.arange(profile.day_now)
    volume = np.cumsum(crisis_volume(new_days))
    volume = np.concatenate(([0.0], volume / volume[-1]))
    person_now, u = _spread(in_crisis, np.zeros(len(people)), rng)
    day_now = new_days[np.minimum(np.searchsorted(volume, u, side="right") - 1, len(new_days) - 1)]
    for_crisis = rng.random(len(day_now)) < crisis_share(day_now)
    # Who is active in the crisis served it at least once: the last time.
    last = np.flatnonzero(np.diff(person_now, append=-1))
    for_crisis[last[np.bincount(person_now, for_crisis, len(people))[person_now[last]] == 0]] = True
    return (
        np.concatenate((person, person_now)),
        np.concatenate((day, day_now)),
        np.concatenate((np.zeros(len(person), bool), for_crisis)),
    )


def _spread(count: np.ndarray, since: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """For each person `count` numbers between `since` and 1 at even distances, from a random first one."""
    person = np.repeat(np.arange(len(count)), count)
    first = np.cumsum(count) - count
    place = np.arange(len(person)) - first[person]
    u = (place + rng.random(len(count))[person]) / count[person]
    return person, since[person] + (1 - since[person]) * u


def _shifts(day: np.ndarray, zone: np.ndarray, is_crisis: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The number of the shift of each service; they are sorted by kind, zone and day."""
    total = len(day)
    spread = rng.integers(SIZES_LEAST, SIZES_LEAST + SIZES_SPREAD, total)
    marks = np.zeros(total, bool)
    marks[np.cumsum(spread)[np.cumsum(spread) < total]] = True
    marks |= np.diff(zone, prepend=-1) != 0
    marks |= np.diff(is_crisis.astype(int), prepend=-1) != 0
    # Nobody of the years before comes with those of the crisis.
    marks |= np.diff((day < 0).astype(int), prepend=-1) != 0
    gap = np.diff(day, prepend=day[0])
    marks |= gap > np.where(is_crisis, APART_IN_CRISIS, APART_BEFORE)
    marks[0] = True
    return np.cumsum(marks) - 1


def _once_a_day(person: np.ndarray, day: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which services stay when nobody serves twice on one day, in the order in which they were."""
    key = person.astype(np.int64) * 100_000 + (day + 50_000)
    _, first = np.unique(key, return_index=True)
    return np.sort(first)


def _minutes(
    people: People, person: np.ndarray, is_crisis: np.ndarray, missed: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Each volunteer's hours over the services to which they came, a little longer in the crisis."""
    weight = np.where(is_crisis, numbers.LONGER_IN_CRISIS, 1.0) * rng.uniform(0.9, 1.1, len(person))
    weight[missed] = 0
    whole = np.bincount(person, weight, len(people))
    share = weight / np.where(whole > 0, whole, 1)[person]
    minutes = np.rint(people.hours[person] * 60 * share).astype(int)
    return np.where(missed, 0, np.clip(minutes, 1, numbers.MINUTES_MOST))
