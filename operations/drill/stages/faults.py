"""Kills what carries a drill, at drawn moments: a worker, the broker, the database. Whatever was said must hold."""

import contextlib
import os
import queue
import signal
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core import clock
from operations.drill.drama import Drama
from operations.installation import Installation
from operations.launcher.locks import LaunchFailed
from operations.launcher.postgres import Postgres
from operations.launcher.valkey import Valkey

PROC = Path("/proc")
# In a story of two months each kind is killed so often; once at least in a shorter one.
TIMES, DAYS = 4, 61
# By share of the story: what is killed has time to come back before the end.
FIRST, LAST = 0.05, 0.9
LOOK_S = 0.1
DATABASE, BROKER = "database", "broker"
# As the live page calls them; everything else is a worker.
PARTS = {DATABASE: "postgresql", BROKER: "redis"}


@dataclass(frozen=True, order=True)
class Fault:
    """`what`: a queue's worker, the broker or the database."""

    at: datetime
    what: str


def drawn(drama: Drama, queues: tuple[str, ...]) -> list[Fault]:
    """What is killed when, in the order of the story."""
    story = drama.story
    length = story.ends_at - story.begins_at
    times = max(1, round(TIMES * length.days / DAYS))
    return sorted(
        Fault(story.begins_at + length * drama.chance.between(FIRST, LAST, "fault", what, number), what)
        for what in (*queues, BROKER, DATABASE)
        for number in range(times)
    )


class Faults:
    """Kills in a thread that lives as long as the servers that it starts again: they end with it."""

    def __init__(self, installation: Installation, drama: Drama) -> None:
        self.installation = installation
        self.drama = drama
        self.done: list[Fault] = []
        self._told: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="faults", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """After the servers have ended."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def look(self) -> None:
        """Tell what was killed; fails where something did not come back. To be called by the main thread."""
        while not self._told.empty():
            fault = self._told.get()
            self.done.append(fault)
            self.installation.console.line(f"killed: {fault.what}")
            self.drama.say("fault", fault.at, part=PARTS.get(fault.what, "worker"))
        if self._failure is not None:
            raise LaunchFailed(f"What was killed did not come back: {self._failure}") from self._failure

    def _work(self) -> None:
        try:
            for fault in drawn(self.drama, tuple(self.installation.queues)):
                while clock.now() < fault.at:
                    if self._over.wait(LOOK_S):
                        return
                self._told.put(fault)
                self._kill(fault.what)
        except Exception as error:  # noqa: BLE001  the main thread tells, whatever it was
            self._failure = error
        self._over.wait()

    def _kill(self, what: str) -> None:
        if what == DATABASE and self.installation.postgres is not None:
            self._replace(self.installation.postgres)
        elif what == BROKER and self.installation.valkey is not None:
            self._replace(self.installation.valkey)
        else:
            child = self.installation.supervisor.children[what]
            if child.process is not None:
                # With whatever it had started; the supervisor starts it again.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)

    def _replace(self, server: Postgres | Valkey) -> None:
        self.installation.is_mended_elsewhere = True
        try:
            kill_server(server)
            server.stop()
            server.begin()
            server.wait()
        finally:
            self.installation.is_mended_elsewhere = False


def kill_server(server: Any) -> None:
    """All of its processes at once, as the kernel does when memory runs out: nothing is written any more."""
    root = server.process.pid
    os.kill(root, signal.SIGSTOP)
    for pid in started_by(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    os.kill(root, signal.SIGKILL)
    server.process.wait()


def started_by(root: int) -> list[int]:
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            # A process may end while it is looked at.
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == root:
                    found.append(int(entry.name))
    return found
