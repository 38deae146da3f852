"""Rows of lists of shifts, as the partials take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tasks.queries.needs import metres_to
from web import wording
from web.states import State, state_of


@dataclass(frozen=True)
class Row:
    """One shift in a list."""

    code: str
    title: str
    url: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    note: str
    taken: int
    needed: int
    seats: int
    state: State
    metres: float | None = None
    # Until when work without a fixed time is to be done, in words; empty where it is open-ended.
    due: str = ""
    # Which kind of seats one tap takes, from 1, and how many of them; 0 where the row only leads to its page.
    part: int = 0
    party: int = 1

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)


def row_of(shift: Any, at: datetime, point: tuple[float, float] | None = None) -> Row:
    """A row of a shift that was read with its seats."""
    task = shift.task
    is_read = reads(task.language)
    # A list stays in the reader's language; the page of the shift has the words of whoever posted it.
    somewhere = place_of(shift) if is_read else shift.area.full_name
    place = gettext("From home") if task.is_remote else somewhere
    return Row(
        code=shift.code,
        title=task.display_title,
        url=reverse("public:need", args=[shift.code]),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        place=gettext("%(first)s, %(second)s") % {"first": place, "second": shift.organization.display_name},
        note=task.conditions.split("\n")[0][:60].rstrip("。.") if is_read else "",
        taken=shift.taken,
        needed=shift.needed,
        seats=shift.seats,
        state=state_of(
            shift.taken,
            shift.needed,
            shift.seats,
            shift.starts_at,
            shift.ends_at,
            at,
            cancelled=shift.status == shift.Status.CANCELLED,
        ),
        metres=metres_to(shift, point),
        due=due_words(shift, at),
    )


def due_words(shift: Any, at: datetime) -> str:
    """Until when work without a fixed time is to be done; empty where it has a time, or is open-ended."""
    if shift.starts_at is not None or shift.due_at is None:
        return ""
    return gettext("done by %(moment)s") % {"moment": wording.inside(wording.moment_words(shift.due_at, at))}


def reads(language: str) -> bool:
    """Whether a text in this language is in the reader's."""
    return language.startswith("zh") == wording.in_chinese()


def place_of(shift: Any) -> str:
    """Where it is, from the city down; a place that names its township again stands below the county."""
    area = shift.area
    if area.parent and shift.place.startswith(area.name):
        area = area.parent
    return gettext("%(first)s, %(second)s") % {"first": area.full_name, "second": shift.place}


def day_inside(start: datetime, at: datetime) -> str:
    """The day of a start in the middle of a sentence: tonight; names of days keep their capital."""
    return wording.inside(wording.day_words(start, at))


def rows_of(shifts: Iterable[Any], at: datetime, point: tuple[float, float] | None = None) -> list[Row]:
    return [row_of(shift, at, point) for shift in shifts]
