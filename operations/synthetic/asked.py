"""What residents of an invented place asked for, and how far it came."""

from dataclasses import dataclass

import numpy as np

from operations.synthetic.calls import Calls
from operations.synthetic.curve import Calendar, crisis_volume
from operations.synthetic.groups import Groups
from operations.synthetic.places import Places
from operations.synthetic.words import REQUESTS
from residents.models import Channel, HelpRequest

# In the two months of the crisis, for each volunteer of the place.
A_VOLUNTEER = 0.24
CHANNELS = {
    Channel.QR: 0.34,
    Channel.WEB: 0.18,
    Channel.PHONE: 0.25,
    Channel.PROXY: 0.19,
    Channel.PAPER: 0.04,
}
# Of all that were looked at.
MERGED, DECLINED, WITHDRAWN = 0.06, 0.035, 0.012
# Of those served: confirmed by whoever asked; the others are closed by themselves.
CONFIRMED = 0.9
# Of those of the last day, how many come from the demo's own county.
AT_HOME = 0.3
# Beside a county in which work is done.
QUIET = 0.02
HOUR_S, DAY_S = 3600, 86_400
CLOSED_BY_ITSELF_S = 14 * DAY_S
# Minutes to the first answer and to the end, by kind of work and for every other kind.
PROMISES: dict[str, tuple[int, int]] = {
    "": (240, 2880),
    "transport": (60, 720),
    "tele-clinic": (60, 1440),
    "counselling": (60, 1440),
    "delivery": (120, 1440),
}


@dataclass
class Asked:
    """One entry a request. Times in seconds since 1970, -1 for none; positions of groups, townships and calls."""

    kind: np.ndarray
    channel: np.ndarray
    township: np.ndarray
    group: np.ndarray
    asked_at: np.ndarray
    answered_at: np.ndarray
    placed_at: np.ndarray
    served_at: np.ndarray
    ended_at: np.ndarray
    status: np.ndarray
    call: np.ndarray
    merged_into: np.ndarray

    def __len__(self) -> int:
        return len(self.kind)


def draw(
    count: int, places: Places, groups: Groups, calls: Calls, calendar: Calendar, rng: np.random.Generator
) -> Asked:
    """Requests of the crisis, oldest first; each goes as far as the time since allows."""
    asked_at = _asked_at(count, calendar, rng)
    county = rng.choice(len(places.counties), count, p=_shares(_asking(places, calls)))
    late = (asked_at > calendar.at - DAY_S) & (rng.random(count) < AT_HOME)
    county[late] = places.home_county
    kinds = np.array([request.weight for request in REQUESTS])
    kind = rng.choice(len(REQUESTS), count, p=_shares(kinds))
    promised = np.array([PROMISES.get(request.type, PROMISES[""])[0] for request in REQUESTS])[kind] * 60
    slow = np.where(places.in_south()[county], 1.6, 1.0)
    answered_at = asked_at + (rng.gamma(1.3, 0.42, count) * promised * slow).astype(np.int64) + 180
    fate = rng.random(count)
    withdrawn = fate < WITHDRAWN
    declined = ~withdrawn & (fate < WITHDRAWN + DECLINED)
    wants_merging = ~withdrawn & ~declined & (fate < WITHDRAWN + DECLINED + MERGED)
    merged_into = _earlier(county, kind, asked_at, ~(withdrawn | declined | wants_merging), wants_merging)
    merged = merged_into >= 0
    goes_on = ~(withdrawn | declined | merged)
    placed_at = answered_at + (rng.gamma(1.4, 5.0, count) * HOUR_S * slow).astype(np.int64)
    call, placed_at = _calls(county, placed_at, calls, places, calendar, rng)
    placed = goes_on & (call >= 0) & (placed_at < calendar.at)
    served_at = placed_at + (rng.gamma(2.0, 7.0, count) * HOUR_S).astype(np.int64)
    served = placed & (served_at < calendar.at)
    confirms = rng.random(count) < CONFIRMED
    after = np.where(confirms, (rng.gamma(1.2, 6.0, count) * HOUR_S).astype(np.int64), CLOSED_BY_ITSELF_S)
    confirmed = served & (served_at + after < calendar.at)
    answered = (answered_at < calendar.at) & ~withdrawn
    status = np.full(count, HelpRequest.Status.NEW.value, "U9")
    for chosen, name in (
        (answered & goes_on, HelpRequest.Status.VERIFIED),
        (placed, HelpRequest.Status.PLACED),
        (served, HelpRequest.Status.SERVED),
        (confirmed, HelpRequest.Status.CONFIRMED),
        (answered & declined, HelpRequest.Status.DECLINED),
        (answered & merged, HelpRequest.Status.MERGED),
        (withdrawn & (answered_at < calendar.at), HelpRequest.Status.WITHDRAWN),
    ):
        status[chosen] = name.value
    ends_now = np.isin(status, [HelpRequest.Status.DECLINED, HelpRequest.Status.MERGED])
    ended_at = np.where(confirmed, served_at + after, np.where(ends_now, answered_at, -1))
    ended_at = np.where(status == HelpRequest.Status.WITHDRAWN.value, answered_at, ended_at)
    return Asked(
        kind=kind,
        channel=rng.choice(list(CHANNELS), count, p=list(CHANNELS.values())),
        township=_townships(county, places, rng),
        group=np.array([looks_at(groups, number) for number in range(len(places.counties))])[county],
        asked_at=asked_at,
        answered_at=np.where(answered, answered_at, -1),
        placed_at=np.where(placed, placed_at, -1),
        served_at=np.where(served, served_at, -1),
        ended_at=ended_at,
        status=status,
        call=np.where(placed, call, -1),
        merged_into=np.where(status == HelpRequest.Status.MERGED.value, merged_into, -1),
    )


def _asked_at(count: int, calendar: Calendar, rng: np.random.Generator) -> np.ndarray:
    """More on days on which more was done, from seven in the morning to ten at night."""
    days = np.arange(calendar.day_now + 1)
    day = rng.choice(days, count, p=_shares(crisis_volume(days.astype(float))))
    moment = calendar.midnight(day) + (7 + rng.beta(1.6, 1.9, count) * 15) * HOUR_S
    return np.sort(np.minimum(moment.astype(np.int64), calendar.at - rng.integers(300, 7_200, count)))


def _earlier(
    county: np.ndarray, kind: np.ndarray, asked_at: np.ndarray, stays: np.ndarray, wants: np.ndarray
) -> np.ndarray:
    """For each that is to be merged the nearest earlier one of its county and kind that goes on; -1 without one."""
    found = np.full(len(kind), -1)
    last: dict[tuple[int, int], int] = {}
    keys = list(zip(county.tolist(), kind.tolist(), strict=True))
    for row, (key, goes_on, wanted) in enumerate(zip(keys, stays.tolist(), wants.tolist(), strict=True)):
        before = last.get(key, -1)
        if goes_on:
            last[key] = row
        elif wanted and before >= 0 and asked_at[row] - asked_at[before] < 3 * DAY_S:
            found[row] = before
    return found


def _calls(
    county: np.ndarray,
    ready_at: np.ndarray,
    calls: Calls,
    places: Places,
    calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """For each request a call of the crisis in its county, and when it became part of that: one that runs at the moment
    at which it is ready, else the next. -1 where there is none."""
    ends = calendar.midnight(np.minimum(calls.last_day, calendar.day_now)) + DAY_S
    ends = np.where(calls.is_running, np.maximum(ends, calendar.at + DAY_S), ends)
    call_county = places.county[calls.township]
    found, placed_at = np.full(len(county), -1), ready_at.copy()
    for number in np.unique(county):
        own = np.flatnonzero(calls.is_crisis & (call_county == number))
        own = own[np.argsort(calls.called_at[own])]
        for row in np.flatnonzero(county == number):
            moment = ready_at[row]
            runs = own[(calls.called_at[own] <= moment) & (ends[own] > moment)]
            later = own[calls.called_at[own] > moment]
            if len(runs):
                found[row] = runs[int(rng.integers(len(runs)))]
            elif len(later):
                found[row] = later[0]
                placed_at[row] = calls.called_at[later[0]] + HOUR_S // 2
    return found, placed_at


def _asking(places: Places, calls: Calls) -> np.ndarray:
    """How many ask in each county: by how many live there, and few where nothing is done."""
    busy = np.bincount(places.county[calls.township[calls.is_crisis]], minlength=len(places.counties)) > 0
    return places.weights() * np.where(busy, 1.0, QUIET)


def _townships(county: np.ndarray, places: Places, rng: np.random.Generator) -> np.ndarray:
    first = np.searchsorted(places.county, np.arange(len(places.counties)))
    sizes = np.bincount(places.county, minlength=len(places.counties))
    return first[county] + (rng.random(len(county)) * sizes[county]).astype(int)


def looks_at(groups: Groups, county: int) -> int:
    """Who looks at the requests of a county: its first group, the demo's own in its county."""
    own = groups.of_county(county)
    if groups.home in own:
        return groups.home
    return int(own[0]) if len(own) else groups.home


def _shares(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()
