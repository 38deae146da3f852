"""The demo: one city with most of the volunteers, the rest of its province in outline, two weeks into a crisis."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import User
from areas.models import Area
from operations.synthetic import people, work
from organizations.models import Membership, Organization
from tasks.models import Crisis, Shift, StageChange, Task, TaskTemplate
from volunteers.models import Volunteer

CITY = "3301"
SOUTH = ("3303", "3310")
# Shares of all shifts.
CANCELLED = 0.02
FULL = 0.06
# Seats that the demo's volunteer holds ahead.
GUEST_SEATS = 2
# A place that is no township: what is left of a county without any.
LEFTOVER = "直辖"
HOME_COUNTY = "330105"
SEED = 20_200_123
Progress = Callable[[str], None]


@dataclass(frozen=True)
class City:
    """What a guide to the demo wants to know."""

    crisis: Crisis
    authorities: list[Organization]
    organization: Organization


@transaction.atomic
def load(
    *, volunteer_count: int, official: User, organizer: User, guest: User, at: datetime, say: Progress
) -> City:
    """Fill a database that holds areas and reference data and nothing else."""
    random = Random(SEED)  # noqa: S311  invents people, guards nothing
    province = Area.objects.get(level=Area.Level.PROVINCE)
    counties = list(Area.objects.at_level(Area.Level.COUNTY).order_by("code"))
    inner = [county for county in counties if CITY in county.path_codes]
    outer = [county for county in counties if county not in inner]
    townships = _townships_of(counties)

    say(f"{volunteer_count} volunteers")
    volunteers: list[Volunteer] = []
    for share, places in ((0.45, inner), (0.55, outer)):
        volunteers += people.add_volunteers(
            count=round(volunteer_count * share),
            first_phone=10_000_000 + len(volunteers),
            confirmer=official,
            townships=[township for county in places for township in townships[county.pk]],
            random=random,
            at=at,
        )

    say("organizations and authorities")
    above = [province, Area.objects.get(code=CITY), *inner]
    authorities = [people.add_authority(area=area, at=at - timedelta(days=900)) for area in above]
    owners = people.add_organizations(
        counties=inner, per_county=4, first_phone=90_000_000, random=random, at=at
    )
    owners |= people.add_organizations(
        counties=outer, per_county=1, first_phone=91_000_000, random=random, at=at
    )
    home = next(organization for organization in owners if organization.home_area.code == HOME_COUNTY)
    people.add_waiting_organization(county=home.home_area, random=random, at=at)
    Membership.objects.create(user=official, organization=authorities[0], role="owner", started_at=at)
    Membership.objects.create(user=organizer, organization=home, role="owner", started_at=at)

    say("calls, shifts and those who came")
    crisis = _crisis(province, official, at)
    plan = work.Plan(
        random=random,
        at=at,
        crisis=crisis,
        volunteers_by_county=_by_county(volunteers),
        confirmer_ids={organization.pk: owner.pk for organization, owner in owners.items()},
    )
    templates = list(TaskTemplate.objects.select_related("type").order_by("pk"))
    issuers = {authority.home_area_id: authority for authority in authorities}
    for organization in owners:
        county = organization.home_area
        scarcity = _scarcity(county, random)
        for _ in range(4 if organization == home else 2):
            template = random.choice(templates)
            task = work.add_task(
                plan,
                template=template,
                issuer=issuers.get(county.pk, authorities[0]),
                area=random.choice(townships[county.pk]),
                called_at=at - timedelta(days=random.randrange(2, 11), minutes=random.randrange(600)),
                lead=organization,
            )
            _shifts(
                plan, task, template, organization, every=1 if organization == home else 2, scarcity=scarcity
            )
    for county in inner:
        work.add_task(
            plan,
            template=random.choice(templates),
            issuer=issuers[county.pk],
            area=random.choice(townships[county.pk]),
            called_at=at - timedelta(minutes=random.randrange(10, 900)),
            lead=None,
        )
    _running_now(plan, home)
    _seat_guest(plan, home, people.add_guest(user=guest, area=townships[home.home_area_id][0], at=at))
    plan.save()
    return City(crisis=crisis, authorities=authorities, organization=home)


def _shifts(
    plan: work.Plan,
    task: Task,
    template: TaskTemplate,
    organization: Organization,
    *,
    every: int,
    scarcity: float,
) -> None:
    """Shifts of the task on every `every`-th day; the further ahead and the scarcer the hands, the emptier."""
    for day in range(-work.DAYS_BEFORE + plan.random.randrange(every), work.DAYS_AFTER + 1, every):
        starts_at = work.at_hour(plan.at + timedelta(days=day), template.starts_hour)
        if task.called_at is None or starts_at < task.called_at:
            continue
        fill = (
            plan.random.uniform(0.8, 1.0)
            if day < 0
            else plan.random.uniform(0.82, 1.0) - max(0, day - 1) * 0.06
        )
        chance = plan.random.random()
        shift = work.add_shift(
            plan,
            task=task,
            template=template,
            organization=organization,
            starts_at=starts_at,
            minutes=template.duration_minutes,
            fill=0.0 if chance < CANCELLED else 1.0 if chance > 1 - FULL else max(0.0, fill * (1 - scarcity)),
        )
        if chance < CANCELLED:
            work.cancel(plan, shift)


def _scarcity(county: Area, random: Random) -> float:
    """How far hands fall short in a county: most in the south, little elsewhere, nothing in many places."""
    if county.path_codes[1] in SOUTH:
        return random.choice((0.05, 0.2, 0.35, 0.5))
    return random.choice((0.0, 0.0, 0.0, 0.05, 0.15))


def _running_now(plan: work.Plan, home: Organization) -> None:
    """One shift of the demo's organizer that began an hour ago, so that the desk has something to do."""
    task = next(
        task for task in plan.tasks if any(a.task is task and a.organization == home for a in plan.adoptions)
    )
    template = TaskTemplate.objects.filter(type_id=task.type_id).select_related("type").order_by("pk")[0]
    starts_at = plan.at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    work.add_shift(
        plan, task=task, template=template, organization=home, starts_at=starts_at, minutes=240, fill=0.9
    )


def _seat_guest(plan: work.Plan, home: Organization, guest: Volunteer) -> None:
    """The demo's volunteer served on some days and has a seat in the next shift that has one free."""
    coming = 0
    days = set()
    for role in sorted(plan.roles, key=lambda role: role.shift.starts_at or plan.at):
        shift = role.shift
        assert shift.starts_at is not None
        day = shift.starts_at.date()
        is_ahead = shift.starts_at > plan.at + timedelta(hours=2)
        if (
            shift.organization_id != home.pk
            or role.seats_free < 1
            or day in days
            or shift.status != Shift.Status.OPEN
        ):
            continue
        if (is_ahead and coming < GUEST_SEATS) or (not is_ahead and day < plan.at.date()):
            days |= {day, day + timedelta(days=1)}
            coming += is_ahead
            work.seat(plan, role, guest)


def _townships_of(counties: list[Area]) -> dict[int, list[Area]]:
    """Townships by county; one without a point of its own takes the county's."""
    points = {county.pk: (county.longitude, county.latitude) for county in counties}
    found: dict[int, list[Area]] = {county.pk: [] for county in counties}
    for township in Area.objects.at_level(Area.Level.TOWNSHIP).order_by("code"):
        if township.county_id is None or (LEFTOVER in township.name_zh and found[township.county_id]):
            continue
        if township.longitude is None:
            township.longitude, township.latitude = points[township.county_id]
        found[township.county_id].append(township)
    return found


def _by_county(volunteers: list[Volunteer]) -> dict[int, list[Volunteer]]:
    found: dict[int, list[Volunteer]] = {}
    for volunteer in volunteers:
        found.setdefault(volunteer.county_id or 0, []).append(volunteer)
    return found


def _crisis(province: Area, official: User, at: datetime) -> Crisis:
    crisis = Crisis.objects.create(
        name_zh="新型肺炎疫情",
        name_en="Epidemic of a new pneumonia",
        area=province,
        started_at=at - timedelta(days=14),
    )
    StageChange.objects.create(
        crisis=crisis,
        area=province,
        stage=1,
        effective_at=crisis.started_at,
        decided_at=crisis.started_at,
        decided_by=official,
        reason="启动一级响应",
    )
    return crisis
