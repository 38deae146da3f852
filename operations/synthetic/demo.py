"""What the demo's own people find: a profile with seats, calls that wait for a group."""

from datetime import datetime, timedelta

import numpy as np
from django.utils.timezone import localdate

from accounts.models import Consent, User
from areas.models import Area
from operations.synthetic.ahead import Ahead
from operations.synthetic.calls import CAUSES, FROM_HOME, Calls, Shifts
from operations.synthetic.curve import Calendar
from operations.synthetic.groups import CONSENT_VERSION, Groups
from operations.synthetic.places import Places
from operations.synthetic.words import STREETS
from tasks.models import Crisis, Task, TaskTemplate
from volunteers.models import Volunteer

# Seats that the demo's volunteer holds ahead, and had before.
SEATS_AHEAD, SEATS_BEFORE = 2, 4
JOINED_DAYS, LATELY_DAYS = 90, 80


def add_guest(*, user: User, area: Area, at: datetime) -> Volunteer:
    """The profile of the demo's volunteer, who agreed to everything."""
    joined = at - timedelta(days=JOINED_DAYS)
    User.objects.filter(pk=user.pk).update(joined_at=joined)
    for purpose in ("terms", "messages"):
        Consent.objects.create(
            user=user, purpose=purpose, version=CONSENT_VERSION, decision="granted", at=joined
        )
    point = Area.objects.get(pk=area.county_id or area.pk)
    return Volunteer.objects.create(
        user=user,
        area=area,
        county_id=area.county_id,
        longitude=point.longitude,
        latitude=point.latitude,
        reach_km=30,
        max_hours_week=30,
        joined_at=joined,
    )


def shifts_of_guest(
    calls: Calls,
    shifts: Shifts,
    coming: Ahead,
    templates: list[TaskTemplate],
    home: int,
    calendar: Calendar,
    *,
    has_crisis: bool,
) -> np.ndarray:
    """Shifts of the demo's organization, on days apart: some that were, and the next ones with a free seat."""
    open_to_all = np.array([not template.requirements.all() for template in templates])
    own = (calls.group[shifts.call] == home) & open_to_all[calls.template[shifts.call]] & ~shifts.cancelled
    free = np.ones(len(shifts), bool)
    ahead = len(coming.seats)
    free[-ahead:] = coming.seats > np.bincount(coming.shift - (len(shifts) - ahead), minlength=ahead)
    rows = np.flatnonzero(own & free & (calls.is_crisis[shifts.call] == has_crisis))
    rows = rows[np.argsort(shifts.starts_at[rows], kind="stable")]
    lately = (shifts.day[rows] < calendar.day_now - 2) & (shifts.day[rows] > calendar.day_now - LATELY_DAYS)
    past = rows[lately][::-1]
    future = rows[shifts.day[rows] > calendar.day_now]
    return np.array([*_apart(past, shifts, SEATS_BEFORE), *_apart(future, shifts, SEATS_AHEAD)], dtype=int)


def _apart(rows: np.ndarray, shifts: Shifts, count: int) -> list[int]:
    """The first rows, no two of which lie on neighbouring days."""
    found: list[int] = []
    for row in rows.tolist():
        if len(found) < count and all(abs(shifts.day[row] - shifts.day[other]) > 1 for other in found):
            found.append(row)
    return found


def add_waiting_calls(
    crisis: Crisis,
    places: Places,
    groups: Groups,
    templates: list[TaskTemplate],
    rng: np.random.Generator,
    at: datetime,
) -> None:
    """In each county with an authority of its own one call that nobody has taken on yet."""
    usual = [template for template in templates if template.type.code not in CAUSES and not template.stage]
    tasks = []
    for index, county in enumerate(places.counties):
        authority = groups.authority_of_area.get(county.pk)
        inside = np.flatnonzero(places.county == index)
        if authority is None:
            continue
        area = places.townships[int(rng.choice(inside))] if len(inside) else county
        template = usual[int(rng.integers(len(usual)))]
        street = STREETS[int(rng.integers(len(STREETS)))]
        called_at = at - timedelta(minutes=int(rng.integers(10, 900)))
        tasks.append(
            Task(
                crisis=crisis,
                issuer_id=authority,
                type_id=template.type_id,
                area=area,
                county_id=county.pk,
                status=Task.Status.CALLED,
                priority=int(rng.integers(1, 4)),
                title=template.title_zh,
                content=template.content_zh,
                conditions=template.conditions_zh,
                risks=template.risks_zh,
                guarantees=template.guarantees_zh,
                second_title=template.title_en,
                second_content=template.content_en,
                people_needed=template.seats_min * 4,
                starts_on=localdate(at),
                ends_on=localdate(at) + timedelta(days=7),
                is_remote=template.type.code in FROM_HOME,
                place=f"{area.name_zh}{street.zh}一带",
                address=f"{area.name_zh}{street.zh}，社区服务站门口",
                contact_name="值班员",
                contact_phone="12345",
                created_at=called_at,
                created_by_id=groups.official_of_authority[authority],
                called_at=called_at,
            )
        )
    Task.objects.bulk_create(tasks, batch_size=2_000)
    for task in tasks:
        needed = next(t for t in usual if t.type_id == task.type_id and t.title_zh == task.title)
        task.requirements.set(needed.requirements.all())
