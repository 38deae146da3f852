"""What has served its time goes; what has not stays."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken
from core import clock
from core.models import RequestKey
from privacy.retention import API_TOKENS, OFFERS, PLACES_IN_LINE, PRIVATE_DETAILS, REQUEST_KEYS, purge
from tasks.models import Offer, Waiting
from tests.factories.accounts import make_user
from tests.factories.organizations import make_organization
from tests.factories.tasks import make_shift, make_task
from tests.factories.tokens import make_token
from tests.factories.volunteers import make_volunteer
from tests.factories.waiting import make_waiting
from volunteers.models import VolunteerInvitation

pytestmark = pytest.mark.django_db


def test_a_shift_forgets_the_home_a_month_after_its_end():
    now = clock.now()
    details = {"address": "信河街 126 号 3 单元 502", "private_details": "独居老人"}
    past = make_shift(
        starts_at=now - PRIVATE_DETAILS - timedelta(hours=4), ends_at=now - PRIVATE_DETAILS, **details
    )
    ended = make_shift(
        starts_at=now - PRIVATE_DETAILS - timedelta(hours=9),
        ends_at=now - PRIVATE_DETAILS - timedelta(hours=1),
        **details,
    )

    gone = purge(at=now)

    past.refresh_from_db()
    ended.refresh_from_db()
    assert gone["private_details"] == 1
    assert (past.address, past.private_details) == (details["address"], details["private_details"])
    assert (ended.address, ended.private_details) == ("", "")


def test_a_task_keeps_it_as_long_as_a_shift_of_it_may_need_it():
    now = clock.now()
    long_ago = (now - PRIVATE_DETAILS - timedelta(days=3)).date()
    over = make_task(starts_on=long_ago, ends_on=long_ago, address="信河街 126 号")
    late = make_task(starts_on=long_ago, ends_on=long_ago, address="信河街 128 号")
    make_shift(task=late, starts_at=now - timedelta(days=2))

    purge(at=now)

    over.refresh_from_db()
    late.refresh_from_db()
    assert (over.address, late.address) == ("", "信河街 128 号")


def test_answers_are_kept_two_days_and_tokens_a_year_after_their_last_use():
    now = clock.now()
    user = make_user()
    for name, days in (("old", REQUEST_KEYS.days + 1), ("new", REQUEST_KEYS.days - 1)):
        RequestKey.objects.create(
            actor_id=user.pk, key=name, body_hash=b"0" * 32, status=201, at=now - timedelta(days=days)
        )
    long_ago = now - API_TOKENS - timedelta(days=2)
    make_token(user, name="never used", made_at=long_ago, last_used_on=None)
    make_token(user, name="used long ago", made_at=long_ago, last_used_on=long_ago.date())
    make_token(user, name="revoked", revoked_at=long_ago)
    make_token(user, name="in use", made_at=long_ago)

    gone = purge(at=now)

    assert (gone["request_keys"], gone["api_tokens"]) == (1, 3)
    assert list(RequestKey.objects.values_list("key", flat=True)) == ["new"]
    assert list(ApiToken.objects.values_list("name", flat=True)) == ["in use"]


def test_whom_one_asked_is_forgotten_after_a_year():
    now = clock.now()
    shift = make_shift()
    for days in (0, 1):
        made_at = now - OFFERS - timedelta(days=1) + timedelta(days=2 * days)
        Offer.objects.create(
            role=shift.roles.get(),
            shift=shift,
            volunteer=make_volunteer(),
            source="matching",
            status="expired",
            made_at=made_at,
            expires_at=made_at + timedelta(hours=1),
            ended_at=made_at + timedelta(hours=1),
            offered_on=made_at.date(),
            ration_slot=1,
        )

    assert purge(at=now)["offers"] == 1
    assert Offer.objects.count() == 1


def test_where_one_waited_is_forgotten_after_a_year():
    at = clock.now()
    long_ago = at - PLACES_IN_LINE - timedelta(days=1)
    make_waiting(status="left", created_at=long_ago, ended_at=long_ago)
    make_waiting(status="left")
    make_waiting(created_at=long_ago)

    assert purge(at=at)["places_in_line"] == 1
    assert Waiting.objects.count() == 2


def test_a_refusal_is_kept_longer_than_other_invitations():
    now = clock.now()
    organization, by = make_organization(), make_user()
    for number, (ending, days) in enumerate(
        [("declined", 100), ("withdrawn", 100), ("declined", 800), ("", 10)]
    ):
        VolunteerInvitation.objects.create(
            organization=organization,
            contact=f"+861380000000{number}",
            invited_by=by,
            invited_at=now - timedelta(days=days + 1),
            expires_at=now - timedelta(days=days - 30),
            ended_at=now - timedelta(days=days) if ending else None,
            ending=ending,
        )

    assert purge(at=now)["volunteer_invitations"] == 2
    assert sorted(VolunteerInvitation.objects.values_list("contact", flat=True)) == [
        "+8613800000000",
        "+8613800000003",
    ]
