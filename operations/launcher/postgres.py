"""An own PostgreSQL on a unix socket, from any folder of binaries of version 15 or newer."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from operations.launcher import binaries, places, spawn
from operations.launcher.locks import FolderLock, LaunchFailed, end_leftover

START_S = 60.0
# Tests throw their data away: nothing there has to survive a power cut.
FLEETING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def locale_options(major: int) -> list[str]:
    """UTF-8 letters everywhere and byte order: with plain C, trigram search drops every Chinese letter."""
    if major >= 17:
        return [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--lc-collate=C",
            "--lc-ctype=C.UTF-8",
        ]
    return ["--locale=C.UTF-8"]


class Postgres:
    """One server on the data folder `data`, its socket in `sockets`, its log in `log`."""

    def __init__(self, data: Path, sockets: Path, log: Path, *, durable: bool = True) -> None:
        self.data = data
        self.sockets = sockets
        self.log = log
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = FolderLock(data.with_name(data.name + ".lock"), data.parent)

    def url(self, name: str = places.DATABASE) -> str:
        return places.postgres_url(self.sockets, name)

    def start(self) -> None:
        """Start the server and wait until it takes connections; the first start makes the data folder and database."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start the server without waiting for it."""
        self._lock.take()
        try:
            folder, major = binaries.postgres_folder()
            mode = spawn.server_mode()
            self._clear_leftovers()
            places.private(self.sockets)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster(folder, major, mode)
            self._check_version(major)
            self._hand_over(mode)
            settings = [
                "listen_addresses=",
                f'unix_socket_directories="{self.sockets}"',
                "unix_socket_permissions=0700",
                "max_connections=200",
                "logging_collector=off",
                "log_line_prefix=%m [%p] ",
                *(() if self.durable else FLEETING),
            ]
            argv = [str(folder / "postgres"), "-D", str(self.data)]
            for setting in settings:
                argv += ["-c", setting]
            with self.log.open("ab") as output:
                # SIGINT is PostgreSQL's "fast" stop: it breaks connections off and leaves clean files.
                self.process = spawn.start(argv, last_signal=signal.SIGINT, mode=mode, output=output.fileno())
        except BaseException:
            self._lock.release()
            raise

    def wait(self) -> None:
        """Wait until the server takes connections, and make the project's database where it is missing."""
        process = self.process
        if process is None:
            raise LaunchFailed("PostgreSQL has not been started.")
        until = time.monotonic() + START_S
        while not self._ready(process.pid):
            if process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise LaunchFailed(
                    f"PostgreSQL did not start. Its log {self.log} ends with:\n{self.log_end()}"
                )
            time.sleep(0.02)
        self.ensure_database(places.DATABASE)

    def stop(self) -> None:
        if self.process is not None:
            spawn.stop(self.process, (signal.SIGINT, 20), (signal.SIGQUIT, 10))
            self.process = None
        self._lock.release()

    def log_end(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(nothing)"

    def ensure_database(self, name: str) -> None:
        connection = psycopg2.connect(self.url("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()

    def _ready(self, pid: int) -> bool:
        """The eighth line of postmaster.pid says `ready`; the first must be our own process, not a dead one's."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _clear_leftovers(self) -> None:
        end_leftover(self.data / "postmaster.pid", str(self.data), signal.SIGINT)
        for name in (places.POSTGRES_SOCKET, places.POSTGRES_SOCKET + ".lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _make_cluster(self, folder: Path, major: int, mode: spawn.Mode) -> None:
        # Made under another name first: an interrupted initdb leaves nothing that looks like a data folder.
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        if mode == "nobody":
            _give(draft, _nobody())
        argv = [
            str(folder / "initdb"),
            "-D",
            str(draft),
            "-U",
            places.ROLE,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        argv += [*locale_options(major), "--no-instructions", *(() if self.durable else ("--no-sync",))]
        made = subprocess.run(
            spawn.wrapped(argv, last_signal=signal.SIGTERM, mode=mode),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if made.returncode != 0:
            raise LaunchFailed(
                f"PostgreSQL's data folder {self.data} could not be made:\n{made.stdout}{made.stderr}"
            )
        draft.rename(self.data)

    def _check_version(self, major: int) -> None:
        written = (self.data / "PG_VERSION").read_text().strip()
        if written != str(major):
            raise LaunchFailed(
                f"The data in {self.data} was written by PostgreSQL {written}, but version {major} was found. "
                f"Set MANYHANDS_PG_BIN to the programs of PostgreSQL {written}, or move the folder away to begin anew."
            )

    def _hand_over(self, mode: spawn.Mode) -> None:
        """PostgreSQL insists on owning its data folder, which may have been made in the other way of running as root."""
        if os.getuid() != 0:
            return
        owner = _nobody() if mode == "nobody" else (0, 0)
        if self.data.stat().st_uid != owner[0]:
            _give(self.data, owner)
            for path in self.data.rglob("*"):
                _give(path, owner)


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _give(path: Path, owner: tuple[int, int]) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.chown(path, *owner, follow_symlinks=False)
