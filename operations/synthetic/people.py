"""Draws invented volunteers: who they are, where they live, what they can do and how much they serve."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from operations.synthetic import profile as numbers
from operations.synthetic.places import Places
from operations.synthetic.profile import Profile

AGES_YOUNG, AGES_MIDDLE, AGES_OLD = (18, 35), (35, 60), (61, 79)
STUDENTS_BELOW = 26
REACHES, REACH_SHARES = np.array([3, 5, 10, 20]), [0.2, 0.45, 0.2, 0.15]
WEEKS, WEEK_SHARES = np.array([6, 10, 20, 30]), [0.15, 0.25, 0.4, 0.2]
# Degrees around the township's point.
SCATTER = 0.015
# A county of fewer volunteers than these works together with the others of its city; one of more is divided.
LEAST_IN_A_ZONE, MOST_IN_A_ZONE = 60, 500


@dataclass
class People:
    """One entry a volunteer, by position."""

    user_id: np.ndarray
    volunteer_id: np.ndarray
    county: np.ndarray
    township: np.ndarray
    # People of one zone serve together: a county, or a part of a large one.
    zone: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    hours: np.ndarray
    age: np.ndarray
    is_woman: np.ndarray
    is_student: np.ndarray
    on_duty: np.ndarray
    takes_assignments: np.ndarray
    offers_a_day: np.ndarray
    reach_km: np.ndarray
    max_hours_week: np.ndarray
    # Filled while work is invented: the first day, what they can do, and which papers somebody has seen for certain.
    joined_day: np.ndarray
    can: np.ndarray
    shown: np.ndarray

    def __len__(self) -> int:
        return len(self.user_id)


def draw(
    profile: Profile,
    places: Places,
    rng: np.random.Generator,
    *,
    first_user_id: int,
    first_volunteer_id: int,
    capability_count: int,
) -> People:
    """The volunteers of a profile. Shares are exact to one person: what is drawn is who, not how many."""
    count = profile.volunteers
    county = np.sort(_counties(profile, places))
    township = _townships(county, places, rng)
    young = _exactly(numbers.YOUNG, count, rng)
    old = np.zeros(count, bool)
    old[rng.permutation(np.flatnonzero(~young))[: round(numbers.OLD * count)]] = True
    age = np.where(
        young,
        rng.integers(*AGES_YOUNG, count),
        np.where(old, rng.integers(*AGES_OLD, count), rng.integers(*AGES_MIDDLE, count)),
    )
    # Half of the young are of an age at which one studies.
    studying = rng.permutation(np.flatnonzero(young))[: round(numbers.STUDENTS * count)]
    student = np.zeros(count, bool)
    student[studying] = True
    age[studying] = rng.integers(AGES_YOUNG[0], STUDENTS_BELOW, len(studying))
    return People(
        user_id=np.arange(first_user_id, first_user_id + count),
        volunteer_id=np.arange(first_volunteer_id, first_volunteer_id + count),
        county=county,
        township=township,
        zone=_zones(county, township, places),
        longitude=places.longitude[township] + rng.uniform(-SCATTER, SCATTER, count),
        latitude=places.latitude[township] + rng.uniform(-SCATTER, SCATTER, count),
        hours=rng.permutation(_hours(count, profile.hours_median)),
        age=age,
        is_woman=_exactly(numbers.WOMEN, count, rng),
        is_student=student,
        on_duty=_exactly(profile.on_duty, count, rng),
        takes_assignments=_exactly(numbers.TAKES_ASSIGNMENTS, count, rng),
        offers_a_day=rng.choice([2, 2, 2, 2, 2, 2, 2, 2, 1, 0], count),
        reach_km=rng.choice(REACHES, count, p=REACH_SHARES),
        max_hours_week=rng.choice(WEEKS, count, p=WEEK_SHARES),
        joined_day=np.full(count, profile.day_now - 1),
        can=np.zeros((count, capability_count), bool),
        shown=np.zeros((count, capability_count), bool),
    )


def _hours(count: int, median: float) -> np.ndarray:
    """Hours of lognormal shape, one from the middle of each of `count` equal shares of the distribution."""
    normal = NormalDist(float(np.log(median)), numbers.HOURS_SIGMA)
    drawn = [normal.inv_cdf((index + 0.5) / count) for index in range(count)]
    return np.minimum(np.exp(drawn), numbers.HOURS_MOST)


def _exactly(share: float, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(np.arange(count) < round(share * count))


def shared_out(weights: np.ndarray, count: int) -> np.ndarray:
    """`count` things by weight in whole numbers, the largest remainders first."""
    exact = weights / weights.sum() * count
    whole = np.floor(exact).astype(int)
    most_left = np.argsort(whole - exact, kind="stable")[: count - int(whole.sum())]
    whole[most_left] += 1
    return whole


def _counties(profile: Profile, places: Places) -> np.ndarray:
    weights = places.weights()
    if profile.home_share is not None:
        home = places.in_home_city()
        weights = np.where(
            home,
            weights / weights[home].sum() * profile.home_share,
            weights / weights[~home].sum() * (1 - profile.home_share),
        )
    return np.repeat(np.arange(len(weights)), shared_out(weights, profile.volunteers))


def _townships(county: np.ndarray, places: Places, rng: np.random.Generator) -> np.ndarray:
    sizes = np.bincount(places.county, minlength=len(places.counties))
    firsts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return firsts[county] + (rng.random(len(county)) * sizes[county]).astype(int)


def _zones(county: np.ndarray, township: np.ndarray, places: Places) -> np.ndarray:
    """A number for each zone, and zones of a county one after another."""
    population = np.bincount(county, minlength=len(places.counties))
    city = np.array([int(area.path_codes[1]) for area in places.counties])
    parts = np.maximum(1, population // MOST_IN_A_ZONE)
    firsts = np.cumsum(parts) - parts
    _, together = np.unique(city, return_index=True)
    alone = population >= LEAST_IN_A_ZONE
    firsts = np.where(alone, firsts, firsts[together[np.searchsorted(city[together], city)]] + 100_000)
    return firsts[county] + np.where(
        alone[county], (places.direction[township] * parts[county]).astype(int), 0
    )
