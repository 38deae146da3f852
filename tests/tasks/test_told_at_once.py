"""Two workers that sweep at the same moment: each is told once."""

from datetime import timedelta

from notifications.models import Message
from tasks.actions.sweeps import remind
from tests.factories.tasks import make_assignment, make_shift, tomorrow_at
from tests.plugin.database import LiveDatabase
from tests.tasks.test_offers_at_once import at_once

EVENING = tomorrow_at(18, days=0)
LONG_AGO = EVENING - timedelta(days=3)


def test_two_sweeps_remind_everybody_once(live_db: LiveDatabase) -> None:
    shift = make_shift(starts_at=tomorrow_at(9))
    for _ in range(5):
        make_assignment(shift, created_at=LONG_AGO)

    at_once(*[lambda: remind(at=EVENING)] * 2)

    assert Message.objects.filter(channel="inbox").count() == 5
    assert Message.objects.filter(channel="sms").count() == 5
