"""A horizon of 168 hours as bits: when people are free, outward rounding, and what a week leaves of their hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

HOURS = 168
HOUR_S = 3600
EPOCH = date(1970, 1, 1)
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Horizon:
    """168 hours from a full hour on the clock of the place, and the week from Monday whose limit holds in them."""

    start: datetime
    week_from: datetime
    week_until: datetime

    @property
    def start_s(self) -> int:
        return int(self.start.timestamp())

    @property
    def zone(self) -> tzinfo | None:
        return self.start.tzinfo

    def local_hours(self) -> list[tuple[datetime, datetime]]:
        """First and last second of each hour, on the clock of the place: after clocks were set by half an hour these are
        in two of its hours."""
        utc = self.start_s
        return [
            (
                datetime.fromtimestamp(utc + hour * HOUR_S, self.zone),
                datetime.fromtimestamp(utc + (hour + 1) * HOUR_S - 1, self.zone),
            )
            for hour in range(HOURS)
        ]

    def first_hour(self, starts_s: Ints) -> Ints:
        """The hour in which a moment lies."""
        return np.floor_divide(starts_s - self.start_s, HOUR_S)

    def last_hour(self, ends_s: Ints) -> Ints:
        """The first full hour at or after a moment."""
        return -np.floor_divide(self.start_s - ends_s, HOUR_S)


def all_free(number: int) -> Bools:
    """(number, 168), everybody free at every hour."""
    return np.ones((number, HOURS), np.bool_)


def apply_week(
    free: Bools, horizon: Horizon, who: NDArray[np.intp], weekday: Ints, starts: Ints, ends: Ints
) -> None:
    """Whoever has windows is free in them alone. Windows: weekday from Monday as 0, first and last hour."""
    if not len(who):
        return
    hours = horizon.local_hours()
    free[np.unique(who)] = False
    kinds, kind_of = np.unique(np.stack([weekday, starts, ends], axis=1), axis=0, return_inverse=True)
    order = np.argsort(kind_of.ravel(), kind="stable")
    edges = np.searchsorted(kind_of.ravel()[order], np.arange(len(kinds) + 1))
    for number, (day, first, last) in enumerate(kinds.tolist()):
        columns = [
            hour
            for hour, both in enumerate(hours)
            if all(at.weekday() == day and first <= at.hour < last for at in both)
        ]
        people = who[order[edges[number] : edges[number + 1]]]
        free[people[:, None], columns] = True


def apply_days(
    free: Bools,
    horizon: Horizon,
    who: NDArray[np.intp],
    from_day: Ints,
    until_day: Ints,
    is_free: NDArray[np.integer],
) -> None:
    """Days that differ from the week, counted from 1970; a day that is both free and not is not free."""
    days = [(at.date() - EPOCH).days for at, _ in horizon.local_hours()]
    for wanted in (1, 0):
        chosen = is_free == wanted
        spans = np.stack([from_day[chosen], until_day[chosen]], axis=1)
        kinds, kind_of = np.unique(spans, axis=0, return_inverse=True)
        for number, (first, last) in enumerate(kinds.tolist()):
            columns = [h for h, day in enumerate(days) if first <= day <= last]
            free[who[chosen][kind_of.ravel() == number][:, None], columns] = bool(wanted)


def block(
    free: Bools,
    horizon: Horizon,
    who: NDArray[np.intp],
    starts_s: Ints,
    ends_s: Ints,
    *,
    rest: timedelta = timedelta(0),
) -> None:
    """Take the hours of these periods away, and the rest on either side; rounded outward."""
    if not len(who):
        return
    around = int(rest.total_seconds())
    first = np.clip(horizon.first_hour(starts_s - around), 0, HOURS)
    last = np.clip(horizon.last_hour(ends_s + around), 0, HOURS)
    people, row = np.unique(who, return_inverse=True)
    change = np.zeros((len(people), HOURS + 1), np.int32)
    np.add.at(change, (row.ravel(), first), 1)
    np.add.at(change, (row.ravel(), last), -1)
    free[people] &= np.cumsum(change[:, :HOURS], axis=1) == 0


def as_words(free: Bools) -> NDArray[np.uint64]:
    """(V, 3): bit h & 63 of word h >> 6 is hour h."""
    packed = np.zeros((len(free), 24), np.uint8)
    packed[:, : HOURS // 8] = np.packbits(free, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64)


def hours_spent(number: int, horizon: Horizon, who: NDArray[np.intp], starts_s: Ints, ends_s: Ints) -> Ints:
    """Hours of these periods that fall into the week, by person, rounded up."""
    week_from, week_until = (int(at.timestamp()) for at in (horizon.week_from, horizon.week_until))
    inside = np.minimum(ends_s, week_until) - np.maximum(starts_s, week_from)
    seconds = np.zeros(number, np.int64)
    np.add.at(seconds, who, np.maximum(inside, 0))
    return -np.floor_divide(-seconds, HOUR_S)


def horizons(plans_from: datetime, weeks: Sequence[tuple[datetime, datetime]]) -> list[Horizon]:
    """For the week that runs, from the given hour; for each later one, from its Monday."""
    return [Horizon(max(plans_from, start), start, end) for start, end in weeks]


def days_of(moments: Iterable[datetime]) -> list[int]:
    """Days since 1970, each on the clock that its moment carries."""
    return [(moment.date() - EPOCH).days for moment in moments]
