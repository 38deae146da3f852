"""One drill from its first server to its last figure, on the live stage."""

import json
import logging
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from core import clock, doorbell, story_time
from operations.drill import hands
from operations.drill.checks.closing import Closing, Findings, newest_job
from operations.drill.checks.soak import Soak
from operations.drill.drama import Drama
from operations.drill.outcome.summary import summarize, table
from operations.drill.playing import SCENARIOS, break_off, compose, play
from operations.drill.policies import POLICIES
from operations.drill.stages import ground
from operations.drill.stages.faults import Faults
from operations.drill.stages.live import LiveStage
from operations.drill.stages.reporting import Reporting
from operations.installation import Installation, port_is_free
from operations.launcher import commands, places
from operations.launcher.locks import FolderLock

HOST = "127.0.0.1"
PAGE = "/drill/"


@dataclass(frozen=True)
class Asked:
    """What somebody asked for on the command line."""

    scenario: str
    speed: float
    seed: int
    policy: str
    volunteers: int
    days: int | None
    port: int
    faults: bool = False


class Performance:
    """`run()` returns the exit code: 0 where the story came to its end and nothing was found to be wrong."""

    def __init__(self, asked: Asked, console: Reporting) -> None:
        self.asked = asked
        self.console = console
        self.days = asked.days or SCENARIOS[asked.scenario].days
        self.installation = Installation(
            HOST, free_port(asked.port), console, self._env(), queues_of(asked.policy)
        )
        self.lock = FolderLock(places.run() / "drill.lock", places.local())
        self.drama: Drama | None = None
        self.soak = Soak(self.installation, console)
        self.faults: Faults | None = None

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        self.lock.take()
        supervisor = self.installation.supervisor
        try:
            supervisor.end_leftovers()
            self._prepare()
            return self._perform()
        except KeyboardInterrupt:
            self.console.line("Stopped before the story began.")
            return 1
        finally:
            supervisor.catch_signals()
            self._leave_in_order()
            self.lock.release()

    def _prepare(self) -> None:
        self.installation.start_servers()
        ground.make_where_missing()
        kind = ground.look()
        ground.prepare(kind, days=self.days, volunteers=self.asked.volunteers, console=self.console)
        if ground.close_forsaken():
            self.console.line("An earlier drill ended in the middle; its row says so now.")
        doorbell.warm_up()
        connection.close()

    def _perform(self) -> int:
        asked = self.asked
        first_job = newest_job()
        self.installation.start_web()
        self.installation.start_workers()
        self.installation.supervisor.catch_signals()
        self.installation.watchdog.start()
        drama = self.drama = compose(
            scenario=SCENARIOS[asked.scenario],
            policy=asked.policy,
            seed=asked.seed,
            begins_at=clock.now(),
            days=self.days,
        )
        try:
            return self._tell_story(drama, first_job)
        except BaseException as error:
            break_off(drama.drill, error)
            raise

    def _tell_story(self, drama: Drama, first_job: int) -> int:
        stage = LiveStage(self.installation, drama, self.console)
        if self.asked.faults:
            drama.hands.keep_acknowledged = True
            self.faults = Faults(self.installation, drama)
            self.console.is_quiet = True
            # That the database is away is what is wanted: each of them says so several times.
            for name in (hands.__name__, story_time.__name__):
                logging.getLogger(name).setLevel(logging.ERROR)
            stage.looks = (self.faults.look,)
        if ground.end_earlier_crises(drama.cast, drama.hands):
            self.console.line("The crisis that went on here was ended by its official first.")
        self.console.bold(f"Watch it at {self.installation.address}{PAGE}   Ctrl-C ends it in order.")
        story_time.go_on(speed=self.asked.speed)
        self.soak.start()
        if self.faults is not None:
            self.faults.start()
        began = time.monotonic()
        reached = play(drama, stage)
        seconds = time.monotonic() - began
        self.soak.stop()
        if not reached:
            story_time.go_on(speed=1)
            self.console.line(f"Stopped after {seconds:.0f} s.")
            return 1
        found = Closing(self.installation, self.console, drama, first_job, self.asked.faults).run()
        return self._sum_up(drama, stage, found, seconds)

    def _sum_up(self, drama: Drama, stage: LiveStage, found: Findings, seconds: float) -> int:
        did, asked = drama.hands, self.asked
        problems = [*found.problems, *([] if asked.faults else self.soak.problems())]
        told: dict[str, Any] = {
            "drill": drama.drill.code,
            **vars(asked),
            "days": self.days,
            "seconds": round(seconds, 1),
            "most_behind_s": round(stage.lag.most_s, 1),
            "done": sum(did.done.values()),
            "refused": sum(did.refused.values()),
            "repeated": did.repeated,
            "killed": dict(Counter(fault.what for fault in self.faults.done)) if self.faults else {},
            **found.said(),
            **self.soak.said(),
            "problems": problems,
        }
        drama.drill.summary = summarize(drama) | {"soak": told}
        drama.drill.save(update_fields=["summary"])
        self.console.line(table(drama.drill.summary))
        for what, number in sorted(did.done.items()):
            self.console.line(f"  {number:>7,} {what}")
        for what, number in did.refused.most_common():
            self.console.line(f"  {number:>7,} refused {what}")
        self.soak.tell()
        for problem in problems:
            self.console.bold(f"Wrong: {problem}")
        self.console.line(json.dumps(told, ensure_ascii=False))
        return 1 if problems else 0

    def _leave_in_order(self) -> None:
        """The clock goes as a machine's from where it is, and everything ends."""
        if self.drama is not None:
            try:
                if story_time.read().speed_at(clock.machine_now()) != 1:
                    story_time.go_on(speed=1)
            except (OperationalError, InterfaceError, story_time.ChangedTooOften) as gone:
                self.console.line(f"The clock could not be set to a machine's speed: {gone}")
        self.soak.stop()
        # Nobody has to be told that the database is away from here on.
        logging.getLogger(story_time.__name__).setLevel(logging.ERROR)
        connection.close()
        self.installation.stop()
        if self.faults is not None:
            self.faults.stop()
        self.console.close()

    def _env(self) -> dict[str, str]:
        """What the processes of a drill need beside those of a demo: its pace, and doors that no demo uses."""
        return {
            "BEAT_SPEED": str(max(1, round(self.asked.speed))),
            "MAIL_PORT": str(free_port()),
            "SMS_URL": f"http://{HOST}:{free_port()}/sms",
        }


@contextmanager
def own_servers(console: Reporting) -> Iterator[None]:
    """Servers of the drills' own, where no others are given, for whoever needs no other process."""
    lock = FolderLock(places.run() / "drill.lock", places.local())
    lock.take()
    installation = Installation(HOST, 0, console)
    try:
        installation.supervisor.end_leftovers()
        installation.start_servers()
        yield
    finally:
        connection.close()
        installation.stop()
        console.close()
        lock.release()


def queues_of(policy: str) -> list[str]:
    """Where a policy does without the matching, its queue has no worker."""
    without = {str(job).partition(".")[0] for job in POLICIES[policy].without}
    return [queue for queue in commands.QUEUES if queue not in without]


def free_port(wished: int = 0) -> int:
    """The wished port, or any that is free."""
    if wished and port_is_free(HOST, wished):
        return wished
    with socket.socket() as door:
        door.bind((HOST, 0))
        return int(door.getsockname()[1])
