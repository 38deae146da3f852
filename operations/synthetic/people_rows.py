"""Writes invented volunteers: accounts, profiles, what they can do, when they are free, what they agreed to."""

from collections.abc import Callable
from datetime import date

import numpy as np
from django.contrib.auth.hashers import make_password

from accounts.models import Consent, User
from operations.synthetic import codes
from operations.synthetic import profile as numbers
from operations.synthetic.copying import NO_DAY, Days, Moments, copy
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import CONSENT_VERSION, Groups
from operations.synthetic.people import People
from operations.synthetic.places import Places
from volunteers.models import (
    Affiliation,
    Capability,
    Cause,
    Volunteer,
    VolunteerCapability,
    WeeklyAvailability,
)

VOLUNTEER_PHONES = 10_000_000
DAY_S = 86_400
# How long those on duty have been so, on average.
ON_DUTY_DAYS = 12
TABLES = (
    User,
    Volunteer,
    VolunteerCapability,
    Volunteer.causes.through,
    WeeklyAvailability,
    Consent,
    Affiliation,
)
# What volunteers care for: the first ones most.
CAUSES = {
    "community": 0.42,
    "culture": 0.33,
    "family": 0.29,
    "ecology": 0.25,
    "elderly": 0.22,
    "disabled": 0.15,
    "education": 0.12,
    "health": 0.10,
    "emergency": 0.08,
    "economy": 0.04,
}
# How many can do it; skills that are not named: one in ten, languages: one in fifty, papers: one in sixty.
CAN = {
    "mandarin": 0.85,
    "wu": 0.3,
    "english": 0.16,
    "e-bike": 0.3,
    "driving": 0.25,
    "cooking": 0.2,
    "registration": 0.18,
    "driving-licence": 0.22,
    "health-certificate": 0.09,
    "nurse": 0.03,
    "doctor": 0.012,
    "first-aid-certificate": 0.05,
    "truck-licence": 0.01,
}
USUALLY = {"skill": 0.1, "language": 0.02, "qualification": 0.016}
# What a dialect's name says of where it is spoken.
SPOKEN_IN = {"hangzhou": "3301", "ningbo": "3302", "wenzhou": "3303"}
SPOKEN_THERE = 0.6
# Of the papers; and about how many wait for somebody to look at them.
DECLINED, WAITING = 0.02, 12
WEEKS = (
    [(day, 18, 22) for day in range(5)],
    [(5, 8, 20), (6, 8, 20)],
    [(day, 8, 12) for day in range(5)],
    [(day, 13, 18) for day in range(5)] + [(6, 9, 17)],
    [(0, 8, 22), (2, 8, 22), (4, 8, 22)],
)
WITH_A_GROUP = 0.25
RESEARCH = 0.4


def draw_capabilities(
    people: People, places: Places, capabilities: list[Capability], rng: np.random.Generator
) -> None:
    """Fill `people.can`, a column for each capability."""
    city = np.array([county.path_codes[1] for county in places.counties])[people.county]
    for column, capability in enumerate(capabilities):
        share = np.full(len(people), CAN.get(capability.code, USUALLY[capability.kind]))
        if capability.code in SPOKEN_IN:
            share[city == SPOKEN_IN[capability.code]] = SPOKEN_THERE
        people.can[:, column] = rng.random(len(people)) < share


def write(
    people: People,
    places: Places,
    groups: Groups,
    capabilities: list[Capability],
    joined_at: np.ndarray,
    calendar: Calendar,
    official_id: int,
    rng: np.random.Generator,
    tick: Callable[[int], None],
) -> None:
    """Every row about volunteers; `joined_at` in seconds since 1970."""
    count = len(people)
    on_duty_since = calendar.at - (rng.exponential(ON_DUTY_DAYS, count) * DAY_S).astype(int)
    copy(
        User,
        count,
        {
            "id": people.user_id,
            "code": codes.codes(count, 12, rng),
            "name": codes.names(count, rng),
            "password": make_password(None),
            "phone": [f"+86100{VOLUNTEER_PHONES + index:08d}" for index in range(count)],
            "phone_confirmed_at": Moments(joined_at),
            "joined_at": Moments(joined_at),
        },
        tick,
    )
    copy(
        Volunteer,
        count,
        {
            "id": people.volunteer_id,
            "user_id": people.user_id,
            "number": codes.numbers(count, rng),
            "area_id": places.area_ids()[people.township],
            "county_id": places.county_ids()[people.county],
            "longitude": people.longitude,
            "latitude": people.latitude,
            "reach_km": people.reach_km,
            "max_hours_week": np.minimum(people.max_hours_week, 80),
            "on_duty_since": Moments(np.where(people.on_duty, np.maximum(on_duty_since, joined_at), -1)),
            "birth_on": Days(_birthdays(people.age, calendar, rng)),
            "sex": np.where(people.is_woman, "female", "male"),
            "is_student": people.is_student,
            "takes_assignments": people.takes_assignments,
            "offers_a_day": people.offers_a_day,
            "joined_at": Moments(joined_at),
        },
        tick,
    )
    _causes(people, rng)
    _claims(people, capabilities, joined_at, calendar, official_id, rng, tick)
    _weeks(people, rng)
    _consents(people, joined_at, rng, tick)
    _affiliations(people, groups, joined_at, calendar, rng)


def _birthdays(age: np.ndarray, calendar: Calendar, rng: np.random.Generator) -> np.ndarray:
    """Days since 1970 on which people were born who are of that age today."""
    today = calendar.today
    ages = {
        years: date(today.year - years, today.month, min(today.day, 28)).toordinal()
        for years in np.unique(age)
    }
    ordinal = np.array([ages[years] for years in age.tolist()]) - rng.integers(0, 330, len(age))
    return ordinal - date(1970, 1, 1).toordinal()


def _causes(people: People, rng: np.random.Generator) -> None:
    through = Volunteer.causes.through
    for cause in Cause.objects.order_by("position"):
        likes = people.volunteer_id[rng.random(len(people)) < CAUSES.get(cause.code, 0.05)]
        copy(through, len(likes), {"volunteer_id": likes, "cause_id": cause.pk})


def _claims(
    people: People,
    capabilities: list[Capability],
    joined_at: np.ndarray,
    calendar: Calendar,
    official_id: int,
    rng: np.random.Generator,
    tick: Callable[[int], None],
) -> None:
    """What people say they can do; papers with their evidence, nearly all of them looked at."""
    person, column = np.nonzero(people.can)
    kinds = np.array([capability.kind == Capability.Kind.QUALIFICATION for capability in capabilities])
    ids = np.array([capability.pk for capability in capabilities])
    is_paper = kinds[column]
    count = len(person)
    claimed = calendar.at - rng.integers(2 * DAY_S, 300 * DAY_S, count)
    decision = rng.random(count)
    # Whoever did work that needs a paper has shown it.
    looked_at = 1 - DECLINED - WAITING / max(1, int(is_paper.sum()))
    confirmed = is_paper & ((decision < looked_at) | people.shown[person, column])
    declined = is_paper & (decision > 1 - DECLINED) & ~confirmed
    # What waits was handed in lately.
    waiting = is_paper & ~confirmed & ~declined
    claimed = np.where(waiting, calendar.at - rng.integers(3_600, 3 * DAY_S, count), claimed)
    claimed = np.maximum(claimed, joined_at[person])
    decided = np.minimum(claimed + rng.integers(3_600, 2 * DAY_S, count), calendar.at)
    paper = np.ma.masked_array(np.full(count, official_id), mask=~confirmed)
    evidence = rng.integers(10**9, 10**10, count).tolist()
    copy(
        VolunteerCapability,
        count,
        {
            "volunteer_id": people.volunteer_id[person],
            "capability_id": ids[column],
            "evidence": [
                f"证书号 {number}" if shown else ""
                for number, shown in zip(evidence, is_paper.tolist(), strict=True)
            ],
            "expires_on": Days(
                np.where(is_paper, calendar.date(calendar.day_now) + rng.integers(60, 1500, count), NO_DAY)
            ),
            "claimed_at": Moments(np.where(is_paper, claimed, -1)),
            "confirmed_at": Moments(np.where(confirmed, decided, -1)),
            "confirmed_by_id": paper,
            "declined_at": Moments(np.where(declined, decided, -1)),
            "declined_by_id": np.ma.masked_array(np.full(count, official_id), mask=~declined),
            "decline_reason": np.where(declined, "照片看不清，请重拍一张", ""),
        },
        tick,
    )


def _weeks(people: People, rng: np.random.Generator) -> None:
    """Windows for part of the people; the others are free always."""
    chosen = np.flatnonzero(rng.random(len(people)) < numbers.WITH_WINDOWS)
    pattern = rng.integers(0, len(WEEKS), len(chosen))
    for index, windows in enumerate(WEEKS):
        volunteers = people.volunteer_id[chosen[pattern == index]]
        days, starts, ends = np.array(windows).T
        copy(
            WeeklyAvailability,
            len(volunteers) * len(windows),
            {
                "volunteer_id": np.repeat(volunteers, len(windows)),
                "weekday": np.tile(days, len(volunteers)),
                "starts_hour": np.tile(starts, len(volunteers)),
                "ends_hour": np.tile(ends, len(volunteers)),
            },
        )


def _consents(
    people: People, joined_at: np.ndarray, rng: np.random.Generator, tick: Callable[[int], None]
) -> None:
    research = rng.random(len(people)) < RESEARCH
    for purpose, who in (("terms", slice(None)), ("messages", slice(None)), ("research", research)):
        users = people.user_id[who]
        copy(
            Consent,
            len(users),
            {
                "user_id": users,
                "purpose": purpose,
                "version": CONSENT_VERSION,
                "decision": "granted",
                "at": Moments(joined_at[who]),
            },
            tick,
        )


def _affiliations(
    people: People, groups: Groups, joined_at: np.ndarray, calendar: Calendar, rng: np.random.Generator
) -> None:
    """Some belong to the people of a group of their county."""
    chosen = np.flatnonzero(rng.random(len(people)) < WITH_A_GROUP)
    order = np.argsort(groups.county, kind="stable")
    sizes = np.bincount(groups.county, minlength=int(people.county.max()) + 1)
    county = people.county[chosen]
    group = order[(np.cumsum(sizes) - sizes)[county] + (rng.random(len(chosen)) * sizes[county]).astype(int)]
    started = joined_at[chosen] + rng.integers(60, 7 * DAY_S, len(chosen))
    copy(
        Affiliation,
        len(chosen),
        {
            "volunteer_id": people.volunteer_id[chosen],
            "organization_id": groups.id[group],
            "started_at": Moments(np.minimum(started, calendar.at)),
        },
    )
