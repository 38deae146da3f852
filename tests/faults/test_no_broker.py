"""Sign-ups while the broker is gone: PostgreSQL is the truth, and what rings is never part of the act."""

from typing import Any

import pytest
from celery import current_app
from django.conf import LazySettings
from kombu.exceptions import OperationalError

from core import clock, doorbell
from notifications.models import Message
from tasks.actions.seats import sign_up
from tasks.models import Assignment
from tests.factories.tasks import make_shift, role_of
from tests.factories.volunteers import make_volunteer
from tests.plugin.database import LiveDatabase

PEOPLE = 5


@pytest.fixture(autouse=True)
def no_broker(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker's address at which nobody answers, for a bell that has not tried yet."""
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/broker.sock?virtual_host=0"
    monkeypatch.setattr(doorbell, "_bell", doorbell._Bell())


def rush() -> int:
    """How many of five people get one of five seats."""
    role = role_of(make_shift(seats=PEOPLE))
    for _ in range(PEOPLE):
        sign_up(role=role, by=make_volunteer().user, at=clock.now())
    return Assignment.objects.live().filter(role=role).count()


def test_everybody_gets_a_seat_and_the_messages_wait(live_db: LiveDatabase) -> None:
    assert rush() == PEOPLE

    told = Message.objects.filter(kind="seat_taken")
    assert told.values("recipient").distinct().count() == PEOPLE
    assert not told.exclude(status__in=("queued", "sent", "withheld")).exists()
    assert doorbell._bell.silent_until > 0


def test_a_bell_that_is_part_of_the_act_takes_sign_ups_down(
    live_db: LiveDatabase, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ring_inside(job: Any, **kwargs: Any) -> None:
        with current_app.connection_for_write(settings.CELERY_BROKER_URL) as link:
            link.ensure_connection(max_retries=1, interval_start=0, interval_step=0)

    monkeypatch.setattr(doorbell, "ring", ring_inside)

    with pytest.raises(OperationalError):
        rush()

    assert not Assignment.objects.exists()
