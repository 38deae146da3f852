"""Starting a program so that it never outlives the launcher."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

CHILD = Path(__file__).with_name("child.py")
Mode = Literal["keep", "namespace", "nobody"]


def wrapped(argv: Sequence[str], *, last_signal: signal.Signals, mode: Mode = "keep") -> list[str]:
    return [
        sys.executable,
        "-I",
        "-S",
        str(CHILD),
        str(os.getpid()),
        str(int(last_signal)),
        mode,
        "--",
        *argv,
    ]


def start(
    argv: Sequence[str],
    *,
    last_signal: signal.Signals = signal.SIGTERM,
    mode: Mode = "keep",
    output: IO[bytes] | int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program that gets `last_signal` when this process dies, however it dies.

    To be called by the main thread: Linux sends the signal when the calling *thread* ends.
    """
    return subprocess.Popen(
        wrapped(argv, last_signal=last_signal, mode=mode),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        # Ctrl-C in a terminal reaches the launcher alone, which then stops its children in order.
        start_new_session=True,
    )


def stop(process: "subprocess.Popen[bytes]", *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn until the process has ended within that signal's seconds; at last SIGKILL."""
    for number, seconds in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue
    end_group(process.pid)
    process.wait()


def end_group(pid: int) -> None:
    """kill -9 whatever is left of the session that the process `pid` began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def server_mode() -> Mode:
    """PostgreSQL refuses to run as root: how to start it as this user. `keep` for everybody but root."""
    if os.getuid() != 0:
        return "keep"
    return "namespace" if namespace_works() else "nobody"


def namespace_works() -> bool:
    """Many containers forbid user namespaces, even to root."""
    if sys.platform != "linux":
        return False
    probe = wrapped(["/bin/true"], last_signal=signal.SIGTERM, mode="namespace")
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
