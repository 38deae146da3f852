"""Becomes a queue's worker, or beat: `python -m operations.launcher.celery_process worker QUEUE NAME`, or `beat FILE`.

Celery's own command line would do the same, but its imports cost every process half a second of its start.
"""

import importlib
import logging
import os
import sys
import threading
import warnings
from typing import Any

from celery import concurrency, platforms, signals
from celery.app.utils import find_app
from celery.apps.beat import Beat
from celery.beat import Service
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]

# What each queue's worker is like. `matching` plans in its own process, since numba and forked pools do not mix;
# `notifications` mostly waits for providers, so it waits in threads.
POOLS: dict[str, tuple[str, int]] = {
    "default": ("prefork", 1),
    "matching": ("solo", 1),
    "notifications": ("threads", 4),
}
# What would print several lines for each of the periodic jobs; warnings and errors still show.
CHATTY = ("celery.beat", "celery.worker.strategy", "celery.app.trace", "celery.worker.consumer.connection")


# So long beat sleeps at most, and so long its end takes.
BEAT_LOOKS_EVERY_S = 1
# People at the door come before what can wait a second: in a rush the web processes get nine tenths of a processor.
NICE = 10


def work(queue: str, name: str) -> int:
    """Work until told to stop; the worker's exit code."""
    os.nice(NICE)
    pool, number = POOLS[queue]
    # Messages are JSON: the warning is about pickled ones.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker = find_app("config").Worker(
        hostname=name,
        queues=[queue],
        pool_cls=concurrency.get_implementation(pool),
        concurrency=number,
        loglevel="INFO",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    if queue == "matching":
        signals.worker_ready.connect(_warm_up_beside, weak=False)
    worker.start()
    return worker.exitcode or 0


def _warm_up_beside(**_: Any) -> None:
    """Load the engine and its machine code beside the work: the worker is ready meanwhile, and the first plan at once."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    # Only this worker carries a compiler, so it is not imported above.
    try:
        importlib.import_module("matching.engine").warm_up()
    except OSError as error:
        # A folder that cannot be written to: the first plan compiles anew.
        logging.getLogger(__name__).warning("the engine's machine code cannot be kept: %s", error)


class OrderlyBeat(Beat):
    """Ends between two rounds: Celery's own closes the file of its schedule in the middle of one."""

    def install_sync_handler(self, service: Service) -> None:
        platforms.signals.update(SIGTERM=lambda *_: service.stop(), SIGINT=lambda *_: service.stop())


def beat(schedule: str) -> None:
    app = find_app("config")
    OrderlyBeat(
        app=app, schedule=schedule, loglevel="INFO", quiet=True, max_interval=BEAT_LOOKS_EVERY_S
    ).run()


def main() -> None:
    # `make check` runs Django's checks; here they would cost a second of every start.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "true")
    if os.environ.get("LOG_LEVEL", "").strip().upper() != "DEBUG":
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
    if sys.argv[1] == "worker":
        sys.exit(work(*sys.argv[2:4]))
    beat(sys.argv[2])


if __name__ == "__main__":
    main()
