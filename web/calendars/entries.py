"""Seats and shifts as entries of a calendar: what, when and where, and nothing private, for calendars are copied."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, pgettext

from organizations.models import Organization
from tasks.models import Assignment, Shift
from tasks.queries.calendars import held_for, seats_in_calendar, shifts_in_calendar
from tasks.rendering.calendars import Entry, Standing, calendar_of
from volunteers.models import Volunteer
from web import wording
from web.public.rows import place_of

SITE = "manyhands"


def volunteer_calendar(volunteer: Volunteer, at: datetime) -> bytes:
    """The seats of a volunteer, with those held for them. Two statements."""
    entries: dict[int, Entry] = {}
    changes: dict[int, int] = {}
    for seat in seats_in_calendar(volunteer, at):
        entries[seat.shift_id] = seat_entry(seat, earlier=changes.get(seat.shift_id, 0))
        changes[seat.shift_id] = changes.get(seat.shift_id, 0) + 2
    for place in held_for(volunteer, at):
        until = wording.moment_words(place.expires_at, at) if place.expires_at else ""
        title = gettext("Held for you until %(moment)s: %(title)s") % {
            "moment": wording.inside(until),
            "title": place.shift.task.display_title,
        }
        entries[place.shift_id] = _entry(
            place.shift,
            uid=f"own-{place.shift.code}",
            sequence=place.shift.version + changes.get(place.shift_id, 0),
            changed_at=place.offered_at or place.created_at,
            title=title,
            standing=Standing.TENTATIVE,
        )
    name = gettext("My shifts, Manyhands")
    return calendar_of(entries.values(), name=name, zone=settings.TIME_ZONE)


def organization_calendar(organization: Organization, at: datetime) -> bytes:
    """The shifts of an organization with their numbers, without names. One statement."""
    entries = [_shift_entry(shift) for shift in shifts_in_calendar(organization, at)]
    return calendar_of(entries, name=organization.display_name, zone=settings.TIME_ZONE)


def single(entries: Iterable[Entry], name: str) -> bytes:
    """One shift to add to a calendar, with a reminder."""
    return calendar_of(entries, name=name, zone=settings.TIME_ZONE, reminding=True)


def seat_entry(seat: Assignment, *, earlier: int = 0) -> Entry:
    """A seat; `earlier` are the changes of the holder's earlier seats in the same shift."""
    is_live = seat.status == Assignment.Status.ACTIVE
    return _entry(
        seat.shift,
        uid=f"own-{seat.shift.code}",
        # Every change of the shift counts, and every end of a seat in it.
        sequence=seat.shift.version + earlier + (0 if is_live else 1),
        changed_at=seat.ended_at or seat.created_at,
        title=seat.shift.task.display_title,
        standing=Standing.CONFIRMED if is_live else Standing.CANCELLED,
    )


def need_entry(shift: Any) -> Entry:
    """A shift for whoever thinks about it."""
    return _entry(
        shift,
        uid=shift.code,
        sequence=shift.version,
        changed_at=shift.cancelled_at or shift.created_at,
        title=shift.task.display_title,
        standing=_standing(shift),
    )


def _shift_entry(shift: Any) -> Entry:
    numbers = pgettext("seats of a shift", "%(taken)d of %(seats)d signed up, needs %(needed)d") % {
        "taken": shift.taken,
        "seats": shift.seats,
        "needed": shift.needed,
    }
    return _entry(
        shift,
        uid=f"shift-{shift.code}",
        sequence=shift.version,
        changed_at=shift.cancelled_at or shift.created_at,
        title=shift.task.display_title,
        standing=_standing(shift),
        text=numbers,
    )


def _standing(shift: Shift) -> Standing:
    return Standing.CANCELLED if shift.status == Shift.Status.CANCELLED else Standing.CONFIRMED


def _entry(
    shift: Any,
    *,
    uid: str,
    sequence: int,
    changed_at: datetime,
    title: str,
    standing: Standing,
    text: str = "",
) -> Entry:
    place = gettext("From home") if shift.task.is_remote else place_of(shift)
    due = localdate(shift.due_at) if shift.starts_at is None and shift.due_at else None
    if due:
        title = gettext("Done by today: %(title)s") % {"title": title}
    return Entry(
        uid=f"{uid}@{SITE}",
        sequence=sequence,
        changed_at=changed_at,
        title=gettext("Cancelled: %(title)s") % {"title": title} if standing == Standing.CANCELLED else title,
        place=place,
        text=text or shift.organization.display_name,
        url=f"{settings.SITE_URL}{reverse('public:need', args=[shift.code])}",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        on=due,
        standing=standing,
    )
