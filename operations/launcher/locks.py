"""One launcher a folder, and nothing left over from one that was killed."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path


class AlreadyRunning(RuntimeError):
    """Another launcher holds the folder."""


class LaunchFailed(RuntimeError):
    """Something could not be started; the message says what to do."""


class FolderLock:
    """An advisory lock that ends with the process that holds it, however it ends."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        self._file: int | None = None

    def take(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode(errors="replace").strip()
            os.close(file)
            raise AlreadyRunning(
                f"Manyhands is already running from {self.folder} (process {holder or 'unknown'}). "
                "Stop that one first, or set MANYHANDS_LOCAL to another folder."
            ) from None
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def command_line(pid: int) -> str:
    """The command line of a running process, empty where there is none."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def end_leftover(pidfile: Path, mark: str, last_signal: signal.Signals, *, seconds: float = 15.0) -> None:
    """End the process that `pidfile` names if its command line holds `mark`, then remove the file.

    A killed launcher's children are on their way out already; this waits for them, and pushes where the
    platform gave them no signal. A process id that another program has taken over since is left alone.
    """
    pid = first_number(pidfile)
    if pid is not None and pid != os.getpid():
        until = time.monotonic() + seconds
        number: signal.Signals = last_signal
        while mark in command_line(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if time.monotonic() > until:
                number = signal.SIGKILL
            time.sleep(0.1)
    pidfile.unlink(missing_ok=True)
