"""The list of needs as people see it: read once for everybody who looks in the same hour, and weighed for each of them
by the rules of a sign-up, so that nobody presses a button that their page would not show.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, log, radians
from typing import Any

import numpy as np
from django.utils.timezone import localtime

from operations.drill.chance import Chance
from operations.drill.people.known import Person
from tasks import policies
from tasks.models import ShiftRole
from tasks.policies import Ground, Period, SeatFacts
from tasks.policies.offers import is_free
from tasks.queries.needs import joinable_roles

# How far ahead people plan, and how many kinds of seats are read at most.
AHEAD = timedelta(days=9)
READ_MOST = 4_000
# How many of those near are weighed for one look.
WEIGHED_MOST = 40
KM_A_DEGREE = 111.195

# What makes somebody choose: in units of the noise of a choice (Gumbel, scale 1).
LIKED_CAUSE, OWN_CAUSE, OWN_GROUP, IS_SHORT, IS_FULL = 0.8, 1.0, 0.6, 0.7, -1.5
A_KM, A_DAY_FROM_BEST, BEST_DAYS_AHEAD = 0.12, 0.25, 2.0
# What doing nothing is worth.
STAY_AT_HOME = 0.6

_COLUMNS = (
    "id", "shift_id", "seats", "seats_taken", "seats_held", "seats_min", "min_age",
    "shift__starts_at", "shift__ends_at", "shift__longitude", "shift__latitude",
    "shift__opens_to_members_at", "shift__opens_to_area_at", "shift__opens_at", "shift__closes_at",
    "shift__notice_minutes", "shift__needs_approval", "shift__party_most", "shift__has_waiting_list",
    "shift__task__is_remote", "shift__task__crisis_id", "shift__task__type__cause_id",
    "shift__organization_id", "shift__area__path", "shift__county__path",
)  # fmt: skip


@dataclass(slots=True)
class Opening:
    """A kind of seats that somebody may take, as it was read; `free` follows what the drill's people take."""

    role_id: int
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    point: tuple[float, float] | None
    admission: policies.Admission
    min_age: int
    is_remote: bool
    is_crisis: bool
    is_short: bool
    has_line: bool
    cause_id: int
    organization_id: int
    path: str
    here: str
    required: tuple[int, ...]
    free: int

    def seat(self) -> SeatFacts:
        return SeatFacts(
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_open=True,
            is_stopped=False,
            seats_free=self.free,
            min_age=self.min_age,
            is_remote=self.is_remote,
            point=self.point,
            admission=self.admission,
        )

    def grounds(
        self, person: Person, busy: list[Period], at: datetime, *, seats: int = 1
    ) -> list[policies.Ground]:
        """What stands against this seat for somebody; `at` in the place's zone."""
        facts = person.facts(
            busy,
            missing=person.missing(self.required, self.ends_at.date()),
            is_member=self.organization_id in person.organizations,
            is_local=person.path.startswith(self.here),
        )
        reasons = policies.weigh(self.seat(), facts, at=at, seats=seats)
        return [reason.ground for reason in policies.against(reasons)]


@dataclass(frozen=True)
class Choice:
    """What somebody wants, and what they can do about it: nothing against it, the organizer's word, or a full shift."""

    opening: Opening
    against: Ground | None


class Board:
    """The open seats of the next days, in the order of their ids."""

    def __init__(self, openings: list[Opening]) -> None:
        self.openings = openings
        nowhere = float("nan")
        self._x = np.array([one.point[0] if one.point else nowhere for one in openings])
        self._y = np.array([one.point[1] if one.point else nowhere for one in openings])
        self._remote = np.array([one.is_remote for one in openings], bool)
        self._crisis = np.array([one.is_crisis for one in openings], bool)
        self._city = np.array([_city(one.path) for one in openings], str)

    @classmethod
    def read(cls, at: datetime) -> "Board":
        """Two statements."""
        roles = joinable_roles(at).filter(shift__starts_at__lt=at + AHEAD).order_by("id")
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in roles.values_list(*_COLUMNS)[:READ_MOST]]
        required: dict[int, list[int]] = defaultdict(list)
        through = ShiftRole.requirements.through.objects.filter(shiftrole__in=[row["id"] for row in rows])
        for role, capability in through.order_by("id").values_list("shiftrole_id", "capability_id"):
            required[role].append(capability)
        return cls([_opening(row, tuple(required[row["id"]])) for row in rows])

    def near(self, person: Person, *, crisis: bool | None) -> list[tuple[Opening, float]]:
        """Seats within somebody's reach, with kilometres, the nearest first; of the crisis alone, or of the rest."""
        if not self.openings:
            return []
        if person.point is None:
            km = np.where(self._city == _city(person.path), 0.0, np.inf)
        else:
            x, y = person.point
            east = (self._x - x) * (KM_A_DEGREE * cos(radians(y)))
            km = np.hypot(east, (self._y - y) * KM_A_DEGREE)
            km = np.where(np.isnan(km) & (self._city == _city(person.path)), 0.0, km)
        km = np.where(self._remote, 0.0, km)
        fits = km <= person.reach_km
        if crisis is not None:
            fits &= self._crisis == crisis
        found = np.flatnonzero(fits)
        order = found[np.argsort(km[found], kind="stable")][:WEIGHED_MOST]
        return [(self.openings[index], float(km[index])) for index in order.tolist()]

    def choose(
        self,
        person: Person,
        busy: list[Period],
        at: datetime,
        chance: Chance,
        key: tuple[str | int, ...],
        *,
        crisis: bool | None,
    ) -> Choice | None:
        """What somebody takes of all that they may take, by a logit choice; None where they rather stay at home."""
        now = localtime(at)
        best, found = STAY_AT_HOME + _gumbel(chance, (*key, "home")), None
        for opening, km in self.near(person, crisis=crisis):
            if not is_free((opening.starts_at, opening.ends_at), person.week):
                continue
            worth = _worth(person, opening, km, now) + _gumbel(chance, (*key, opening.role_id))
            if worth <= best:
                continue
            grounds = opening.grounds(person, busy, now)
            is_full = Ground.SHIFT_FULL in grounds
            if set(grounds) - {Ground.NEEDS_APPROVAL, Ground.SHIFT_FULL} or (
                is_full and not opening.has_line
            ):
                continue
            if grounds and opening.role_id in person.waits_for:
                continue
            asks = Ground.NEEDS_APPROVAL in grounds
            against = Ground.NEEDS_APPROVAL if asks else Ground.SHIFT_FULL if is_full else None
            best, found = worth, Choice(opening, against)
        return found


def _worth(person: Person, opening: Opening, km: float, now: datetime) -> float:
    ahead = (opening.starts_at - now) / timedelta(days=1)
    return (
        LIKED_CAUSE * (opening.cause_id in person.causes)
        + OWN_CAUSE * (opening.cause_id == person.own_cause)
        + OWN_GROUP * (opening.organization_id in person.organizations)
        + IS_SHORT * opening.is_short
        + IS_FULL * (opening.free <= 0)
        - A_KM * km
        - A_DAY_FROM_BEST * abs(ahead - BEST_DAYS_AHEAD)
    )


def _gumbel(chance: Chance, key: tuple[str | int, ...]) -> float:
    return -log(-log(chance.uniform(*key)))


def _city(path: str) -> str:
    return "/".join(path.split("/")[:2])


def _opening(row: dict[str, Any], required: tuple[int, ...]) -> Opening:
    x, y = row["shift__longitude"], row["shift__latitude"]
    moments = {
        name: localtime(moment) if (moment := row[f"shift__{name}"]) else None
        for name in ("opens_to_members_at", "opens_to_area_at", "opens_at", "closes_at")
    }
    return Opening(
        role_id=row["id"],
        shift_id=row["shift_id"],
        starts_at=localtime(row["shift__starts_at"]),
        ends_at=localtime(row["shift__ends_at"]),
        point=None if x is None or y is None else (x, y),
        admission=policies.Admission(
            **moments,
            notice_minutes=row["shift__notice_minutes"],
            needs_approval=row["shift__needs_approval"],
            party_most=row["shift__party_most"],
        ),
        min_age=row["min_age"],
        is_remote=row["shift__task__is_remote"],
        is_crisis=row["shift__task__crisis_id"] is not None,
        is_short=row["seats_taken"] < row["seats_min"],
        has_line=row["shift__has_waiting_list"],
        cause_id=row["shift__task__type__cause_id"],
        organization_id=row["shift__organization_id"],
        path=row["shift__area__path"],
        here=row["shift__county__path"] or row["shift__area__path"],
        required=required,
        free=row["seats"] - row["seats_taken"] - row["seats_held"],
    )
