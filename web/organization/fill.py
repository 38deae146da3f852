"""Filling a shift: who could take its empty seats and why they, what was asked already, why not the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from core import access_log
from core.models import AccessRecord
from matching.policies import acceptance
from matching.policies.acceptance import Expected, Rate
from matching.queries.plan import RolePlan, plan_of, planned_elsewhere
from matching.rendering.empty_seats import what_helps_in_words, why_empty_in_words
from matching.rendering.reasons import weighed_in_words
from tasks import policies
from tasks.models import Offer, Shift, ShiftRole, Task
from tasks.queries.offers import Order, Suggestion, offers_for, suggestions
from tasks.rendering.offers import in_one_line, reasons_in_words, turned_down_in_words
from volunteers.models import Volunteer
from web import wording
from web.access import OrganizerRequest
from web.states import State, seats_state

# How many people are suggested: twice as many as are missing and two more, within these bounds.
FEWEST, MOST = 8, 40
# How many offers of a role are read, and how many of those that are over the page lists.
ASKED, OVER = 500, 30
# A longer number names no role, and one of thousands of digits is none for Python.
NUMBER_DIGITS = 4
# The distance stands in a place of its own.
NOT_IN_WORDS = ("metres", "remote")


@dataclass(frozen=True)
class Part:
    """A kind of seats of the shift; `number` is its place in the shift, from 1."""

    number: int
    name: str
    taken: int
    seats: int
    chosen: bool


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take a seat."""

    volunteer: Volunteer
    why: str
    metres: float | None
    chance: float
    ticked: bool
    asked_words: str = ""
    # What the last plan counted for them; nothing where it does not put them here.
    weighed: str = ""

    @property
    def of_ten(self) -> int:
        """Never none and never all: nobody knows for certain."""
        return min(max(round(self.chance * 10), 1), 9)


@dataclass(frozen=True)
class Asked:
    """An offer that was sent: how long it still stands, or what became of it."""

    offer: Offer
    is_open: bool
    left: str


@dataclass(frozen=True)
class Empty:
    """Why the last plan leaves seats empty, what would help, and when it was made."""

    why: str
    helps: list[str]
    planned_at: datetime | None


@dataclass(frozen=True)
class Fill:
    """What the page shows of one kind of seats of a shift."""

    shift: Shift
    state: State
    taken: int
    needed: int
    seats: int
    starts_in: str
    parts: list[Part]
    part: Part
    candidates: list[Candidate]
    asked: list[Asked]
    able: int
    free: int
    causes: list[str]
    others: int
    lasts: str
    filling: str
    order: str
    # What is known of the yes to offers of this part.
    rate: Rate
    empty: Empty | None

    @property
    def missing(self) -> int:
        return max(self.needed - self.taken, 0)

    @property
    def waiting(self) -> int:
        return sum(each.is_open for each in self.asked)

    @property
    def picked(self) -> int:
        return sum(each.ticked for each in self.candidates)

    @property
    def expected(self) -> Expected:
        """How many of those ticked will say yes."""
        return acceptance.expected([each.chance for each in self.candidates if each.ticked], self.rate)

    @property
    def on_the_way(self) -> Expected:
        """How many of those will say yes who are asked and have not answered."""
        chances = (each.offer.factors.get("likelihood") for each in self.asked if each.is_open)
        return acceptance.expected([chance or self.rate.mean for chance in chances], self.rate)


def chosen_role(roles: Sequence[ShiftRole], number: str) -> ShiftRole:
    """The role that an address names by its place, else the one that misses most people."""
    if number.isdecimal() and len(number) <= NUMBER_DIGITS and 1 <= int(number) <= len(roles):
        return roles[int(number) - 1]
    return max(roles, key=lambda role: (_missing(role), role.seats_free, -role.pk))


def _missing(role: ShiftRole) -> int:
    return max(role.seats_min - role.seats_taken, 0)


def fill_of(
    roles: Sequence[ShiftRole],
    rates: Mapping[int, Rate],
    number: str,
    at: datetime,
    order: Order = Order.COST,
) -> Fill:
    """Everything that the page shows; `roles` are all of a shift, with it, and `rates` what is known of their offers.

    A few statements, whoever is near.
    """
    role = chosen_role(roles, number)
    shift = role.shift
    offers = list(offers_for(role)[:ASKED])
    elsewhere = partial(planned_elsewhere, role=role)
    limit = min(max(2 * _missing(role) + 2, FEWEST), MOST)
    rate = rates[role.pk]
    found = suggestions(
        role,
        at=at,
        limit=limit,
        elsewhere=elsewhere,
        asked=offers,
        order=order,
        expected=rate.mean,
        wave=partial(acceptance.to_ask, rate=rate, close=acceptance.is_close(shift.starts_at, at)),
    )
    further = found.askable - len(found.rows)
    planned = plan_of(role)
    weighed = planned.weighed if planned else {}
    parts = [
        Part(place, each.name, each.seats_taken, each.seats, each.pk == role.pk)
        for place, each in enumerate(roles, start=1)
    ]
    taken, needed, seats = (
        sum(getattr(each, name) for each in roles) for name in ("seats_taken", "seats_min", "seats")
    )
    return Fill(
        shift=shift,
        state=seats_state(taken, needed, seats),
        taken=taken,
        needed=needed,
        seats=seats,
        starts_in=wording.duration_words(shift.starts_at - at) if shift.starts_at else "",
        parts=parts,
        part=next(part for part in parts if part.chosen),
        candidates=[_candidate(row, at, order, weighed.get(row.volunteer.pk)) for row in found.rows],
        asked=_listed(offers, at),
        able=found.able,
        free=found.free,
        causes=[*turned_down_in_words(found.turned_down), *_further_words(further)],
        others=sum(count for _, count in found.turned_down) + further,
        lasts=wording.length_words(policies.offer_lasts(shift.starts_at, at)),
        filling=str(Task.Filling(shift.task.filling).label),
        order=order,
        rate=rate,
        empty=_empty(planned, {each.volunteer_id for each in offers if each.is_open(at)}, found.free),
    )


def _empty(plan: RolePlan | None, asked: set[int], free: int) -> Empty | None:
    """None where no plan was made of the role, or it has somebody for each seat that is free by now."""
    if plan is None or free <= len(plan.weighed.keys() - asked):
        return None
    why = why_empty_in_words(plan.seats)
    return Empty(why, what_helps_in_words(plan.seats), plan.planned_at) if why else None


def _further_words(count: int) -> list[str]:
    if not count:
        return []
    words = ngettext(
        "%(count)d could come too, further down the list",
        "%(count)d could come too, further down the list",
        count,
    )
    return [words % {"count": count}]


def _candidate(row: Suggestion, at: datetime, order: Order, weighed: dict[str, Any] | None) -> Candidate:
    factors = {name: value for name, value in row.factors.items() if name not in NOT_IN_WORDS}
    return Candidate(
        volunteer=row.volunteer,
        why=in_one_line(reasons_in_words(factors)),
        metres=row.metres,
        chance=row.likelihood,
        ticked=row.preselected,
        asked_words=_asked_words(row, at) if order == Order.COVER else "",
        weighed=weighed_in_words(weighed) if weighed else "",
    )


def _asked_words(row: Suggestion, at: datetime) -> str:
    """When somebody was last asked for anything."""
    if row.last_asked_at is None:
        return gettext("not asked in the last %(count)d days") % {"count": policies.LOOK_BACK.days}
    days = (localtime(at).date() - localtime(row.last_asked_at).date()).days
    if days < 1:
        return gettext("asked today already")
    words = ngettext("last asked %(count)d day ago", "last asked %(count)d days ago", days)
    return words % {"count": days}


def _listed(offers: Sequence[Offer], at: datetime) -> list[Asked]:
    """Those that wait for an answer first, then the latest of the others."""
    every = [_asked(offer, at) for offer in offers]
    over = [each for each in every if not each.is_open]
    return [*(each for each in every if each.is_open), *over[:OVER]]


def _asked(offer: Offer, at: datetime) -> Asked:
    is_open = offer.is_open(at)
    left = max(offer.expires_at - at, timedelta(minutes=1))
    return Asked(offer, is_open, wording.duration_words(left) if is_open else "")


def log_names(request: OrganizerRequest, fill: Fill, at: datetime) -> None:
    """Write down whose names the organizer sees; once a person, shift and day, so that a reload adds nothing."""
    people = {each.volunteer.user_id for each in fill.candidates}
    people |= {each.offer.volunteer.user_id for each in fill.asked}
    access_log.record_once(
        person_ids=people,
        by=request.user,
        label=request.organization.name,
        at=at,
        since=localtime(at).replace(hour=0, minute=0, second=0, microsecond=0),
        purpose=AccessRecord.Purpose.OFFER,
        what=AccessRecord.What.NAME,
        about=_about(fill.shift),
    )


def _about(shift: Shift) -> dict[str, str]:
    """The shift as the person reads it: its title, and the day and hour that tell it from others of the task."""
    if shift.starts_at is None:
        return shift.task.titles
    begins = localtime(shift.starts_at)
    return {
        language: f"{title}{'，' if language == 'zh' else ', '}"
        f"{wording.plain_date(begins.date(), language)} {begins:%H:%M}"
        for language, title in shift.task.titles.items()
    }
