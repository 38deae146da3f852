"""PostgreSQL killed in the middle of a rush: no seat that was acknowledged is lost, and the counters agree.

KILLS in the environment is how often; the gate kills it twice.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from operations.launcher import binaries, places
from operations.launcher.postgres import Postgres
from tests.plugin.database import url_of

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds the server's processes in /proc"
)
KILLS = int(os.environ.get("KILLS", "2"))
SIGNERS, ACKNOWLEDGED_BEFORE, A_ROUND = 2, 40, 600
LATE = "&options=-c%20synchronous_commit%3Doff"
DISAGREE = """
SELECT count(*) FROM tasks_shiftrole role WHERE seats_taken <> (
  SELECT coalesce(sum(seats), 0) FROM tasks_assignment WHERE role_id = role.id AND status = 'active'
)
"""


def copied(template_database: str, server: Postgres) -> None:
    """The tables of this run's template, where there are the programs for it: to make them anew takes half a minute."""
    programs = binaries.postgres_folder()[0]
    if not (programs / "pg_dump").is_file() or not (programs / "psql").is_file():
        return
    dumped = subprocess.run(
        [programs / "pg_dump", "--no-owner", url_of(template_database)], capture_output=True, check=True
    )
    put_in = [programs / "psql", "--quiet", "-v", "ON_ERROR_STOP=1", "-d", server.url()]
    subprocess.run(put_in, input=dumped.stdout, stdout=subprocess.DEVNULL, check=True)


@pytest.fixture(scope="module")
def prepared(template_database: str) -> Iterator[Path]:
    """The folder of a cluster with twenty shifts and a crowd, not running; short, since sockets lie in it."""
    folder = Path(tempfile.mkdtemp(prefix="mh-kill-"))
    try:
        server = server_in(folder)
        server.start()
        copied(template_database, server)
        run(server.url(), "prepare", str((KILLS + 1) * SIGNERS * A_ROUND)).check_returncode()
        server.stop()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_in(folder: Path) -> Postgres:
    return Postgres(folder / "data", folder, folder / "log")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.faults.killed_database", *arguments]


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "unix:///nowhere/broker.sock",
        "MANYHANDS_TESTING": "1",
    }


def run(url: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command(*arguments), env=environment(url), cwd=places.PROJECT, check=False)


def kill(server: Postgres) -> None:
    """All of its processes at once, as the kernel does when memory runs out: nothing is written any more."""
    assert server.process is not None
    postmaster = server.process.pid
    os.kill(postmaster, signal.SIGSTOP)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and parent_of(entry) == postmaster:
            os.kill(int(entry.name), signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)
    server.process.wait()
    server.process = None
    server._lock.release()


def parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def lost_in_a_rush(folder: Path, number: int, *, options: str = "") -> tuple[int, set[str]]:
    """Kill it during sign-ups and start it again: how many were acknowledged, and which of them are gone."""
    server = server_in(folder)
    server.start()
    signers = [
        subprocess.Popen(
            command("sign", str((number * SIGNERS + each) * A_ROUND), str(A_ROUND)),
            env=environment(server.url() + options),
            cwd=places.PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for each in range(SIGNERS)
    ]
    acknowledged: list[str] = []
    for signer in signers:
        assert signer.stdout is not None
        acknowledged += [signer.stdout.readline().strip() for _ in range(ACKNOWLEDGED_BEFORE)]
    kill(server)
    for signer in signers:
        rest, _ = signer.communicate(timeout=60)
        acknowledged += rest.split()
    server = server_in(folder)
    server.start()
    try:
        with psycopg2.connect(server.url()) as link, link.cursor() as cursor:
            cursor.execute("SELECT code FROM tasks_assignment")
            kept = {code for (code,) in cursor.fetchall()}
            cursor.execute(DISAGREE)
            assert cursor.fetchone() == (0,)
        link.close()
    finally:
        server.stop()
    assert all(acknowledged)
    return len(acknowledged), set(acknowledged) - kept


def test_a_database_that_is_killed_loses_no_seat_that_was_acknowledged(prepared: Path) -> None:
    for number in range(KILLS):
        count, lost = lost_in_a_rush(prepared, number)

        assert count >= SIGNERS * ACKNOWLEDGED_BEFORE
        assert lost == set()


def test_one_that_answers_before_it_has_written_loses_some(prepared: Path) -> None:
    _, lost = lost_in_a_rush(prepared, KILLS, options=LATE)

    assert lost
