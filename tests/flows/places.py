"""The county of the journeys: its people, who they work for, and time that passes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F

from accounts.models import User
from areas.models import Area
from core import clock
from organizations.models import Organization
from tasks.actions.reference import load_reference
from tasks.models import Assignment, CheckIn, Shift, StageChange, Task
from tests.factories.accounts import make_user
from tests.factories.areas import small_tree
from tests.factories.organizations import make_authority, make_member, make_organization
from tests.factories.sessions import give_totp
from tests.factories.tasks import make_assignment, make_check, make_crisis
from tests.factories.volunteers import make_volunteer
from web.second_factor import PASSED
from web.second_factor import SESSION_KEY as FACTOR_KEY

PASSWORD = "seven blue lanterns over Anji"


@dataclass(frozen=True)
class County:
    """An authority and a community group that works below it, each with somebody who can sign in."""

    area: Area
    township: Area
    official: User
    organizer: User
    organization: Organization
    secret: str


def make_county() -> County:
    tree = small_tree()
    township = next(area for area in tree.townships if area.name_zh == "递铺街道")
    area = next(county for county in tree.counties if township.county_id == county.pk)
    load_reference(at=clock.now())
    official = make_user(
        name="林主任", email="lin@anji.example", phone="", password=PASSWORD, language="zh-hans"
    )
    organizer = make_user(
        name="Zhou Min", email="zhou@hands.example", phone="", password=PASSWORD, language="en"
    )
    authority = make_authority(area, name="安吉县民政局", name_en="Anji Civil Affairs")
    organization = make_organization(home_area=area, name="递铺邻里互助会", name_en="Dipu Neighbours")
    make_member(authority, "owner", official)
    make_member(organization, "owner", organizer)
    at = clock.now() - timedelta(days=3)
    StageChange.objects.create(
        crisis=make_crisis(tree.province, started_at=at),
        area=area,
        stage=1,
        effective_at=at,
        decided_at=at,
        decided_by=official,
        reason="出现首例病例",
    )
    secret = give_totp(official)
    give_totp(organizer)
    return County(area, township, official, organizer, organization, secret)


def session_of(user: User) -> str:
    """The key of a session in which the person has passed the second factor."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[FACTOR_KEY] = PASSED
    store.create()
    assert store.session_key
    return store.session_key


def neighbours_come(shift: Shift, number: int) -> list[Assignment]:
    """So many others take a seat, come, and go: figures of fewer than eight persons are hidden."""
    seats = [make_assignment(shift, make_volunteer()) for _ in range(number)]
    for seat in seats:
        make_check(seat, "in", at=clock.now() - timedelta(minutes=1))
        make_check(seat, "out", at=clock.now())
    return seats


def let_a_night_pass(shift: Shift, *, begins: datetime, hours: int) -> None:
    """Put what has happened today into yesterday: the call, the shift, and who was there from start to end.

    Nobody waits for three hours and a night in a test, and the product has no switch for its clock.
    """
    night = timedelta(days=1)
    Task.objects.filter(pk=shift.task_id).update(
        created_at=F("created_at") - night,
        called_at=F("called_at") - night,
        adopted_at=F("adopted_at") - night,
        starts_on=F("starts_on") - night,
    )
    ends = begins + timedelta(hours=hours)
    Shift.objects.filter(pk=shift.pk).update(
        starts_at=begins, ends_at=ends, created_at=F("created_at") - night
    )
    seats = Assignment.objects.filter(shift=shift)
    seats.update(period=(begins, ends))
    checks = CheckIn.objects.filter(assignment__shift=shift)
    checks.filter(kind="in").update(at=begins, recorded_at=begins)
    checks.filter(kind="out").update(at=ends, recorded_at=ends)
