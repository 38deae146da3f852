"""An own Valkey or Redis on a unix socket. It carries only Celery's messages, and may lose them all."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from operations.launcher import binaries, places, spawn
from operations.launcher.locks import FolderLock, LaunchFailed, end_leftover

START_S = 30.0


class Valkey:
    """One server on the data folder `data`, its socket in `sockets`, its log in `log`."""

    def __init__(self, data: Path, sockets: Path, log: Path) -> None:
        self.data = data
        self.sockets = sockets
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = FolderLock(data.with_name(data.name + ".lock"), data.parent)

    @property
    def socket(self) -> Path:
        return self.sockets / places.VALKEY_SOCKET

    def url(self, number: int = 0) -> str:
        return places.valkey_url(self.sockets, number)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start the server without waiting for it."""
        self._lock.take()
        try:
            end_leftover(self._pidfile, str(self.socket), signal.SIGTERM)
            places.private(self.sockets)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._spawn()
        except BaseException:
            self._lock.release()
            raise

    def wait(self) -> None:
        """Wait until the server answers. Files that it cannot read are set aside, and it begins with none."""
        until = time.monotonic() + START_S
        set_aside = False
        while not self.answers():
            if self.process is None or self.process.poll() is not None:
                if set_aside:
                    self._fail()
                self._set_aside()
                set_aside = True
                self._spawn()
            if time.monotonic() > until:
                self._fail()
            time.sleep(0.02)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(str(self.socket))
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
        return False

    def stop(self) -> None:
        if self.process is not None:
            spawn.stop(self.process, (signal.SIGTERM, 10))
            self.process = None
            self._pidfile.unlink(missing_ok=True)
        self._lock.release()

    def log_end(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(nothing)"

    @property
    def _pidfile(self) -> Path:
        return self.data.with_name(self.data.name + ".pid")

    def _spawn(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            # The command line stays as it is, so that the next launcher knows this process again.
            "set-proc-title": "no",
        }
        argv = [str(binaries.redis_program())]
        for name, value in options.items():
            argv += [f"--{name}", value]
        with self.log.open("ab") as output:
            self.process = spawn.start(argv, output=output.fileno())
        self._pidfile.write_text(str(self.process.pid))

    def _set_aside(self) -> None:
        aside = self.data.with_name(self.data.name + ".unreadable")
        shutil.rmtree(aside, ignore_errors=True)
        self.data.rename(aside)

    def _fail(self) -> None:
        self.stop()
        raise LaunchFailed(f"Valkey did not start. Its log {self.log} ends with:\n{self.log_end()}")
