"""The command lines of the processes that serve: one place that knows their pools and numbers."""

import sys
from collections.abc import Sequence

from operations.launcher import places

# What each queue's worker is like. `matching` plans in its own process, since numba and forked pools do not mix;
# `notifications` mostly waits for providers, so it waits in threads.
POOLS: dict[str, tuple[str, ...]] = {
    "default": ("--pool=prefork", "--concurrency=1"),
    "matching": ("--pool=solo",),
    "notifications": ("--pool=threads", "--concurrency=4"),
}
QUEUES = tuple(POOLS)


def web(host: str, port: int, *, workers: int = 2, threads: int = 8) -> list[str]:
    """Granian with `workers` processes of `threads` threads; each thread holds one database connection."""
    return [
        sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws",
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning",
    ]  # fmt: skip


def worker(queue: str, *, name: str = "") -> list[str]:
    """The Celery worker of one queue, called `queue@host` where no other name is given."""
    return [
        sys.executable, "-m", "celery", "-A", "config", "--workdir", str(places.PROJECT), "worker",
        "--queues", queue, "--hostname", name or f"{queue}@%h", *POOLS[queue],
        "--loglevel", "INFO", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def beat() -> list[str]:
    places.beat_schedule().parent.mkdir(parents=True, exist_ok=True)
    return [
        sys.executable, "-m", "celery", "-A", "config", "--workdir", str(places.PROJECT), "beat",
        "--schedule", str(places.beat_schedule()), "--pidfile=", "--loglevel", "INFO",
    ]  # fmt: skip


def manage(*arguments: str) -> Sequence[str]:
    return [sys.executable, str(places.PROJECT / "manage.py"), *arguments]
