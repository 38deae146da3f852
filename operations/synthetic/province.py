"""Loads an invented place in the middle of a crisis into an empty database, in one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import transaction

from accounts.models import User
from operations.synthetic import (
    alerts,
    asked,
    asked_rows,
    demo,
    governed,
    groups,
    lines,
    loading,
    places,
    recurring,
    work_rows,
)
from operations.synthetic.curve import Calendar
from operations.synthetic.profile import STAGE_DAYS, Profile
from operations.synthetic.progress import Progress
from tasks.models import Crisis, Playbook, StageChange

PLAYBOOK = "zhejiang-2020"
REASONS = ("启动一级响应", "防控与复工两手抓", "转入常态化防控")


@transaction.atomic
def load(profile: Profile, own: loading.Own, *, at: datetime, progress: Progress) -> None:
    """Fill a database that holds areas and reference data and nothing else. The same seed and day give the same rows."""
    load = loading.begin(profile, own, at=at, progress=progress)
    with progress.step("organizations and authorities"):
        where, organized = loading.organize(load)
        crisis = _crisis(where, own.official, load.calendar, profile)
    with progress.step(f"{profile.volunteers} volunteers and what they did, drawn"):
        drawn = loading.draw(load, where, organized, crisis_id=crisis.pk)
    task_id = loading.write(load, drawn)
    with progress.step("calls that wait, a group that asks"):
        demo.add_waiting_calls(crisis, where, organized, drawn.work.templates, load.rng, at)
        groups.add_waiting(where.counties[where.home_county], load.rng, at)
    with progress.step("series, and work without a time"):
        recurring.add(organized, at=at)
    with progress.step("what residents asked for, and what authorities agreed"):
        _ask_and_agree(load, drawn.work, task_id)
    loading.count(load, released=range(profile.days_released, 0, -1))


def _ask_and_agree(load: loading.Load, work: work_rows.Work, task_id: np.ndarray) -> None:
    where, organized, calendar, rng, at = work.places, work.groups, work.calendar, load.rng, load.at
    began = calendar.moment(0)
    asked_rows.add_promises(where, official_id=load.own.official.pk, starts_at=began)
    asked_rows.open_desks(where, organized, at=began)
    requests = asked.draw(
        round(load.profile.volunteers * asked.A_VOLUNTEER), where, organized, work.calls, calendar, rng
    )
    asked_rows.write(requests, where, organized, task_id, calendar, rng)
    asked_rows.add_points(where, organized, at=at)
    asked_rows.add_alike(where, organized, at=at)
    governed.add_modes(
        where,
        official_id=load.own.official.pk,
        moment={day: calendar.moment(day) for day in STAGE_DAYS if day <= load.profile.day_now},
        day_now=load.profile.day_now,
    )
    governed.add_steps(work.calls, task_id, organized, calendar, rng)
    governed.add_escalations(organized, at=at)
    governed.add_at_home(where, organized, at=at)
    alerts.ask_on_duty(at=at, zone=settings.TIME_ZONE)
    alerts.ask_for_past_seats(at=at, zone=settings.TIME_ZONE)
    lines.wait(at=at)


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
