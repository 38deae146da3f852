"""Shifts that come again: rules of RFC 5545 on the clock of a place. Values in, values out.

A rule is written as in RFC 5545, as "FREQ=WEEKLY;BYDAY=MO,WE". It says on which days; the time of day stands beside it
and is what the clock at the place shows, so that summer time moves the moment and never the clock. A time that the
clock skips on the day of change is the same moment as if the clock had not been changed yet (02:30 becomes 03:30); one
that it shows twice is the first of the two. Both as RFC 5545, 3.3.5, has them.

The end of a series is a day that stands beside the rule: UNTIL and COUNT are refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

# So many occurrences at most come of one rule: a shift a day for over a year.
OCCURRENCES_MOST = 400
INTERVAL_MOST = 52
LONGEST = timedelta(hours=24)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
_PART = re.compile(r"([A-Z-]+)=([A-Z0-9,+-]+)")
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_NTHS = (1, 2, 3, 4, 5, LAST)


class Freq(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


_FREQS: dict[Freq, Literal[1, 2, 3]] = {Freq.DAILY: DAILY, Freq.WEEKLY: WEEKLY, Freq.MONTHLY: MONTHLY}
_MAY_HAVE = {
    Freq.DAILY: {"FREQ", "INTERVAL", "WKST"},
    Freq.WEEKLY: {"FREQ", "INTERVAL", "WKST", "BYDAY"},
    Freq.MONTHLY: {"FREQ", "INTERVAL", "WKST", "BYDAY", "BYMONTHDAY"},
}


class BadRule(ValueError):
    """A rule that is not understood, or that says what has its own place; `part` is the piece that is wrong."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(f"not a rule of a series: {part}")


class TooMany(ValueError):
    """The rule has more occurrences than are made at once."""


@dataclass(frozen=True)
class RuleValues:
    """A rule in its parts. Weekdays count from Monday as 0.

    Weekly: `weekdays`, or the weekday of the first day where there are none. Monthly: `month_days` (1 to 31, -1 is the
    last day; a month without the day is left out), or `nths`, pairs of a number (1 to 5, -1 the last) and a weekday, or
    where both are empty the day of the month of the first day.
    """

    freq: Freq
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    nths: tuple[tuple[int, int], ...] = ()


def rule_of(
    freq: Freq | str,
    *,
    interval: int = 1,
    weekdays: Sequence[int] = (),
    month_days: Sequence[int] = (),
    nths: Sequence[tuple[int, int]] = (),
) -> str:
    """The rule of these parts, each set in order and once; BadRule where they do not belong together."""
    parts = [f"FREQ={Freq(freq)}"]
    if interval != 1:
        parts.append(f"INTERVAL={interval}")
    days = [DAYS[each] for each in sorted(set(weekdays))]
    days += [f"{number}{DAYS[day]}" for number, day in sorted(set(nths))]
    if days:
        parts.append(f"BYDAY={','.join(days)}")
    if month_days:
        parts.append(f"BYMONTHDAY={','.join(map(str, sorted(set(month_days))))}")
    rule = ";".join(parts)
    rule_in_values(rule)
    return rule


def rule_in_values(rule: str) -> RuleValues:
    """The parts of a rule; BadRule names the piece that is not understood."""
    parts = _parts(rule)
    try:
        freq = Freq(parts.get("FREQ", ""))
    except ValueError:
        raise BadRule(f"FREQ={parts.get('FREQ', '')}") from None
    for name in parts:
        if name not in _MAY_HAVE[freq]:
            raise BadRule(name)
    if parts.get("WKST", "MO") != "MO":
        raise BadRule(f"WKST={parts['WKST']}")
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        raise BadRule("BYMONTHDAY")
    weekdays: list[int] = []
    nths: list[tuple[int, int]] = []
    for each in _listed(parts, "BYDAY"):
        number, day = _byday(each, freq)
        if number is None:
            weekdays.append(day)
        else:
            nths.append((number, day))
    interval = _whole(parts.get("INTERVAL", "1"), "INTERVAL", 1, INTERVAL_MOST)
    month_days = [
        LAST if each == "-1" else _whole(each, "BYMONTHDAY", 1, 31) for each in _listed(parts, "BYMONTHDAY")
    ]
    return RuleValues(
        freq,
        interval,
        tuple(sorted(set(weekdays))),
        tuple(sorted(set(month_days))),
        tuple(sorted(set(nths))),
    )


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in rule.strip().upper().split(";"):
        found = _PART.fullmatch(piece)
        if not found or found[1] in parts:
            raise BadRule(piece[:40])
        parts[found[1]] = found[2]
    return parts


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _byday(piece: str, freq: Freq) -> tuple[int | None, int]:
    found = _BYDAY.fullmatch(piece)
    if not found:
        raise BadRule(f"BYDAY={piece}")
    number = int(found[1]) if found[1] else None
    # Every Monday of a month is a weekly rule; a numbered Monday only exists in a month.
    if (number is None) == (freq == Freq.MONTHLY) or number not in (None, *_NTHS):
        raise BadRule(f"BYDAY={piece}")
    return number, DAYS.index(found[2])


def _whole(text: str, name: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,3}", text) or not least <= int(text) <= most:
        raise BadRule(f"{name}={text}")
    return int(text)


def days_of(rule: str, starts_on: date, until: date) -> Iterator[date]:
    """The days of the rule from the first day on, up to and with `until`.

    The first day counts only where the rule falls on it. With every second week or month, its own is the first.
    """
    values = rule_in_values(rule)
    by_day = [weekday(day, number) for number, day in values.nths] or [
        weekday(day) for day in values.weekdays
    ]
    found = rrule(
        _FREQS[values.freq],
        dtstart=datetime.combine(starts_on, time()),
        interval=values.interval,
        wkst=0,
        byweekday=by_day or None,
        bymonthday=values.month_days or None,
        until=datetime.combine(until, time()),
    )
    return (each.date() for each in found)


def occurrences(
    rule: str, zone: str, starts_on: date, starts: time, until: date, since: date | None = None
) -> list[datetime]:
    """The moments of the rule up to and with the day `until`, in order, in UTC; from the day `since` on, if given.

    TooMany where they are more than OCCURRENCES_MOST.
    """
    days = (day for day in days_of(rule, starts_on, until) if since is None or day >= since)
    found = list(islice(days, OCCURRENCES_MOST + 1))
    if len(found) > OCCURRENCES_MOST:
        raise TooMany
    return [on_clock(day, starts, zone) for day in found]


def on_clock(day: date, hour: time, zone: str) -> datetime:
    """The moment, in UTC, at which the clock of the place shows this on this day."""
    # fold=0 is both rules of RFC 5545: the offset before the change in a gap, the first of two moments else.
    return datetime.combine(day, hour.replace(fold=0), ZoneInfo(zone)).astimezone(UTC)


def end_on_clock(start: datetime, minutes: int, zone: str) -> datetime:
    """When a shift of so many minutes ends by the clock of the place: 22:00 to 06:00 does so on a night of change too.

    Where the clock would then show no later time (an hour that is skipped), the minutes are counted instead; and never
    more than a day.
    """
    there = start.astimezone(ZoneInfo(zone))
    shown = there.replace(tzinfo=None) + timedelta(minutes=minutes)
    end = on_clock(shown.date(), shown.time(), zone)
    if end <= start:
        return start + timedelta(minutes=minutes)
    return min(end, start + LONGEST)


def clock_distance(start: datetime, moment: datetime, zone: str) -> timedelta:
    """How far the clock of the place is moved from one moment to the other."""
    there = ZoneInfo(zone)
    return moment.astimezone(there).replace(tzinfo=None) - start.astimezone(there).replace(tzinfo=None)


def by_clock(moment: datetime, distance: timedelta, zone: str) -> datetime:
    """The moment, in UTC, at which the clock of the place shows so much later: a day on is the same hour tomorrow."""
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + distance
    return on_clock(shown.date(), shown.time(), zone)


def moved_period(start: datetime, end: datetime, distance: timedelta, zone: str) -> tuple[datetime, datetime]:
    """A start and an end, in UTC, so far on by the clock of the place."""
    minutes = int(clock_distance(start, end, zone).total_seconds()) // 60
    if minutes <= 0:
        # From an hour that the clock shows twice into its second showing.
        minutes = int((end - start).total_seconds()) // 60
    moved = by_clock(start, distance, zone)
    return moved, end_on_clock(moved, minutes, zone)
