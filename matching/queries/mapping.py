"""From rows to problems for the engine: one shift of the engine for each role with free seats, stricter, never laxer.

Weekly limits run from Monday to Monday, so the rest of this week and the next week are two problems; roles whose needs
do not fit one word are further ones. Each sees the plans of those before it as busy hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from django.utils.timezone import localtime
from numpy.typing import NDArray

from matching.policies import hours
from matching.policies.hours import HOURS, Horizon
from matching.policies.places import Plane
from matching.policies.vocabulary import WORD, Kind, Needs, Trait, Word, groups, merge_thresholds, place_codes
from matching.policies.weights import Weights, recent_load, seat_values
from matching.queries.snapshot import Role, Snapshot, day_number, last_birthday
from tasks import policies

CAUSES = 64
# Whoever had all their alerts today can be asked again tomorrow, for what begins after this hour.
ASKED_AGAIN_BY = time(12)
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Part:
    """Roles that are planned together: those of one week whose needs fit one word. Their indices in the snapshot."""

    horizon: Horizon
    members: list[int]


@dataclass
class Planned:
    """Who was put where so far: places in the snapshot's people and roles."""

    who: list[int] = field(default_factory=list)
    role: list[int] = field(default_factory=list)

    def add(self, who: Sequence[int], role: Sequence[int]) -> None:
        self.who += who
        self.role += role

    def periods(self, roles: Sequence[Role]) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        starts = [int(roles[index].starts_at.timestamp()) for index in self.role]
        ends = [int(np.ceil(roles[index].ends_at.timestamp())) for index in self.role]
        return np.array(self.who, np.intp), np.array(starts, np.int64), np.array(ends, np.int64)


def parts(snapshot: Snapshot, weights: Weights) -> tuple[list[Part], list[int]]:
    """The problems in the order in which they are planned, and the roles that none of them holds.

    Left out are roles without any place, and those that end after the 168 hours (a later run has them).
    """
    weeks = sorted({policies.week_of(localtime(role.starts_at)) for role in snapshot.roles})
    found, placed = [], set()
    for horizon in hours.horizons(snapshot.plans_from, weeks):
        members = [
            index
            for index, role in enumerate(snapshot.roles)
            if _fits(role, horizon) and (role.is_remote or role.longitude is not None)
        ]
        # The worthiest first: where there are several groups, they choose first.
        members.sort(key=lambda index: (-_value(snapshot.roles[index], weights)[0], index))
        needs = needs_of(snapshot, [snapshot.roles[index] for index in members])
        for group in groups(needs):
            chosen = sorted(members[place] for place in group)
            found.append(Part(horizon, chosen))
            placed.update(chosen)
    return found, [index for index in range(len(snapshot.roles)) if index not in placed]


def _fits(role: Role, horizon: Horizon) -> bool:
    if not horizon.week_from <= localtime(role.starts_at) < horizon.week_until:
        return False
    return _window(role, horizon)[1] <= HOURS


def _window(role: Role, horizon: Horizon) -> tuple[int, int]:
    """First hour and end, rounded outward."""
    start, end = np.array([role.starts_at.timestamp()]), np.array([role.ends_at.timestamp()])
    return int(horizon.first_hour(start)[0]), int(horizon.last_hour(end)[0])


def _value(role: Role, weights: Weights) -> tuple[int, int]:
    return seat_values(role.priority, role.stage, role.kind, weights)


def needs_of(snapshot: Snapshot, roles: Sequence[Role]) -> list[Needs]:
    """What each role needs in bits: all as one where it is more than a word holds."""
    return [
        frozenset({Trait(Kind.ALL, role.id)}) if len(wanted) > WORD else wanted
        for role, wanted in zip(roles, _each_need(snapshot, roles), strict=True)
    ]


def _each_need(snapshot: Snapshot, roles: Sequence[Role]) -> list[Needs]:
    """What each role needs, with days on which the same people qualify made one."""
    people = snapshot.people
    merged: dict[tuple[Kind, int], dict[int, int]] = {}
    raw = [list(_thresholds(role)) for role in roles]
    for kind, which in {(kind, which) for wanted in raw for kind, which, _ in wanted}:
        values = (
            -people["birth"].astype(np.int64)
            if kind == Kind.AGE
            else snapshot.capabilities["until_day"][snapshot.capabilities["capability"] == which]
        )
        thresholds = [least for wanted in raw for k, w, least in wanted if (k, w) == (kind, which)]
        merged[kind, which] = merge_thresholds(thresholds, values)
    refused = set(snapshot.unwanted["kind"].tolist())
    homeless = bool(np.isnan(people["longitude"]).any())
    codes = {kind: reach_codes(snapshot, kind) for kind in (Kind.COUNTY, Kind.CITY)}
    found = []
    for role, wanted in zip(roles, raw, strict=True):
        traits = {Trait(kind, which, merged[kind, which][least]) for kind, which, least in wanted}
        if homeless and not role.is_remote:
            traits.add(Trait(Kind.PLACED))
        if role.kind_id in refused:
            traits.add(Trait(Kind.WORK, role.kind_id))
        if role.reach_id is not None and role.has_lent:
            traits.add(Trait(Kind.LENT, role.task_id, role.reach_id))
        elif role.reach_id is not None:
            kind = Kind(role.reach_kind)
            traits |= {Trait(kind, bit) for bit in codes[kind][role.reach_id]}
        found.append(frozenset(traits))
    return found


def reach_codes(snapshot: Snapshot, kind: Kind) -> dict[int, tuple[int, ...]]:
    """The bits of each county, or city, beyond which the stage of some role alerts nobody.

    Counties and cities have bits of their own, since everybody is in one of each. Whoever lives in neither has none.
    """
    return place_codes(
        role.reach_id
        for role in snapshot.roles
        if role.reach_id is not None and role.reach_kind == kind and not role.has_lent
    )


def _thresholds(role: Role) -> list[tuple[Kind, int, int]]:
    wanted = [(Kind.CAPABILITY, which, day_number(role.end_day)) for which in role.required]
    if role.min_age:
        # The later the birthday, the smaller minus its number: old enough is at least minus the last birthday.
        wanted.append((Kind.AGE, 0, -day_number(last_birthday(role.start_day, role.min_age))))
    return wanted


def traits_of(snapshot: Snapshot, word: Word) -> NDArray[np.uint64]:
    """What each person has of what a problem asks for."""
    words = np.zeros(snapshot.size, np.uint64)
    for trait in word.bits:
        word.give(words, trait, np.flatnonzero(_who_has(snapshot, trait)))
    return words


def _who_has(snapshot: Snapshot, trait: Trait) -> NDArray[np.bool_]:
    """(V,) whether each person has it."""
    people = snapshot.people
    if trait.kind == Kind.ALL:
        (role,) = (role for role in snapshot.roles if role.id == trait.which)
        (wanted,) = _each_need(snapshot, [role])
        return np.logical_and.reduce([_who_has(snapshot, each) for each in wanted])
    if trait.kind == Kind.PLACED:
        return ~np.isnan(people["longitude"])
    if trait.kind == Kind.AGE:
        return np.asarray(-people["birth"].astype(np.int64) >= trait.threshold)
    if trait.kind in (Kind.COUNTY, Kind.CITY):
        codes = reach_codes(snapshot, trait.kind)
        return np.isin(
            people[trait.kind.value], [area for area, bits in codes.items() if trait.which in bits]
        )
    if trait.kind == Kind.WORK:
        has = np.ones(snapshot.size, np.bool_)
        has[snapshot.unwanted["who"][snapshot.unwanted["kind"] == trait.which]] = False
        return has
    if trait.kind == Kind.LENT:
        has = (people["county"] == trait.threshold) | (people["city"] == trait.threshold)
        has[snapshot.lent["who"][snapshot.lent["task"] == trait.which]] = True
        return has
    rows = snapshot.capabilities
    has = np.zeros(snapshot.size, np.bool_)
    has[rows["who"][(rows["capability"] == trait.which) & (rows["until_day"] >= trait.threshold)]] = True
    return has


def problem_arrays(snapshot: Snapshot, part: Part, planned: Planned, weights: Weights) -> Arrays:
    """The arrays of the engine's problem, by name."""
    people, roles = snapshot.people, [snapshot.roles[index] for index in part.members]
    needs = needs_of(snapshot, roles)
    word = Word.of(needs)
    causes = {cause: index for index, cause in enumerate(sorted({role.cause_id for role in roles}))}
    longitudes, latitudes = _points(roles)
    plane = Plane.around(
        np.concatenate([people["longitude"], longitudes]), np.concatenate([people["latitude"], latitudes])
    )
    x, y = plane.project(people["longitude"], people["latitude"])
    shift_x, shift_y = plane.project(longitudes, latitudes)
    windows = [_window(role, part.horizon) for role in roles]
    values = [_value(role, weights) for role in roles]
    return {
        "volunteer_x_km": x,
        "volunteer_y_km": y,
        "volunteer_traits": traits_of(snapshot, word),
        "volunteer_hours": hours.as_words(free_hours(snapshot, part.horizon, planned)),
        "volunteer_max_hours": hours_left(snapshot, part.horizon, planned),
        "volunteer_reach_km": plane.reach(reach_of(snapshot)),
        "volunteer_causes": _preferred(snapshot, causes),
        "volunteer_recent_load": recent_load(people["served"], people["asked_lately"]),
        "shift_x_km": shift_x,
        "shift_y_km": shift_y,
        "shift_traits": np.array([word.needed(wanted) for wanted in needs], np.uint64),
        "shift_start_h": np.array([start for start, _ in windows], np.int32),
        "shift_end_h": np.array([end for _, end in windows], np.int32),
        "shift_min": np.array([min(role.missing, role.seats) for role in roles], np.int32),
        "shift_max": np.array([role.seats for role in roles], np.int32),
        "shift_value_min": np.array([value for value, _ in values], np.int64),
        "shift_value_extra": np.array([extra for _, extra in values], np.int64),
        "shift_cause": np.array([min(causes[role.cause_id], CAUSES - 1) for role in roles], np.int8),
        "shift_remote": np.array([role.is_remote for role in roles], np.uint8),
    }


def _points(roles: Sequence[Role]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    def known(value: float | None) -> float:
        return np.nan if value is None else value

    return (
        np.array([known(role.longitude) for role in roles], np.float64),
        np.array([known(role.latitude) for role in roles], np.float64),
    )


def _preferred(snapshot: Snapshot, causes: dict[int, int]) -> NDArray[np.uint64]:
    """Preferred causes as bits. Should there be more than 64, those from the last bit on count as preferred by nobody."""
    words = np.zeros(snapshot.size, np.uint64)
    last = CAUSES - 1 if len(causes) > CAUSES else CAUSES
    for cause, bit in causes.items():
        if bit < last:
            words[snapshot.causes["who"][snapshot.causes["cause"] == cause]] |= np.uint64(1 << bit)
    return words


def reach_of(snapshot: Snapshot) -> NDArray[np.float64]:
    """Kilometres: everybody's own limit, and short of what they lately said is too far."""
    people = snapshot.people
    said = (people["too_far_m"] - 1) / 1000
    return np.where(people["has_point"] == 1, np.minimum(people["reach_km"], said), people["reach_km"])


def free_hours(snapshot: Snapshot, horizon: Horizon, planned: Planned) -> NDArray[np.bool_]:
    """(V, 168): free by the week and the days that differ, and neither near another shift nor left alone."""
    free = hours.all_free(snapshot.size)
    week, days, busy, alone = snapshot.week, snapshot.days, snapshot.busy, snapshot.left_alone
    hours.apply_week(free, horizon, week["who"], week["weekday"], week["starts"], week["ends"])
    hours.apply_days(free, horizon, days["who"], days["from_day"], days["until_day"], days["is_free"])
    hours.block(free, horizon, busy["who"], busy["starts"], busy["ends"], rest=policies.REST)
    hours.block(free, horizon, alone["who"], alone["starts"], alone["ends"])
    hours.block(free, horizon, *planned.periods(snapshot.roles), rest=policies.REST)
    tomorrow = localtime(snapshot.at).date() + timedelta(days=1)
    again = datetime.combine(tomorrow, ASKED_AGAIN_BY, localtime(snapshot.at).tzinfo)
    spent = np.flatnonzero(snapshot.people["ration_left"] <= 0)
    now_s, again_s = (np.full(len(spent), int(moment.timestamp())) for moment in (snapshot.at, again))
    hours.block(free, horizon, spent, now_s, again_s)
    return free


def hours_left(snapshot: Snapshot, horizon: Horizon, planned: Planned) -> NDArray[np.int16]:
    """What the week leaves of everybody's own limit."""
    who, starts, ends = planned.periods(snapshot.roles)
    busy = snapshot.busy
    spent = hours.hours_spent(
        snapshot.size,
        horizon,
        np.concatenate([busy["who"], who]),
        np.concatenate([busy["starts"], starts]),
        np.concatenate([busy["ends"], ends]),
    )
    return np.maximum(snapshot.people["max_hours"] - spent, 0).astype(np.int16)
