"""Invented problems for the benchmark and the tests: the shape of a province, no real person in it."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.problem import HORIZON_HOURS, Problem

PROVINCE_VOLUNTEERS = 85_699
PROVINCE_SIDE_KM = 330.0
CITIES, COUNTIES, TOWNSHIPS = 11, 90, 1_387
TRAITS = 24
CAUSES = 12


def invent(
    volunteers: int, shifts: int, seed: int, *, oversupplied: bool = False, crowded: bool = False
) -> Problem:
    """A synthetic province with townships in counties in cities; a smaller one has the same density of people.
    `crowded`: all on the ground of one province, so that each volunteer reaches more shifts. `oversupplied`: far more people would come than there are seats, as after a call for help.

    About a third of the people are there on most evenings and weekends, some by day, few at night; a shift lasts 2 to
    9 hours, needs up to three traits and one to twelve people, and is worth 2000 · 2^priority a seat, half above the
    least number."""
    rng = np.random.default_rng(seed)
    share = 1.0 if crowded else volunteers / PROVINCE_VOLUNTEERS
    side = PROVINCE_SIDE_KM * math.sqrt(share)
    cities = rng.uniform(0, side, (max(1, round(CITIES * share)), 2))
    counties = _around(rng, cities, max(1, round(COUNTIES * share)), 22.0)
    townships = _around(rng, counties, max(1, round(TOWNSHIPS * share)), 7.0)
    crowd = rng.lognormal(0.0, 0.8, len(townships))
    home = townships[rng.choice(len(townships), volunteers, p=crowd / crowd.sum())]
    home = home + rng.normal(0, 1.8, home.shape)
    need = crowd ** rng.uniform(0.6, 1.1, len(crowd))
    place = townships[rng.choice(len(townships), shifts, p=need / need.sum())] + rng.normal(
        0, 1.5, (shifts, 2)
    )
    held: NDArray[np.float64] = 0.9 / np.arange(1, TRAITS + 1, dtype=np.float64) ** 0.55
    most_wanted = 1.0 / np.arange(1, TRAITS + 1) ** 0.7
    needed = np.zeros(shifts, dtype=np.uint64)
    for wanted in range(3):
        trait = rng.choice(TRAITS, shifts, p=most_wanted / most_wanted.sum()).astype(np.uint64)
        needed |= np.where(
            rng.random(shifts) < (0.75, 0.35, 0.12)[wanted], np.uint64(1) << trait, np.uint64(0)
        )
    day = rng.integers(0, 7, shifts)
    hour = rng.choice(
        [7, 8, 9, 13, 14, 16, 17, 18, 19, 22],
        shifts,
        p=[0.08, 0.17, 0.14, 0.14, 0.12, 0.08, 0.08, 0.1, 0.06, 0.03],
    )
    start = (day * 24 + hour).astype(np.int32)
    end = np.minimum(start + rng.integers(2, 10, shifts), HORIZON_HOURS).astype(np.int32)
    least = np.minimum(1 + rng.poisson(3.0, shifts), 12).astype(np.int32)
    value = (2000 * 2 ** rng.choice(4, shifts, p=[0.45, 0.3, 0.17, 0.08])).astype(np.int64)
    made = Problem(
        volunteer_x_km=home[:, 0].astype(np.float32),
        volunteer_y_km=home[:, 1].astype(np.float32),
        volunteer_traits=_sets(rng, volunteers, held),
        volunteer_hours=_weeks(rng, volunteers),
        volunteer_max_hours=rng.choice(
            [4, 6, 8, 12, 16, 24, 40], volunteers, p=[0.2, 0.2, 0.25, 0.15, 0.1, 0.07, 0.03]
        ).astype(np.int16),
        volunteer_reach_km=np.clip(rng.lognormal(math.log(9.0), 0.6, volunteers), 1.0, 40.0).astype(
            np.float32
        ),
        volunteer_causes=_sets(rng, volunteers, np.full(CAUSES, 0.22)),
        volunteer_recent_load=np.minimum(rng.poisson(0.9, volunteers), 5).astype(np.int16),
        shift_x_km=place[:, 0].astype(np.float32),
        shift_y_km=place[:, 1].astype(np.float32),
        shift_traits=needed,
        shift_start_h=start,
        shift_end_h=end,
        shift_min=least,
        shift_max=(least + rng.integers(0, 4, shifts)).astype(np.int32),
        shift_value_min=value,
        shift_value_extra=value // 2,
        shift_cause=rng.integers(0, CAUSES, shifts).astype(np.int8),
        shift_remote=(rng.random(shifts) < 0.01).astype(np.uint8),
    )
    return _with_idle_people(rng, made) if oversupplied else made


def _with_idle_people(rng: np.random.Generator, made: Problem) -> Problem:
    """Nine in ten are free all week, nothing is asked of them, one shift in five is remote, a third has a lone seat;
    so thousands cost the same."""
    volunteers, shifts = made.volunteers, made.shifts
    hours = made.volunteer_hours.copy()
    hours[rng.random(volunteers) < 0.92] = np.uint64(2**64 - 1)
    lone = rng.random(shifts) < 1 / 3
    return replace(
        made,
        volunteer_hours=hours,
        volunteer_max_hours=rng.choice([6, 10, 20, 30], volunteers, p=[0.2, 0.2, 0.4, 0.2]).astype(np.int16),
        volunteer_reach_km=rng.choice([3, 5, 10, 20], volunteers, p=[0.2, 0.4, 0.2, 0.2]).astype(np.float32),
        volunteer_recent_load=np.minimum(rng.poisson(0.25, volunteers), 5).astype(np.int16),
        shift_traits=np.zeros(shifts, dtype=np.uint64),
        shift_min=np.where(lone, 0, made.shift_min).astype(np.int32),
        shift_max=np.where(lone, 1, made.shift_max).astype(np.int32),
        shift_value_min=2 * made.shift_value_min,
        shift_value_extra=2 * made.shift_value_extra,
        shift_remote=(rng.random(shifts) < 0.2).astype(np.uint8),
    )


def _around(
    rng: np.random.Generator, centres: NDArray[np.float64], count: int, spread_km: float
) -> NDArray[np.float64]:
    return centres[rng.integers(0, len(centres), count)] + rng.normal(0, spread_km, (count, 2))


def _sets(rng: np.random.Generator, count: int, chances: NDArray[np.float64]) -> NDArray[np.uint64]:
    bits = np.zeros(count, dtype=np.uint64)
    for bit, chance in enumerate(chances):
        bits |= (rng.random(count) < chance).astype(np.uint64) << np.uint64(bit)
    return bits


def _weeks(rng: np.random.Generator, count: int) -> NDArray[np.uint64]:
    """(count, 3) words of availability: per day mornings, afternoons, evenings, nights, more at weekends."""
    keen = rng.beta(2.0, 1.6, count)
    free = np.zeros((count, HORIZON_HOURS), dtype=bool)
    for day in range(7):
        for first, last, weight in ((7, 12, 0.6), (12, 18, 0.7), (18, 23, 0.95), (23, 31, 0.12)):
            at_weekend = 1.5 if day >= 5 and first < 18 else 1.0
            there = rng.random(count) < keen * weight * at_weekend
            free[:, day * 24 + first : min(day * 24 + last, HORIZON_HOURS)] |= there[:, None]
    padded = np.zeros((count, 192), dtype=bool)
    padded[:, :HORIZON_HOURS] = free
    return np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little")).view("<u8").astype(np.uint64)
