"""What a sweep takes back, ends and rings for."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.doorbell import Job
from notifications import actions
from notifications.actions import relaying
from tests.factories.notifications import make_message

pytestmark = pytest.mark.django_db


def test_a_sweep_ends_what_is_too_late(rung):
    at = clock.now()
    message = make_message(useful_until=at + timedelta(minutes=5))

    swept = actions.sweep(at=at + timedelta(minutes=6))

    message.refresh_from_db()
    assert swept.too_late == 1
    assert (message.status, message.outcome, message.context) == ("expired", "too-late", {})


def test_nothing_is_sent_that_became_useless_while_it_waited(provider, rung):
    at = clock.now()
    make_message(created_at=at, useful_until=at + timedelta(minutes=5))
    actions.relay(at=at)
    (_, batch), *_ = rung

    sent = actions.send(
        message_ids=batch["message_ids"],
        lease=datetime.fromisoformat(batch["lease"]),
        at=at + timedelta(minutes=6),
    )

    assert sent == 0
    assert not provider.requests
    assert actions.sweep(at=at + timedelta(minutes=7)).too_late == 1


def test_a_sweep_gives_up_what_kills_every_worker(rung):
    at = clock.now()
    message = make_message(attempt_count=relaying.MOST_ATTEMPTS, next_try_at=None, leased_until=at)

    swept = actions.sweep(at=at + timedelta(seconds=1))

    message.refresh_from_db()
    assert (swept.taken_back, swept.given_up) == (1, 1)
    assert (message.status, message.outcome) == ("failed", "gave-up")


def test_a_sweep_rings_for_what_nobody_rang_for(rung):
    make_message()

    actions.sweep(at=clock.now())

    assert [job for job, _ in rung] == [Job.RELAY_MESSAGES]


def test_a_sweep_with_nothing_to_do_rings_nobody(rung):
    actions.sweep(at=clock.now())

    assert rung == []
