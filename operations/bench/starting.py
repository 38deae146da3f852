"""`bench start`: from a fresh clone to the first page, and from a stop to the next first page."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from operations.bench.progress import say
from operations.bench.serving import free_port
from operations.launcher import places, probe
from operations.launcher.locks import LaunchFailed

LONGEST_S = 900.0
STOP_S = 60.0
PAGE = "/zh-hans/"
LEFT_OUT = (".venv", ".local", ".git", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache")


def run(*, size: str) -> dict[str, Any]:
    """Seconds of `make demo`: everything is installed anew, from packages that this machine has fetched before."""
    # The engine's worker may still be writing down what it compiled when the demo is told to end.
    with tempfile.TemporaryDirectory(prefix="manyhands-start-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "manyhands"
        _clone(clone)
        first = _start(clone, size)
        say(f"first page after {first:.1f} s")
        second = _start(clone, size)
        say(f"second start after {second:.1f} s")
    return {"bench": "start", "size": size, "first_s": round(first, 1), "second_s": round(second, 1)}


def _clone(to: Path) -> None:
    cloned = subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", f"file://{places.PROJECT}", str(to)],
        capture_output=True,
        check=False,
    )
    if cloned.returncode != 0:
        # An unpacked archive has no history to clone.
        shutil.copytree(places.PROJECT, to, ignore=shutil.ignore_patterns(*LEFT_OUT))


def _start(clone: Path, size: str) -> float:
    port = free_port()
    began = time.monotonic()
    with _demo(clone, size, port) as process:
        while probe.status(port, PAGE) != 200:
            if process.poll() is not None or time.monotonic() - began > LONGEST_S:
                raise LaunchFailed(f"make demo did not come up:\n{_said(clone)}")
            time.sleep(0.1)
        return time.monotonic() - began


@contextlib.contextmanager
def _demo(clone: Path, size: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MANYHANDS_") and name not in {"DATABASE_URL", "REDIS_URL", "VIRTUAL_ENV"}
    }
    env |= {"SMS_URL": f"http://127.0.0.1:{free_port()}/sms", "MAIL_PORT": str(free_port())}
    python = getattr(sys, "_base_executable", sys.executable)
    with (clone / "start.log").open("ab") as log:
        process = subprocess.Popen(
            ["make", "demo", f"PORT={port}", f"SIZE={size}", f"PYTHON={python}"],
            cwd=clone,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ctrl-C, as a terminal sends it to everything that it started; until the last of it has ended."""
    until = time.monotonic() + STOP_S
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        while True:
            # `make` itself ends at once, what it started a little later.
            process.poll()
            os.killpg(process.pid, 0)
            if time.monotonic() > until:
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.1)
    process.wait()


def _said(clone: Path) -> str:
    return (clone / "start.log").read_text(errors="replace")[-2000:]
