"""Calls and shifts of an invented place: what was asked for, by whom, and when. Seats come later."""

from dataclasses import dataclass

import numpy as np

from operations.synthetic import profile as numbers
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import Groups
from operations.synthetic.people import People
from operations.synthetic.places import Places
from operations.synthetic.served import Served
from tasks.models import TaskTemplate

# Of standing work, by cause: what it serves most comes first.
CAUSES = {
    "neighbourhood": 0.26,
    "culture": 0.19,
    "family": 0.16,
    "nature": 0.14,
    "elder-visits": 0.12,
    "disability": 0.08,
    "tutoring": 0.05,
}
FROM_HOME = ("counselling", "tele-clinic", "translation")
# Of the calls for the crisis most come from an authority, of the others few.
BY_AUTHORITY_IN_CRISIS, BY_AUTHORITY = 0.75, 0.25
# With those who missed it, and since the last call of a stream is cut short.
SEATS_A_CALL = numbers.SERVICES_A_CALL / (1 - numbers.MISSED) * 1.04
HOUR_S, DAY_S = 3600, 86_400
# Nobody begins before six or ends after ten at night: between two days lie eight hours of rest.
EARLIEST_HOUR, LATEST_HOUR = 6, 22
STREAM_EVERY_DAYS = 2


@dataclass
class Calls:
    """One entry a call; positions of groups, townships and templates. Times in seconds since 1970, -1 for none."""

    is_crisis: np.ndarray
    group: np.ndarray
    township: np.ndarray
    template: np.ndarray
    by_authority: np.ndarray
    called_at: np.ndarray
    adopted_at: np.ndarray
    first_day: np.ndarray
    last_day: np.ndarray
    is_running: np.ndarray

    def __len__(self) -> int:
        return len(self.group)


@dataclass
class Shifts:
    """One entry a shift; `call` is a position."""

    call: np.ndarray
    day: np.ndarray
    starts_at: np.ndarray
    minutes: np.ndarray
    cancelled: np.ndarray

    def __len__(self) -> int:
        return len(self.call)


def of_services(
    services: Served,
    people: People,
    places: Places,
    groups: Groups,
    templates: list[TaskTemplate],
    profile: numbers.Profile,
    calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[Calls, Shifts]:
    """The calls behind what was served: shifts of one stream follow each other until about a call's services are done."""
    call, first = _gathered(services)
    count = int(call.max()) + 1
    is_crisis = services.is_crisis[first]
    first_person = services.person[np.searchsorted(services.shift, first)]
    township = people.township[first_person]
    first_day = np.full(count, 1 << 30)
    last_day = np.full(count, -(1 << 30))
    np.minimum.at(first_day, call, services.day)
    np.maximum.at(last_day, call, services.day)
    template = _templates(templates, is_crisis, first_day, rng)
    starts = calendar.midnight(first_day)
    called = starts - rng.integers(1 * DAY_S, 5 * DAY_S, count)
    # A call for the crisis comes after its beginning; the first ones in its first hours.
    beginning = int(calendar.midnight(0))
    called = np.where(is_crisis, np.maximum(called, beginning + rng.integers(0, 3 * HOUR_S, count)), called)
    by_authority = rng.random(count) < np.where(is_crisis, BY_AUTHORITY_IN_CRISIS, BY_AUTHORITY)
    wait = np.where(by_authority, rng.gamma(1.5, 3000, count).astype(int) + 360, 0)
    calls = Calls(
        is_crisis=is_crisis,
        group=_groups(groups, places.county[township], rng),
        township=township,
        template=template,
        by_authority=by_authority,
        called_at=called,
        adopted_at=np.minimum(called + wait, starts + 5 * HOUR_S),
        first_day=first_day,
        last_day=last_day,
        is_running=(is_crisis == profile.has_crisis) & (last_day >= calendar.day_now - profile.runs_on_days),
    )
    shifts = Shifts(
        call=call,
        day=services.day,
        starts_at=np.zeros(len(call), np.int64),
        minutes=_lengths(services),
        cancelled=np.zeros(len(call), bool),
    )
    shifts.starts_at = _starts(shifts, calls, templates, calendar, rng)
    return calls, shifts


def _gathered(services: Served) -> tuple[np.ndarray, np.ndarray]:
    """The call of each shift, and the first shift of each call."""
    sizes = np.bincount(services.shift)
    kind = services.zone * 4 + services.is_crisis * 2 + (services.day >= 0)
    order = np.lexsort((services.day, kind))
    begins = np.flatnonzero(np.diff(kind[order], prepend=-1))
    lengths = np.diff(begins, append=len(order))
    days = services.day[order]
    span = days[begins + lengths - 1] - days[begins] + 1
    streams = np.maximum(1, np.rint(lengths * STREAM_EVERY_DAYS / span)).astype(int)
    place = np.arange(len(order)) - np.repeat(begins, lengths)
    stream = place % np.repeat(streams, lengths)
    whole = np.repeat(np.cumsum(streams) - streams, lengths) + stream
    along = np.lexsort((place, whole))
    seats = sizes[order[along]].astype(float)
    before = np.cumsum(seats) - seats
    heads = np.flatnonzero(np.diff(whole[along], prepend=-1))
    before -= np.repeat(before[heads], np.diff(heads, append=len(order)))
    part = (before // SEATS_A_CALL).astype(int)
    changes = (np.diff(whole[along], prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0)
    number = np.cumsum(changes) - 1
    call = np.empty(len(order), int)
    call[order[along]] = number
    return call, order[along][np.flatnonzero(changes)]


def _templates(
    templates: list[TaskTemplate], is_crisis: np.ndarray, day: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A template for each call: of its stage for the crisis, by cause for standing work."""
    drawn = np.zeros(len(is_crisis), int)
    standing = [i for i, template in enumerate(templates) if template.type.code in CAUSES]
    share = np.array([CAUSES[templates[i].type.code] for i in standing])
    drawn[~is_crisis] = rng.choice(standing, int((~is_crisis).sum()), p=share / share.sum())
    stage = np.searchsorted(numbers.STAGE_DAYS, day, side="right")
    for number in (1, 2, 3):
        rows = np.flatnonzero(is_crisis & (stage == number))
        fitting = [
            (i, 3.0 if template.stage == number else 1.0)
            for i, template in enumerate(templates)
            if template.type.code not in CAUSES
            and template.stage in (0, number)
            and not any(needed.kind == "qualification" for needed in template.requirements.all())
        ]
        weights = np.array([weight for _, weight in fitting])
        drawn[rows] = rng.choice([i for i, _ in fitting], len(rows), p=weights / weights.sum())
    return drawn


def _groups(groups: Groups, county: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A group of the county for each call. In the demo's county every other one is the organizer's."""
    order = np.argsort(groups.county, kind="stable")
    sizes = np.bincount(groups.county, minlength=int(county.max()) + 1)
    firsts = np.cumsum(sizes) - sizes
    drawn = order[firsts[county] + (rng.random(len(county)) * sizes[county]).astype(int)]
    at_home = np.flatnonzero(county == groups.county[groups.home])
    drawn[at_home[::2]] = groups.home
    return drawn


def _lengths(services: Served) -> np.ndarray:
    """Minutes of each shift: half hours, so long that nobody stayed for over a quarter of an hour beyond its end."""
    longest = np.zeros(len(services.day), int)
    np.maximum.at(longest, services.shift, services.minutes)
    return np.clip(-(-(longest - 15) // 30) * 30, 60, 300)


def _starts(
    shifts: Shifts,
    calls: Calls,
    templates: list[TaskTemplate],
    calendar: Calendar,
    rng: np.random.Generator,
) -> np.ndarray:
    """When each shift begins: around its template's hour, within the day."""
    hours = np.array([template.starts_hour for template in templates])[calls.template[shifts.call]]
    halves = hours * 2 + rng.integers(-1, 3, len(shifts))
    latest = LATEST_HOUR * 2 - -(-shifts.minutes // 30)
    halves = np.clip(halves, EARLIEST_HOUR * 2, latest)
    return calendar.midnight(shifts.day) + halves * (HOUR_S // 2)
