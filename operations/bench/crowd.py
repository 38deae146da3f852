"""Shifts with seats, and a crowd of signed-in volunteers who have none yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.utils.timezone import localdate

from accounts.actions.tokens import hash_of
from accounts.models import ApiToken, Consent, User
from areas.actions import load_zhejiang
from areas.models import Area
from core import clock
from organizations.models import Organization
from tasks.actions.reference import load_reference
from tasks.models import Adoption, Assignment, Shift, ShiftRole, Task, TaskType
from volunteers.models import Volunteer
from web.second_factor import NOT_NEEDED
from web.second_factor import SESSION_KEY as FACTOR_KEY

BATCH = 2_000
COUNTY = "330105"
# Numbers that stand for nothing else in a statement, so that a script can put others in their place.
FIRST_IDS: dict[type[Model], int] = {User: 7_100_000, Volunteer: 8_200_000, Assignment: 9_300_000}
LONGITUDE, LATITUDE = 120.15, 30.28


@dataclass(frozen=True)
class Crowd:
    """The volunteer of number n (from 0) has the session `key(n)`, the token `token(n)` and the ids of the first, plus n."""

    KEY: ClassVar = "bench"
    TOKEN: ClassVar = "mh_bench"  # noqa: S105  of invented people

    size: int
    first_user_id: int
    first_volunteer_id: int

    @staticmethod
    def key(number: int) -> str:
        return f"{Crowd.KEY}{number:027d}"

    @staticmethod
    def token(number: int) -> str:
        return f"{Crowd.TOKEN}{number:027d}"


@dataclass(frozen=True)
class Place:
    task: Task
    organization: Organization
    area: Area
    owner: User


def add_place() -> Place:
    """A township with a group whose call is taken on."""
    at = clock.now()
    load_reference(at=at)
    load_zhejiang(at=at)
    area = (
        Area.objects.with_parents()
        .at_level(Area.Level.TOWNSHIP)
        .filter(county__code=COUNTY)
        .order_by("code")[0]
    )
    assert area.county is not None
    authority = Organization.objects.create(
        name="指挥部", kind="government", home_area=area.county, status="approved", created_at=at
    )
    group = Organization.objects.create(
        name="邻里互助会", kind="community", home_area=area.county, status="approved", created_at=at
    )
    owner = User.objects.create_user(name="负责人", joined_at=at)
    task = Task.objects.create(
        issuer=authority, type=TaskType.objects.order_by("pk")[0], area=area, county_id=area.county_id,
        status="adopted", title="社区值守", content="登记，测量体温。", second_title="Watch at the gate",
        people_needed=100, starts_on=at.date(), ends_on=at.date() + timedelta(days=30), place="东门",
        created_at=at, called_at=at, adopted_at=at,
    )  # fmt: skip
    Adoption.objects.create(task=task, organization=group, role="lead", adopted_at=at, adopted_by=owner)
    return Place(task, group, area, owner)


def add_shifts(place: Place, count: int, *, seats: int) -> list[Shift]:
    """Shifts of tomorrow, each with one role of so many seats."""
    at = clock.now()
    starts_at = at + timedelta(days=1)
    shifts = Shift.objects.bulk_create(
        Shift(
            task=place.task, organization=place.organization, area=place.area, county_id=place.area.county_id,
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), place="东门", address="文一路 1 号",
            longitude=LONGITUDE, latitude=LATITUDE, created_at=at,
        )
        for _ in range(count)
    )  # fmt: skip
    ShiftRole.objects.bulk_create(
        ShiftRole(shift=shift, seats_min=max(1, seats // 2), seats=seats) for shift in shifts
    )
    return shifts


def add_crowd(count: int) -> Crowd:
    """Volunteers near by who agreed to everything, each with a session and a token."""
    at = clock.now()
    _number_from(FIRST_IDS)
    area = Area.objects.at_level(Area.Level.TOWNSHIP).filter(county__code=COUNTY).order_by("code")[0]
    locked = make_password(None)
    users = User.objects.bulk_create(
        (
            User(
                name=f"志愿者{n}",
                phone=f"+86100{n:08d}",
                phone_confirmed_at=at,
                password=locked,
                joined_at=at,
            )
            for n in range(count)
        ),
        batch_size=BATCH,
    )
    volunteers = Volunteer.objects.bulk_create(
        (
            Volunteer(
                user=user, number=str(10_000_000 + n), area=area, county_id=area.county_id,
                longitude=LONGITUDE, latitude=LATITUDE, max_hours_week=20, joined_at=at,
            )
            for n, user in enumerate(users)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    Consent.objects.bulk_create(
        (
            Consent(user=user, purpose=purpose, version="1", decision="granted", at=at)
            for user in users
            for purpose in (Consent.Purpose.TERMS, Consent.Purpose.MESSAGES)
        ),
        batch_size=BATCH,
    )
    Session.objects.bulk_create(
        (_session(user, Crowd.key(n), at) for n, user in enumerate(users)), batch_size=BATCH
    )
    # Whoever waits for a shift to open has looked at the list before: the day of the first use is noted.
    today = localdate(at)
    ApiToken.objects.bulk_create(
        (
            ApiToken(
                user=user, name="bench", token_hash=hash_of(Crowd.token(n)), made_at=at, last_used_on=today
            )
            for n, user in enumerate(users)
        ),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Crowd(count, users[0].pk, volunteers[0].pk)


def _session(user: User, key: str, at: datetime) -> Session:
    known = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        FACTOR_KEY: NOT_NEEDED,
    }
    return Session(
        session_key=key, session_data=SessionStore().encode(known), expire_date=at + timedelta(days=1)
    )


def _number_from(firsts: dict[type[Model], int]) -> None:
    with connection.cursor() as cursor:
        for model, first in firsts.items():
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, first]
            )
