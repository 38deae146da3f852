"""Rules of series on the clock of a place."""

import calendar
import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.policies.recurrence import (
    OCCURRENCES_MOST,
    BadRule,
    Freq,
    RuleValues,
    TooMany,
    by_clock,
    clock_distance,
    days_of,
    end_on_clock,
    occurrences,
    on_clock,
    rule_in_values,
    rule_of,
)

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC")


def days(rule: str, first: str, last: str) -> list[str]:
    return [each.isoformat() for each in days_of(rule, date.fromisoformat(first), date.fromisoformat(last))]


def shown(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("rule", "first", "last", "expected"),
    [
        ("FREQ=DAILY", "2024-02-28", "2024-03-01", ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ("FREQ=DAILY;INTERVAL=3", "2025-12-30", "2026-01-05", ["2025-12-30", "2026-01-02", "2026-01-05"]),
        ("FREQ=WEEKLY", "2026-11-24", "2026-12-08", ["2026-11-24", "2026-12-01", "2026-12-08"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-24", "2026-12-03", ["2026-11-26", "2026-11-30", "2026-12-03"]),
        # Every second week counts from the week of the first day, and weeks begin on Monday.
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
            "2026-11-25",
            "2026-12-20",
            ["2026-11-29", "2026-12-07", "2026-12-13"],
        ),
        ("FREQ=MONTHLY", "2026-01-15", "2026-03-31", ["2026-01-15", "2026-02-15", "2026-03-15"]),
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "2026-01-01",
            "2026-05-31",
            ["2026-01-31", "2026-03-31", "2026-05-31"],
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "2024-01-31",
            "2024-03-31",
            ["2024-01-31", "2024-02-29", "2024-03-31"],
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=29", "2023-01-29", "2023-03-29", ["2023-01-29", "2023-03-29"]),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-01-01", "2026-03-31", ["2026-01-13", "2026-02-10", "2026-03-10"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-01", "2026-02-28", ["2026-01-30", "2026-02-27"]),
        ("FREQ=MONTHLY;BYDAY=5SA", "2026-01-01", "2026-06-30", ["2026-01-31", "2026-05-30"]),
    ],
)
def test_a_rule_falls_on_its_days(rule: str, first: str, last: str, expected: list[str]) -> None:
    assert days(rule, first, last) == expected


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("", ""),
        ("BYDAY=MO", "FREQ="),
        ("FREQ=YEARLY", "FREQ=YEARLY"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("FREQ=DAILY;UNTIL=20261231", "UNTIL"),
        ("FREQ=WEEKLY;COUNT=10", "COUNT"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=53", "INTERVAL=53"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=WEEKLY;BYDAY=2TU", "BYDAY=2TU"),
        ("FREQ=MONTHLY;BYDAY=TU", "BYDAY=TU"),
        ("FREQ=MONTHLY;BYDAY=6TU", "BYDAY=6TU"),
        ("FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "BYMONTHDAY=-2"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=WEEKLY;WKST=SU", "WKST=SU"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ=WEEKLY"),
        ("every Monday", "EVERY MONDAY"),
    ],
)
def test_what_is_no_rule_of_a_series_is_refused_by_its_part(rule: str, part: str) -> None:
    with pytest.raises(BadRule) as raised:
        rule_in_values(rule)
    assert raised.value.part == part


def test_more_occurrences_than_the_limit_are_refused() -> None:
    first = date(2026, 1, 1)
    last = first + timedelta(days=OCCURRENCES_MOST)
    with pytest.raises(TooMany):
        occurrences("FREQ=DAILY", "UTC", first, time(9), last)
    assert len(occurrences("FREQ=DAILY", "UTC", first, time(9), last - timedelta(days=1))) == OCCURRENCES_MOST
    assert len(occurrences("FREQ=DAILY", "UTC", first, time(9), last, since=date(2027, 1, 1))) == 36


@pytest.mark.parametrize(
    ("zone", "first", "offsets"),
    [
        ("Europe/Berlin", date(2026, 3, 28), [8, 7, 7]),
        ("Europe/Berlin", date(2026, 10, 24), [7, 8, 8]),
        ("America/New_York", date(2026, 3, 7), [14, 13, 13]),
        ("America/New_York", date(2026, 10, 31), [13, 14, 14]),
        ("Asia/Shanghai", date(2026, 3, 28), [1, 1, 1]),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(
    zone: str, first: date, offsets: list[int]
) -> None:
    moments = occurrences("FREQ=DAILY", zone, first, time(9), first + timedelta(days=2))
    assert [moment.hour for moment in moments] == offsets
    assert {moment.astimezone(ZoneInfo(zone)).hour for moment in moments} == {9}


def test_a_time_that_the_clock_skips_is_the_moment_before_the_change() -> None:
    moment = on_clock(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    assert (moment, shown(moment, "Europe/Berlin")) == (
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        "03-29 03:30",
    )


def test_a_time_that_the_clock_shows_twice_is_the_first_of_them() -> None:
    moment = on_clock(date(2026, 10, 25), time(2, 30), "Europe/Berlin")
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert on_clock(date(2026, 10, 25), time(2, 30, fold=1), "Europe/Berlin") == moment


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9)])
def test_a_night_shift_ends_by_the_clock_in_the_night_of_change(day: date, hours: int) -> None:
    start = on_clock(day, time(22), "Europe/Berlin")
    end = end_on_clock(start, 8 * 60, "Europe/Berlin")
    assert (shown(end, "Europe/Berlin")[-5:], end - start) == ("06:00", timedelta(hours=hours))


def test_a_shift_within_the_skipped_hour_keeps_its_length_and_a_day_stays_a_day() -> None:
    start = on_clock(date(2026, 3, 29), time(2), "Europe/Berlin")
    assert end_on_clock(start, 60, "Europe/Berlin") - start == timedelta(hours=1)
    start = on_clock(date(2026, 10, 24), time(12), "Europe/Berlin")
    assert end_on_clock(start, 1440, "Europe/Berlin") - start == timedelta(hours=24)


_values = st.one_of(
    st.builds(RuleValues, st.just(Freq.DAILY), st.integers(1, 52)),
    st.builds(
        RuleValues,
        st.just(Freq.WEEKLY),
        st.integers(1, 6),
        st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(
        RuleValues,
        st.just(Freq.MONTHLY),
        st.integers(1, 12),
        month_days=st.sets(st.sampled_from([-1, *range(1, 32)]), max_size=4).map(
            lambda days: tuple(sorted(days))
        ),
    ),
    st.builds(
        RuleValues,
        st.just(Freq.MONTHLY),
        st.integers(1, 12),
        nths=st.sets(
            st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1]), st.integers(0, 6)), min_size=1, max_size=3
        ).map(lambda nths: tuple(sorted(nths))),
    ),
)
_dates = st.dates(date(2020, 1, 1), date(2032, 12, 31))


def _falls_on(values: RuleValues, first: date, day: date) -> bool:
    """By hand, a day at a time: what the rule means, without any library."""
    if values.freq == Freq.DAILY:
        return (day - first).days % values.interval == 0
    if values.freq == Freq.WEEKLY:
        monday, own = (each - timedelta(days=each.weekday()) for each in (first, day))
        weekdays = values.weekdays or (first.weekday(),)
        return (own - monday).days // 7 % values.interval == 0 and day.weekday() in weekdays
    if ((day.year - first.year) * 12 + day.month - first.month) % values.interval:
        return False
    last = calendar.monthrange(day.year, day.month)[1]
    if values.nths:
        return any(
            day.weekday() == weekday
            and (day.day + 7 > last if number == -1 else (day.day - 1) // 7 + 1 == number)
            for number, weekday in values.nths
        )
    wanted = values.month_days or (first.day,)
    return day.day in wanted or (-1 in wanted and day.day == last)


@given(values=_values, first=_dates, length=st.integers(0, 380))
def test_days_are_those_that_the_rule_means(values: RuleValues, first: date, length: int) -> None:
    rule = rule_of(
        values.freq,
        interval=values.interval,
        weekdays=values.weekdays,
        month_days=values.month_days,
        nths=values.nths,
    )
    assert rule_in_values(rule) == values
    all_days = [first + timedelta(days=offset) for offset in range(length + 1)]
    assert list(days_of(rule, first, all_days[-1])) == [
        day for day in all_days if _falls_on(values, first, day)
    ]


@given(
    zone=st.sampled_from(ZONES),
    first=_dates,
    hour=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_occurrences_are_in_order_and_one_a_day_whatever_the_clock_does(
    zone: str, first: date, hour: time
) -> None:
    moments = occurrences("FREQ=DAILY", zone, first, hour, first + timedelta(days=200))
    assert len(moments) == 201
    assert all(earlier < later for earlier, later in itertools.pairwise(moments))
    moved = [each for each in moments if each.astimezone(ZoneInfo(zone)).time() != hour]
    # Only where the clock skips that time, and that is on one day in half a year.
    assert len(moved) <= 1


@given(
    zone=st.sampled_from(ZONES), moment=st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1)), days=_dates
)
def test_moving_by_the_clock_keeps_what_it_shows(zone: str, moment: datetime, days: date) -> None:
    there = on_clock(moment.date(), moment.time().replace(second=0, microsecond=0), zone)
    distance = timedelta(days=(days - date(2026, 1, 1)).days)
    there_later = by_clock(there, distance, zone)
    assert clock_distance(there, there_later, zone) in (
        distance, distance + timedelta(hours=1), distance + timedelta(minutes=30),
    )  # fmt: skip


@given(zone=st.sampled_from(ZONES), day=_dates, hour=st.times(), minutes=st.integers(1, 1440))
def test_every_shift_ends_after_it_begins_and_within_a_day(
    zone: str, day: date, hour: time, minutes: int
) -> None:
    start = on_clock(day, hour, zone)
    assert timedelta(0) < end_on_clock(start, minutes, zone) - start <= timedelta(hours=24)
