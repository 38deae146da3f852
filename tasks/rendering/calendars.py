"""Shifts in the format of calendars (RFC 5545, RFC 7986), with the time zone of the place spelled out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

PRODUCT = "-//Manyhands//Manyhands//EN"
# How often a calendar looks again.
REFRESH = timedelta(hours=1)
REMINDER = timedelta(hours=2)


class Standing(StrEnum):
    """How sure an entry is."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar. `uid` never changes and `sequence` rises with every change; times are aware.

    Work without a fixed time stands on the day of its deadline, `on`, instead.
    """

    uid: str
    sequence: int
    changed_at: datetime
    title: str
    place: str
    text: str
    url: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    on: date | None = None
    standing: Standing = Standing.CONFIRMED


def calendar_of(entries: Iterable[Entry], *, name: str, zone: str, reminding: bool = False) -> bytes:
    """The whole file; the same entries give the same bytes."""
    found = sorted(entries, key=lambda entry: entry.uid)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    clock = ZoneInfo(zone)
    for entry in found:
        calendar.add_component(_event(entry, clock, reminding=reminding))
    days = [entry.starts_at.date() for entry in found if entry.starts_at]
    days += [entry.ends_at.date() for entry in found if entry.ends_at]
    if days:
        # A year around: a zone is said by its changes, and nobody needs those of 1970.
        year = timedelta(days=366)
        calendar.add_missing_timezones(first_date=min(days) - year, last_date=max(days) + year)
    return calendar.to_ical()


def _event(entry: Entry, clock: ZoneInfo, *, reminding: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    if entry.starts_at is not None and entry.ends_at is not None:
        event.add("dtstart", entry.starts_at.astimezone(clock))
        event.add("dtend", entry.ends_at.astimezone(clock))
    elif entry.on is not None:
        event.add("dtstart", entry.on)
        # Nobody is busy all day with it.
        event.add("transp", "TRANSPARENT")
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("status", str(entry.standing))
    if reminding:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -REMINDER)
        event.add_component(alarm)
    return event
