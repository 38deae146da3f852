"""Relay and senders within the test's own process."""

from datetime import datetime
from typing import Any

from core import clock
from core.doorbell import Job
from notifications import actions

Rung = list[tuple[Job, dict[str, Any]]]


def relay_and_send(rung: Rung, at: datetime | None = None) -> None:
    """Lease what is due and send each batch that rang."""
    at = at or clock.now()
    rung.clear()
    actions.relay(at=at)
    for job, kwargs in [*rung]:
        assert job == Job.SEND_MESSAGES
        actions.send(message_ids=kwargs["message_ids"], lease=datetime.fromisoformat(kwargs["lease"]), at=at)
