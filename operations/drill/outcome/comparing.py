"""Plays the same crisis under two policies, seed by seed, each in a copy of one place, and holds them against each other.

    manage.py drill --policy nearest --compare certified --seeds 5

Each play is a process of its own (`manage.py drill_here play`), a few at once. What they meet is the same: the place, its
people, what these are drawn to do (`chance`). What differs is how they are asked, and what follows from it.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation

from operations.drill.outcome import compared, copies, plots
from operations.drill.outcome.copies import Copies
from operations.drill.outcome.differences import differences
from operations.drill.outcome.measures import MEASURES
from operations.launcher import spawn
from operations.launcher.console import Console
from operations.models import Comparison

BEGINS_AT = "2020-01-23T06:00:00+08:00"
AT_ONCE = 2
# How long a play may take before it is given up, and how often somebody looks.
MOST_S = 7200.0
LOOK_S = 0.5
# What was asked for, in the folder of a comparison.
WANTED = "wanted.json"
ENDING = ((signal.SIGTERM, 10.0),)


class PlayFailed(RuntimeError):
    """A play ended without a summary; the message has the end of what it said."""


class NothingToResume(RuntimeError):
    """No comparison of these plays was begun in that folder."""


@dataclass(frozen=True)
class Wanted:
    """A comparison that somebody asked for: policies `a` and `b`, the seeds of both."""

    a: str
    b: str
    seeds: Sequence[int]
    days: int | None = None
    volunteers: int = 1000
    scenario: str = "outbreak"
    begins_at: str = BEGINS_AT

    @property
    def plays(self) -> list[tuple[str, int]]:
        """Seed by seed, so that pairs are whole as early as may be."""
        return [(policy, seed) for seed in self.seeds for policy in (self.a, self.b)]


@dataclass
class _Process:
    """A running process with its files, and how far it has come."""

    name: str
    process: "Popen[bytes]"
    out: Path
    log: Path
    since: float = field(default_factory=time.monotonic)
    day: int = 0

    def lines(self) -> list[dict[str, Any]]:
        return _lines(self.out)


def run(
    *,
    a: str,
    b: str,
    seeds: Sequence[int],
    days: int | None = None,
    volunteers: int = 1000,
    workers: int = AT_ONCE,
    scenario: str = "outbreak",
    folder: Path,
    resume: bool = False,
    console: Console,
) -> dict[str, Any]:
    """Compare, print the table, write `comparison.json` and `comparison.svg` into `folder`; return what is in the JSON.

    With `resume`, plays that came to their end in a comparison that was killed are not played again: the same place and
    seed tell the same story. `seconds` by play are the machine's. Raises PlayFailed, ComparisonGoesOn, NothingToResume.
    """
    wanted = Wanted(a, b, tuple(seeds), days, volunteers, scenario)
    began = time.monotonic()
    with copies.held() as server:
        played = _resumed(wanted, folder) if resume else _begun(wanted, folder)
        _prepare(server, wanted, folder=folder, console=console)
        played |= _play_all(server, wanted, workers=workers, folder=folder, console=console, done=played)
    result = _result(wanted, played, seconds=time.monotonic() - began)
    (folder / "comparison.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))
    with translation.override("en"):
        (folder / "comparison.svg").write_text(str(plots.comparison(result)))
    console.line(compared.table(result))
    _keep(result, console)
    console.line(f"Written: {folder / 'comparison.json'}, {folder / 'comparison.svg'}")
    return result


def _begun(wanted: Wanted, folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """An empty folder that says what is played in it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / WANTED).write_text(json.dumps(asdict(wanted)))
    return {}


def _resumed(wanted: Wanted, folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """The last lines of plays that came to their end in this folder. Raises NothingToResume."""
    file = folder / WANTED
    if not file.exists() or file.read_text() != json.dumps(asdict(wanted)):
        raise NothingToResume(f"No comparison of these plays was begun in {folder}.")
    last = {
        (policy, seed): lines[-1]
        for policy, seed in wanted.plays
        if (lines := _lines(_out(folder, f"{policy} {seed}")))
    }
    return {play: line for play, line in last.items() if "summary" in line}


def _lines(file: Path) -> list[dict[str, Any]]:
    """What a play wrote so far; its last line may not be whole yet."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def _out(folder: Path, name: str) -> Path:
    return folder / f"{name.replace(' ', '-')}.jsonl"


def _prepare(server: Copies, wanted: Wanted, *, folder: Path, console: Console) -> None:
    address = server.make(copies.BASE)
    with console.step(f"Inventing one place with {wanted.volunteers} volunteers, for all of them"):
        _wait([_start("prepare", wanted, address, folder, "--volunteers", str(wanted.volunteers))], console)


def _play_all(
    server: Copies,
    wanted: Wanted,
    *,
    workers: int,
    folder: Path,
    console: Console,
    done: Collection[tuple[str, int]] = (),
) -> dict[tuple[str, int], dict[str, Any]]:
    """The last line of every play that is not `done`, some at once."""
    left = [play for play in wanted.plays if play not in done]
    running = dict[tuple[str, int], _Process]()
    found: dict[tuple[str, int], dict[str, Any]] = {}
    console.line(f"{len(left)} plays, {workers} at once")
    try:
        while left or running:
            while left and len(running) < workers:
                policy, seed = play = left.pop(0)
                address = server.make(copies.name_of(policy, seed), like=copies.BASE)
                options = ["--policy", policy, "--seed", str(seed)]
                options += ["--days", str(wanted.days)] if wanted.days else []
                running[play] = _start(f"{policy} {seed}", wanted, address, folder, *options)
            ended = _look(running, console)
            for play in ended:
                process = running.pop(play)
                found[play] = _last(process)
                console.line(f"{process.name} is over after {time.monotonic() - process.since:.0f} s")
                server.drop(copies.name_of(*play))
            if not ended:
                time.sleep(LOOK_S)
    finally:
        for process in running.values():
            spawn.stop(process.process, *ENDING)
    return found


def _start(name: str, wanted: Wanted, address: str, folder: Path, *options: str) -> _Process:
    out = _out(folder, name)
    out.unlink(missing_ok=True)
    log = out.with_suffix(".log")
    env = {
        **os.environ,
        "DATABASE_URL": address,
        "MANYHANDS_DEMO": "1",
        "LOG_LEVEL": "WARNING",
        # What is in no order must be in the same one every time.
        "PYTHONHASHSEED": "0",
        "NUMBA_NUM_THREADS": "1",
    }
    argv = [sys.executable, "manage.py", "drill_here", "prepare" if name == "prepare" else "play"]
    argv += ["--begins-at", wanted.begins_at, "--scenario", wanted.scenario, "--out", str(out), *options]
    with log.open("wb") as output:
        process = spawn.start(argv, output=output.fileno(), env=env, cwd=settings.BASE_DIR)
    return _Process(name, process, out, log)


def _wait(processes: list[_Process], console: Console) -> None:
    running = {(one.name, 0): one for one in processes}
    try:
        while running:
            for play in _look(running, console):
                del running[play]
            time.sleep(LOOK_S)
    finally:
        for process in running.values():
            spawn.stop(process.process, *ENDING)


def _look(running: dict[tuple[str, int], _Process], console: Console) -> list[tuple[str, int]]:
    """Say how far each has come; those that have ended well. Raises PlayFailed for one that has not."""
    ended = []
    for play, one in running.items():
        code = one.process.poll()
        if code:
            raise PlayFailed(f"{one.name} ended with {code}:\n{one.log.read_text()[-2000:]}")
        if code is None and time.monotonic() - one.since > MOST_S:
            raise PlayFailed(f"{one.name} took over {MOST_S:.0f} s")
        days = [line["day"] for line in one.lines() if "day" in line]
        if days and days[-1] >= one.day + 5:
            one.day = days[-1]
            console.line(f"  {one.name}: day {one.day}, {time.monotonic() - one.since:.0f} s")
        if code == 0:
            ended.append(play)
    return ended


def _last(process: _Process) -> dict[str, Any]:
    lines = process.lines()
    if not lines or "summary" not in lines[-1]:
        raise PlayFailed(f"{process.name} ended without a summary:\n{process.log.read_text()[-2000:]}")
    return lines[-1]


def _result(
    wanted: Wanted, played: dict[tuple[str, int], dict[str, Any]], *, seconds: float
) -> dict[str, Any]:
    figures = {
        policy: [played[policy, seed]["summary"]["figures"] for seed in wanted.seeds]
        for policy in (wanted.a, wanted.b)
    }
    found = differences([measure.key for measure in MEASURES], figures[wanted.a], figures[wanted.b])
    return {
        **asdict(wanted),
        "seeds": list(wanted.seeds),
        "days": next(iter(played.values()))["summary"]["days"],
        "seconds": round(seconds, 1),
        "differences": [asdict(one) for one in found],
        "plays": [{"policy": policy, "seed": seed, **played[policy, seed]} for policy, seed in wanted.plays],
    }


def _keep(result: dict[str, Any], console: Console) -> None:
    """A row for the drill's page, where the database that the page reads has its tables."""
    if Comparison._meta.db_table not in connection.introspection.table_names():
        console.line(
            "The database of DATABASE_URL has no tables of a demo: the drill's page does not show this."
        )
        return
    Comparison.objects.create(made_at=datetime.now(UTC), a=result["a"], b=result["b"], result=result)
