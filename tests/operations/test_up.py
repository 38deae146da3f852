"""`manage.py up`, whole."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from operations.launcher import commands, probe
from operations.launcher.locks import command_line
from tests.plugin.database import LiveDatabase
from tests.plugin.processes import Running, RunProcess, free_port, wait_until

PROCESSES = ("web", "default", "matching", "notifications", "beat")


@pytest.fixture
def run_up(run_process: RunProcess, tmp_path: Path) -> Callable[..., Running]:
    """Start `manage.py up` on a folder of this test's own."""

    def run(*arguments: str, env: dict[str, str] | None = None) -> Running:
        whole = {"MANYHANDS_LOCAL": str(tmp_path / "local"), "LOG_LEVEL": "INFO", **(env or {})}
        return run_process(list(commands.manage("up", *arguments)), whole, name="up")

    return run


def process_ids(local: Path) -> dict[str, int]:
    return {path.stem: int(path.read_text()) for path in (local / "run").glob("*.pid")}


def wait_gone(*pids: int) -> None:
    until = time.monotonic() + 30
    while any(map(command_line, pids)):
        assert time.monotonic() < until, [command_line(pid) for pid in pids]
        time.sleep(0.05)


def test_with_given_servers_everything_starts_and_ends_in_order(
    run_up, live_db: LiveDatabase, tmp_path: Path
):
    port = free_port()
    up = run_up("--port", str(port), env={"DATABASE_URL": live_db.url, "REDIS_URL": os.environ["REDIS_URL"]})
    wait_until(lambda: "Ready after" in up.output(), seconds=120, what="ready", running=up)
    pids = process_ids(tmp_path / "local")
    assert set(pids) == set(PROCESSES)
    # Ready is said when the first web process answers; the second may still be loading and take the next question.
    wait_until(lambda: probe.status(port) == 200, seconds=60, what="every web process answers", running=up)

    os.kill(up.pid, signal.SIGINT)
    up.process.wait(60)

    assert up.process.returncode == 0
    assert "Everything has ended." in up.output()
    assert not (tmp_path / "local" / "postgres").exists()
    assert not (tmp_path / "local" / "valkey").exists()
    wait_gone(*pids.values())


def test_after_kill_9_nothing_is_left_and_the_next_start_works(run_up, tmp_path: Path):
    embedded = {"DATABASE_URL": "", "REDIS_URL": ""}
    port = free_port()
    first = run_up("--port", str(port), env=embedded)
    wait_until(lambda: "Ready after" in first.output(), seconds=180, what="ready", running=first)
    pids = process_ids(tmp_path / "local")

    second = run_up("--port", str(free_port()), env=embedded)
    second.process.wait(60)
    assert second.process.returncode == 1
    assert re.search(rf"already running from .* \(process {first.pid}\)", second.output())

    first.process.kill()
    first.process.wait()
    again = run_up("--once", "--port", str(port), env=embedded)
    again.process.wait(120)

    assert again.process.returncode == 0, again.output()
    assert "Bringing the database up to date" not in again.output()
    assert "Ready after" in again.output()
    wait_gone(*pids.values())


def test_a_port_that_is_taken_is_said_in_a_sentence(run_up):
    port = free_port()
    with_port = socket.socket()
    with_port.bind(("127.0.0.1", port))
    with_port.listen()
    try:
        up = run_up("--port", str(port))
        up.process.wait(60)
    finally:
        with_port.close()

    assert up.process.returncode == 1
    assert f"PORT={port + 1} make demo" in up.output()
