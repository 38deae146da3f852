"""Invented volunteers, organizations and their members."""

from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Consent, User
from areas.models import Area
from operations.synthetic.words import GROUPS, person_name
from organizations.models import Membership, Organization, ServiceArea, Verification
from volunteers.models import Capability, Cause, Volunteer, VolunteerCapability

BATCH = 2_000
CONSENT_VERSION = "2026-11"


def add_users(*, count: int, first_phone: int, random: Random, at: datetime) -> list[User]:
    """Users with invented names and telephone numbers of a block that no network assigns (+86 100…)."""
    locked = make_password(None)
    users = [
        User(
            name=person_name(random),
            phone=f"+86100{first_phone + i:08d}",
            phone_confirmed_at=at,
            password=locked,
            joined_at=at - timedelta(days=random.randrange(1, 400)),
        )
        for i in range(count)
    ]
    User.objects.bulk_create(users, batch_size=BATCH)
    return users


def add_volunteers(
    *, count: int, first_phone: int, townships: list[Area], confirmer: User, random: Random, at: datetime
) -> list[Volunteer]:
    """Volunteers spread over the townships: half under 35, a tenth over 60, most free on some days, a tenth on duty."""
    users = add_users(count=count, first_phone=first_phone, random=random, at=at)
    capabilities = list(Capability.objects.all())
    causes = list(Cause.objects.all())
    numbers = random.sample(range(10_000_000, 90_000_000), count)
    volunteers = []
    for user, number in zip(users, numbers, strict=True):
        township = random.choice(townships)
        volunteers.append(
            Volunteer(
                user=user,
                number=str(number),
                area=township,
                county_id=township.county_id,
                longitude=_near(township.longitude, random),
                latitude=_near(township.latitude, random),
                reach_km=random.choice((3, 5, 5, 10, 20)),
                max_hours_week=random.choice((6, 10, 20, 20, 30)),
                birth_on=_birthday(random, at.date()),
                on_duty_since=at if random.random() < 0.1 else None,
                joined_at=user.joined_at,
            )
        )
    Volunteer.objects.bulk_create(volunteers, batch_size=BATCH)
    VolunteerCapability.objects.bulk_create(
        (
            _claim(volunteer, capability, confirmer, random, at)
            for volunteer in volunteers
            for capability in random.sample(capabilities, min(len(capabilities), random.randrange(1, 6)))
        ),
        batch_size=BATCH,
    )
    Volunteer.causes.through.objects.bulk_create(
        (
            Volunteer.causes.through(volunteer=volunteer, cause=cause)
            for volunteer in volunteers
            for cause in random.sample(causes, min(len(causes), 2))
        ),
        batch_size=BATCH,
    )
    Consent.objects.bulk_create(
        (
            Consent(
                user=user, purpose=purpose, version=CONSENT_VERSION, decision="granted", at=user.joined_at
            )
            for user in users
            for purpose in ("terms", "messages")
        ),
        batch_size=BATCH,
    )
    return volunteers


def add_guest(*, user: User, area: Area, at: datetime) -> Volunteer:
    """The profile of the demo's volunteer, who agreed to everything."""
    for purpose in ("terms", "messages"):
        Consent.objects.create(user=user, purpose=purpose, version=CONSENT_VERSION, decision="granted", at=at)
    return Volunteer.objects.create(
        user=user,
        area=area,
        county_id=area.county_id,
        longitude=area.longitude,
        latitude=area.latitude,
        reach_km=20,
        max_hours_week=30,
        joined_at=at - timedelta(days=60),
    )


def _claim(
    volunteer: Volunteer, capability: Capability, confirmer: User, random: Random, at: datetime
) -> VolunteerCapability:
    """What a volunteer says they can do; of the papers among it all but a few have been looked at."""
    claim = VolunteerCapability(volunteer=volunteer, capability=capability)
    if capability.kind == Capability.Kind.QUALIFICATION:
        claim.evidence = f"证书号 {random.randrange(10**9, 10**10)}"
        claim.expires_on = at.date() + timedelta(days=random.randrange(60, 1500))
        claim.claimed_at = at - timedelta(hours=random.randrange(1, 200))
        if random.random() < 0.99:
            claim.confirmed_at, claim.confirmed_by = at, confirmer
    return claim


def _near(degrees: float | None, random: Random) -> float | None:
    return None if degrees is None else round(degrees + random.uniform(-0.03, 0.03), 5)


def _birthday(random: Random, today: date) -> date:
    years = random.choices(
        (random.randrange(18, 35), random.randrange(35, 60), random.randrange(60, 76)), (49, 41, 10)
    )
    return today - timedelta(days=round(years[0] * 365.25) + random.randrange(365))


def add_authority(*, area: Area, at: datetime) -> Organization:
    """The government body that answers for an area."""
    return Organization.objects.create(
        name=f"{area.name_zh}志愿服务指挥部",
        name_en=f"{area.name_en} Volunteer Command",
        kind=Organization.Kind.GOVERNMENT,
        home_area=area,
        summary=f"{area.name_zh}各项志愿服务由这里统筹。",
        registration_number=f"G{area.code}",
        status=Organization.Status.APPROVED,
        created_at=at,
    )


def add_organizations(
    *, counties: list[Area], per_county: int, first_phone: int, random: Random, at: datetime
) -> dict[Organization, User]:
    """Approved groups of every kind, `per_county` of them in each county, each with its owner."""
    organizations = []
    for index, county in enumerate(counties):
        for offset in range(per_county):
            group = GROUPS[(index * per_county + offset) % len(GROUPS)]
            organizations.append(
                Organization(
                    name=group.zh.format(place=county.short_name_zh),
                    name_en=group.en.format(place=_short_english(county)),
                    kind=group.kind,
                    cbo_type=group.cbo_type,
                    home_area=county,
                    summary="邻里有事，搭把手。",
                    registration_number=f"33{random.randrange(10**8):08d}",
                    status=Organization.Status.APPROVED,
                    created_at=at - timedelta(days=random.randrange(30, 900)),
                )
            )
    Organization.objects.bulk_create(organizations, batch_size=BATCH)
    ServiceArea.objects.bulk_create(
        ServiceArea(organization=organization, area=organization.home_area) for organization in organizations
    )
    users = add_users(count=len(organizations), first_phone=first_phone, random=random, at=at)
    Membership.objects.bulk_create(
        Membership(user=user, organization=organization, role="owner", started_at=organization.created_at)
        for user, organization in zip(users, organizations, strict=True)
    )
    return dict(zip(organizations, users, strict=True))


def _short_english(area: Area) -> str:
    return area.name_en.removesuffix(" District").removesuffix(" County")


def add_waiting_organization(*, county: Area, random: Random, at: datetime) -> Organization:
    """A group that asks to be approved."""
    (owner,) = add_users(count=1, first_phone=95_000_000, random=random, at=at)
    organization = Organization.objects.create(
        name=f"{county.short_name_zh}骑手互助队",
        name_en=f"{_short_english(county)} Riders' Aid",
        kind=Organization.Kind.COMMUNITY,
        home_area=county,
        summary="外卖骑手自发组成，送菜送药。",
        registration_number="",
        contact_phone=owner.phone,
        status=Organization.Status.PENDING,
        created_at=at - timedelta(hours=5),
        created_by=owner,
    )
    Membership.objects.create(
        user=owner, organization=organization, role="owner", started_at=organization.created_at
    )
    Verification.objects.create(
        organization=organization,
        requested_at=organization.created_at,
        requested_by=owner,
        evidence="23 名骑手，社区居委会可以证明，上周已送药 140 单。",
    )
    return organization
