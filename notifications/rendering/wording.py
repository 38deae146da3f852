"""Filters of message templates: moments of a context (ISO strings) in the words of the message's language.

Their words are those for the middle of a sentence; `|capfirst` makes the beginning of one.
"""

from collections.abc import Callable
from datetime import date, datetime, time

from django import template
from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from core import clock

register = template.Library()

EVENING = 18
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def of_moment(words: Callable[[datetime], str]) -> Callable[[object], str]:
    """A filter over a moment; empty where there is none."""

    def filtered(value: object) -> str:
        moment = local(value)
        return words(moment) if moment else ""

    return filtered


def local(value: object) -> datetime | None:
    """The moment of an ISO string on the clock of the place; None for an empty value."""
    if not value:
        return None
    moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    if moment is None:
        raise ValueError(f"{value!r} is not a moment in ISO form")
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def in_chinese() -> bool:
    return (translation.get_language() or "en").startswith("zh")


def near_day(moment: datetime) -> str:
    """今晚, 明天, 周六, 2月14日 周五 / tonight, tomorrow, on Saturday, on Friday 14 February."""
    now = timezone.localtime(clock.now())
    days = (moment.date() - now.date()).days
    evening = moment.hour >= EVENING
    if in_chinese():
        if days in (0, 1):
            return "今明"[days] + ("晚" if evening else "天")
        weekday = "周" + WEEKDAYS_ZH[moment.weekday()]
        if 1 < days < 7:
            return weekday
        return f"{year_zh(moment, now)}{moment.month}月{moment.day}日 {weekday}"
    if days in (0, 1):
        return "tomorrow" if days else "tonight" if evening else "today"
    if 1 < days < 7:
        return f"on {WEEKDAYS_EN[moment.weekday()]}"
    return f"on {full(moment, now)}"


def full(moment: datetime, now: datetime) -> str:
    """2月6日 星期四 / Thursday 6 February; with the year where it is another one."""
    weekday = moment.weekday()
    if in_chinese():
        return f"{year_zh(moment, now)}{moment.month}月{moment.day}日 星期{WEEKDAYS_ZH[weekday]}"
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{WEEKDAYS_EN[weekday]} {moment.day} {MONTHS_EN[moment.month - 1]}{year}"


def year_zh(moment: datetime, now: datetime) -> str:
    return f"{moment.year}年" if moment.year != now.year else ""


def clock_words(moment: datetime, *, end: bool = False, first: date | None = None) -> str:
    """18:00; as an end 24:00 for midnight, and with its day where it is a later one."""
    if not end or first is None or moment.date() == first:
        return f"{moment:%H:%M}"
    days = (moment.date() - first).days
    if days == 1 and moment.time() == time(0):
        return "24:00"
    if days == 1:
        return f"次日 {moment:%H:%M}" if in_chinese() else f"{moment:%H:%M} next day"
    return (
        f"{moment.month}月{moment.day}日 {moment:%H:%M}"
        if in_chinese()
        else f"{moment:%H:%M} on {moment.day} {MONTHS_EN[moment.month - 1]}"
    )


@register.filter
def span(start: object, end: object) -> str:
    """`{{ starts_at|span:ends_at }}`: 今晚 18:00–22:00 / tonight 18:00–22:00."""
    first, last = local(start), local(end)
    if first is None or last is None:
        return ""
    return f"{near_day(first)} {hours(start, end)}"


@register.filter
def hours(start: object, end: object) -> str:
    """`{{ starts_at|hours:ends_at }}`: 18:00–22:00."""
    first, last = local(start), local(end)
    if first is None or last is None:
        return ""
    return f"{first:%H:%M}–{clock_words(last, end=True, first=first.date())}"


@register.filter
def and_day(start: object) -> str:
    """After a `span`: its date, with a comma in front, where the span names a near day instead of one."""
    moment = local(start)
    if moment is None:
        return ""
    now = timezone.localtime(clock.now())
    if not 0 <= (moment.date() - now.date()).days < 7:
        return ""
    return ("，" if in_chinese() else ", ") + full(moment, now)


@register.filter
def link(path: object) -> str:
    """`{{ url|link }}`: a path of this site as a short whole address, for text messages; it leads on to the language."""
    return f"{settings.SITE_URL}{path}" if str(path).startswith("/") else str(path)


@register.filter
def cut(text: object, length: int) -> str:
    """At most `length` characters, for text messages: `{{ title|cut:16 }}`."""
    words = str(text)
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


register.filter("when", of_moment(lambda moment: f"{near_day(moment)} {moment:%H:%M}"))
register.filter("near_day", of_moment(near_day))
register.filter("day", of_moment(lambda moment: full(moment, timezone.localtime(clock.now()))))
register.filter("clock", of_moment(lambda moment: f"{moment:%H:%M}"))
