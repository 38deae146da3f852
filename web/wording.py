"""Times, distances and durations as a neighbour would say them, in Chinese and in English.

The two languages do not share a sentence pattern here, so each is written out instead of translated.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone, translation

EVENING = 18
A_MINUTE = timedelta(minutes=1)
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_ZH_LONG = (
    "星期一",
    "星期二",
    "星期三",
    "星期四",
    "星期五",
    "星期六",
    "星期日",
)
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_EN_LONG = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
MONTHS_EN = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
MONTHS_EN_LONG = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def in_chinese(language: str | None = None) -> bool:
    """Say whether the given language, or the reader's, is Chinese."""
    return (language or translation.get_language() or "en").startswith("zh")


def local(moment: datetime) -> datetime:
    """Return the moment on the clock of the place."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def day_words(start: datetime, now: datetime, language: str | None = None) -> str:
    """Name the day of a start as seen from now: 今晚, 明天, 周六, 2月14日 周五 / Tonight, Tomorrow, Sat, Fri 14 Feb."""
    moment = local(start)
    distance = (moment.date() - local(now).date()).days
    evening = moment.hour >= EVENING
    zh = in_chinese(language)
    if distance == 0:
        return ("今晚" if evening else "今天") if zh else ("Tonight" if evening else "Today")
    if distance == 1:
        return ("明晚" if evening else "明天") if zh else "Tomorrow"
    if distance == -1:
        return ("昨晚" if evening else "昨天") if zh else "Yesterday"
    if 1 < distance < 7:
        return WEEKDAYS_ZH[moment.weekday()] if zh else WEEKDAYS_EN[moment.weekday()]
    return short_date(moment.date(), local(now).date(), language)


def inside(words: str) -> str:
    """Words that begin with a day, in the middle of a sentence: tonight 18:00; names of days keep their capital."""
    first = words.split(" ", 1)[0]
    return words[:1].lower() + words[1:] if first in ("Tonight", "Today", "Tomorrow", "Yesterday") else words


def short_date(day: date, today: date, language: str | None = None) -> str:
    """Return a date for a narrow place; the year only where it is another one."""
    if in_chinese(language):
        if day.year != today.year:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.month}月{day.day}日 {WEEKDAYS_ZH[day.weekday()]}"
    month = MONTHS_EN[day.month - 1]
    if day.year != today.year:
        return f"{day.day} {month} {day.year}"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {month}"


def full_date(day: date, language: str | None = None, *, year: bool = False) -> str:
    """Return a date in full: 2月6日 星期四 / Thursday 6 February."""
    if in_chinese(language):
        first = f"{day.year}年" if year else ""
        return f"{first}{day.month}月{day.day}日 {WEEKDAYS_ZH_LONG[day.weekday()]}"
    last = f" {day.year}" if year else ""
    return f"{WEEKDAYS_EN_LONG[day.weekday()]} {day.day} {MONTHS_EN_LONG[day.month - 1]}{last}"


def plain_date(day: date, language: str | None = None) -> str:
    """Return a day without its weekday: 2月6日 / 6 February."""
    if in_chinese(language):
        return f"{day.month}月{day.day}日"
    return f"{day.day} {MONTHS_EN_LONG[day.month - 1]}"


def span_words(first: date, last: date, language: str | None = None) -> str:
    """Return the days of a call: 2月6日至9日 / 6–9 February; a single day by itself."""
    if first == last:
        return plain_date(first, language)
    same_month = (first.year, first.month) == (last.year, last.month)
    if in_chinese(language):
        return (
            f"{plain_date(first, language)}至{f'{last.day}日' if same_month else plain_date(last, language)}"
        )
    begin = str(first.day) if same_month else f"{plain_date(first, language)} "
    return f"{begin}–{'' if same_month else ' '}{plain_date(last, language)}"


def hours_words(start: datetime, end: datetime, language: str | None = None) -> str:
    """Return the hours of a shift; midnight at the end is 24:00, a later end names its day."""
    first, last = local(start), local(end)
    days = (last.date() - first.date()).days
    if days == 0:
        return f"{first:%H:%M}–{last:%H:%M}"
    if days == 1 and last.time() == time(0):
        return f"{first:%H:%M}–24:00"
    zh = in_chinese(language)
    if days == 1:
        return f"{first:%H:%M}–次日 {last:%H:%M}" if zh else f"{first:%H:%M}–{last:%H:%M} next day"
    until = short_date(last.date(), first.date(), language)
    return f"{first:%H:%M} 至 {until} {last:%H:%M}" if zh else f"{first:%H:%M} to {until} {last:%H:%M}"


def when_words(start: datetime, end: datetime, now: datetime, language: str | None = None) -> str:
    """Say when a shift is: 今晚 18:00–22:00 / Tonight 18:00–22:00."""
    return f"{day_words(start, now, language)} {hours_words(start, end, language)}"


def moment_words(moment: datetime, now: datetime, language: str | None = None) -> str:
    """Say when something happened or will: 今天 21:40 / Today 21:40."""
    return f"{day_words(moment, now, language)} {local(moment):%H:%M}"


def spoken_time(moment: datetime, language: str | None = None) -> str:
    """Say an hour as one says it aloud: 晚上 6 点, 上午 11 点半 / 6 in the evening, 11:30 in the morning."""
    clock = local(moment)
    hour = clock.hour % 12 or 12
    if in_chinese(language):
        minutes = {0: "", 30: "半"}.get(clock.minute, f" {clock.minute:02d} 分")
        return f"{_part_of_day_zh(clock.hour)} {hour} 点{minutes}"
    if (clock.hour, clock.minute) == (12, 0):
        return "12 noon"
    minutes = f":{clock.minute:02d}" if clock.minute else ""
    return f"{hour}{minutes} {_part_of_day_en(clock.hour)}"


def _part_of_day_zh(hour: int) -> str:
    for until, words in (
        (5, "凌晨"),
        (8, "早上"),
        (12, "上午"),
        (13, "中午"),
        (18, "下午"),
    ):
        if hour < until:
            return words
    return "晚上"


def _part_of_day_en(hour: int) -> str:
    if hour < 5:
        return "at night"
    if hour < 12:
        return "in the morning"
    return "in the afternoon" if hour < EVENING else "in the evening"


def duration_parts(length: timedelta, language: str | None = None) -> list[tuple[str, str]]:
    """Split a duration in numbers and units: [("2", "小时"), ("10", "分")]; half a minute rounds to the even one."""
    zh = in_chinese(language)
    minutes = max(round(length.total_seconds() / 60), 0)
    days, minutes_left = divmod(minutes, 24 * 60)
    hours, rest = divmod(minutes_left, 60)
    if days >= 2:
        parts = [(str(days), "天" if zh else "days")]
        return parts + ([(str(hours), "小时" if zh else "h")] if hours else [])
    hours += days * 24
    if not hours:
        return [(str(rest), "分钟" if zh else "min")]
    parts = [(str(hours), "小时" if zh else "h")]
    return parts + ([(str(rest), "分" if zh else "min")] if rest else [])


def duration_words(length: timedelta, language: str | None = None) -> str:
    """Say a duration: 3 小时 20 分 / 3 h 20 min."""
    return " ".join(f"{number} {unit}" for number, unit in duration_parts(length, language))


def length_words(length: timedelta, language: str | None = None) -> str:
    """Say a duration in a sentence, units in full: 3 小时 20 分 / 3 hours 20 minutes."""
    if in_chinese(language):
        return duration_words(length, language)
    names = {"days": "day", "h": "hour", "min": "minute"}
    parts = duration_parts(length, language)
    return " ".join(f"{number} {names[unit]}{'' if number == '1' else 's'}" for number, unit in parts)


def distance_words(metres: float, language: str | None = None) -> str:
    """Say a distance, never more exactly than to 100 m: 800 米, 1.2 公里 / 800 m, 1.2 km."""
    zh = in_chinese(language)
    if metres < 100:
        return "不到 100 米" if zh else "under 100 m"
    hundreds = round(metres / 100)
    if hundreds < 10:
        return f"{hundreds * 100} {'米' if zh else 'm'}"
    kilometres = f"{hundreds / 10:g}" if hundreds < 100 else f"{round(metres / 1000):,}"
    return f"{kilometres} {'公里' if zh else 'km'}"


def number_words(value: float) -> str:
    """Group the digits of a number; at most one place after the point."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}"


def shown_count(count: int, most: int | None = None) -> str:
    """How many there are; 1,000+ where nobody counted further than `most`."""
    return f"{number_words(count)}+" if most is not None and count >= most else number_words(count)


def weekday_letters(language: str | None = None) -> list[tuple[str, str]]:
    """The heads of a calendar, from Monday, each with its name in full: 一 星期一 / M Monday."""
    if in_chinese(language):
        return [(name[-1], name) for name in WEEKDAYS_ZH_LONG]
    return [(name[0], name) for name in WEEKDAYS_EN_LONG]


def month_name(day: date, language: str | None = None) -> str:
    """The month of a day in a narrow place: 2月 / Feb."""
    return f"{day.month}月" if in_chinese(language) else MONTHS_EN[day.month - 1]
