"""Invented organizations: authorities, community organizations, who acts for them, and how they were approved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.contrib.auth.hashers import make_password

from accounts.models import Consent, User
from areas.models import Area
from operations.synthetic import codes
from operations.synthetic.copying import Moments, copy, fix_sequences, next_id
from operations.synthetic.people import shared_out
from operations.synthetic.places import HOME_CITY, Places
from operations.synthetic.profile import Profile
from operations.synthetic.words import GROUPS, TOWNSHIP_GROUP, short_english
from organizations.models import Membership, Organization, ServiceArea, Verification

CONSENT_VERSION = "2026-11"
OWNER_PHONES, WAITING_PHONE = 90_000_000, 95_000_000
HOME_GROUPS_A_COUNTY = 4
DAY_S = 86_400
# Of the groups, those with a second person and with a desk.
WITH_ORGANIZER, WITH_DESK = 0.6, 0.35


@dataclass(frozen=True)
class Groups:
    """One entry a group. `owner_id` acts for it; `county` is its position. Authorities go by the area's id."""

    id: np.ndarray
    owner_id: np.ndarray
    county: np.ndarray
    home: int
    authority_of_area: dict[int, int]
    official_of_authority: dict[int, int]
    province_authority: Organization

    def of_county(self, county: int) -> np.ndarray:
        """Positions of the groups of a county."""
        return np.flatnonzero(self.county == county)


def add_users(count: int, *, first_phone: int, joined: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Users with telephone numbers of a block that no network assigns (+86 100…); returns their ids."""
    ids = np.arange(count) + next_id(User)
    copy(
        User,
        count,
        {
            "id": ids,
            "code": codes.codes(count, 12, rng),
            "name": codes.names(count, rng),
            "password": make_password(None),
            "phone": [f"+86100{first_phone + index:08d}" for index in range(count)],
            "phone_confirmed_at": Moments(joined),
            "joined_at": Moments(joined),
        },
    )
    fix_sequences((User,))
    return ids


def add(
    profile: Profile,
    places: Places,
    rng: np.random.Generator,
    *,
    official: User,
    organizer: User,
    at: datetime,
) -> Groups:
    """Every authority of the profile, and its groups; the demo's official and organizer act for one of each."""
    authorities = _authorities(profile, places, at)
    by_area = {authority.home_area_id: authority.pk for authority in authorities}
    officials = _officials(authorities, official, rng, at)
    county = np.repeat(np.arange(len(places.counties)), _a_county(profile, places))
    groups = _named(county, places, rng, at)
    Organization.objects.bulk_create(groups, batch_size=2_000)
    ServiceArea.objects.bulk_create(
        (ServiceArea(organization=group, area=group.home_area) for group in groups), batch_size=5_000
    )
    home = int(np.flatnonzero(county == places.home_county)[0])
    owners = _act_for(groups, home, organizer, rng)
    province = authorities[0]
    for group, owner in zip(groups, owners.tolist(), strict=True):
        group.created_by_id = owner
    Organization.objects.bulk_update(groups, ["created_by"], batch_size=2_000)
    Verification.objects.bulk_create(
        (_verified(group, officials[by_area.get(group.home_area_id, province.pk)]) for group in groups),
        batch_size=2_000,
    )
    return Groups(
        id=np.array([group.pk for group in groups]),
        owner_id=owners,
        county=county,
        home=home,
        authority_of_area=by_area,
        official_of_authority=officials,
        province_authority=province,
    )


def _authorities(profile: Profile, places: Places, at: datetime) -> list[Organization]:
    """The province first, then cities, then counties; in the small size only those of the home city."""
    above = [places.province, *places.cities, *places.counties]
    if not profile.every_authority:
        above = [area for area in above if area.level == Area.Level.PROVINCE or HOME_CITY in area.path_codes]
    return Organization.objects.bulk_create(
        Organization(
            name=f"{area.name_zh}志愿服务指挥部",
            name_en=f"{area.name_en} Volunteer Command",
            kind=Organization.Kind.GOVERNMENT,
            home_area=area,
            summary=f"{area.name_zh}各项志愿服务由这里统筹。",
            registration_number=f"G{area.code}",
            status=Organization.Status.APPROVED,
            created_at=at - timedelta(days=1_200),
        )
        for area in above
    )


def _officials(
    authorities: list[Organization], official: User, rng: np.random.Generator, at: datetime
) -> dict[int, int]:
    """One official for each authority, by its id; the demo's is that of the province."""
    joined = np.full(len(authorities) - 1, int(at.timestamp()) - 1_100 * DAY_S)
    ids = add_users(len(joined), first_phone=OWNER_PHONES + 2_000_000, joined=joined, rng=rng).tolist()
    officials = dict(zip([authority.pk for authority in authorities], [official.pk, *ids], strict=True))
    Membership.objects.bulk_create(
        Membership(
            user_id=officials[authority.pk],
            organization=authority,
            role=Membership.Role.OWNER,
            started_at=authority.created_at,
        )
        for authority in authorities
    )
    return officials


def _a_county(profile: Profile, places: Places) -> np.ndarray:
    """How many groups each county has, one at least; in the small size most are in the home city."""
    home = places.in_home_city()
    if profile.home_share is not None:
        least = np.where(home, HOME_GROUPS_A_COUNTY, 1)
    else:
        least = np.ones(len(home), int)
    more = max(0, profile.groups - int(least.sum()))
    return least + shared_out(places.weights(), more)


def _named(county: np.ndarray, places: Places, rng: np.random.Generator, at: datetime) -> list[Organization]:
    """Groups of every kind in each county, then one of neighbours in a township after the other."""
    townships: dict[int, list[Area]] = {}
    for township, index in zip(places.townships, places.county.tolist(), strict=True):
        townships.setdefault(index, []).append(township)
    groups, placed = [], dict.fromkeys(range(len(places.counties)), 0)
    for row, index in enumerate(county.tolist()):
        place = placed[index]
        placed[index] += 1
        area = places.counties[index]
        # Where a county has few groups, neighbouring counties have other kinds.
        group, named_after = GROUPS[(place + index) % len(GROUPS)], area
        if place >= len(GROUPS):
            group = TOWNSHIP_GROUP
            named_after = townships[index][(place - len(GROUPS)) % len(townships[index])]
        groups.append(
            Organization(
                name=group.zh.format(place=named_after.short_name_zh),
                name_en=group.en.format(place=short_english(named_after.name_en)),
                kind=group.kind,
                cbo_type=group.cbo_type,
                home_area=area,
                summary="邻里有事，搭把手。",
                registration_number=f"33{rng.integers(10**8):08d}",
                contact_phone=f"+86100{OWNER_PHONES + row:08d}",
                status=Organization.Status.APPROVED,
                created_at=at - timedelta(days=int(rng.integers(1_100, 1_900))),
            )
        )
    return groups


def _act_for(groups: list[Organization], home: int, organizer: User, rng: np.random.Generator) -> np.ndarray:
    """An owner for each group, for some an organizer and a desk as well; returns the owners' ids."""
    count = len(groups)
    joined = np.array([int(group.created_at.timestamp()) for group in groups])
    owners = add_users(count, first_phone=OWNER_PHONES, joined=joined, rng=rng)
    roles = [("organizer", WITH_ORGANIZER), ("desk", WITH_DESK)]
    members = [
        Membership(user_id=user, organization=group, role="owner", started_at=group.created_at)
        for user, group in zip(owners.tolist(), groups, strict=True)
    ]
    for place, (role, share) in enumerate(roles, start=1):
        chosen = np.flatnonzero(rng.random(count) < share)
        ids = add_users(
            len(chosen), first_phone=OWNER_PHONES + 10_000 * place, joined=joined[chosen], rng=rng
        )
        members += [
            Membership(user_id=user, organization=groups[row], role=role, started_at=groups[row].created_at)
            for user, row in zip(ids.tolist(), chosen.tolist(), strict=True)
        ]
    members.append(
        Membership(
            user=organizer, organization=groups[home], role="owner", started_at=groups[home].created_at
        )
    )
    Membership.objects.bulk_create(members, batch_size=5_000)
    users = User.objects.filter(pk__in=[member.user_id for member in members])
    Consent.objects.bulk_create(
        (
            Consent(
                user=user, purpose="terms", version=CONSENT_VERSION, decision="granted", at=user.joined_at
            )
            for user in users
        ),
        batch_size=5_000,
    )
    return owners


def _verified(group: Organization, official_id: int) -> Verification:
    return Verification(
        organization=group,
        requested_at=group.created_at,
        requested_by_id=group.created_by_id,
        evidence="登记证书复印件，负责人身份已核对。",
        decision=Verification.Decision.APPROVED,
        decided_at=group.created_at + timedelta(days=2),
        decided_by_id=official_id,
    )


def add_waiting(county: Area, rng: np.random.Generator, at: datetime) -> Organization:
    """A group that asks to be approved."""
    (owner,) = add_users(
        1, first_phone=WAITING_PHONE, joined=np.array([int(at.timestamp()) - 6 * 3600]), rng=rng
    ).tolist()
    organization = Organization.objects.create(
        name=f"{county.short_name_zh}骑手互助队",
        name_en=f"{short_english(county.name_en)} Riders' Aid",
        kind=Organization.Kind.COMMUNITY,
        home_area=county,
        summary="外卖骑手自发组成，送菜送药。",
        contact_phone=f"+86100{WAITING_PHONE:08d}",
        status=Organization.Status.PENDING,
        created_at=at - timedelta(hours=5),
        created_by_id=owner,
    )
    Membership.objects.create(
        user_id=owner, organization=organization, role="owner", started_at=organization.created_at
    )
    Verification.objects.create(
        organization=organization,
        requested_at=organization.created_at,
        requested_by_id=owner,
        evidence="23 名骑手，社区居委会可以证明，上周已送药 140 单。",
    )
    return organization
