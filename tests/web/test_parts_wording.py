"""Times, distances and durations in both languages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web import wording

PLACE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 2, 6, 14, 25, tzinfo=PLACE)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2020) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PLACE)


@pytest.mark.parametrize(
    ("start", "end", "zh", "en"),
    [
        (at(2, 6, 18), at(2, 6, 22), "今晚 18:00–22:00", "Tonight 18:00–22:00"),
        (at(2, 6, 16, 30), at(2, 6, 20), "今天 16:30–20:00", "Today 16:30–20:00"),
        (at(2, 7, 8), at(2, 7, 12), "明天 08:00–12:00", "Tomorrow 08:00–12:00"),
        (at(2, 7, 19), at(2, 7, 21), "明晚 19:00–21:00", "Tomorrow 19:00–21:00"),
        (at(2, 8, 7, 30), at(2, 8, 11, 30), "周六 07:30–11:30", "Sat 07:30–11:30"),
        (at(2, 14, 9), at(2, 14, 11), "2月14日 周五 09:00–11:00", "Fri 14 Feb 09:00–11:00"),
        (at(2, 6, 18), at(2, 7, 0), "今晚 18:00–24:00", "Tonight 18:00–24:00"),
        (at(2, 6, 22), at(2, 7, 6), "今晚 22:00–次日 06:00", "Tonight 22:00–06:00 next day"),
        (at(2, 6, 8), at(2, 9, 18), "今天 08:00 至 2月9日 周日 18:00", "Today 08:00 to Sun 9 Feb 18:00"),
        (
            at(1, 3, 9, year=2021),
            at(1, 3, 11, year=2021),
            "2021年1月3日 09:00–11:00",
            "3 Jan 2021 09:00–11:00",
        ),
        (at(2, 5, 20), at(2, 5, 22), "昨晚 20:00–22:00", "Yesterday 20:00–22:00"),
    ],
)
def test_a_shift_is_said_as_a_neighbour_says_it(start: datetime, end: datetime, zh: str, en: str) -> None:
    assert wording.when_words(start, end, NOW, "zh-hans") == zh
    assert wording.when_words(start, end, NOW, "en") == en


def test_tomorrow_is_tomorrow_across_the_year() -> None:
    eve = at(12, 31, 23, 30)
    start = at(1, 1, 8, year=2021)

    assert wording.day_words(start, eve, "zh-hans") == "明天"
    assert wording.day_words(start, eve, "en") == "Tomorrow"


def test_the_day_is_that_of_the_place_and_not_of_greenwich() -> None:
    just_after_midnight = at(2, 7, 0, 30).astimezone(ZoneInfo("UTC"))

    assert wording.day_words(just_after_midnight, NOW, "en") == "Tomorrow"


@pytest.mark.parametrize(
    ("hour", "minute", "zh", "en"),
    [
        (18, 0, "晚上 6 点", "6 in the evening"),
        (11, 30, "上午 11 点半", "11:30 in the morning"),
        (12, 0, "中午 12 点", "12 noon"),
        (0, 15, "凌晨 12 点 15 分", "12:15 at night"),
    ],
)
def test_an_hour_is_said_aloud(hour: int, minute: int, zh: str, en: str) -> None:
    assert wording.spoken_time(at(2, 6, hour, minute), "zh-hans") == zh
    assert wording.spoken_time(at(2, 6, hour, minute), "en") == en


def test_a_date_in_full_names_its_weekday() -> None:
    assert wording.full_date(date(2020, 2, 6), "zh-hans") == "2月6日 星期四"
    assert wording.full_date(date(2020, 2, 6), "en", year=True) == "Thursday 6 February 2020"


@pytest.mark.parametrize(
    ("length", "zh", "en"),
    [
        (timedelta(minutes=41), "41 分钟", "41 min"),
        (timedelta(hours=2, minutes=10), "2 小时 10 分", "2 h 10 min"),
        (timedelta(hours=26), "26 小时", "26 h"),
        (timedelta(days=3, hours=2), "3 天 2 小时", "3 days 2 h"),
        (timedelta(seconds=-5), "0 分钟", "0 min"),
    ],
)
def test_a_duration_is_said_in_two_units_at_most(length: timedelta, zh: str, en: str) -> None:
    assert wording.duration_words(length, "zh-hans") == zh
    assert wording.duration_words(length, "en") == en


def test_a_sentence_names_the_units_in_full_and_today_has_no_capital() -> None:
    assert wording.length_words(timedelta(hours=1, minutes=30), "en") == "1 hour 30 minutes"
    assert wording.length_words(timedelta(hours=1, minutes=30), "zh-hans") == "1 小时 30 分"
    assert wording.inside("Tonight 18:00–22:00") == "tonight 18:00–22:00"
    assert wording.inside("Sat 08:00–12:00") == "Sat 08:00–12:00"


@pytest.mark.parametrize(
    ("metres", "zh", "en"),
    [
        (30, "不到 100 米", "under 100 m"),
        (812, "800 米", "800 m"),
        (960, "1 公里", "1 km"),
        (1240, "1.2 公里", "1.2 km"),
        (15_400, "15 公里", "15 km"),
    ],
)
def test_a_distance_is_never_more_exact_than_a_hundred_metres(metres: float, zh: str, en: str) -> None:
    assert wording.distance_words(metres, "zh-hans") == zh
    assert wording.distance_words(metres, "en") == en


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2020, 2, 6), date(2020, 2, 6), "2月6日", "6 February"),
        (date(2020, 2, 6), date(2020, 2, 9), "2月6日至9日", "6–9 February"),
        (date(2020, 2, 6), date(2020, 3, 1), "2月6日至3月1日", "6 February – 1 March"),
    ],
)
def test_the_days_of_a_call_are_said_as_a_span(first, last, zh, en):
    assert wording.span_words(first, last, "zh-hans") == zh
    assert wording.span_words(first, last, "en") == en
