"""How much was done on each day, and which share of it was for the crisis."""

from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone

from operations.synthetic.profile import DECAYS_FROM_DAY

# The share of a day's services that is for the crisis: a logistic rise, then a decay.
SHARE_BEFORE, SHARE_HIGHEST = 0.02, 0.90
RISE_MIDDLE_DAY, RISE_DAYS = 8.0, 2.5
DECAY_DAYS = 30.0
# At a full share four times as much is done as on a usual day.
SURGE = 3.0
# From the first day of the years before to the last.
GROWTH = 0.4
WEEKEND = 1.5


def crisis_share(day: np.ndarray) -> np.ndarray:
    """The share of the services of a day that are for the crisis, by the day of the crisis; 0 before it."""
    rise = SHARE_BEFORE + (SHARE_HIGHEST - SHARE_BEFORE) / (1 + np.exp(-(day - RISE_MIDDLE_DAY) / RISE_DAYS))
    decay = np.exp(-np.maximum(day - DECAYS_FROM_DAY, 0) / DECAY_DAYS)
    return np.where(day < 0, 0.0, rise * decay)


def crisis_volume(day: np.ndarray) -> np.ndarray:
    """How much is done on a day of the crisis, in usual days."""
    return 1 + SURGE * crisis_share(day)


def usual_volume(day: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """How much was done on a day of the years before, relative to others: more each year, most on weekends."""
    grown = 1 + GROWTH * (day - day.min()) / max(1, int(np.ptp(day)))
    return grown * np.where(weekday >= 5, WEEKEND, 1.0)


class Calendar:
    """Days of the crisis as moments and dates of the place; day 0 is its first."""

    def __init__(self, at: datetime, *, day_now: int, first: int, last: int) -> None:
        self.at = int(at.timestamp())
        self.today = timezone.localdate(at)
        self.day_now = day_now
        self.first = first
        dates = [self.today + timedelta(days=day - day_now) for day in range(first, last + 2)]
        midnights = [timezone.make_aware(datetime.combine(day, time())) for day in dates]
        self._midnights = np.array([int(midnight.timestamp()) for midnight in midnights])
        self._weekdays = np.array([day.weekday() for day in dates])
        self._epoch_day = dates[0].toordinal() - date(1970, 1, 1).toordinal() - first

    def midnight(self, day: np.ndarray | int) -> np.ndarray:
        """Seconds since 1970 at the beginning of the day."""
        return self._midnights[np.asarray(day) - self.first]

    def day_of(self, seconds: np.ndarray) -> np.ndarray:
        """The day of the crisis on which a moment lies, by the clock of the place."""
        return np.searchsorted(self._midnights, seconds, side="right") - 1 + self.first

    def weekday(self, day: np.ndarray) -> np.ndarray:
        """0 is Monday."""
        return self._weekdays[day - self.first]

    def week(self, day: np.ndarray) -> np.ndarray:
        """A number of the week from Monday that holds the day."""
        return (np.asarray(day) + self._epoch_day + 3) // 7

    def date(self, day: np.ndarray | int) -> np.ndarray:
        """Days since 1970."""
        return np.asarray(day) + self._epoch_day

    def moment(self, day: int, hour: float = 0.0) -> datetime:
        seconds = int(self.midnight(day)) + round(hour * 3600)
        return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())
