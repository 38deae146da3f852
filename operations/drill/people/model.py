"""How people behave, as numbers: when they join, how willing they are, how alerts tire them. Values in, values out.

docs/drill.md lists every parameter with where it comes from.
"""

from datetime import datetime, timedelta
from math import exp, log

import numpy as np

from operations.synthetic.curve import RISE_DAYS, RISE_MIDDLE_DAY, SHARE_HIGHEST, crisis_share

# Those who join in the crisis, for each one who was there before.
JOIN_SHARE = 1 / 3
# The curve is that of the whole crisis, however few of its days are played.
WHOLE_CRISIS_DAYS = 61.0

# Somebody who was asked and nothing came of it: so many alerts in vain.
VAIN_UNANSWERED, VAIN_DECLINED, VAIN_GONE = 1.0, 0.5, 1.0
# Alerts in vain are forgotten by half in so many days, and by this share at once where somebody served.
VAIN_HALF_LIFE_DAYS = 14.0
VAIN_LEFT_AFTER_SERVICE = 0.3
# Each alert in vain makes the next yes less likely, by this factor of e.
TIRING = 0.2
# Of those who look for work themselves: each time that they find nothing they look that much less often.
FRUITLESS = 0.85
FRUITLESS_MOST = 8
# After how many alerts in vain somebody lapses: lognormal.
LAPSES_AFTER_MEDIAN, LAPSES_AFTER_SIGMA = 5.0, 0.5

# The chance of a yes to an offer that is read: of those who mean to help in the crisis, and of others.
YES_ACTIVE, YES_OTHERS = 0.8, 0.5
YES_LEAST, YES_MOST = 0.02, 0.95
# Kilometres in which it falls by a factor of e.
YES_KM = 20.0
YES_LIKED_CAUSE, YES_OTHER_CAUSE = 1.15, 0.9
YES_ON_DUTY = 1.2
# For the crisis, before its share of everything rises: this part; for other work at its peak: this part.
YES_BEFORE_PEAK, YES_BESIDE_PEAK = 0.7, 0.6
# An offer that is never answered, and how much more often with each alert in vain.
SILENT, SILENT_A_VAIN, SILENT_MOST = 0.2, 0.04, 0.7

# Who means to help in the crisis: half of this share without any experience, up to one and a half times with a lot.
ACTIVE_SHARE = 0.20
ACTIVE_OF_NEW = 0.45
# Hours served at which experience counts half.
HALF_EXPERIENCED_HOURS = 9.0
# How often they look for work on a day at the peak: lognormal.
LOOKS_A_DAY_MEDIAN, LOOKS_A_DAY_SIGMA = 0.55, 0.7
# How often a regular looks for each service of the year before.
LOOKS_A_SERVICE = 1.6
# On a regular's way to their own work, at the peak: how often they turn to the crisis instead.
SHIFT_OVER = 0.75


def share_of_crisis(day: float) -> float:
    """The share of a day's services that are for the crisis, 0 to 1; `day` with its fraction, 0 is the first."""
    return float(crisis_share(np.array(day)))


def mood(day: float) -> float:
    """The same, of what it is at its peak."""
    return share_of_crisis(day) / SHARE_HIGHEST


def joined_by(day: float, last_day: float) -> float:
    """Which part of those who join in the crisis have joined: a logistic curve through 0 on day 0 and 1 on the last."""
    return (_logistic(day) - _logistic(0.0)) / (_logistic(last_day) - _logistic(0.0))


def day_of_joining(part: float, last_day: float) -> float:
    """The day by which this part of them has joined: the inverse of `joined_by`, for 0 < part < 1."""
    level = _logistic(0.0) + part * (_logistic(last_day) - _logistic(0.0))
    return RISE_MIDDLE_DAY + RISE_DAYS * log(level / (1 - level))


def _logistic(day: float) -> float:
    return 1 / (1 + exp(-(day - RISE_MIDDLE_DAY) / RISE_DAYS))


def experience(hours: float) -> float:
    """0 for somebody new to 1 for somebody who served for years."""
    return hours / (hours + HALF_EXPERIENCED_HOURS)


def active_share(hours: float) -> float:
    """How likely somebody who was there before means to help in the crisis."""
    return ACTIVE_SHARE * (0.5 + experience(hours))


def turns_to_crisis(day: float, hours: float) -> float:
    """How likely a regular's look for work is one for the crisis: more, the higher its share and the experience."""
    return SHIFT_OVER * mood(day) * (0.5 + experience(hours) / 2)


def faded(vain: float, since: datetime, at: datetime) -> float:
    """What is left of so many alerts in vain."""
    return vain * 0.5 ** ((at - since) / timedelta(days=VAIN_HALF_LIFE_DAYS))


def yes(
    *, means_to: bool, km: float, likes_cause: bool, on_duty: bool, vain: float, is_crisis: bool, day: float
) -> float:
    """How likely somebody who reads an offer takes it; `vain`: alerts lately that led to nothing."""
    high = mood(day)
    chance = YES_ACTIVE if means_to else YES_OTHERS
    chance *= exp(-km / YES_KM - TIRING * vain)
    chance *= YES_LIKED_CAUSE if likes_cause else YES_OTHER_CAUSE
    if on_duty:
        chance *= YES_ON_DUTY
    if is_crisis:
        chance *= YES_BEFORE_PEAK + (1 - YES_BEFORE_PEAK) * high
    else:
        chance *= 1 - (1 - YES_BESIDE_PEAK) * high
    return min(max(chance, YES_LEAST), YES_MOST)


def silence(vain: float) -> float:
    """How likely somebody never answers."""
    return min(SILENT + SILENT_A_VAIN * vain, SILENT_MOST)
