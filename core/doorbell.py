"""Rings for a job after commit, without ever waiting for the broker: rows are the truth, sweeps find what was not rung."""

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.pools import producers

logger = logging.getLogger(__name__)

TIMEOUT_S = 0.1
SILENCE_S = 5.0
# A job that takes whatever waits is rung at once, and for all who ring in this time after it together.
GATHER_S = 0.25


class Job(StrEnum):
    """Every job that may be rung or scheduled, by its name; the prefix decides the queue."""

    BEAT = "operations.beat"
    RELAY_MESSAGES = "notifications.relay"
    SEND_MESSAGES = "notifications.send"
    SWEEP_MESSAGES = "notifications.sweep"
    REFRESH_FIGURES = "insights.refresh"
    RELEASE_FIGURES = "insights.release"
    REMIND_VOLUNTEERS = "tasks.remind"
    EXPIRE_OFFERS = "tasks.expire_offers"
    PASS_ON = "tasks.pass_on"  # noqa: S105  no password
    EXPIRE_HANDOVERS = "tasks.expire_handovers"
    WARN_SHORT = "tasks.warn_short"
    LAPSE_CLAIMS = "tasks.lapse_claims"
    ESCALATE_CALLS = "tasks.escalate"
    ESCALATE_REVIEWS = "tasks.escalate_reviews"
    COUNT_HANDS = "tasks.count_hands"
    EXTEND_SERIES = "tasks.extend_series"
    FOLLOW_REQUESTS = "residents.follow"
    PLAN_MATCHES = "matching.plan"
    RUN_MATCH = "matching.run"
    OFFER_NEXT = "matching.offer_next"
    REPAIR_PLAN = "matching.repair"
    COUNT_REPLIES = "matching.count_replies"
    IMPORT_SHEET = "sheets.import"
    EXPORT_SHEET = "sheets.export"
    SWEEP_SHEETS = "sheets.sweep"
    ERASE_DUE = "privacy.erase_due"
    WARN_UNUSED = "privacy.warn_unused"
    PURGE = "privacy.purge"


class _Bell:
    """One short-tempered connection a process, and a pause after a failure."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection: Connection | None = None
        self.silent_until = 0.0
        self.quiet_until: dict[Job, float] = {}
        self.gathering: set[Job] = set()
        self.answered_by: Callable[[Job, dict[str, Any]], None] | None = None

    def send(self, job: Job, kwargs: dict[str, Any]) -> None:
        if self.answered_by is not None:
            self.answered_by(job, kwargs)
            return
        if not kwargs and self._gathers(job):
            return
        self._send(job, kwargs)

    def _gathers(self, job: Job) -> bool:
        """Whether the job was rung a moment ago: then one more ring follows, for everybody who asks until then."""
        at = time.monotonic()
        with self.lock:
            pause = self.quiet_until.get(job, 0.0) - at
            if pause <= 0:
                self.quiet_until[job] = at + GATHER_S
                return False
            if job not in self.gathering:
                self.gathering.add(job)
                threading.Timer(pause, self._for_all, [job]).start()
            return True

    def _for_all(self, job: Job) -> None:
        with self.lock:
            # First, so that whoever rings from now on is heard by another one.
            self.gathering.discard(job)
            self.quiet_until[job] = time.monotonic() + GATHER_S
        self._send(job, {})

    def _send(self, job: Job, kwargs: dict[str, Any]) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            with producers[self._connection()].acquire(block=True, timeout=TIMEOUT_S) as producer:
                current_app.send_task(
                    str(job),
                    kwargs=kwargs,
                    producer=producer,
                    retry=False,
                    ignore_result=True,
                )
        except Exception as error:  # noqa: BLE001  whatever the client raises, the request has succeeded
            self.silent_until = time.monotonic() + SILENCE_S
            logger.warning("broker not reached, %s waits for its sweep: %s", job, error)

    def prepare(self) -> None:
        """Everything but the connection itself."""
        current_app.amqp.router  # noqa: B018  built on first use
        producers[self._connection()]
        self._connection().transport  # noqa: B018  imports the broker's client

    def _connection(self) -> Connection:
        with self.lock:
            if self.connection is None:
                self.connection = Connection(
                    settings.CELERY_BROKER_URL,
                    connect_timeout=TIMEOUT_S,
                    transport_options={
                        "socket_timeout": TIMEOUT_S,
                        "socket_connect_timeout": TIMEOUT_S,
                        "retry_on_timeout": False,
                        "max_retries": 0,
                        "health_check_interval": 0,
                    },
                )
            return self.connection


_bell = _Bell()


def warm_up() -> None:
    """Load what the first ring needs, so that the first person after a start waits no longer than the others."""
    current_app.finalize()
    _bell.prepare()


def answer_by(handler: Callable[[Job, dict[str, Any]], None] | None) -> None:
    """Let this process hear its own rings, in the place of workers; None lets the workers hear them again."""
    _bell.answered_by = handler


def ring(job: Job, **kwargs: Any) -> None:
    """Send the job's message once the running transaction has committed. Never raises, never waits over 0.3 s."""

    def after_commit() -> None:
        _bell.send(job, kwargs)

    transaction.on_commit(after_commit, robust=True)
