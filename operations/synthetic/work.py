"""Invented calls and shifts from ten days ago to a week ahead, with those who came."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from areas.models import Area
from operations.synthetic.words import STREETS
from organizations.models import Organization
from tasks.models import (
    Adoption,
    Assignment,
    CheckIn,
    Crisis,
    ServiceRecord,
    Shift,
    ShiftRole,
    Task,
    TaskTemplate,
)
from volunteers.models import Volunteer

BATCH = 2_000
DAYS_BEFORE = 10
DAYS_AFTER = 7
FROM_HOME = ("counselling", "tele-clinic", "translation")


@dataclass
class Plan:
    """Rows made so far, saved together at the end."""

    random: Random
    at: datetime
    crisis: Crisis
    volunteers_by_county: dict[int, list[Volunteer]]
    confirmer_ids: dict[int, int]
    tasks: list[Task] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    roles: list[ShiftRole] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    records: list[ServiceRecord] = field(default_factory=list)
    busy: set[tuple[int, int]] = field(default_factory=set)

    def save(self) -> None:
        Task.objects.bulk_create(self.tasks, batch_size=BATCH)
        Adoption.objects.bulk_create(self.adoptions, batch_size=BATCH)
        Shift.objects.bulk_create(self.shifts, batch_size=BATCH)
        ShiftRole.objects.bulk_create(self.roles, batch_size=BATCH)
        Assignment.objects.bulk_create(self.assignments, batch_size=BATCH)
        CheckIn.objects.bulk_create(self.check_ins, batch_size=BATCH)
        ServiceRecord.objects.bulk_create(self.records, batch_size=BATCH)


def add_task(
    plan: Plan,
    *,
    template: TaskTemplate,
    issuer: Organization,
    area: Area,
    called_at: datetime,
    lead: Organization | None,
) -> Task:
    street = plan.random.choice(STREETS)
    starts_on = timezone.localdate(called_at)
    task = Task(
        crisis=plan.crisis,
        issuer=issuer,
        type_id=template.type_id,
        area=area,
        county_id=area.county_id,
        status=Task.Status.ADOPTED if lead else Task.Status.CALLED,
        priority=plan.random.choice((1, 1, 1, 2, 2, 3)),
        title=template.title_zh,
        content=template.content_zh,
        conditions=template.conditions_zh,
        risks=template.risks_zh,
        guarantees=template.guarantees_zh,
        second_title=template.title_en,
        second_content=template.content_en,
        people_needed=template.seats_min * 4,
        starts_on=starts_on,
        ends_on=timezone.localdate(plan.at) + timedelta(days=DAYS_AFTER),
        is_remote=template.type.code in FROM_HOME,
        place=f"{area.name_zh}{street.zh}一带",
        address=f"{area.name_zh}{street.zh} {plan.random.randrange(1, 300)} 号，社区服务站门口",
        contact_name="值班员",
        contact_phone="12345",
        created_at=called_at,
        called_at=called_at,
        adopted_at=called_at + timedelta(minutes=plan.random.randrange(6, 240)) if lead else None,
    )
    plan.tasks.append(task)
    if lead and task.adopted_at:
        plan.adoptions.append(
            Adoption(
                task=task,
                organization=lead,
                role=Adoption.Role.LEAD,
                adopted_at=task.adopted_at,
                adopted_by_id=plan.confirmer_ids[lead.pk],
            )
        )
    return task


def add_shift(
    plan: Plan,
    *,
    task: Task,
    template: TaskTemplate,
    organization: Organization,
    starts_at: datetime,
    minutes: int,
    fill: float,
) -> Shift:
    """A shift with `fill` (0–1) of its seats taken by people of its county; past ones are attended and confirmed."""
    seats = max(2, round(template.seats * plan.random.uniform(0.7, 1.5)))
    seats_min = max(1, round(seats * 0.8))
    shift = Shift(
        task=task,
        organization=organization,
        area_id=task.area_id,
        county_id=task.county_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        place=task.place,
        address=task.address,
        longitude=task.area.longitude,
        latitude=task.area.latitude,
        contact_name=task.contact_name,
        contact_phone=task.contact_phone,
        bring="手机、保暖衣物",
        created_at=min(task.adopted_at or plan.at, plan.at),
    )
    role = ShiftRole(shift=shift, seats_min=seats_min, seats=seats)
    plan.shifts.append(shift)
    plan.roles.append(role)
    for volunteer in _free_people(plan, shift, round(seats * fill)):
        seat(plan, role, volunteer)
    return shift


def _free_people(plan: Plan, shift: Shift, count: int) -> Iterator[Volunteer]:
    """People of the county who have no other shift on that day or the next."""
    assert shift.starts_at is not None
    people = plan.volunteers_by_county.get(shift.county_id or 0, [])
    day = timezone.localdate(shift.starts_at).toordinal()
    for volunteer in plan.random.sample(people, min(len(people), count * 3)):
        if count <= 0:
            return
        taken = {(volunteer.pk, day), (volunteer.pk, day + 1)}
        if taken & plan.busy:
            continue
        plan.busy |= taken
        count -= 1
        yield volunteer


def cancel(plan: Plan, shift: Shift) -> None:
    """The shift does not take place; nobody holds a seat in it."""
    shift.status = Shift.Status.CANCELLED
    shift.cancelled_at = shift.created_at + timedelta(hours=1)
    shift.cancel_reason = "物资推迟到货，这一班取消"


def seat(plan: Plan, role: ShiftRole, volunteer: Volunteer) -> None:
    shift = role.shift
    assert shift.starts_at is not None and shift.ends_at is not None
    assignment = Assignment(
        role=role,
        shift=shift,
        volunteer=volunteer,
        county_id=shift.county_id,
        period=DateTimeTZRange(shift.starts_at, shift.ends_at),
        created_at=min(shift.starts_at, plan.at) - timedelta(minutes=plan.random.randrange(20, 2_000)),
        created_by_id=volunteer.user_id,
    )
    role.seats_taken += 1
    plan.assignments.append(assignment)
    if shift.starts_at > plan.at or plan.random.random() < 0.06:
        return
    arrived = shift.starts_at + timedelta(minutes=plan.random.randrange(-12, 9))
    if arrived > plan.at:
        return
    _check(plan, assignment, CheckIn.Kind.IN, arrived)
    left = shift.ends_at + timedelta(minutes=plan.random.randrange(-10, 6))
    if left > plan.at:
        return
    _check(plan, assignment, CheckIn.Kind.OUT, left)
    if shift.ends_at > plan.at - timedelta(hours=30):
        return  # not confirmed yet: what the organizer finds under hours
    plan.records.append(
        ServiceRecord(
            assignment=assignment,
            volunteer=volunteer,
            organization_id=shift.organization_id,
            task=shift.task,
            county_id=shift.county_id,
            served_on=timezone.localdate(shift.starts_at),
            starts_at=arrived,
            ends_at=left,
            minutes=int((left - arrived).total_seconds() // 60),
            confirmed_at=shift.ends_at + timedelta(hours=14),
            confirmed_by_id=plan.confirmer_ids[shift.organization_id],
        )
    )


def _check(plan: Plan, assignment: Assignment, kind: CheckIn.Kind, at: datetime) -> None:
    plan.check_ins.append(
        CheckIn(
            assignment=assignment,
            kind=kind,
            at=at,
            method=plan.random.choice((CheckIn.Method.SCAN, CheckIn.Method.SITE_CODE, CheckIn.Method.SPOKEN)),
            nonce=uuid.UUID(int=plan.random.getrandbits(128), version=4),
            recorded_at=at,
            recorded_by_id=plan.confirmer_ids[assignment.shift.organization_id],
        )
    )


def at_hour(day: datetime, hour: int) -> datetime:
    """That hour of the day, where the deployment is."""
    return timezone.make_aware(datetime.combine(timezone.localtime(day).date(), time(hour % 24)))
