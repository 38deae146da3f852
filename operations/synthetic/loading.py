"""The steps that the load of every invented place goes through: who and where, what was done, rows, figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils.timezone import localdate

from accounts.models import User
from areas.actions import load_zhejiang
from core import deployment
from insights.actions import refresh, release_for
from matching.actions import count_replies
from operations.synthetic import (
    ahead,
    bare,
    calls,
    demo,
    groups,
    logins,
    people,
    people_rows,
    places,
    seats,
    served,
    work_rows,
)
from operations.synthetic.copying import fix_sequences, next_id
from operations.synthetic.curve import Calendar
from operations.synthetic.profile import STAGE_DAYS, Profile
from operations.synthetic.progress import Progress
from tasks.actions.reference import load_reference
from tasks.models import TaskTemplate
from volunteers.models import Capability, Volunteer

SEED = 20_200_123
TABLES = (*people_rows.TABLES, *work_rows.TABLES)
# Below, taking keys and indexes off and putting them back costs more than it saves.
BARE_FROM = 20_000
# Figures are made public at this hour.
RELEASE_HOUR = 6.2


@dataclass(frozen=True)
class Own:
    """The demo's own people."""

    official: User
    organizer: User
    guest: User


@dataclass(frozen=True)
class Load:
    """One load, and what its steps share."""

    profile: Profile
    own: Own
    at: datetime
    progress: Progress
    calendar: Calendar
    rng: np.random.Generator


@dataclass(frozen=True)
class Drawn:
    """What a load will write."""

    people: people.People
    capabilities: list[Capability]
    joined_at: np.ndarray
    work: work_rows.Work


def prepare(*, at: datetime, progress: Progress) -> Own:
    """Areas, reference data and the demo's own people, in a database that is synthetic from now on."""
    with progress.step("areas of Zhejiang"):
        load_zhejiang(at=at)
        load_reference(at=at)
        own = {login: logins.create(login, at=at) for login in logins.ALL}
        deployment.mark_synthetic(at=at)
    return Own(own[logins.OFFICIAL], own[logins.ORGANIZER], own[logins.VOLUNTEER])


def begin(profile: Profile, own: Own, *, at: datetime, progress: Progress) -> Load:
    """Begin a load. The same seed and day give the same rows."""
    # One day more on each side: a shift is signed up for before it, and ends after it.
    calendar = Calendar(
        at,
        day_now=profile.day_now,
        first=profile.day_first - 3,
        last=profile.day_now + profile.days_ahead + 1,
    )
    # What was deleted or rolled back before leaves no gap: ids are counted on from the rows that there are.
    fix_sequences(TABLES)
    return Load(profile, own, at, progress, calendar, np.random.default_rng(SEED))


def organize(load: Load) -> tuple[places.Places, groups.Groups]:
    """Where everything is, and the authorities and groups there."""
    where = places.load()
    own = load.own
    return where, groups.add(
        load.profile, where, load.rng, official=own.official, organizer=own.organizer, at=load.at
    )


def draw(load: Load, where: places.Places, organized: groups.Groups, *, crisis_id: int | None) -> Drawn:
    """The volunteers, and everything that they did and will do."""
    capabilities = list(Capability.objects.order_by("pk"))
    drawn = people.draw(
        load.profile,
        where,
        load.rng,
        first_user_id=next_id(User),
        # The demo's volunteer comes first.
        first_volunteer_id=next_id(Volunteer) + 1,
        capability_count=len(capabilities),
    )
    people_rows.draw_capabilities(drawn, where, capabilities, load.rng)
    guest = demo.add_guest(
        user=load.own.guest,
        area=where.townships[int(np.flatnonzero(where.county == where.home_county)[0])],
        at=load.at,
    )
    work = _work(load, drawn, where, organized, capabilities, crisis_id, guest)
    return Drawn(drawn, capabilities, _joined(drawn, work.seats, load.calendar), work)


def write(load: Load, drawn: Drawn) -> np.ndarray:
    """All rows of people and work; the ids of the calls in their order."""
    progress, work = load.progress, drawn.work
    taken = bare.NOTHING
    if load.profile.volunteers >= BARE_FROM:
        with progress.step("foreign keys and indexes taken off"):
            taken = bare.take_off(TABLES)
    with progress.step("volunteers", total=7 * len(drawn.people)) as tick:
        people_rows.write(
            drawn.people,
            work.places,
            work.groups,
            drawn.capabilities,
            drawn.joined_at,
            load.calendar,
            load.own.official.pk,
            load.rng,
            tick,
        )
        fix_sequences(people_rows.TABLES)
    with progress.step("calls, shifts, seats and hours", total=work_rows.row_count(work)) as tick:
        task_id = work_rows.write(work, load.rng, tick)
        fix_sequences(work_rows.TABLES)
    if taken.back:
        with progress.step(
            "foreign keys and indexes put back, every row checked", total=len(taken.back)
        ) as tick:
            bare.put_back(taken, tick)
    with progress.step("statistics for the planner"):
        bare.analyse(TABLES)
    return task_id


def count(load: Load, *, released: range) -> None:
    """Figures of everything that was written. `released`: of so many days ago they were made public."""
    progress, calendar = load.progress, load.calendar
    with progress.step("how offers were answered"):
        count_replies(at=load.at)
    with progress.step("figures by area and day"):
        refresh(at=load.at)
    with progress.step("figures of the last days made public", total=len(released)) as tick:
        for back in released:
            release_for(
                localdate(load.at) - timedelta(days=back),
                at=calendar.moment(calendar.day_now - back + 1, RELEASE_HOUR),
            )
            tick(1)


def _work(
    load: Load,
    drawn: people.People,
    where: places.Places,
    organized: groups.Groups,
    capabilities: list[Capability],
    crisis_id: int | None,
    guest: Volunteer,
) -> work_rows.Work:
    profile, calendar, rng = load.profile, load.calendar, load.rng
    templates = list(
        TaskTemplate.objects.select_related("type").prefetch_related("requirements").order_by("pk")
    )
    column = {capability.pk: index for index, capability in enumerate(capabilities)}
    history = served.plan(drawn, profile, calendar, rng)
    called, shifts = calls.of_services(history, drawn, where, organized, templates, profile, calendar, rng)
    if profile.has_crisis:
        fitting = _of_crisis(templates, profile)
        called = ahead.together(called, ahead.fresh(organized, where, templates, fitting, calendar, rng))
    coming = ahead.add(
        called,
        shifts,
        drawn,
        where,
        organized,
        templates,
        _papers(templates, column),
        _busy(history, profile),
        profile,
        calendar,
        rng,
    )
    visits = demo.shifts_of_guest(
        called, shifts, coming, templates, organized.home, calendar, has_crisis=profile.has_crisis
    )
    settled = seats.settle(history, coming, visits, called, shifts, drawn, where, calendar, rng)
    seats.fit_limits(settled, shifts, called, drawn, where, templates, column, calendar)
    return work_rows.Work(
        calls=called,
        shifts=shifts,
        seats=settled,
        groups=organized,
        places=where,
        templates=templates,
        calendar=calendar,
        crisis_id=crisis_id,
        open_days=profile.days_ahead if profile.open_days is None else profile.open_days,
        presence_from=profile.presence_from,
        volunteer_id=np.append(drawn.volunteer_id, guest.pk),
        user_id=np.append(drawn.user_id, guest.user_id),
    )


def _of_crisis(templates: list[TaskTemplate], profile: Profile) -> list[int]:
    """Positions of the templates that calls for the crisis have in the stage of today."""
    stage = int(np.searchsorted(STAGE_DAYS, profile.day_now, side="right"))
    return [
        index
        for index, template in enumerate(templates)
        if template.stage in (0, stage) and template.type.code not in calls.CAUSES
    ]


def _papers(templates: list[TaskTemplate], column: dict[int, int]) -> list[list[int]]:
    """For each template the positions of the papers that its work requires."""
    return [
        [
            column[needed.pk]
            for needed in template.requirements.all()
            if needed.kind == Capability.Kind.QUALIFICATION
        ]
        for template in templates
    ]


def _busy(history: served.Served, profile: Profile) -> dict[int, set[int]]:
    """The days from yesterday on on which somebody serves, by person."""
    busy: dict[int, set[int]] = {}
    day = history.day[history.shift]
    late = day >= profile.day_now - 1
    for person, on in zip(history.person[late].tolist(), day[late].tolist(), strict=True):
        busy.setdefault(person, set()).add(on)
    return busy


def _joined(drawn: people.People, settled: seats.Seats, calendar: Calendar) -> np.ndarray:
    """Seconds since 1970: on their first day, and before they took their first seat."""
    joined = calendar.midnight(np.maximum(drawn.joined_day, calendar.first)) + 9 * 3600
    own = settled.person < len(drawn)
    np.minimum.at(joined, settled.person[own], settled.created_at[own] - 3600)
    return np.minimum(joined, calendar.at)
