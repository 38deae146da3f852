"""Many rings of one job become few."""

import threading
import time
from typing import Any

import pytest

from core.doorbell import GATHER_S, Job, _Bell


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> tuple[_Bell, list[tuple[Job, dict[str, Any]]], threading.Event]:
    """A bell, what the broker is sent, and what happens once two rings have been sent."""
    bell, sent, twice = _Bell(), [], threading.Event()

    def send(job: Job, kwargs: dict[str, Any]) -> None:
        sent.append((job, kwargs))
        if len(sent) == 2:
            twice.set()

    monkeypatch.setattr(bell, "_send", send)
    return bell, sent, twice


def test_the_first_ring_is_heard_at_once_and_one_more_for_all_who_follow(bell) -> None:
    door, sent, twice = bell

    for _ in range(200):
        door.send(Job.RELAY_MESSAGES, {})
    at_once = len(sent)
    assert twice.wait(10)

    assert at_once == 1
    assert sent == [(Job.RELAY_MESSAGES, {})] * 2


def test_after_the_last_ring_there_is_one_that_began_later(bell) -> None:
    door, _, twice = bell
    times: list[float] = []
    keep = door._send

    def timed(job: Job, kwargs: dict[str, Any]) -> None:
        times.append(time.monotonic())
        keep(job, kwargs)

    door._send = timed
    door.send(Job.RELAY_MESSAGES, {})
    door.send(Job.RELAY_MESSAGES, {})
    last = time.monotonic()

    assert twice.wait(10)

    assert times[-1] >= last
    assert times[-1] - times[0] >= GATHER_S * 0.9


def test_jobs_do_not_wait_for_each_other_and_what_names_a_row_never_waits(bell) -> None:
    door, sent, _ = bell

    door.send(Job.RELAY_MESSAGES, {})
    door.send(Job.REFRESH_FIGURES, {})
    door.send(Job.OFFER_NEXT, {"role_id": 1})
    door.send(Job.OFFER_NEXT, {"role_id": 1})

    assert len(sent) == 4
