"""The doors of the queue: relay and sweep come by the clock or the bell, send from the relay."""

from datetime import datetime

from celery import shared_task

from core import clock
from core.doorbell import Job
from notifications import actions


@shared_task(name=Job.RELAY_MESSAGES.value)
def relay() -> None:
    actions.relay(at=clock.now())


@shared_task(name=Job.SEND_MESSAGES.value)
def send(message_ids: list[int], lease: str) -> None:
    actions.send(message_ids=message_ids, lease=datetime.fromisoformat(lease), at=clock.now())


@shared_task(name=Job.SWEEP_MESSAGES.value)
def sweep() -> None:
    actions.sweep(at=clock.now())
