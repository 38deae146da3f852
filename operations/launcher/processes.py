"""Runs named children together: prefixed lines, restarts with back-off, an orderly end."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from operations.launcher import places, spawn
from operations.launcher.console import Console
from operations.launcher.locks import LaunchFailed, end_leftover

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# A child that has run this long is healthy again: its next fall starts with the short pause.
HEALTHY_S = 60.0
LOOK_S = 0.2
# A child that falls this often before everything is up will not come up by itself.
FALLS_AT_START = 2


@dataclass
class Child:
    """A process to keep running. `last_s`: how long its end may take before it is killed."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    last_s: float = 15.0
    process: "subprocess.Popen[bytes] | None" = None
    pause_s: float = FIRST_PAUSE_S
    began: float = 0.0
    again_at: float | None = None
    falls: int = 0
    rest: bytes = b""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps children running until `stop()`; `pump()` must be called all the time, from the main thread."""

    def __init__(self, console: Console, *, run: Path | None = None) -> None:
        self.console = console
        self.children: dict[str, Child] = {}
        self.asked_to_stop = False
        self._run = run or places.run()
        self._selector = selectors.DefaultSelector()

    def catch_signals(self) -> None:
        """Turn Ctrl-C, SIGTERM and a closed terminal into an orderly end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self.asked_to_stop = True

    def start(self, child: Child) -> None:
        self._run.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.children[child.name] = child
        self._spawn(child)

    def end_leftovers(self) -> None:
        """End what a launcher that was killed left behind on this folder."""
        for pidfile in sorted(self._run.glob("*.pid")):
            end_leftover(pidfile, str(places.PROJECT), signal.SIGTERM)

    def restart(self, name: str, why: str) -> None:
        child = self.children[name]
        self.console.line(f"{name} {why}; it is started again.")
        self._end(child)
        self._spawn(child)

    def end(self, name: str) -> None:
        """End one child for good."""
        child = self.children.pop(name)
        child.again_at = None
        self._end(child)

    def pump(self, seconds: float = LOOK_S) -> None:
        """Pass on what the children print, and look after those that have ended, for about `seconds`."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)
        for child in self.children.values():
            self._look_after(child)

    def pump_until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Pump until the condition holds. Fails after `seconds`."""
        until = time.monotonic() + seconds
        while not condition():
            fallen = [child.name for child in self.children.values() if child.falls >= FALLS_AT_START]
            if fallen:
                raise LaunchFailed(f"{' and '.join(fallen)} cannot be started. The lines above say why.")
            if time.monotonic() > until:
                raise LaunchFailed(f"After {seconds:.0f} s still not: {what}. The lines above say more.")
            self.pump(0.05)

    def stop(self, order: Sequence[Sequence[str]]) -> None:
        """End the children group after group; whatever no group names comes first."""
        named = {name for group in order for name in group}
        for group in ([name for name in self.children if name not in named], *order):
            members = [self.children[name] for name in group if name in self.children]
            for child in members:
                child.again_at = None
                if child.running and child.process:
                    child.process.terminate()
            for child in members:
                self._end(child)
        self.children.clear()

    def _spawn(self, child: Child) -> None:
        child.process = spawn.start(
            child.argv,
            output=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
            cwd=places.PROJECT,
        )
        child.began, child.again_at, child.rest = time.monotonic(), None, b""
        (self._run / f"{child.name}.pid").write_text(str(child.process.pid))
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, child: Child) -> bool:
        """Print the whole lines that have come; False where there is nothing more to read."""
        stream = child.process.stdout if child.process else None
        if stream is None:
            return False
        try:
            chunk = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return False
        if not chunk:
            self._forget(child)
            return False
        *lines, child.rest = (child.rest + chunk).split(b"\n")
        for line in lines:
            self.console.of(child.name, line.decode(errors="replace").rstrip("\r"))
        return True

    def _forget(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        if stream is not None and not stream.closed:
            with contextlib.suppress(KeyError):
                self._selector.unregister(stream)
            stream.close()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at is not None:
            if now >= child.again_at:
                self._spawn(child)
        elif child.process is not None and child.process.poll() is not None and not self.asked_to_stop:
            self._drain(child)
            # What it had started itself would hold the port, or take jobs unseen.
            spawn.end_group(child.process.pid)
            if now - child.began > HEALTHY_S:
                child.pause_s = FIRST_PAUSE_S
            self.console.line(
                f"{child.name} {ending(child.process.returncode)}; next start in {child.pause_s:.0f} s."
            )
            child.falls += 1
            child.again_at = now + child.pause_s
            child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)

    def _drain(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        if stream is not None and not stream.closed:
            while self._read(child):
                pass
        self._forget(child)

    def _end(self, child: Child) -> None:
        if child.process is not None:
            until = time.monotonic() + child.last_s
            if child.running:
                child.process.terminate()
            # Its last lines are read on, or a full pipe would keep it from ending.
            while child.running and time.monotonic() < until:
                self._read_all()
            spawn.stop(child.process)
            self._drain(child)
        (self._run / f"{child.name}.pid").unlink(missing_ok=True)

    def _read_all(self) -> None:
        for key, _ in self._selector.select(0.05):
            self._read(key.data)


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
