"""Rules about offers: how long they stand, how many go out, whom they may reach and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tasks.policies.admission import Stage, stage_at
from tasks.policies.seats import FOR_WHO_COMES_ALONE, PersonFacts, SeatFacts, against, weigh

# Nobody gets more offers on a day, whatever they chose; each one costs attention.
RATION = 2
URGENT = timedelta(hours=24)
QUIET_FROM_HOUR, QUIET_UNTIL_HOUR = 22, 7
# Whoever is asked in the night for a shift that begins before this hour would otherwise hear of it too late.
EARLY_HOUR = 10
# How far back earlier offers count: for how likely a yes is, and for what somebody said no to.
LOOK_BACK = timedelta(days=90)
# Shifts and alerts of so many days before a moment are recent load.
RECENT = timedelta(days=14)
RECENT_ALERTS = timedelta(days=7)
RECENT_MOST = 5
# A newcomer counts as somebody who was asked five times; where nothing was learned, who said yes three times of them.
NEWCOMER_ASKED, NEWCOMER = 5, 0.6
# So many times no is somebody who said yes and did not come.
NO_SHOW_COUNTS = 2
COST_PER_KM, COST_OTHER_CAUSE, COST_PER_RECENT_SHIFT = 10, 250, 30

# Weekday from Monday as 0, first hour, last hour (exclusive, up to 24).
Window = tuple[int, int, int]
# First day, last day, whether free.
Days = tuple[date, date, bool]


@dataclass(frozen=True)
class AskFacts:
    """What decides whether somebody may be asked, beside what decides about the seat itself."""

    person: PersonFacts
    is_active: bool
    agreed_to_messages: bool
    on_duty: bool
    offers_a_day: int
    # Which of today's alerts were used.
    slots_used: Sequence[int] = ()
    asked_for_this: bool = False
    # Had a seat in the role that they gave back, or that was taken from them.
    gave_back: bool = False
    asked_at_that_time: bool = False
    wants_rest: bool = False
    said_not_this_work: bool = False
    # The nearest distance of which the person said lately that it is too far.
    too_far_m: int | None = None
    # Lives where the stage in force alerts nobody of this work.
    beyond_reach: bool = False
    week: Sequence[Window] = field(default=())
    days: Sequence[Days] = field(default=())

    @property
    def free_slot(self) -> int | None:
        """Which of the day's alerts the next offer is; None where the ration is used up."""
        slots = range(1, ration_of(self.offers_a_day) + 1)
        return next((slot for slot in slots if slot not in self.slots_used), None)


class Turndown(StrEnum):
    """Why somebody is not asked for a seat. The grounds of `weigh` have the same names here."""

    NOT_OPEN = "not-open"
    TOO_LATE = "too-late"
    AREA_STOPPED = "area-stopped"
    SHIFT_FULL = "shift-full"
    ALREADY_SIGNED_UP = "already-signed-up"
    OVERLAP = "overlap"
    CONSENT = "consent-withdrawn"
    GUARDIAN = "guardian-needed"
    BIRTHDAY = "birthday-needed"
    AGE = "too-young"
    CAPABILITY = "capability-missing"
    REST = "needs-rest"
    HOURS = "too-many-hours"
    DISTANCE = "too-far"
    BEYOND_REACH = "beyond-reach"
    NOT_YET_OPEN = "not-yet-open"
    CLOSED = "account-closed"
    NO_MESSAGES = "no-messages"
    RATION = "no-ration"
    ASKED = "asked-before"
    GAVE_BACK = "gave-back"
    ASKED_ELSEWHERE = "asked-elsewhere"
    NOT_FREE = "not-free"
    NOT_THIS_WORK = "not-this-work"
    TIRED = "wants-rest"
    QUIET = "quiet-hours"
    NOT_FOR_ASSIGNING = "not-for-assigning"
    NEEDED_ELSEWHERE = "needed-elsewhere"
    FARTHER = "farther-down"


def offer_lasts(starts_at: datetime | None, at: datetime) -> timedelta:
    """How long an offer stands: 20 minutes for a shift within 6 hours, 2 hours within 48, else 12 hours.

    Never beyond the start. Zero or less where the shift has begun.
    """
    if starts_at is None:
        return timedelta(hours=12)
    ahead = starts_at - at
    if ahead <= timedelta(hours=6):
        stands = timedelta(minutes=20)
    elif ahead <= timedelta(hours=48):
        stands = timedelta(hours=2)
    else:
        stands = timedelta(hours=12)
    return min(stands, ahead)


def is_urgent(starts_at: datetime | None, at: datetime) -> bool:
    """Whether a shift begins within 24 hours: whoever is on duty is asked first."""
    return starts_at is not None and starts_at - at < URGENT


def ration_of(offers_a_day: int) -> int:
    """How many offers somebody may get on a day: what they chose, and never more than two."""
    return min(RATION, offers_a_day)


def may_be_asked_at(at: datetime, starts_at: datetime | None, *, on_duty: bool) -> bool:
    """Whether an offer that nobody sends by hand may go out; both moments on the clock of the place.

    From 22 to 7 only to whoever is on duty, or for a shift that begins before ten in the morning.
    """
    if QUIET_UNTIL_HOUR <= at.hour < QUIET_FROM_HOUR or on_duty:
        return True
    ten = at.replace(hour=EARLY_HOUR, minute=0, second=0, microsecond=0)
    if at.hour >= QUIET_FROM_HOUR:
        ten += timedelta(days=1)
    return starts_at is not None and starts_at < ten


def why_not_ask(
    seat: SeatFacts,
    facts: AskFacts,
    *,
    at: datetime,
    by_hand: bool,
    metres: float | None = None,
    rationed: bool = True,
) -> Turndown | None:
    """Why somebody is not asked for a seat; None where they may be. `at` in the place's zone.

    The rules of a sign-up come first. `by_hand`: a person sends it, who may choose the hour, and may ask before the
    shift opens to everybody. `rationed`: it is an alert; a seat given to somebody who wanted no question is none.
    """
    if not facts.is_active:
        return Turndown.CLOSED
    refused = against(weigh(seat, facts.person, at=at))
    if hard := [reason for reason in refused if reason.ground not in FOR_WHO_COMES_ALONE]:
        return Turndown(hard[0].ground.value)
    if not by_hand and stage_at(seat.admission, at) != Stage.EVERYBODY:
        return Turndown.NOT_YET_OPEN
    too_far = facts.too_far_m is not None and metres is not None and metres >= facts.too_far_m
    checks = (
        (not facts.agreed_to_messages, Turndown.NO_MESSAGES),
        (facts.beyond_reach, Turndown.BEYOND_REACH),
        (facts.asked_for_this, Turndown.ASKED),
        (facts.gave_back, Turndown.GAVE_BACK),
        (facts.asked_at_that_time, Turndown.ASKED_ELSEWHERE),
        (facts.said_not_this_work, Turndown.NOT_THIS_WORK),
        (facts.wants_rest, Turndown.TIRED),
        (too_far, Turndown.DISTANCE),
        (not is_free(seat.period, facts.week, facts.days), Turndown.NOT_FREE),
        (rationed and facts.free_slot is None, Turndown.RATION),
        (
            not by_hand and not may_be_asked_at(at, seat.starts_at, on_duty=facts.on_duty),
            Turndown.QUIET,
        ),
    )
    return next((turndown for applies, turndown in checks if applies), None)


def likelihood(
    *,
    asked: int,
    accepted: int,
    on_duty: bool = False,
    did_before: bool = False,
    no_shows: int = 0,
    expected: float = NEWCOMER,
) -> float:
    """The chance of a yes that is kept, 0 to 1: the mean of a Beta distribution that begins with five offers.

    `expected` is the part of these five with a yes: what offers like this one have led to so far, of whomever.
    `asked` are the offers of the last 90 days that were answered or ran out, `accepted` those with a yes. Being on
    duty, and having done this kind of work, each count as one yes more. `no_shows` are the times in these 90 days that
    somebody did not come and no objection stands: each counts as two no. Once for the seat that stayed empty, and once
    because it was a yes when it was given: that yes is among `accepted`, so a single no would leave the two at even.
    """
    more = int(on_duty) + int(did_before)
    yes = NEWCOMER_ASKED * expected + accepted + more
    return yes / (NEWCOMER_ASKED + asked + more + NO_SHOW_COUNTS * no_shows)


class Wave(Protocol):
    """How many of the best to ask at once, by the chances of those who are asked first."""

    def __call__(self, *, missing: int, chances: Sequence[float], free: int) -> int: ...


def wave_size(*, missing: int, chances: Sequence[float], free: int) -> int:
    """How many of the best to ask at once: the fewest whose expected yes reach what is missing; at most `free`.

    `chances` are those of the people in the order in which they are asked.
    """
    if missing <= 0:
        return 0
    most = min(free, len(chances))
    total = 0.0
    for count, chance in enumerate(chances[:most], start=1):
        total += chance
        if total >= missing:
            return count
    return max(most, 0)


def expected_yes(chances: Sequence[float]) -> int:
    """How many of them will say yes, to the nearest whole person."""
    return int(sum(chances) + 0.5)


def recent_load(*, shifts: int, alerts: int) -> int:
    """0 to 5: shifts of the last 14 days and of the days to come, and every second alert of the last seven days."""
    return min(RECENT_MOST, shifts + (alerts + 1) // 2)


def pair_cost(*, metres: float | None, reach_km: int, prefers_cause: bool, load: int, is_remote: bool) -> int:
    """What giving this seat to this person costs: ⌊10 · km⌋, 250 for another cause, 30 for each recent shift.

    An unknown distance counts as the whole of what the person would go; from home there is none.
    """
    km = 0.0 if is_remote else reach_km if metres is None else metres / 1000
    other = 0 if prefers_cause else COST_OTHER_CAUSE
    return int(COST_PER_KM * km) + other + COST_PER_RECENT_SHIFT * load


def cover_rank(
    *, metres: float | None, reach_km: int, last_asked_at: datetime | None, is_remote: bool
) -> tuple[int, float]:
    """Whom to ask first where somebody is missing soon: the nearest, in whole kilometres, and among those who are
    as near whoever was asked longest ago or never. An unknown distance counts as the whole of what they would go.
    """
    km = 0 if is_remote else reach_km if metres is None else int(metres // 1000)
    return km, last_asked_at.timestamp() if last_asked_at else 0.0


def is_free(
    period: tuple[datetime, datetime] | None, week: Sequence[Window], days: Sequence[Days] = ()
) -> bool:
    """Whether every hour that a period touches lies in the week's windows; days that differ come first.

    No window at all means free always. A day that is both free and not is not free. Local times.
    """
    if period is None:
        return True
    start, end = period
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        if not _is_free_in(hour, week, days):
            return False
        hour += timedelta(hours=1)
    return True


def _is_free_in(hour: datetime, week: Sequence[Window], days: Sequence[Days]) -> bool:
    today = [free for first, last, free in days if first <= hour.date() <= last]
    if today:
        return all(today)
    return not week or any(day == hour.weekday() and first <= hour.hour < last for day, first, last in week)
