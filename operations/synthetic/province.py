"""Loads an invented place into an empty database, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from insights.actions import refresh, release_for
from matching.actions import count_replies
from operations.synthetic import (
    ahead,
    alerts,
    asked,
    asked_rows,
    bare,
    calls,
    demo,
    governed,
    groups,
    people,
    people_rows,
    places,
    recurring,
    seats,
    served,
    work_rows,
)
from operations.synthetic.copying import fix_sequences, next_id
from operations.synthetic.curve import Calendar
from operations.synthetic.profile import STAGE_DAYS, Profile
from operations.synthetic.progress import Progress
from tasks.models import Crisis, Playbook, StageChange, TaskTemplate
from volunteers.models import Capability, Volunteer

SEED = 20_200_123
TABLES = (*people_rows.TABLES, *work_rows.TABLES)
# Below, taking keys and indexes off and putting them back costs more than it saves.
BARE_FROM = 20_000
PLAYBOOK = "zhejiang-2020"
REASONS = ("启动一级响应", "防控与复工两手抓", "转入常态化防控")


@dataclass(frozen=True)
class People:
    """The demo's own people."""

    official: User
    organizer: User
    guest: User


@transaction.atomic
def load(profile: Profile, own: People, *, at: datetime, progress: Progress) -> None:
    """Fill a database that holds areas and reference data and nothing else. The same seed and day give the same rows."""
    rng = np.random.default_rng(SEED)
    # One day more on each side: a shift is signed up for before it, and ends after it.
    calendar = Calendar(
        at,
        day_now=profile.day_now,
        first=profile.day_first - 3,
        last=profile.day_now + profile.days_ahead + 1,
    )
    # What was deleted or rolled back before leaves no gap: ids are counted on from the rows that there are.
    fix_sequences(TABLES)
    with progress.step("organizations and authorities"):
        where = places.load()
        organized = groups.add(profile, where, rng, official=own.official, organizer=own.organizer, at=at)
        crisis = _crisis(where, own.official, calendar, profile)
    with progress.step(f"{profile.volunteers} volunteers and what they did, drawn"):
        capabilities = list(Capability.objects.order_by("pk"))
        drawn = people.draw(
            profile,
            where,
            rng,
            first_user_id=next_id(User),
            # The demo's volunteer comes first.
            first_volunteer_id=next_id(Volunteer) + 1,
            capability_count=len(capabilities),
        )
        people_rows.draw_capabilities(drawn, where, capabilities, rng)
        guest = demo.add_guest(
            user=own.guest,
            area=where.townships[int(np.flatnonzero(where.county == where.home_county)[0])],
            at=at,
        )
        work = _work(profile, drawn, where, organized, capabilities, calendar, crisis, guest, rng)
        joined_at = _joined(drawn, work.seats, calendar)
    taken = bare.NOTHING
    if profile.volunteers >= BARE_FROM:
        with progress.step("foreign keys and indexes taken off"):
            taken = bare.take_off(TABLES)
    with progress.step("volunteers", total=7 * len(drawn)) as tick:
        people_rows.write(
            drawn, where, organized, capabilities, joined_at, calendar, own.official.pk, rng, tick
        )
        fix_sequences(people_rows.TABLES)
    with progress.step("calls, shifts, seats and hours", total=work_rows.row_count(work)) as tick:
        task_id = work_rows.write(work, rng, tick)
        fix_sequences(work_rows.TABLES)
    if taken.back:
        with progress.step(
            "foreign keys and indexes put back, every row checked", total=len(taken.back)
        ) as tick:
            bare.put_back(taken, tick)
    with progress.step("statistics for the planner"):
        bare.analyse(TABLES)
    with progress.step("calls that wait, a group that asks"):
        demo.add_waiting_calls(crisis, where, organized, work.templates, rng, at)
        groups.add_waiting(where.counties[where.home_county], rng, at)
    with progress.step("series, and work without a time"):
        recurring.add(organized, at=at)
    with progress.step("what residents asked for, and what authorities agreed"):
        _ask_and_agree(profile, work, task_id, rng, own, at)
    with progress.step("how offers were answered"):
        count_replies(at=at)
    with progress.step("figures by area and day"):
        refresh(at=at)
    with progress.step("figures of the last days made public", total=profile.days_released) as tick:
        for back in range(profile.days_released, 0, -1):
            release_for(
                localdate(at) - timedelta(days=back), at=calendar.moment(profile.day_now - back + 1, 6.2)
            )
            tick(1)


def _work(
    profile: Profile,
    drawn: people.People,
    where: places.Places,
    organized: groups.Groups,
    capabilities: list[Capability],
    calendar: Calendar,
    crisis: Crisis,
    guest: Volunteer,
    rng: np.random.Generator,
) -> work_rows.Work:
    templates = list(
        TaskTemplate.objects.select_related("type").prefetch_related("requirements").order_by("pk")
    )
    column = {capability.pk: index for index, capability in enumerate(capabilities)}
    papers = [
        [
            column[needed.pk]
            for needed in template.requirements.all()
            if needed.kind == Capability.Kind.QUALIFICATION
        ]
        for template in templates
    ]
    history = served.plan(drawn, profile, calendar, rng)
    called, shifts = calls.of_services(history, drawn, where, organized, templates, calendar, rng)
    stage = int(np.searchsorted(STAGE_DAYS, profile.day_now, side="right"))
    fitting = [
        index
        for index, template in enumerate(templates)
        if template.stage in (0, stage) and template.type.code not in calls.CAUSES
    ]
    called = ahead.together(called, ahead.fresh(organized, where, templates, fitting, calendar, rng))
    busy: dict[int, set[int]] = {}
    late = history.day[history.shift] >= profile.day_now - 1
    for person, day in zip(
        history.person[late].tolist(), history.day[history.shift[late]].tolist(), strict=True
    ):
        busy.setdefault(person, set()).add(day)
    coming = ahead.add(
        called,
        shifts,
        drawn,
        where,
        organized,
        templates,
        papers,
        busy,
        calendar,
        profile.days_ahead,
        rng,
    )
    visits = demo.shifts_of_guest(called, shifts, coming, templates, organized.home, calendar)
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
        crisis_id=crisis.pk,
        days_ahead=profile.days_ahead,
        volunteer_id=np.append(drawn.volunteer_id, guest.pk),
        user_id=np.append(drawn.user_id, guest.user_id),
    )


def _ask_and_agree(
    profile: Profile,
    work: work_rows.Work,
    task_id: np.ndarray,
    rng: np.random.Generator,
    own: People,
    at: datetime,
) -> None:
    where, organized, calendar = work.places, work.groups, work.calendar
    began = calendar.moment(0)
    asked_rows.add_promises(where, official_id=own.official.pk, starts_at=began)
    asked_rows.open_desks(where, organized, at=began)
    requests = asked.draw(
        round(profile.volunteers * asked.A_VOLUNTEER), where, organized, work.calls, calendar, rng
    )
    asked_rows.write(requests, where, organized, task_id, calendar, rng)
    asked_rows.add_at_home(where, organized, at=at)
    governed.add_modes(
        where,
        official_id=own.official.pk,
        moment={day: calendar.moment(day) for day in STAGE_DAYS if day <= profile.day_now},
        day_now=profile.day_now,
    )
    governed.add_steps(work.calls, task_id, organized, calendar, rng)
    governed.add_escalations(organized, at=at)
    governed.add_at_home(where, organized, at=at)
    alerts.add(at=at, zone=settings.TIME_ZONE)


def _joined(drawn: people.People, settled: seats.Seats, calendar: Calendar) -> np.ndarray:
    """Seconds since 1970: on their first day, and before they took their first seat."""
    joined = calendar.midnight(np.maximum(drawn.joined_day, calendar.first)) + 9 * 3600
    own = settled.person < len(drawn)
    np.minimum.at(joined, settled.person[own], settled.created_at[own] - 3600)
    return np.minimum(joined, calendar.at)


def _crisis(where: places.Places, official: User, calendar: Calendar, profile: Profile) -> Crisis:
    crisis = Crisis.objects.create(
        name_zh="新型肺炎疫情",
        name_en="Epidemic of a new pneumonia",
        area=where.province,
        playbook=Playbook.objects.filter(code=PLAYBOOK).first(),
        started_at=calendar.moment(0),
    )
    changes = enumerate(zip(STAGE_DAYS, REASONS, strict=True), start=1)
    StageChange.objects.bulk_create(
        StageChange(
            crisis=crisis,
            area=where.province,
            stage=stage,
            effective_at=calendar.moment(day),
            # The first is in force at once, the others are decided the day before.
            decided_at=calendar.moment(day) - timedelta(hours=10 if day else 0),
            decided_by=official,
            reason=reason,
        )
        for stage, (day, reason) in changes
        if day <= profile.day_now
    )
    return crisis


def sized(profile: Profile, volunteers: int | None) -> Profile:
    """The profile, or the same place with another number of volunteers."""
    return replace(profile) if volunteers is None else profile.of_size(volunteers)
