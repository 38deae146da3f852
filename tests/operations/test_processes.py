"""Children run together: their lines, their falls, their orderly end."""

import io
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from operations.launcher import places
from operations.launcher.console import Console
from operations.launcher.locks import LaunchFailed, command_line
from operations.launcher.processes import Child, Supervisor
from operations.launcher.watchdog import Sight, Verdicts, Watchdog

STAYS = "import signal, sys, time; print('up', flush=True); time.sleep(600)"
SAYS_BYE = (
    "import signal, sys, time\n"
    "def bye(*_): print('bye', flush=True); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, bye)\n"
    "print('up', flush=True)\n"
    "time.sleep(600)"
)


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(output: io.StringIO, tmp_path: Path):
    made = Supervisor(Console(output), run=tmp_path / "run")
    yield made
    made.stop([])


def child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code], pause_s=0.05)


def test_each_line_of_a_child_carries_its_name(supervisor: Supervisor, output: io.StringIO):
    supervisor.start(
        child("web", "print('one'); print('two', end='', flush=True); import time; time.sleep(600)")
    )

    supervisor.pump_until(lambda: "one" in output.getvalue(), seconds=10, what="a line")

    assert output.getvalue() == "web          | one\n"


def test_a_child_that_falls_is_reported_and_started_again(
    supervisor: Supervisor, output: io.StringIO, tmp_path: Path
):
    mark = tmp_path / "mark"
    code = f"import os, sys, time; p = {str(mark)!r}\nif os.path.exists(p): print('again', flush=True); time.sleep(600)\nopen(p, 'w').close(); sys.exit(3)"
    supervisor.start(child("default", code))

    supervisor.pump_until(lambda: "again" in output.getvalue(), seconds=10, what="the second start")

    assert "default ended with code 3; next start in" in output.getvalue()


def test_pauses_between_falls_grow(supervisor: Supervisor):
    supervisor.start(child("default", "raise SystemExit(1)"))
    fallen = supervisor.children["default"]

    until = time.monotonic() + 20
    while fallen.falls < 3:
        assert time.monotonic() < until
        supervisor.pump(0.02)

    assert fallen.pause_s == pytest.approx(0.4)


def test_a_child_that_keeps_falling_at_the_start_ends_everything_in_words(supervisor: Supervisor):
    supervisor.start(child("web", "raise SystemExit(1)"))

    with pytest.raises(LaunchFailed, match="web cannot be started"):
        supervisor.pump_until(lambda: False, seconds=20, what="never")


def test_children_end_in_order(supervisor: Supervisor, output: io.StringIO):
    for name in ("beat", "default", "web"):
        supervisor.start(child(name, SAYS_BYE))
    supervisor.pump_until(lambda: output.getvalue().count("up") == 3, seconds=10, what="all up")

    supervisor.stop((["web"], ["default"], ["beat"]))

    lines = [line.split("|")[0].strip() for line in output.getvalue().splitlines() if line.endswith("bye")]
    assert lines == ["web", "default", "beat"]


def test_a_child_that_will_not_end_is_killed(supervisor: Supervisor, output: io.StringIO):
    stubborn = child(
        "web",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
    )
    stubborn.last_s = 0.2
    supervisor.start(stubborn)
    supervisor.pump_until(lambda: "up" in output.getvalue(), seconds=10, what="up")

    supervisor.stop([["web"]])

    assert stubborn.process is not None
    assert stubborn.process.returncode == -signal.SIGKILL


def test_what_a_killed_launcher_left_is_ended_by_the_next(
    supervisor: Supervisor, tmp_path: Path, output: io.StringIO
):
    # Its command line names the project, as that of every real child does.
    supervisor.start(Child("web", [sys.executable, "-c", STAYS, str(places.PROJECT)]))
    supervisor.pump_until(lambda: "up" in output.getvalue(), seconds=10, what="up")
    left = supervisor.children.pop("web")
    assert left.process is not None

    Supervisor(Console(io.StringIO()), run=tmp_path / "run").end_leftovers()

    left.process.wait(10)
    supervisor._forget(left)
    assert not command_line(left.process.pid)
    assert not list((tmp_path / "run").glob("*.pid"))


def test_being_asked_to_stop_restarts_nothing(supervisor: Supervisor, output: io.StringIO):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        supervisor.catch_signals()
        os.kill(os.getpid(), signal.SIGTERM)
        assert supervisor.asked_to_stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


ANSWERS = Sight(answered=True, busy=False, waiting=0)
SILENT = Sight(answered=False, busy=False, waiting=3)
IDLE = Sight(answered=True, busy=False, waiting=3)
BUSY = Sight(answered=True, busy=True, waiting=3)


@pytest.mark.parametrize(
    ("sight", "why"), [(SILENT, "has not answered for 60 s"), (IDLE, "takes no message for 60 s")]
)
def test_a_worker_is_started_again_after_a_minute(sight: Sight, why: str):
    verdicts = Verdicts()
    assert verdicts.note({"default": sight}, at=100) == []
    assert verdicts.note({"default": sight}, at=159) == []
    assert verdicts.note({"default": sight}, at=160) == [("default", why)]


@pytest.mark.parametrize("between", [ANSWERS, BUSY])
def test_one_sign_of_work_begins_the_minute_anew(between: Sight):
    verdicts = Verdicts()
    verdicts.note({"default": IDLE}, at=0)
    verdicts.note({"default": between}, at=30)
    verdicts.note({"default": IDLE}, at=31)
    assert verdicts.note({"default": IDLE}, at=90) == []


def test_the_matching_worker_may_plan_in_silence():
    verdicts = Verdicts()
    verdicts.note({"matching": SILENT}, at=0)
    assert verdicts.note({"matching": SILENT}, at=899) == []
    assert verdicts.note({"matching": SILENT}, at=900) != []


def test_a_broker_that_is_away_puts_no_blame_on_workers(monkeypatch: pytest.MonkeyPatch):
    def away(queues: object) -> dict[str, Sight]:
        looks.append(1)
        if len(looks) > 3:
            dog.stop()
        raise ConnectionError("gone")

    looks: list[int] = []
    monkeypatch.setattr("operations.launcher.watchdog.LOOK_S", 0.01)
    dog = Watchdog(["default"], look=away)
    dog.start()
    dog._thread.join(10)

    assert dog.found() == []
    assert len(looks) == 4
