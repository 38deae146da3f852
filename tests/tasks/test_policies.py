"""The rules themselves, without a database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import policies
from tasks.policies import Ground, PersonFacts, SeatFacts

MONDAY = datetime(2020, 2, 3, 9, tzinfo=UTC)


def seat(**values: object) -> SeatFacts:
    given_values = {
        "starts_at": MONDAY,
        "ends_at": MONDAY + timedelta(hours=3),
        "is_open": True,
        "is_stopped": False,
        "seats_free": 3,
        **values,
    }
    return SeatFacts(**given_values)  # type: ignore[arg-type]


def person(**values: object) -> PersonFacts:
    return PersonFacts(**{"has_consent": True, "busy": [], "max_hours_week": 20, "reach_km": 5, **values})  # type: ignore[arg-type]


def weigh(seat: SeatFacts, person: PersonFacts) -> dict[Ground, bool]:
    return {
        reason.ground: reason.good for reason in policies.weigh(seat, person, at=MONDAY - timedelta(days=1))
    }


def test_whoever_fits_reads_what_speaks_for_it() -> None:
    near = person(point=(120.0, 30.0), busy=[(MONDAY - timedelta(hours=20), MONDAY - timedelta(hours=18))])

    assert weigh(seat(point=(120.01, 30.0), min_age=0), near) == {
        Ground.REST: True,
        Ground.HOURS: True,
        Ground.DISTANCE: True,
    }


def test_only_three_grounds_can_be_set_aside() -> None:
    assert {Ground.REST, Ground.HOURS, Ground.DISTANCE} == policies.OVERRIDABLE


@pytest.mark.parametrize(
    ("birth_on", "day", "age"),
    [
        (date(2006, 2, 3), date(2020, 2, 2), 13),
        (date(2006, 2, 3), date(2020, 2, 3), 14),
        (date(2004, 2, 29), date(2018, 2, 28), 13),
        (date(2004, 2, 29), date(2018, 3, 1), 14),
        (date(2004, 2, 29), date(2020, 2, 29), 16),
        (None, date(2020, 1, 1), None),
    ],
)
def test_ages_count_from_the_birthday(birth_on: date | None, day: date, age: int | None) -> None:
    assert policies.age_on(birth_on, day) == age


def test_a_week_begins_on_monday() -> None:
    sunday = MONDAY - timedelta(days=1)
    busy = [
        (sunday, sunday + timedelta(hours=15)),
        (sunday + timedelta(hours=14), sunday + timedelta(hours=16)),
    ]

    # Of the second shift, the hour after midnight belongs to the new week.
    assert policies.minutes_within(policies.week_of(MONDAY), busy) == 60


moments = st.integers(0, 400).map(lambda quarter: MONDAY + timedelta(minutes=15 * quarter))
periods = st.tuples(moments, st.integers(1, 40)).map(lambda p: (p[0], p[0] + timedelta(minutes=15 * p[1])))


@given(periods, st.lists(periods, max_size=4))
def test_rest_is_the_gap_to_the_nearest_shift_or_there_is_an_overlap(
    wanted: policies.Period, busy: list[policies.Period]
) -> None:
    rest = policies.rest_between(wanted, busy)
    overlapping = any(start < wanted[1] and wanted[0] < end for start, end in busy)

    if overlapping or not busy:
        assert rest is None
    else:
        assert rest is not None
        assert rest >= timedelta(0)
        gaps = [
            min(abs((wanted[0] - end).total_seconds()), abs((start - wanted[1]).total_seconds()))
            for start, end in busy
        ]
        assert rest.total_seconds() == min(gaps)


@given(periods, moments, moments)
def test_what_counts_lies_in_the_presence_and_around_the_shift(
    shift: policies.Period, come: datetime, go: datetime
) -> None:
    served = policies.served_period(shift, come, go)

    if served is not None:
        assert come <= served[0] < served[1] <= go
        assert served[0] >= shift[0] - timedelta(minutes=15)
        assert served[1] <= shift[1] + timedelta(minutes=30)


def test_rest_and_hours_are_what_passes_also_in_the_night_in_which_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # At two in the morning of 29 March 2020 it is three.
    evening = (datetime(2020, 3, 28, 18, tzinfo=berlin), datetime(2020, 3, 28, 22, tzinfo=berlin))
    early = seat(
        starts_at=datetime(2020, 3, 29, 6, tzinfo=berlin), ends_at=datetime(2020, 3, 29, 9, tzinfo=berlin)
    )
    night = seat(
        starts_at=datetime(2020, 3, 29, 0, tzinfo=berlin), ends_at=datetime(2020, 3, 29, 6, tzinfo=berlin)
    )

    assert policies.rest_between(early.period, [evening]) == timedelta(hours=7)
    assert weigh(early, person(busy=[evening]))[Ground.REST] is False
    assert weigh(night, person(max_hours_week=5))[Ground.HOURS] is True
    assert weigh(night, person(max_hours_week=4))[Ground.HOURS] is False
