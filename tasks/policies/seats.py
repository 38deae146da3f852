"""Rules about seats and hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from areas.policies import Point, distance_m
from tasks.policies.admission import (
    ALWAYS_OPEN,
    Admission,
    Stage,
    has_come,
    last_moment,
    opening_for,
    stage_at,
)

REST = timedelta(hours=8)
AGE_WITH_GUARDIAN_BELOW = 14
SEATS_AT_ONCE = 10
# A shift that has under three quarters of the people that it needs is short; above that it is at risk.
SHORT_BELOW = 0.75
CHECK_IN_OPENS_BEFORE = timedelta(minutes=60)
CHECK_OPEN_AFTER = timedelta(hours=12)
COUNTS_BEFORE_START = timedelta(minutes=15)
COUNTS_AFTER_END = timedelta(minutes=30)
# How far from a shift other shifts can matter: a week of hours, and a day for what begins before it.
NEIGHBOURS = timedelta(days=8)

Period = tuple[datetime, datetime]


class Ground(StrEnum):
    """What can speak for or against a seat."""

    NOT_OPEN = "not-open"
    TOO_LATE = "too-late"
    AREA_STOPPED = "area-stopped"
    SHIFT_FULL = "shift-full"
    SIGN_UP_CLOSED = "sign-up-closed"
    ALREADY_SIGNED_UP = "already-signed-up"
    NOT_YET_OPEN = "not-yet-open"
    PARTY = "party-too-large"
    OVERLAP = "overlap"
    CONSENT = "consent-withdrawn"
    GUARDIAN = "guardian-needed"
    BIRTHDAY = "birthday-needed"
    AGE = "too-young"
    CAPABILITY = "capability-missing"
    REST = "needs-rest"
    HOURS = "too-many-hours"
    DISTANCE = "too-far"
    NEEDS_APPROVAL = "needs-approval"


# Limits for the volunteer's own good: an organizer may set one aside, with a reason. Nothing else may be.
OVERRIDABLE = frozenset({Ground.REST, Ground.HOURS, Ground.DISTANCE})
# What holds for whoever comes by themselves: an accepted offer, a held seat, an approved request, a seat passed on and
# an organizer who places somebody go past these, and past nothing else.
FOR_WHO_COMES_ALONE = frozenset({Ground.NOT_YET_OPEN, Ground.SIGN_UP_CLOSED, Ground.NEEDS_APPROVAL})


@dataclass(frozen=True)
class Reason:
    """One ground, whether it speaks for the seat, and the values that its sentence needs."""

    ground: Ground
    good: bool
    params: dict[str, object] = field(default_factory=dict)

    @property
    def is_overridable(self) -> bool:
        return self.ground in OVERRIDABLE


@dataclass(frozen=True)
class SeatFacts:
    """What is asked of whoever takes a seat. Times are aware, on the clock of the place."""

    starts_at: datetime | None
    ends_at: datetime | None
    is_open: bool
    is_stopped: bool
    seats_free: int
    min_age: int = 0
    is_remote: bool = False
    point: Point | None = None
    admission: Admission = ALWAYS_OPEN

    @property
    def period(self) -> Period | None:
        return (self.starts_at, self.ends_at) if self.starts_at and self.ends_at else None


@dataclass(frozen=True)
class PersonFacts:
    """What is known of whoever asks for it. Busy periods are those near the shift, without this one."""

    has_consent: bool
    busy: Sequence[Period]
    max_hours_week: int
    reach_km: int
    missing: Sequence[str] = ()
    holds_seat: bool = False
    birth_on: date | None = None
    has_guardian: bool = False
    point: Point | None = None
    # Whether they belong to the shift's organization, and whether they live where it is; asked only of staged shifts.
    is_member: bool = False
    is_local: bool = False


def weigh(seat: SeatFacts, person: PersonFacts, *, at: datetime, seats: int = 1) -> list[Reason]:
    """Everything that speaks for and against the seat, the hardest grounds first; `at` in the place's zone."""
    found = [
        _openness(seat, at, seats),
        _holding(person),
        _closing(seat, at),
        _opening(seat, person, at),
        _party(seat, seats),
        _consent(person),
        _guardian(person, at),
        _age(seat, person, at),
        _capability(person),
        _overlap(seat, person),
        _rest(seat, person),
        _hours(seat, person),
        _distance(seat, person),
        _approval(seat),
    ]
    return [reason for reason in found if reason is not None]


def against(reasons: Iterable[Reason], *, overriding: bool = False) -> list[Reason]:
    """Those that forbid the seat."""
    return [reason for reason in reasons if not reason.good and not (overriding and reason.is_overridable)]


def _openness(seat: SeatFacts, at: datetime, seats: int) -> Reason | None:
    if seat.is_stopped:
        return Reason(Ground.AREA_STOPPED, False)
    if not seat.is_open:
        return Reason(Ground.NOT_OPEN, False)
    if is_late(seat.starts_at, at):
        return Reason(Ground.TOO_LATE, False)
    if seat.seats_free < seats:
        return Reason(Ground.SHIFT_FULL, False, {"free": seat.seats_free})
    return None


def is_late(starts_at: datetime | None, at: datetime) -> bool:
    """Whether a shift has begun: whoever comes later joins at the desk."""
    return starts_at is not None and starts_at <= at


def _holding(person: PersonFacts) -> Reason | None:
    return Reason(Ground.ALREADY_SIGNED_UP, False) if person.holds_seat else None


def _closing(seat: SeatFacts, at: datetime) -> Reason | None:
    until = last_moment(seat.admission, seat.starts_at)
    if until is None or has_come(at, until):
        return None
    return Reason(Ground.SIGN_UP_CLOSED, False, {"until": until})


def _opening(seat: SeatFacts, person: PersonFacts, at: datetime) -> Reason | None:
    rules = seat.admission
    opening = opening_for(rules, is_member=person.is_member, is_local=person.is_local)
    if opening is None or has_come(opening.opens_at, at):
        return None
    already = stage_at(rules, at)
    values = {"opens_at": opening.opens_at, "whom": opening.stage, "already": already}
    if opening.stage != Stage.EVERYBODY:
        values["opens_to_everybody_at"] = rules.opens_at
    return Reason(Ground.NOT_YET_OPEN, False, values)


def _party(seat: SeatFacts, seats: int) -> Reason | None:
    most = seat.admission.party_most
    return None if most is None or seats <= most else Reason(Ground.PARTY, False, {"most": most})


def _approval(seat: SeatFacts) -> Reason | None:
    return Reason(Ground.NEEDS_APPROVAL, False) if seat.admission.needs_approval else None


def _consent(person: PersonFacts) -> Reason | None:
    return None if person.has_consent else Reason(Ground.CONSENT, False)


def _guardian(person: PersonFacts, at: datetime) -> Reason | None:
    age = age_on(person.birth_on, at.date())
    if age is None or age >= AGE_WITH_GUARDIAN_BELOW or person.has_guardian:
        return None
    return Reason(Ground.GUARDIAN, False, {"age": AGE_WITH_GUARDIAN_BELOW})


def _age(seat: SeatFacts, person: PersonFacts, at: datetime) -> Reason | None:
    if not seat.min_age:
        return None
    age = age_on(person.birth_on, (seat.starts_at or at).date())
    if age is None:
        return Reason(Ground.BIRTHDAY, False, {"age": seat.min_age})
    return Reason(Ground.AGE, age >= seat.min_age, {"age": seat.min_age})


def _capability(person: PersonFacts) -> Reason | None:
    return Reason(Ground.CAPABILITY, False, {"names": list(person.missing)}) if person.missing else None


def _overlap(seat: SeatFacts, person: PersonFacts) -> Reason | None:
    if seat.period is None:
        return None
    start, end = lasting(seat.period)
    for other_start, other_end in person.busy:
        if other_start.astimezone(UTC) < end and start < other_end.astimezone(UTC):
            return Reason(Ground.OVERLAP, False, {"starts_at": other_start, "ends_at": other_end})
    return None


def _rest(seat: SeatFacts, person: PersonFacts) -> Reason | None:
    gap = rest_between(seat.period, person.busy)
    if gap is None:
        return None
    hours = int(REST.total_seconds() // 3600)
    return Reason(Ground.REST, gap >= REST, {"hours": hours, "gap_minutes": minutes_in(gap)})


def rest_between(period: Period | None, busy: Iterable[Period]) -> timedelta | None:
    """The shortest time between a period and those beside it; None where nothing is near or something overlaps."""
    if period is None:
        return None
    start, end = lasting(period)
    gaps = [
        start - other_end if other_end <= start else other_start - end
        for other_start, other_end in map(lasting, busy)
    ]
    shortest = min(gaps, default=None)
    return None if shortest is None or shortest < timedelta(0) else shortest


def _hours(seat: SeatFacts, person: PersonFacts) -> Reason | None:
    if seat.period is None:
        return None
    start, end = lasting(seat.period)
    minutes = minutes_in(end - start)
    week = week_of(seat.period[0])
    left = person.max_hours_week * 60 - minutes_within(week, person.busy)
    return Reason(
        Ground.HOURS,
        minutes <= left,
        {
            "limit_hours": person.max_hours_week,
            "left_minutes": max(left, 0),
            "minutes": minutes,
        },
    )


def lasting(period: Period) -> Period:
    """A period in UTC: between two times of one zone Python counts what clocks show, not what passes."""
    return period[0].astimezone(UTC), period[1].astimezone(UTC)


def week_of(moment: datetime) -> Period:
    """The week from Monday to Monday that holds a moment, on the moment's own clock."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=moment.weekday())
    return monday, monday + timedelta(days=7)


def minutes_within(frame: Period, periods: Iterable[Period]) -> int:
    """Minutes of the periods that fall into the frame."""
    start, end = lasting(frame)
    lengths = (
        min(other_end, end) - max(other_start, start) for other_start, other_end in map(lasting, periods)
    )
    return sum(minutes_in(length) for length in lengths if length > timedelta(0))


def _distance(seat: SeatFacts, person: PersonFacts) -> Reason | None:
    """Only between two points: the centre of an area would forbid what is near and allow what is far."""
    if seat.is_remote or seat.point is None or person.point is None:
        return None
    metres = distance_m(*seat.point, *person.point)
    return Reason(
        Ground.DISTANCE,
        metres <= person.reach_km * 1000,
        {"metres": round(metres), "reach_km": person.reach_km},
    )


def age_on(birth_on: date | None, day: date) -> int | None:
    """Whole years; a birthday on 29 February counts on 1 March of other years. None where unknown."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def release_until(starts_at: datetime | None, notice_minutes: int) -> datetime | None:
    """Until when a seat can be given back without a word; None: always."""
    return None if starts_at is None else starts_at - timedelta(minutes=notice_minutes)


def minutes_in(length: timedelta) -> int:
    """Whole minutes, rounded down."""
    return int(length.total_seconds() // 60)


def served_period(shift: Period | None, check_in: datetime, check_out: datetime) -> Period | None:
    """What counts of a presence: from a quarter of an hour before the shift to half an hour after it.

    None where nothing of it counts. Work without a fixed time counts as it was.
    """
    start, end = check_in, check_out
    if shift is not None:
        start = max(start, shift[0] - COUNTS_BEFORE_START)
        end = min(end, shift[1] + COUNTS_AFTER_END)
    return (start, end) if minutes_in(end - start) >= 1 else None


def check_window(shift: Period | None) -> Period | None:
    """When people can be checked in and out; None: at any time."""
    if shift is None:
        return None
    return shift[0] - CHECK_IN_OPENS_BEFORE, shift[1] + CHECK_OPEN_AFTER
