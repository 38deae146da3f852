"""Writes calls, shifts, seats, presence and hours, as the product's own actions would have left them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from operations.synthetic import codes
from operations.synthetic.calls import FROM_HOME, HOUR_S, Calls, Shifts
from operations.synthetic.copying import Between, Days, Moments, copy, next_id
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import Groups
from operations.synthetic.places import Places
from operations.synthetic.seats import Seats
from operations.synthetic.words import STREETS
from tasks.models import Adoption, Assignment, CheckIn, ServiceRecord, Shift, ShiftRole, Task, TaskTemplate

TABLES = (
    Task,
    Task.requirements.through,
    Adoption,
    Shift,
    ShiftRole,
    ShiftRole.requirements.through,
    Assignment,
    CheckIn,
    ServiceRecord,
)
PRIORITIES = (1, 1, 1, 2, 2, 3)
# How running calls find people.
FILLING, FILLING_SHARES = ("propose", "offer", "assign"), (0.6, 0.3, 0.1)
METHODS = ("scan", "scan", "site_code", "spoken")
CANCEL_REASON = "物资推迟到货，这一班取消"
OVERRIDE_REASON = "本人愿意跑远一点"
# Hours are confirmed this long after a shift.
CONFIRMED_AFTER_S = 14 * HOUR_S


@dataclass
class Work:
    """All that is written here, with what it points to."""

    calls: Calls
    shifts: Shifts
    seats: Seats
    groups: Groups
    places: Places
    templates: list[TaskTemplate]
    calendar: Calendar
    crisis_id: int | None
    # Running calls end after so many days to come; arrivals are written from this day on.
    open_days: int
    presence_from: int
    volunteer_id: np.ndarray
    user_id: np.ndarray


def write(work: Work, rng: np.random.Generator, tick: Callable[[int], None]) -> np.ndarray:
    """Write all of it, and return the ids of the calls in their order."""
    # Ids in one go: what points to them is written from the same arrays.
    task_id = np.arange(len(work.calls)) + next_id(Task)
    shift_id = np.arange(len(work.shifts)) + next_id(Shift)
    role_id = np.arange(len(work.shifts)) + next_id(ShiftRole)
    seat_id = np.arange(len(work.seats.shift)) + next_id(Assignment)
    _tasks(work, task_id, rng, tick)
    _shifts(work, task_id, shift_id, role_id, rng, tick)
    _seats(work, shift_id, role_id, seat_id, rng, tick)
    _presence(work, seat_id, rng, tick)
    _records(work, task_id, seat_id, rng, tick)
    return task_id


def row_count(work: Work) -> int:
    """About how many rows will be written."""
    seats = len(work.seats.shift)
    return 2 * len(work.calls) + 2 * len(work.shifts) + seats + int(work.seats.is_recorded.sum()) + seats // 3


def _tasks(work: Work, task_id: np.ndarray, rng: np.random.Generator, tick: Callable[[int], None]) -> None:
    calls, templates, calendar = work.calls, work.templates, work.calendar
    count = len(calls)
    chosen = [templates[index] for index in calls.template.tolist()]
    township = [work.places.townships[index] for index in calls.township.tolist()]
    street = [STREETS[index] for index in rng.integers(0, len(STREETS), count).tolist()]
    number = rng.integers(1, 300, count).tolist()
    authority, official = _authorities(work)
    by_authority = calls.by_authority
    needed = np.maximum(1, np.bincount(work.shifts.call, _open(work) * work.seats.least, count)).astype(int)
    ends = np.zeros(count, np.int64)
    np.maximum.at(ends, work.shifts.call, work.shifts.starts_at + work.shifts.minutes * 60)
    running = calls.is_running
    last = np.where(running, calendar.day_now + work.open_days, calls.last_day)
    filling = rng.choice(FILLING, count, p=FILLING_SHARES)
    copy(
        Task,
        count,
        {
            "id": task_id,
            "code": codes.codes(count, 8, rng),
            "crisis_id": np.ma.masked_array(np.full(count, work.crisis_id or 0), mask=~calls.is_crisis),
            "issuer_id": np.where(by_authority, authority, work.groups.id[calls.group]),
            "type_id": np.array([template.type_id for template in templates])[calls.template],
            "area_id": work.places.area_ids()[calls.township],
            "county_id": work.places.county_ids()[work.places.county[calls.township]],
            "status": np.where(running, Task.Status.ADOPTED.value, Task.Status.CLOSED.value),
            "priority": rng.choice(PRIORITIES, count),
            "filling": np.where(running, filling, Task.Filling.PROPOSE.value),
            "title": [template.title_zh for template in chosen],
            "content": [template.content_zh for template in chosen],
            "conditions": [template.conditions_zh for template in chosen],
            "risks": [template.risks_zh for template in chosen],
            "guarantees": [template.guarantees_zh for template in chosen],
            "second_title": [template.title_en for template in chosen],
            "second_content": [template.content_en for template in chosen],
            "people_needed": needed,
            "starts_on": Days(calendar.date(calls.first_day)),
            "ends_on": Days(calendar.date(last)),
            "place": [f"{area.name_zh}{s.zh}一带" for area, s in zip(township, street, strict=True)],
            "is_remote": np.array([template.type.code in FROM_HOME for template in templates])[
                calls.template
            ],
            "address": [
                f"{area.name_zh}{s.zh} {n} 号，社区服务站门口"
                for area, s, n in zip(township, street, number, strict=True)
            ],
            "contact_name": "值班员",
            "contact_phone": "12345",
            "created_at": Moments(calls.called_at - 600),
            "created_by_id": np.where(by_authority, official, work.groups.owner_id[calls.group]),
            "called_at": Moments(calls.called_at),
            "adopted_at": Moments(calls.adopted_at),
            "filled_at": Moments(_filled_at(work, needed)),
            "ended_at": Moments(np.where(running, -1, np.minimum(ends + 3 * HOUR_S, calendar.at))),
        },
        tick,
    )
    _requirements(Task.requirements.through, "task_id", task_id, calls.template, templates)
    copy(
        Adoption,
        count,
        {
            "task_id": task_id,
            "organization_id": work.groups.id[calls.group],
            "role": Adoption.Role.LEAD.value,
            "people": needed,
            "adopted_at": Moments(calls.adopted_at),
            "adopted_by_id": work.groups.owner_id[calls.group],
        },
        tick,
    )


def _authorities(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """For each call the authority of its county, or the province's, and who acts for it."""
    by_area, officials = work.groups.authority_of_area, work.groups.official_of_authority
    province = work.groups.province_authority.pk
    found = np.array([by_area.get(county.pk, province) for county in work.places.counties])
    authority = found[work.places.county[work.calls.township]]
    return authority, np.array([officials[pk] for pk in authority.tolist()])


def _open(work: Work) -> np.ndarray:
    return ~work.shifts.cancelled


def _filled_at(work: Work, needed: np.ndarray) -> np.ndarray:
    """The moment of the sign-up that was the last one needed; -1 where there are not so many."""
    held = work.seats.released_at < 0
    call = work.shifts.call[work.seats.shift[held]]
    created = work.seats.created_at[held]
    created = created[np.lexsort((created, call))]
    taken = np.bincount(call, minlength=len(needed))
    place = np.cumsum(taken) - taken + needed - 1
    return np.where(taken >= needed, created[np.minimum(place, len(created) - 1)], -1)


def _requirements(
    through: type, key: str, ids: np.ndarray, template: np.ndarray, templates: list[TaskTemplate]
) -> None:
    for index, one in enumerate(templates):
        rows = ids[template == index]
        for capability in one.requirements.all():
            copy(through, len(rows), {key: rows, "capability_id": capability.pk})


def _shifts(
    work: Work,
    task_id: np.ndarray,
    shift_id: np.ndarray,
    role_id: np.ndarray,
    rng: np.random.Generator,
    tick: Callable[[int], None],
) -> None:
    calls, shifts, seats, places = work.calls, work.shifts, work.seats, work.places
    count = len(shifts)
    call = shifts.call
    township = calls.township[call]
    areas = [places.townships[index] for index in township.tolist()]
    street = [STREETS[index] for index in (call % len(STREETS)).tolist()]
    copy(
        Shift,
        count,
        {
            "id": shift_id,
            "code": codes.codes(count, 8, rng),
            "task_id": task_id[call],
            "organization_id": work.groups.id[calls.group[call]],
            "area_id": places.area_ids()[township],
            "county_id": places.county_ids()[places.county[township]],
            "starts_at": Moments(shifts.starts_at),
            "ends_at": Moments(shifts.starts_at + shifts.minutes * 60),
            "status": np.where(shifts.cancelled, Shift.Status.CANCELLED.value, Shift.Status.OPEN.value),
            "place": [f"{area.name_zh}{s.zh}一带" for area, s in zip(areas, street, strict=True)],
            "longitude": places.longitude[township],
            "latitude": places.latitude[township],
            "address": [f"{area.name_zh}{s.zh}社区服务站门口" for area, s in zip(areas, street, strict=True)],
            "contact_name": "值班员",
            "contact_phone": "12345",
            "bring": "手机、保暖衣物",
            "site_code": codes.codes(count, 7, rng),
            "created_at": Moments(seats.shift_created_at),
            "created_by_id": work.groups.owner_id[calls.group[call]],
            "cancelled_at": Moments(np.where(shifts.cancelled, seats.shift_created_at + 300, -1)),
            "cancel_reason": np.where(shifts.cancelled, CANCEL_REASON, ""),
        },
        tick,
    )
    copy(
        ShiftRole,
        count,
        {
            "id": role_id,
            "shift_id": shift_id,
            "seats_min": seats.least,
            "seats": seats.seats,
            "seats_taken": seats.taken,
        },
        tick,
    )
    through = ShiftRole.requirements.through
    _requirements(through, "shiftrole_id", role_id, calls.template[call], work.templates)


def _seats(
    work: Work,
    shift_id: np.ndarray,
    role_id: np.ndarray,
    seat_id: np.ndarray,
    rng: np.random.Generator,
    tick: Callable[[int], None],
) -> None:
    shifts, seats = work.shifts, work.seats
    count = len(seat_id)
    starts = shifts.starts_at[seats.shift]
    users = work.user_id[seats.person]
    given_back = seats.released_at >= 0
    owner = work.groups.owner_id[work.calls.group[shifts.call[seats.shift]]]
    county = work.places.county_ids()[work.places.county[work.calls.township[shifts.call]]]
    copy(
        Assignment,
        count,
        {
            "id": seat_id,
            "code": codes.codes(count, 12, rng),
            "role_id": role_id[seats.shift],
            "shift_id": shift_id[seats.shift],
            "volunteer_id": work.volunteer_id[seats.person],
            "county_id": county[seats.shift],
            "status": np.where(given_back, Assignment.Status.RELEASED.value, Assignment.Status.ACTIVE.value),
            "period": Between(starts, starts + shifts.minutes[seats.shift] * 60),
            "spoken_code": codes.digits(count, 4, rng),
            "created_at": Moments(seats.created_at),
            "created_by_id": np.where(seats.is_overridden, owner, users),
            "override_reason": np.where(seats.is_overridden, OVERRIDE_REASON, ""),
            "overridden_by_id": np.ma.masked_array(owner, mask=~seats.is_overridden),
            "ended_at": Moments(seats.released_at),
            "ended_by_id": np.ma.masked_array(users, mask=~given_back),
        },
        tick,
    )


def _presence(work: Work, seat_id: np.ndarray, rng: np.random.Generator, tick: Callable[[int], None]) -> None:
    """Arrivals and departures, as long as they are kept."""
    seats = work.seats
    group = work.calls.group[work.shifts.call[seats.shift]]
    recent = work.shifts.day[seats.shift] >= work.presence_from
    for kind, moment in (("in", seats.arrived_at), ("out", seats.left_at)):
        rows = np.flatnonzero(recent & (moment >= 0))
        copy(
            CheckIn,
            len(rows),
            {
                "assignment_id": seat_id[rows],
                "kind": kind,
                "at": Moments(moment[rows]),
                "method": rng.choice(METHODS, len(rows)),
                "nonce": codes.nonces(len(rows), rng),
                "recorded_at": Moments(moment[rows]),
                "recorded_by_id": work.groups.owner_id[group[rows]],
            },
            tick,
        )


def _records(
    work: Work,
    task_id: np.ndarray,
    seat_id: np.ndarray,
    rng: np.random.Generator,
    tick: Callable[[int], None],
) -> None:
    shifts, seats = work.shifts, work.seats
    rows = np.flatnonzero(seats.is_recorded)
    shift = seats.shift[rows]
    call = shifts.call[shift]
    ends = shifts.starts_at[shift] + shifts.minutes[shift] * 60
    group = work.calls.group[call]
    county = work.places.county_ids()[work.places.county[work.calls.township[call]]]
    copy(
        ServiceRecord,
        len(rows),
        {
            "code": codes.codes(len(rows), 12, rng),
            "assignment_id": seat_id[rows],
            "volunteer_id": work.volunteer_id[seats.person[rows]],
            "organization_id": work.groups.id[group],
            "task_id": task_id[call],
            "county_id": county,
            "served_on": Days(work.calendar.date(shifts.day[shift])),
            "starts_at": Moments(seats.arrived_at[rows]),
            "ends_at": Moments(seats.left_at[rows]),
            "minutes": (seats.left_at[rows] - seats.arrived_at[rows]) // 60,
            "confirmed_at": Moments(ends + CONFIRMED_AFTER_S),
            "confirmed_by_id": work.groups.owner_id[group],
        },
        tick,
    )
