"""Accounts that nobody uses are told a month ahead, then forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import ErasureRequest, User
from notifications.models import Message
from privacy.actions import request_erasure
from privacy.erasure import erase_due
from privacy.retention import purge
from privacy.unused import UNUSED, WARNING, keep_used, warn
from tests.factories.accounts import make_user
from tests.factories.organizations import make_member, make_organization
from tests.factories.tasks import make_assignment, make_shift
from tests.factories.volunteers import give_capability, make_capability, make_volunteer
from volunteers.actions import grant_proxy

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 1, 10, 0, tzinfo=UTC)
LONG_AGO = AT - UNUSED + WARNING - timedelta(days=1)
BEFORE = {"joined_at": LONG_AGO - timedelta(days=300), "last_login": LONG_AGO}


def waiting() -> list[User]:
    rows = ErasureRequest.objects.filter(cancelled_at=None, carried_out_at=None).order_by("pk")
    return [row.user for row in rows.select_related("user")]


def test_who_was_not_seen_is_told_a_month_ahead_once():
    user = make_user(**BEFORE)
    make_user(joined_at=LONG_AGO, last_login=AT - timedelta(days=10))
    assert (warn(at=AT), warn(at=AT + timedelta(hours=1))) == (1, 0)
    assert waiting() == [user]
    request = ErasureRequest.objects.get()
    assert request.cause == "unused"
    assert request.due_at == AT + WARNING
    told = Message.objects.filter(recipient=user, kind="account_unused")
    assert {message.channel for message in told} == {"inbox", "sms"}


def test_after_the_month_the_account_is_forgotten():
    user = make_user(**BEFORE)
    warn(at=AT)
    assert erase_due(at=AT + WARNING - timedelta(hours=1)) == 0
    assert erase_due(at=AT + WARNING) == 1
    user.refresh_from_db()
    assert (user.phone, user.is_active) == ("", False)
    assert warn(at=AT + timedelta(days=400)) == 0


def test_signing_in_keeps_the_account():
    user = make_user(**BEFORE)
    warn(at=AT)
    User.objects.filter(pk=user.pk).update(last_login=AT + timedelta(days=3))
    assert erase_due(at=AT + WARNING) == 0
    assert waiting() == []
    assert keep_used(at=AT + WARNING) == 0


def test_whoever_asks_meanwhile_is_forgotten_in_seven_days():
    user = make_user(**BEFORE)
    warn(at=AT)
    asked = request_erasure(user=user, by=user, at=AT)
    assert (asked.cause, asked.due_at) == ("asked", AT + timedelta(days=7))
    assert waiting() == [user]


def test_members_staff_those_with_a_shift_and_those_who_are_helped_stay():
    member = make_member(make_organization())
    User.objects.filter(pk=member.pk).update(**BEFORE)
    make_user(is_staff=True, **BEFORE)
    served = make_volunteer(user=make_user(**BEFORE))
    starts = AT - timedelta(days=90)
    make_assignment(shift=make_shift(starts_at=starts, ends_at=starts + timedelta(hours=4)), volunteer=served)
    helped, helper = make_volunteer(user=make_user(**BEFORE)), make_volunteer()
    grant_proxy(volunteer=helped, number=helper.number, consent="My daughter.", by=helped.user, at=AT)
    User.objects.exclude(joined_at__lte=LONG_AGO).update(last_login=AT)
    assert warn(at=AT) == 0


def test_many_are_told_in_batches_with_as_few_queries(django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("privacy.unused.BATCH", 3)
    for _ in range(7):
        make_user(**BEFORE)
    with django_assert_max_num_queries(40):
        assert warn(at=AT) == 7


def test_what_a_paper_said_goes_a_year_after_it_expired():
    old = give_capability(
        make_volunteer(), make_capability(), expires_on=(AT - timedelta(days=400)).date(), evidence="No. 7"
    )
    young = give_capability(
        make_volunteer(), make_capability(), expires_on=(AT - timedelta(days=300)).date(), evidence="No. 8"
    )
    assert purge(at=AT)["evidence"] == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.evidence, young.evidence) == ("", "No. 8")
