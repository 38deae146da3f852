"""The embedded servers on every kind of machine that stopped them once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from operations.launcher import binaries, places, spawn
from operations.launcher.locks import AlreadyRunning, FolderLock, LaunchFailed, command_line, end_leftover
from operations.launcher.postgres import Postgres
from operations.launcher.valkey import Valkey

AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs root")
# Starts both servers below the folder given, says their process ids, and waits to be ended.
HOLDER = """
import sys, time
from pathlib import Path
from operations.launcher import places
from operations.launcher.postgres import Postgres
from operations.launcher.valkey import Valkey
base = Path(sys.argv[1])
sockets = places.sockets(base)
postgres = Postgres(base / "postgres", sockets, base / "logs" / "postgres.log", durable=False)
valkey = Valkey(base / "valkey", sockets, base / "logs" / "valkey.log")
postgres.start(); valkey.start()
print(postgres.process.pid, valkey.process.pid, flush=True)
if sys.argv[2] == "stop":
    valkey.stop(); postgres.stop()
else:
    time.sleep(600)
"""


def make_postgres(base: Path) -> Postgres:
    return Postgres(base / "postgres", places.sockets(base), base / "logs" / "postgres.log", durable=False)


def make_valkey(base: Path) -> Valkey:
    return Valkey(base / "valkey", places.sockets(base), base / "logs" / "valkey.log")


def query(postgres: Postgres, sql: str) -> object:
    link = psycopg2.connect(postgres.url())
    try:
        with link.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        link.close()


def gone(pid: int) -> bool:
    return not command_line(pid)


@pytest.fixture
def holder(tmp_path: Path):
    """A launcher in a process of its own that holds both servers; yields (process, postgres pid, valkey pid)."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), "hold"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=places.PROJECT,
    )
    assert process.stdout is not None
    postgres_pid, valkey_pid = map(int, process.stdout.readline().split())
    yield process, postgres_pid, valkey_pid
    process.kill()
    process.wait()
    process.stdout.close()
    for pid in (postgres_pid, valkey_pid):
        for _ in range(200):
            if gone(pid):
                break
            time.sleep(0.05)


def test_postgres_keeps_chinese_letters_in_its_trigrams(tmp_path: Path):
    postgres = make_postgres(tmp_path)
    postgres.start()
    try:
        letters = query(postgres, "CREATE EXTENSION pg_trgm; SELECT cardinality(show_trgm('志愿者'))")
    finally:
        postgres.stop()
    assert letters == 4


@AS_ROOT
def test_root_without_user_namespaces_runs_postgres_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spawn, "namespace_works", lambda: False)
    tmp_path.chmod(0o700)
    postgres = make_postgres(tmp_path)

    postgres.start()
    try:
        assert query(postgres, "SELECT 1") == 1
        assert (tmp_path / "postgres").stat().st_uid != 0
    finally:
        postgres.stop()


@AS_ROOT
def test_a_data_folder_made_as_nobody_is_taken_over_by_the_namespace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if not spawn.namespace_works():
        pytest.skip("user namespaces are forbidden here")
    with monkeypatch.context() as forbidden:
        forbidden.setattr(spawn, "namespace_works", lambda: False)
        postgres = make_postgres(tmp_path)
        postgres.start()
        postgres.stop()

    postgres.start()
    try:
        assert query(postgres, "SELECT 1") == 1
    finally:
        postgres.stop()


@AS_ROOT
def test_a_plain_user_needs_no_root(tmp_path: Path):
    # The tests' own Python may lie where a plain user may not look; the system's runs with the same packages.
    python = "/usr/bin/python3"
    packages = os.pathsep.join([str(places.PROJECT), *(p for p in sys.path if p.endswith("site-packages"))])
    version = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True
    )
    if version.stdout.strip() != str(sys.version_info[:2]):
        pytest.skip("no system Python of this version")
    base = Path("/tmp") / f"manyhands-plain-{os.getpid()}"
    base.mkdir(mode=0o777)
    base.chmod(0o777)
    try:
        ran = subprocess.run(
            [
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                python,
                "-c",
                HOLDER,
                str(base),
                "stop",
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env={"PYTHONPATH": packages, "PATH": "/usr/bin:/bin", "HOME": str(base)},
        )
        assert ran.returncode == 0, ran.stderr
        assert (base / "postgres" / "PG_VERSION").stat().st_uid == 65534
    finally:
        shutil.rmtree(base)


def test_the_servers_die_with_a_launcher_that_is_killed(holder):
    process, postgres_pid, valkey_pid = holder

    process.kill()
    process.wait()

    for pid in (postgres_pid, valkey_pid):
        until = time.monotonic() + 20
        while not gone(pid):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_the_next_start_after_a_kill_finds_the_data(holder, tmp_path: Path):
    process, _, _ = holder
    postgres, valkey = make_postgres(tmp_path), make_valkey(tmp_path)
    with psycopg2.connect(postgres.url()) as link, link.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    link.close()

    process.kill()
    process.wait()
    postgres.start()
    valkey.start()
    try:
        assert query(postgres, "SELECT number FROM kept") == 7
        assert valkey.answers()
    finally:
        valkey.stop()
        postgres.stop()


def test_a_second_launcher_on_the_same_folder_says_so_in_a_sentence(holder, tmp_path: Path):
    process, _, _ = holder

    with pytest.raises(AlreadyRunning, match=rf"already running from .* \(process {process.pid}\)"):
        make_postgres(tmp_path).start()
    with pytest.raises(AlreadyRunning):
        make_valkey(tmp_path).start()


def test_a_folder_whose_sockets_would_be_too_long_gets_a_short_one(tmp_path: Path):
    base = tmp_path / ("a-folder-with-a-long-name" * 5)
    postgres, valkey = make_postgres(base), make_valkey(base)
    assert len(str(base)) > 107

    postgres.start()
    valkey.start()
    try:
        assert query(postgres, "SELECT 1") == 1
        assert valkey.answers()
        assert postgres.sockets.stat().st_mode & 0o777 == 0o700
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(postgres.sockets)


def test_a_stale_process_id_of_another_program_is_no_obstacle(tmp_path: Path):
    postgres = make_postgres(tmp_path)
    postgres.start()
    postgres.stop()
    sleeper = subprocess.Popen(["sleep", "60"])
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{sleeper.pid}\n{tmp_path}/postgres\n")

    postgres.start()
    try:
        assert query(postgres, "SELECT 1") == 1
        assert sleeper.poll() is None
    finally:
        postgres.stop()
        sleeper.kill()
        sleeper.wait()


def test_an_interrupted_first_start_leaves_no_half_made_data_folder(tmp_path: Path):
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    postgres = make_postgres(tmp_path)

    postgres.start()
    postgres.stop()

    assert (tmp_path / "postgres" / "PG_VERSION").exists()
    assert not (tmp_path / "postgres.new").exists()


def test_data_of_another_version_is_refused_in_words(tmp_path: Path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")

    with pytest.raises(LaunchFailed, match="written by PostgreSQL 14"):
        make_postgres(tmp_path).start()


def test_a_broker_file_that_cannot_be_read_is_set_aside(tmp_path: Path):
    folder = tmp_path / "valkey" / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("not a manifest")
    valkey = make_valkey(tmp_path)

    valkey.start()
    try:
        assert valkey.answers()
        assert (tmp_path / "valkey.unreadable").exists()
    finally:
        valkey.stop()


def test_a_wrong_folder_of_binaries_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("MANYHANDS_PG_BIN", str(tmp_path))
    with pytest.raises(LaunchFailed, match="MANYHANDS_PG_BIN is"):
        binaries.postgres_folder()

    monkeypatch.setenv("MANYHANDS_REDIS_BIN", str(tmp_path / "none"))
    with pytest.raises(LaunchFailed, match="MANYHANDS_REDIS_BIN is"):
        binaries.redis_program()


def test_the_system_s_own_servers_serve_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    redis = shutil.which("redis-server")
    if not folders or redis is None:
        pytest.skip("no PostgreSQL or Redis of the system")
    monkeypatch.setenv("MANYHANDS_PG_BIN", str(folders[-1]))
    monkeypatch.setenv("MANYHANDS_REDIS_BIN", redis)
    postgres, valkey = make_postgres(tmp_path), make_valkey(tmp_path)

    postgres.start()
    valkey.start()
    try:
        assert query(postgres, "CREATE EXTENSION pg_trgm; SELECT cardinality(show_trgm('志愿者'))") == 4
    finally:
        valkey.stop()
        postgres.stop()


def test_a_lock_is_free_again_when_it_is_released(tmp_path: Path):
    first, second = FolderLock(tmp_path / "lock", tmp_path), FolderLock(tmp_path / "lock", tmp_path)
    first.take()
    with pytest.raises(AlreadyRunning):
        second.take()

    first.release()

    second.take()
    second.release()


def test_a_leftover_is_ended_only_where_its_command_line_says_it_is_ours(tmp_path: Path):
    ours, other = (subprocess.Popen(["sleep", seconds]) for seconds in ("61", "62"))
    for process, mark in ((ours, "sleep 61"), (other, "sleep 61")):
        (tmp_path / "pid").write_text(str(process.pid))
        end_leftover(tmp_path / "pid", mark, signal.SIGTERM)

    assert ours.wait() == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    other.wait()


def test_places_are_the_same_each_time_and_move_with_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("MANYHANDS_LOCAL", str(tmp_path))
    assert places.database_url() == f"postgresql://manyhands@/manyhands?host={tmp_path}/sockets"
    assert places.redis_url() == f"redis+socket://{tmp_path}/sockets/valkey.sock?virtual_host=0"
    assert places.secret_key() == places.secret_key()
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
