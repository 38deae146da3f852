from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Consent, User
from core import clock, doorbell
from core.doorbell import Job
from notifications.actions import mark_read, queue_messages
from notifications.models import Message
from notifications.notices import Notice, UnknownKind
from notifications.queries import inbox_of, unread_count
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
KIND = "contact_changed"


def notice(person: User | None, event: str = "event-1", **fields) -> Notice:
    values = {"kind": KIND, "context": {"contact": "138 **** 0044"}, **fields}
    return Notice(event=event, recipient=person, **values)


def withdraw(person: User) -> None:
    for decision in ("granted", "withdrawn"):
        Consent.objects.create(
            user=person, purpose="messages", version="1", decision=decision, at=clock.now()
        )


def test_a_notice_becomes_a_row_in_the_inbox_and_one_for_the_phone():
    person = make_user(phone="+8613900000001")

    count = queue_messages(notices=[notice(person)], at=clock.now())

    inbox, sms = Message.objects.order_by("channel")
    assert count == 2
    assert (inbox.channel, inbox.status, inbox.address) == ("inbox", "sent", "")
    assert inbox.ended_at is not None
    assert (sms.channel, sms.status, sms.address) == ("sms", "queued", "+8613900000001")
    assert sms.next_try_at is not None


@pytest.mark.parametrize("people", [1, 3, 100])
def test_any_number_of_notices_is_one_statement(people):
    persons = [make_user() for _ in range(people)]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        queue_messages(notices=[notice(person) for person in persons], at=clock.now())

    assert len(queries) == 1
    assert queries[0]["sql"].startswith("INSERT")
    assert Message.objects.count() == 2 * people


def test_kinds_that_need_consent_cost_one_more_statement(needs_kind, django_assert_num_queries):
    persons = [make_user() for _ in range(3)]

    with transaction.atomic(), django_assert_num_queries(2):
        queue_messages(notices=[notice(person, kind=needs_kind) for person in persons], at=clock.now())


def test_the_same_event_queued_again_adds_nothing():
    person = make_user()

    for _ in range(2):
        queue_messages(notices=[notice(person)], at=clock.now())

    assert Message.objects.count() == 2


def test_the_same_event_reaches_an_address_without_a_person_once():
    known_to_nobody = notice(None, address=("sms", "+8613900000009"), inbox=False, language="zh-hans")

    for _ in range(2):
        queue_messages(notices=[known_to_nobody], at=clock.now())

    assert Message.objects.count() == 1


def test_a_person_without_an_address_is_told_in_the_inbox_alone():
    person = make_user(phone="")

    queue_messages(notices=[notice(person)], at=clock.now())

    assert [m.channel for m in Message.objects.all()] == ["inbox"]


def test_a_notice_to_nobody_is_refused():
    with pytest.raises(ValueError, match="neither a recipient nor an address"):
        queue_messages(notices=[notice(None)], at=clock.now())


def test_a_kind_that_no_app_lists_is_refused():
    with pytest.raises(UnknownKind, match="no_such_kind"):
        queue_messages(notices=[notice(make_user(), kind="no_such_kind")], at=clock.now())


def test_messages_about_needs_go_only_to_whoever_agreed(needs_kind):
    willing, unwilling, silent = make_user(consents=("messages",)), make_user(), make_user()
    withdraw(unwilling)

    people = (willing, unwilling, silent)
    queue_messages(notices=[notice(person, kind=needs_kind) for person in people], at=clock.now())

    rows = Message.objects.filter(recipient__in=(unwilling, silent))
    assert {(m.status, m.outcome) for m in rows} == {("withheld", "no-consent")}
    assert {m.status for m in Message.objects.filter(recipient=willing)} == {"sent", "queued"}
    assert not inbox_of(unwilling).exists()
    assert not inbox_of(silent).exists()


def test_whoever_granted_consent_again_gets_messages_about_needs(needs_kind):
    person = make_user()
    withdraw(person)
    Consent.objects.create(user=person, purpose="messages", version="1", decision="granted", at=clock.now())

    queue_messages(notices=[notice(person, kind=needs_kind)], at=clock.now())

    assert inbox_of(person).count() == 1


def test_messages_about_ones_own_seat_go_without_that_consent():
    person = make_user()
    withdraw(person)

    queue_messages(notices=[notice(person)], at=clock.now())

    assert {m.status for m in Message.objects.all()} == {"sent", "queued"}


def test_a_rolled_back_act_queues_nothing_and_rings_nobody(monkeypatch):
    rung = []
    monkeypatch.setattr(doorbell._bell, "send", lambda job, kwargs: rung.append(job))

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_messages(notices=[notice(make_user())], at=clock.now())
        raise ZeroDivisionError

    assert not Message.objects.exists()
    assert rung == []


def test_the_relay_is_rung_after_commit(monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(doorbell._bell, "send", lambda job, kwargs: rung.append(job))

    with django_capture_on_commit_callbacks(execute=True):
        queue_messages(notices=[notice(make_user())], at=clock.now())
        assert rung == []

    assert rung == [Job.RELAY_MESSAGES]


def test_the_inbox_never_keeps_a_secret():
    person = make_user()

    queue_messages(notices=[notice(person, kind="login_code", context={"secret": "402913"})], at=clock.now())

    kept = {m.channel: m.context for m in Message.objects.all()}
    assert kept == {"inbox": {}, "sms": {"secret": "402913"}}


def test_reading_marks_only_the_inbox_and_only_once():
    person = make_user()
    first = clock.now()
    queue_messages(notices=[notice(person)], at=first)

    assert unread_count(person) == 1
    assert mark_read(messages=inbox_of(person), at=first) == 1
    assert mark_read(messages=Message.objects.all(), at=first + timedelta(days=1)) == 0
    assert unread_count(person) == 0
