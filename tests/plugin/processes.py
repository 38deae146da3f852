"""Real web and worker processes against a test's own database."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from celery import current_app
from kombu import Connection

from operations.launcher import commands, places, probe, spawn
from tests.plugin.database import LiveDatabase

START_S = 60.0


@dataclass
class Running:
    """A started process and the file that holds what it printed."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9, with every process that it has started."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        spawn.stop(self.process, (signal.SIGTERM, 15))


class RunProcess(Protocol):
    def __call__(
        self, argv: list[str], env: Mapping[str, str] | None = None, *, name: str = "process"
    ) -> Running: ...


class RunWeb(Protocol):
    def __call__(
        self, env: Mapping[str, str] | None = None, *, workers: int = 1, threads: int = 4
    ) -> str: ...


class RunWorker(Protocol):
    def __call__(self, queue: str, env: Mapping[str, str] | None = None) -> Running: ...


def free_port() -> int:
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])


def wait_until(
    condition: Callable[[], bool], *, seconds: float, what: str, running: Running | None = None
) -> None:
    """Wait for a condition; fail with the process's output where it does not come true or the process ends."""
    until = time.monotonic() + seconds
    while not condition():
        said = f"\n{running.output()[-4000:]}" if running else ""
        if running and not running.alive():
            pytest.fail(f"{running.name} ended with code {running.process.returncode} before {what}{said}")
        if time.monotonic() > until:
            pytest.fail(f"after {seconds:.0f} s still not: {what}{said}")
        time.sleep(0.05)


@pytest.fixture
def run_process(tmp_path: Path) -> Iterator[RunProcess]:
    """Start any program in the project's folder with the tests' environment; stopped after the test."""
    started: list[Running] = []

    def run(argv: list[str], env: Mapping[str, str] | None = None, *, name: str = "process") -> Running:
        log = tmp_path / f"{len(started)}-{name}.log"
        with log.open("wb") as output:
            whole = {**os.environ, **(env or {})}
            process = spawn.start(argv, output=output.fileno(), env=whole, cwd=places.PROJECT)
        started.append(Running(name, process, log))
        return started[-1]

    yield run
    for running in reversed(started):
        running.stop()


@pytest.fixture
def run_web(live_db: LiveDatabase, run_process: RunProcess) -> RunWeb:
    """`run_web(env=None, workers=1, threads=4) -> url`: a real web server on the test's own database."""

    def run(env: Mapping[str, str] | None = None, *, workers: int = 1, threads: int = 4) -> str:
        port = free_port()
        argv = commands.web("127.0.0.1", port, workers=workers, threads=threads)
        web = run_process(argv, {"PORT": str(port), **(env or {})}, name="web")
        wait_until(lambda: probe.status(port) == 200, seconds=START_S, what="/healthz answered", running=web)
        return f"http://127.0.0.1:{port}"

    return run


@pytest.fixture
def run_worker(live_db: LiveDatabase, run_process: RunProcess) -> RunWorker:
    """`run_worker(queue, env=None) -> Running`: a real worker of one queue, returned once it answers a ping."""

    def run(queue: str, env: Mapping[str, str] | None = None) -> Running:
        name = f"{queue}@{uuid4().hex[:8]}"
        worker = run_process(commands.worker(queue, name=name), env, name=queue)
        wait_until(lambda: answers(name), seconds=START_S, what="its ping was answered", running=worker)
        return worker

    return run


def answers(worker: str) -> bool:
    """True where the worker of this name answers a ping."""
    with Connection(os.environ["REDIS_URL"], connect_timeout=2) as connection:
        return bool(current_app.control.ping(destination=[worker], timeout=0.5, connection=connection))
