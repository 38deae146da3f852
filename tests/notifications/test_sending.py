"""Relay and send, with a provider over real HTTP."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Consent
from core import clock, faults
from core.doorbell import Job
from notifications import actions
from notifications.actions import relaying, sending
from notifications.channels import sms
from notifications.models import Message
from tests.factories.accounts import make_user
from tests.factories.notifications import make_message
from tests.notifications.delivery import relay_and_send
from tests.notifications.provider import Provider, Reply

# Its calls run in threads; the rows are this test's own.
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for kill -9 within this process: nothing in the product catches it."""


def test_a_message_is_sent_with_its_code_as_key_and_ends_with_the_providers_reference(provider, rung):
    message = make_message()

    relay_and_send(rung)

    message.refresh_from_db()
    sent = provider.accepted[message.code]
    assert (message.status, message.provider_reference) == ("sent", f"p-{message.code}")
    assert (message.attempt_count, message.leased_until, message.next_try_at) == (1, None, None)
    assert sent["to"] == message.address
    assert sent["reference"] == message.code
    assert "402913" in sent["text"]
    assert provider.headers[0]["Authorization"] == "Bearer demo"


def test_a_secret_is_removed_when_its_message_ends(provider, rung):
    message = make_message(context={"secret": "402913", "other": 1})

    relay_and_send(rung)

    message.refresh_from_db()
    assert message.context == {"other": 1}


def test_a_refusal_ends_the_message_with_the_providers_words(provider, rung):
    provider.behave = lambda message, attempt: Reply(422, body={"error": "no such number"})
    message = make_message()

    relay_and_send(rung)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("failed", "422 no such number")
    assert message.context == {}


@pytest.mark.parametrize("status", [500, 503, 429, 401])
def test_a_failure_that_is_not_the_messages_own_is_tried_again_later(provider, rung, status):
    provider.behave = lambda message, attempt: Reply(status if attempt == 1 else 200)
    message = make_message()
    at = clock.now()

    relay_and_send(rung, at)
    message.refresh_from_db()
    assert message.status == "queued"
    assert message.outcome.startswith(str(status))
    assert message.next_try_at is not None
    assert message.next_try_at > at + timedelta(seconds=19)
    assert message.context == {"secret": "402913"}

    relay_and_send(rung, at + timedelta(seconds=60))
    message.refresh_from_db()
    assert (message.status, message.attempt_count) == ("sent", 2)


def test_an_acceptance_without_an_id_is_not_taken_for_one(provider, rung):
    provider.behave = lambda message, attempt: Reply(200, body={"queued": True})
    message = make_message()

    relay_and_send(rung)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("queued", "200 without an id")


def test_a_provider_that_accepts_and_then_times_out_sends_once(provider, rung, monkeypatch):
    monkeypatch.setattr(sms, "TIMEOUT_S", 0.2)
    provider.behave = lambda message, attempt: Reply(200, hangs=attempt == 1)
    message = make_message()
    at = clock.now()

    relay_and_send(rung, at)
    relay_and_send(rung, at + timedelta(seconds=60))

    message.refresh_from_db()
    assert provider.requests[message.code] == 2
    assert len(provider.accepted) == 1
    assert (message.status, message.provider_reference) == ("sent", f"p-{message.code}")


def test_a_provider_that_is_not_there_costs_an_attempt_and_no_message(settings, rung):
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    message = make_message()

    relay_and_send(rung)

    message.refresh_from_db()
    assert message.status == "queued"
    assert "refused" in message.outcome.lower()


def test_a_lane_leaves_the_rest_for_later_when_the_provider_does_not_answer(provider, rung, monkeypatch):
    monkeypatch.setattr(sending, "LANES", 1)
    provider.behave = lambda message, attempt: Reply(503)
    for _ in range(10):
        make_message()

    relay_and_send(rung)

    assert sum(provider.requests.values()) == sending.PATIENCE
    assert Message.objects.filter(status="queued", leased_until=None).count() == 10


def test_the_last_attempt_states_that_it_was_given_up(provider, rung):
    provider.behave = lambda message, attempt: Reply(503)
    message = make_message(attempt_count=relaying.MOST_ATTEMPTS - 1)

    relay_and_send(rung)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("failed", "gave-up: 503 no")


def test_pauses_double_up_to_half_an_hour():
    pauses = [sending.pause(count).total_seconds() for count in (1, 2, 3, 7, 8, 24)]

    assert pauses == [20, 40, 80, 1280, 1800, 1800]


def test_a_template_that_fails_holds_up_no_other_message(provider, rung, caplog):
    broken, sound = make_message(kind="no_such_kind"), make_message()

    relay_and_send(rung)

    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == ("queued", "sent")
    assert broken.outcome.startswith("cannot be written")


def test_a_batch_that_comes_twice_is_sent_once(provider, rung):
    make_message()
    actions.relay(at=clock.now())
    (_, batch), *_ = rung

    for _ in range(2):
        actions.send(
            message_ids=batch["message_ids"], lease=datetime.fromisoformat(batch["lease"]), at=clock.now()
        )

    assert sum(provider.requests.values()) == 1


def test_without_its_lease_a_batch_that_comes_twice_is_sent_twice(provider, rung, monkeypatch):
    """The planted fault: with the lease dropped, the test above would not hold."""
    monkeypatch.setattr(
        sending, "TAKE", sending.TAKE.replace("status = 'queued' AND leased_until = %(lease)s", "true")
    )
    make_message()
    actions.relay(at=clock.now())
    (_, batch), *_ = rung

    for _ in range(2):
        actions.send(
            message_ids=batch["message_ids"], lease=datetime.fromisoformat(batch["lease"]), at=clock.now()
        )

    assert sum(provider.requests.values()) == 2


POINTS = ("after-claim", "after-take", "before-provider", "after-provider", "before-record")


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def point(reached: str) -> None:
        if reached == name:
            raise Killed(name)

    monkeypatch.setattr(faults, "point", point)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_ends_at_any_point_loses_and_doubles_nothing(provider, rung, monkeypatch, point):
    message = make_message()
    at = clock.now()

    with monkeypatch.context() as patched:
        kill_at(patched, point)
        with pytest.raises(Killed):
            relay_and_send(rung, at)
    actions.sweep(at=at + timedelta(minutes=10))
    relay_and_send(rung, at + timedelta(minutes=10))

    message.refresh_from_db()
    assert message.status == "sent"
    assert list(provider.accepted) == [message.code]


def test_recorded_before_the_call_a_killed_worker_loses_its_message(provider, rung, monkeypatch):
    """The planted fault: a row that says sent before the provider was called is never tried again."""
    monkeypatch.setattr(
        sending, "TAKE", sending.TAKE.replace("leased_until = %(own)s", "leased_until = %(own)s, status = 'sent', ended_at = %(at)s", 1)
    )  # fmt: skip
    message = make_message()
    at = clock.now()

    with monkeypatch.context() as patched:
        kill_at(patched, "before-provider")
        with pytest.raises(Killed):
            relay_and_send(rung, at)
    actions.sweep(at=at + timedelta(minutes=10))
    relay_and_send(rung, at + timedelta(minutes=10))

    message.refresh_from_db()
    assert message.status == "sent"
    assert provider.accepted == {}


def test_a_late_outcome_of_a_lost_lease_does_not_overwrite(provider, rung):
    message = make_message()
    at = clock.now()
    actions.relay(at=at)
    (_, batch), *_ = rung
    lease = datetime.fromisoformat(batch["lease"])
    (slow,) = sending.take(message_ids=[message.pk], lease=lease, own=at + sending.LEASE, at=at)
    actions.sweep(at=at + timedelta(minutes=10))

    recorded = sending.record([(slow, sending.Outcome.refused("no"))], own=at + sending.LEASE, at=at)

    message.refresh_from_db()
    assert recorded == 0
    assert message.status == "queued"


def test_what_a_provider_accepted_is_recorded_even_without_the_lease(rung):
    message = make_message()
    at = clock.now()

    recorded = sending.record([(message, sending.Outcome.accepted("p-1"))], own=at, at=at)

    message.refresh_from_db()
    assert recorded == 1
    assert (message.status, message.provider_reference) == ("sent", "p-1")


def test_a_claim_takes_each_message_once_and_in_order(rung):
    messages = [make_message() for _ in range(5)]
    at = clock.now()

    first = relaying.claim(at=at, lease=at + relaying.LEASE, limit=3)
    second = relaying.claim(at=at, lease=at + relaying.LEASE, limit=3)

    assert sorted(first) == [m.pk for m in messages[:3]]
    assert sorted(second) == [m.pk for m in messages[3:]]


def test_a_relay_hands_out_batches_and_a_full_one_rings_for_more(provider, rung, monkeypatch):
    monkeypatch.setattr(relaying, "BATCH", 2)
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(3):
        make_message()

    assert actions.relay(at=clock.now()) == 3

    batches = [kwargs for job, kwargs in rung if job == Job.SEND_MESSAGES]
    assert [len(batch["message_ids"]) for batch in batches] == [2, 1]
    assert batches[0]["lease"] != batches[1]["lease"]
    rung.clear()
    actions.send(
        message_ids=batches[0]["message_ids"],
        lease=datetime.fromisoformat(batches[0]["lease"]),
        at=clock.now(),
    )
    assert [job for job, _ in rung] == [Job.RELAY_MESSAGES]


def test_a_relay_leases_no_more_than_senders_can_end_in_time(rung, monkeypatch):
    monkeypatch.setattr(relaying, "BATCH", 2)
    monkeypatch.setattr(relaying, "MOST_LEASED", 4)
    for _ in range(7):
        make_message()

    assert actions.relay(at=clock.now()) == 4
    assert actions.relay(at=clock.now()) == 0


def test_a_send_costs_the_same_statements_for_one_message_and_for_three(
    provider, rung, django_assert_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            make_message()
        rung.clear()
        actions.relay(at=clock.now())
        (_, batch), *_ = rung
        # Take, read; what comes back in one group is recorded at once, so the records are left out here.
        with django_assert_num_queries(2):
            sending.take(
                message_ids=batch["message_ids"],
                lease=datetime.fromisoformat(batch["lease"]),
                own=clock.now(),
                at=clock.now(),
            )


def test_consent_withdrawn_while_a_message_waits_withholds_it(provider, rung, needs_kind):
    person = make_user(consents=("messages",))
    message = make_message(recipient=person, kind=needs_kind)
    Consent.objects.create(user=person, purpose="messages", version="1", decision="withdrawn", at=clock.now())

    relay_and_send(rung)

    message.refresh_from_db()
    assert (message.status, message.outcome, message.context) == ("withheld", "no-consent", {})
    assert not provider.requests


def test_nothing_goes_to_somebody_who_was_erased(provider, rung):
    person = make_user(phone="", is_active=False, erased_at=clock.now())
    message = make_message(recipient=person)

    relay_and_send(rung)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("withheld", "account-closed")
    assert not provider.requests


def test_the_provider_is_asked_on_one_connection_a_lane(provider: Provider, rung, monkeypatch):
    monkeypatch.setattr(sending, "LANES", 1)
    for _ in range(5):
        make_message()

    relay_and_send(rung)

    assert len(provider.accepted) == 5
    assert Message.objects.filter(status="sent").count() == 5
