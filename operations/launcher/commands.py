"""The command lines of the processes that serve: one place that knows their pools and numbers."""

import socket
import sys
from collections.abc import Sequence

from operations.launcher import places

QUEUES = ("default", "matching", "notifications")
CELERY = ("-m", "operations.launcher.celery_process")


def web(host: str, port: int, *, workers: int = 2, threads: int = 64) -> list[str]:
    """Granian with `workers` processes of `threads` threads.

    They wait for one of the few rooms of `web.front.crowd`, and hold no database connection.
    """
    return [
        sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws",
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "error",
    ]  # fmt: skip


def worker(queue: str, *, name: str = "") -> list[str]:
    """The worker of one queue, called `queue@host` where no other name is given."""
    return [sys.executable, *CELERY, "worker", queue, name or worker_name(queue)]


def worker_name(queue: str) -> str:
    return f"{queue}@{socket.gethostname()}"


def beat() -> list[str]:
    places.beat_schedule().parent.mkdir(parents=True, exist_ok=True)
    return [sys.executable, *CELERY, "beat", str(places.beat_schedule())]


def manage(*arguments: str) -> Sequence[str]:
    return [sys.executable, str(places.PROJECT / "manage.py"), *arguments]
